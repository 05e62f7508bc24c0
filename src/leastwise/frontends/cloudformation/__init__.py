"""CloudFormation templates, YAML and JSON."""

from leastwise.frontends.cloudformation.embedded import load_embedded
from leastwise.frontends.cloudformation.project import load, resources
from leastwise.frontends.cloudformation.stacks.deployments import (
    above,
    in_environments,
    nesting,
    uppermost,
)
from leastwise.frontends.cloudformation.syntax.recognise import roots

__all__ = [
    "above",
    "in_environments",
    "load",
    "load_embedded",
    "nesting",
    "resources",
    "roots",
    "uppermost",
]
