"""Say along which ways an access allows a request, for a caller that is fixed.

A way is a row of layers, each of which must have an Allow that matches; a request is allowed
when one way is open to it and no Deny of any layer matches. What resource policies change about
that is in ``evaluation``, which ``decide`` follows too.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.model import EffectiveAccess, Layer
from leastwise.semantics.terms import Holder, Reading, Term, TermRow, allowing, denying, terms
from leastwise.semantics.worlds import World
from leastwise.source.value import Symbol

Way: TypeAlias = tuple[TermRow, ...]
"""The terms that allow, layer by layer; one of each layer must match."""

UNSEEN = Policy(
    address="",
    attribute="",
    kind="identity",
    document=PolicyDocument((), opaque=Symbol("unseen", "further policies")),
    resolution="opaque",
    span=None,
)
"""What may stand in policies of a principal that are not known."""


class Ways(NamedTuple):
    """Hold the ways of being allowed, and all terms that deny."""

    ways: tuple[Way, ...]
    denies: TermRow


class Readings(NamedTuple):
    """Say how the statements that allow are read, and how those that deny."""

    grants: Reading
    denies: Reading


def granting(access: EffectiveAccess) -> tuple[Policy, ...]:
    """Return the policies that can allow by themselves."""
    if access.trust is not None:
        return (access.trust,)
    return access.identity if access.resource is None else (*access.identity, access.resource)


def policies_of(access: EffectiveAccess) -> tuple[Policy, ...]:
    """Return the policies of all layers, in the order in which they are asked."""
    if access.trust is not None:
        return (access.trust,)
    return tuple(policy for _, row in layers_of(access) for policy in row)


def layers_of(access: EffectiveAccess) -> Iterator[tuple[Layer, tuple[Policy, ...]]]:
    """Yield every layer with its policies; an organization has one layer per level."""
    if access.trust is not None:
        yield "trust", (access.trust,)
        return
    yield "identity", (*access.identity, UNSEEN) if access.open else access.identity
    if access.boundary is not None:
        yield "boundary", access.boundary
    if access.session is not None:
        yield "session", access.session
    for level in access.scps:
        yield "scp", level
    for level in access.rcps:
        yield "rcp", level
    if access.resource is not None:
        yield "resource", (access.resource,)
    if access.endpoint is not None:
        yield "endpoint", access.endpoint


def ways_of(access: EffectiveAccess, holder: Holder, readings: Readings, world: World) -> Ways:
    """Return the ways in which an access allows, in one world, under the given readings."""
    capping: list[TermRow] = []
    denies: TermRow = ()
    for layer, policies in layers_of(access):
        grants = _rows(policies, (layer, holder), readings.grants, world)
        denies += denying(_rows(policies, (layer, holder), readings.denies, world))
        # AWS attaches RCPFullAWSAccess to every level, so that RCPs only ever take away.
        if layer != "rcp":
            capping.append(allowing(grants))
    return Ways((tuple(capping),), denies)


def _rows(
    policies: Iterable[Policy], at: tuple[Layer, Holder], reading: Reading, world: World
) -> TermRow:
    found = (t for p in policies for t in terms(p, *at, reading))
    return tuple(t for t in found if world.has(t))


def refusals(ways: tuple[Way, ...]) -> Iterator[TermRow]:
    """Yield terms of which none may match for no way to be open, one row per choice of layers."""
    for choice in product(*ways):
        yield tuple(dict.fromkeys(term for layer in choice for term in layer))


def says_the_same(left: Term, right: Term) -> bool:
    """Tell whether two statements match the same requests, whatever the unknowns are."""
    return left.statement == right.statement and (left.lookup is None) == (right.lookup is None)
