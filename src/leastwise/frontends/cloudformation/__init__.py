"""CloudFormation templates, YAML and JSON."""

from leastwise.frontends.cloudformation.project import load
from leastwise.frontends.cloudformation.recognise import roots

__all__ = ["load", "roots"]
