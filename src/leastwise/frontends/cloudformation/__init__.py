"""CloudFormation templates, YAML and JSON."""

from leastwise.frontends.cloudformation.embedded import load_embedded
from leastwise.frontends.cloudformation.project import load, resources
from leastwise.frontends.cloudformation.syntax.recognise import roots

__all__ = ["load", "load_embedded", "resources", "roots"]
