"""Terraform and OpenTofu: modules evaluated from source."""

from leastwise.frontends.terraform.discover import roots
from leastwise.frontends.terraform.project import load

__all__ = ["load", "roots"]
