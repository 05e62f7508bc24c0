"""Terraform and OpenTofu: modules evaluated from source."""
