"""Terraform and OpenTofu: modules evaluated from source."""

from leastwise.frontends.terraform.modules.discover import roots
from leastwise.frontends.terraform.project import load, resources

__all__ = ["load", "resources", "roots"]
