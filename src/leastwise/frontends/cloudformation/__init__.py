"""CloudFormation templates, YAML and JSON."""

from leastwise.frontends.cloudformation.frameworks import load, parts, resources, roots

__all__ = ["load", "parts", "resources", "roots"]
