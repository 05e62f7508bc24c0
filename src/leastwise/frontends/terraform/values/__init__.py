"""Terraform's values: their types, conversions, sets, numbers, and choices between them."""
