"""Say along which ways an access allows a request, for a caller that is fixed.

A way is a row of layers, each of which must have an Allow that matches; a request is allowed
when one way is open to it and no Deny of any layer matches. What resource policies change about
that is in ``evaluation``, which ``decide`` follows too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, reduce
from itertools import product
from operator import or_
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Effect
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.automaton import join_tokens
from leastwise.semantics.evaluation import (
    ALWAYS_REQUIRED,
    GATEWAY_SERVICES,
    ITSELF_SERVICES,
    RCP_SERVICES,
    UNSEEN,
    Grant,
    Situation,
    binding,
    is_uncertain_caller,
    required_layers,
    standing_of,
    strongest_grant,
)
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import EffectiveAccess, Layer
from leastwise.semantics.pattern import Pieces, tokenize
from leastwise.semantics.principals import account_of_arn
from leastwise.semantics.terms import (
    Only,
    Reading,
    Term,
    TermRow,
    terms,
)
from leastwise.semantics.worlds import World
from leastwise.source.value import Symbol

Way: TypeAlias = tuple[TermRow, ...]
"""The terms that allow, layer by layer; one of each layer must match."""


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


def with_each(access: EffectiveAccess, change: Callable[[Policy], Policy]) -> EffectiveAccess:
    """Return an access with every policy of its layers changed."""

    def row(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(map(change, policies))

    return access._replace(
        identity=row(access.identity),
        boundary=None if access.boundary is None else row(access.boundary),
        session=None if access.session is None else row(access.session),
        endpoint=None if access.endpoint is None else row(access.endpoint),
        scps=tuple(map(row, access.scps)),
        rcps=tuple(map(row, access.rcps)),
        trust=None if access.trust is None else change(access.trust),
        resource=None if access.resource is None else change(access.resource),
    )


def ways_of(
    access: EffectiveAccess, holder: Holder, readings: Readings, world: World, *, open_minded: bool
) -> Ways:
    """Return the ways in which an access allows, in one world, under the given readings.

    Where the request decides whether a way is open (whose the resource is, whether it is a KMS
    key), the way counts if ``open_minded``.
    """
    rows: list[tuple[Layer, TermRow]] = []
    denies: TermRow = ()
    bounded = access.boundary is not None
    if access.trust is None:
        access = binding(access, _spelled(holder.name), favourable=open_minded)
    for layer, policies in layers_of(access):
        row = _rows(policies, (layer, "Deny"), (holder, readings.denies), world)
        denies += tuple(_sure(_unsparing(t) if bounded else t) for t in row)
        # AWS attaches RCPFullAWSAccess to every level, so that RCPs only ever take away.
        if layer != "rcp":
            grants = _rows(policies, (layer, "Allow"), (holder, readings.grants), world)
            rows.append((layer, tuple(map(_sure, grants))))
    if not _asks_resource(access, holder):
        return Ways((tuple(row for _, row in rows),), denies)
    routes = _routes(access, holder, dict(rows).get("resource", ()), open_minded=open_minded)
    ways = []
    for required, resource in routes:
        instead: dict[Layer, TermRow] = {"resource": resource}
        if not open_minded and "resource" not in required:
            instead["identity"] = _elsewhere(dict(rows).get("identity", ()))
        taken = ((layer, instead.get(layer, row)) for layer, row in rows)
        ways.append(tuple(row for layer, row in taken if layer in (*required, *ALWAYS_REQUIRED)))
    return Ways(tuple(ways), denies)


def _elsewhere(row: TermRow) -> TermRow:
    """Keep the actions for which no resource has a policy that must itself allow."""
    return tuple(_limited(term, Only(ITSELF_SERVICES, inside=False)) for term in row)


def _asks_resource(access: EffectiveAccess, holder: Holder) -> bool:
    """Tell whether more than the caller's own layers decide, or fewer (a root user)."""
    if access.trust is not None:
        return False
    in_view = access.resource is not None or access.resource_account is not None
    return in_view or standing_of("AWS", holder.name) == "root"


@lru_cache(maxsize=4096)
def _unsparing(term: Term) -> Term:
    """Read NotPrincipal with Deny as it is for a caller with a boundary: it spares nobody."""
    principals = term.statement.principals
    if term.layer != "resource" or principals is None or not principals.negated:
        return term
    return replace(term, statement=replace(term.statement, principals=None))


@lru_cache(maxsize=4096)
def _sure(term: Term) -> Term:
    """Keep the actions for which it is certain that a statement's layer binds the caller."""
    if term.wide or term.layer not in ("rcp", "endpoint"):
        return term
    if term.layer == "rcp":
        return _limited(term, Only(RCP_SERVICES))
    if not is_uncertain_caller(term.statement, f"{GATEWAY_SERVICES[0]}:*"):
        return term
    return _limited(term, Only(GATEWAY_SERVICES, inside=False))


@lru_cache(maxsize=4096)
def _limited(term: Term, only: Only) -> Term:
    bits = reduce(or_, (action_index().bits(f"{service}:*") for service in only.services))
    return replace(term, actions=term.actions & (bits if only.inside else ~bits), only=only)


def _spelled(caller: Pieces) -> str:
    return "".join(p if isinstance(p, str) else p.glob for p in caller)


def _routes(
    access: EffectiveAccess, holder: Holder, row: TermRow, *, open_minded: bool
) -> Iterator[tuple[tuple[Layer, ...], TermRow]]:
    """Yield which layers must allow for what the resource policy gives, with its terms."""
    caller = holder.name
    situation = Situation(
        standing_of("AWS", caller),
        same_account=_same_account(access, caller, open_minded=open_minded),
        itself=_must_itself_allow(access, caller, open_minded=open_minded),
    )
    graded: dict[Grant | None, TermRow] = {None: ()}
    for term in row:
        grant = strongest_grant(term.statement, "AWS", caller, wide=term.wide)
        if grant is not None:
            graded[grant] = (*graded.get(grant, ()), term)
    for grant, terms_of_grade in graded.items():
        required = required_layers(grant, situation)
        if required is not None:
            yield required, terms_of_grade


def _same_account(access: EffectiveAccess, caller: Pieces, *, open_minded: bool) -> bool:
    if access.resource_account is None:
        return open_minded or access.resource is None
    account = join_tokens(account_of_arn(tokenize(caller, plain=True) or ()))
    if any(isinstance(piece, Symbol) for piece in account):
        return open_minded
    return account == (access.resource_account,)


def _must_itself_allow(access: EffectiveAccess, caller: Pieces, *, open_minded: bool) -> bool:
    """Tell whether the resource is a role, or may be one or a key where nothing else tells."""
    if access.resource is not None and access.resource.kind == "trust":
        return True
    in_view = access.resource is not None or access.resource_account is not None
    # SOUND: under-approximates; what a root user may do is not written down anywhere.
    return in_view and not open_minded and standing_of("AWS", caller) == "root"


def _rows(
    policies: Iterable[Policy],
    at: tuple[Layer, Effect],
    read: tuple[Holder, Reading],
    world: World,
) -> TermRow:
    found = (t for p in policies for t in terms(p, at, *read))
    return tuple(t for t in found if world.has(t))


def refusals(ways: tuple[Way, ...]) -> Iterator[TermRow]:
    """Yield terms of which none may match for no way to be open, one row per choice of layers."""
    for choice in product(*ways):
        yield tuple(dict.fromkeys(term for layer in choice for term in layer))
