"""CloudFormation templates, YAML and JSON."""

from leastwise.frontends.cloudformation.embedded import load_embedded
from leastwise.frontends.cloudformation.frameworks import (
    load,
    parts,
    resources,
    roots,
)
from leastwise.frontends.cloudformation.stacks.deployments import (
    above,
    in_environments,
    nesting,
    uppermost,
)

__all__ = [
    "above",
    "in_environments",
    "load",
    "load_embedded",
    "nesting",
    "parts",
    "resources",
    "roots",
    "uppermost",
]
