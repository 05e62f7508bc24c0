"""From bytes to a template: YAML and JSON with places, and how a file lets go of a part."""
