"""The stacks of one root: parameters, environments, nested templates."""
