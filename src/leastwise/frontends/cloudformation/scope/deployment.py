"""What a framework says of how it deploys a template: where, and with which parameters."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from leastwise.frontends.cloudformation.scope.state import Given
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span


class Deployment(NamedTuple):
    """Hold what is known of a deployment besides the template.

    ``parameters`` are those that a framework gives, below all others; ``given`` those of whoever
    deploys the template as a part of something else, above all others. ``created`` are the places
    where an app makes its constructs, by their paths.
    """

    account: str | None = None
    region: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    created: Mapping[str, Span] = MappingProxyType({})
    diagnostics: tuple[Diagnostic, ...] = ()
    given: Mapping[str, Given] = MappingProxyType({})


NOTHING = Deployment()
"""Of a template that no framework deploys, as far as the tree tells."""
