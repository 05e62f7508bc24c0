"""Terraform's built-in functions over values that may be known in part."""
