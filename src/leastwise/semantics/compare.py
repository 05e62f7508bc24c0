"""Compare what two documents, or two layered accesses, allow: the engine of every proof.

``implies(p, q)``: every request that p allows, q allows. The search is for a request that p
allows and q does not, in the untyped space: any action, any resource, any keys. Nothing found
in an exhaustive search is a proof; a request found is a counterexample once ``decide`` confirms
it for concrete values of what is not known; else the comparison is undecided.

What is not known has one value per run, the same on both sides. So the enlarging side keeps its
symbols (``terms``: a comparison's own statement), all else is read wide where it helps a request
to be found and narrow where it hinders it. The readings of a ``*`` that ends a part of an ARN
are taken one after the other, on both sides alike. The worlds of assumptions likewise.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import PolicyDocument, PolicyKind
from leastwise.iam.project import Policy
from leastwise.semantics.access import (
    LIMIT_MET,
    MANY_WORLDS,
    POLICY_NOT_IN_VIEW,
    held_when,
)
from leastwise.semantics.actions import action_index, data_date
from leastwise.semantics.covering import covered
from leastwise.semantics.decide import decide
from leastwise.semantics.deciding import deciding
from leastwise.semantics.effort import Effort
from leastwise.semantics.evaluation import NO_PERMISSION_NEEDED
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import (
    Comparison,
    Counterexample,
    EffectiveAccess,
    Proof,
    Request,
    RequestPattern,
    Undecided,
)
from leastwise.semantics.paths import (
    Readings,
    Way,
    Ways,
    policies_of,
    refusals,
    ways_of,
)
from leastwise.semantics.principals import is_everyone, is_nameless
from leastwise.semantics.search import Found, find
from leastwise.semantics.space import Mentions, Space
from leastwise.semantics.terms import Reading, TermRow, crosses
from leastwise.semantics.valuation import Valuation
from leastwise.semantics.witness import Search, confirm, valuated
from leastwise.semantics.worlds import World, worlds
from leastwise.source.value import Assumption

Comparable: TypeAlias = PolicyDocument | EffectiveAccess

UNCONFIRMED = "it depends on values that are not known, or on a reading that is not certain"
CALLER_NOT_KNOWN = "who makes the requests is not known, and a policy in view asks for it"
MOST_WORK = 4_000_000
"""Steps of globs for one comparison, about: some seconds."""
_MOST_TELLING = 60_000
_CONFIRMING = 20_000
"""What it costs to try in vain to spell a request, about."""
_TRIES = 8
_ANYTHING = RequestPattern()


class _Sides(NamedTuple):
    """Hold what a search compares: ``both`` asks for a request that both allow.

    ``effort`` bounds the search, ``telling`` that for requests which AWS itself would make.
    """

    left: EffectiveAccess
    right: EffectiveAccess
    holder: Holder
    both: bool
    effort: Effort
    telling: Effort


class _Case(NamedTuple):
    """Hold terms that must match and terms that must not, for one request to be found."""

    positive: TermRow
    negative: TermRow


def implies(p: Comparable, q: Comparable) -> Comparison:
    """Show that q allows every request that p allows, or give one that it does not."""
    left, right = _alike(p, q)
    if _same_access(left, right):
        return Proof()
    return _searched(_sides(left, right, both=False))


def equivalent(p: Comparable, q: Comparable) -> Comparison:
    """Show that p and q allow the same requests, or give one that only one of them allows."""
    there = implies(p, q)
    if isinstance(there, Counterexample):
        return there
    back = implies(q, p)
    if isinstance(back, Counterexample):
        return back._replace(reversed=True)
    return there if isinstance(there, Undecided) else back


def disjoint(p: Comparable, q: Comparable) -> Comparison:
    """Show that no request is allowed by both p and q, or give one that is."""
    left, right = _alike(p, q)
    return _searched(_sides(left, right, both=True))


def access_from(side: Comparable) -> EffectiveAccess:
    """Return a document as an access that it decides alone."""
    if isinstance(side, EffectiveAccess):
        return side
    named = any(s.principals is not None for s in side.statements)
    kind: PolicyKind = "resource" if named else "identity"
    return EffectiveAccess(trust=Policy("", "", kind, side, "concrete", side.span))


def _alike(p: Comparable, q: Comparable) -> tuple[EffectiveAccess, EffectiveAccess]:
    """Return both sides as accesses; a document beside layers is the identity layer's."""
    left, right = access_from(p), access_from(q)
    if left.trust is None and isinstance(q, PolicyDocument):
        right = _as_identity(right)
    if right.trust is None and isinstance(p, PolicyDocument):
        left = _as_identity(left)
    return left, right


def _as_identity(access: EffectiveAccess) -> EffectiveAccess:
    if access.trust is None or access.trust.kind != "identity":
        return access
    return EffectiveAccess(identity=(access.trust,))


def _sides(left: EffectiveAccess, right: EffectiveAccess, *, both: bool) -> _Sides:
    holder = _holder(left, right)
    return _Sides(left, right, holder, both, Effort(MOST_WORK), Effort(_MOST_TELLING))


def _same_access(left: EffectiveAccess, right: EffectiveAccess) -> bool:
    """Tell whether two accesses hold equal documents in equal layers, for equal callers."""
    return _shape(left) == _shape(right)


def _shape(access: EffectiveAccess) -> tuple[object, ...]:
    def row(policies: tuple[Policy, ...] | None) -> object:
        return None if policies is None else tuple(_contents(p.document) for p in policies)

    resource = access.resource
    itself = resource is not None and resource.kind == "trust"
    single = (None if p is None else _contents(p.document) for p in (access.trust, resource))
    capping = (access.identity, access.boundary, access.session, access.endpoint)
    levels = (tuple(map(row, access.scps)), tuple(map(row, access.rcps)))
    # What is not in view of two callers need not be the same.
    unseen = id(access) if access.open and access.caller_arn is None else access.open
    caller = (access.caller_kind, access.caller_arn, unseen, access.resource_account)
    return (*single, itself, *map(row, capping), *levels, *caller)


def _contents(document: PolicyDocument) -> object:
    """Return what two documents that say the same have in common.

    Effects, operators and types of principals that are not known have no names: a document with
    one of them is like itself only.
    """
    for statement in document.statements:
        named = (statement.effect, *(c.operator.name for c in statement.conditions))
        if "Unknown" in named or is_nameless(statement.principals):
            return id(document)
    return document


def _holder(left: EffectiveAccess, right: EffectiveAccess) -> Holder:
    """Return whose requests are compared; a side that does not say takes the other's caller.

    Two different callers: any caller.
    """
    first = Holder(left.caller_kind, left.caller_arn)
    second = Holder(right.caller_kind, right.caller_arn)
    if second in (first, Holder()):
        return first
    return second if first == Holder() else Holder()


def _searched(sides: _Sides) -> Comparison:
    doubts: dict[str, None] = {}
    for crossing in _crossings(sides):
        for world in _worlds(sides):
            for case in _cases(sides, crossing, world):
                outcome = _settled(sides, case, world)
                if isinstance(outcome, Counterexample):
                    return outcome
                if outcome is not None:
                    doubts[outcome.reason] = None
                if sides.effort.spent:
                    return Undecided(_worded(sides, doubts | {LIMIT_MET: None}))
            if world.merged and doubts:
                doubts[MANY_WORLDS] = None
    if not doubts and sides.holder.arn is None and any(map(_asks_who, (sides.left, sides.right))):
        return Undecided(CALLER_NOT_KNOWN)
    return Undecided(_worded(sides, doubts)) if doubts else Proof()


def _asks_who(access: EffectiveAccess) -> bool:
    """Tell whether layers of an access decide by who makes a request."""
    if access.trust is not None:
        return False
    if access.resource is not None or access.resource_account is not None:
        return True
    named = (s.principals for p in policies_of(access) for s in p.document.statements)
    return any(p is not None and not all(map(is_everyone, p.entries)) for p in named)


def _worded(sides: _Sides, doubts: dict[str, None]) -> str:
    policies = (*policies_of(sides.left), *policies_of(sides.right))
    if any(p.document.opaque is not None for p in policies):
        return POLICY_NOT_IN_VIEW
    return "; ".join(doubts)


def _worlds(sides: _Sides) -> tuple[World, ...]:
    policies = (*policies_of(sides.left), *policies_of(sides.right))
    return worlds(a for p in policies for s in p.document.statements for a in s.when)


def _crossings(sides: _Sides) -> tuple[bool, ...]:
    """Return the readings of a ``*`` that ends a part of an ARN, one if none makes a difference."""
    policies = (*policies_of(sides.left), *policies_of(sides.right))
    statements = (s for p in policies for s in p.document.statements)
    return (False, True) if any(map(crosses, statements)) else (False,)


def _cases(sides: _Sides, crossing: bool, world: World) -> Iterator[_Case]:
    wide, narrow = Reading(True, crossing=crossing), Reading(False, crossing=crossing)
    grown = Readings(wide, narrow)
    left = ways_of(sides.left, sides.holder, grown, world, open_minded=True)
    own = ways_of(
        sides.left, sides.holder, Readings(wide._replace(own=True), narrow), world, open_minded=True
    )
    rows = (r for way in zip(left.ways, own.ways, strict=True) for r in _rows(*way))
    if sides.both:
        right = ways_of(sides.right, sides.holder, grown, world, open_minded=True)
        for row in rows:
            for other in (o for way in right.ways for o in product(*way)):
                yield _Case(row + other, left.denies + right.denies)
        return
    shrunk = Readings(narrow, wide)
    right = ways_of(sides.right, sides.holder, shrunk, world, open_minded=False)
    for row in rows:
        yield from _escapes(row, left, right)


def _rows(wide: Way, own: Way) -> Iterator[TermRow]:
    """Yield one term per layer; the first one with symbols keeps them, the others are wide."""
    for row in product(*(zip(w, o, strict=True) for w, o in zip(wide, own, strict=True))):
        pivot = next((i for i, (w, _) in enumerate(row) if w.symbolic), 0)
        yield tuple(o if i == pivot else w for i, (w, o) in enumerate(row))


def _escapes(row: TermRow, left: Ways, right: Ways) -> Iterator[_Case]:
    """Yield what a request must meet to be allowed by ``row`` and not on the right."""
    for refusal in refusals(right.ways):
        if not any(covered(term, refusal) for term in row):
            yield _Case(row, (*left.denies, *refusal))
    for deny in right.denies:
        if not covered(deny, left.denies):
            yield _Case((*row, deny), left.denies)


def _settled(sides: _Sides, case: _Case, world: World) -> Counterexample | Undecided | None:
    """Look for a request of a case; None: there is none."""
    named = _names_callers(sides)
    space = Space(
        _ANYTHING,
        sides.holder,
        named,
        Mentions(),
        data_date(),
        universal=True,
        typed=False,
        excluded=0 if named else action_index().bits(NO_PERMISSION_NEEDED),
        effort=sides.effort,
    )
    doubt: Undecided | None = None
    for found in islice(find(space, case.positive, case.negative), _TRIES):
        if found.limited:
            doubt = Undecided(found.why or LIMIT_MET)
            continue
        typical = _typical(sides, case, world, space) if doubt is None else None
        example = typical or _confirmed(sides, case, world, found)
        if example is not None:
            return example
        sides.effort.spend(_CONFIRMING)
        doubt = doubt or Undecided(UNCONFIRMED)
    return doubt


def _names_callers(sides: _Sides) -> bool:
    """Tell whether a document that decides alone says whose requests it is about."""
    alone = (side.trust for side in (sides.left, sides.right) if side.trust is not None)
    return any(s.principals is not None for policy in alone for s in policy.document.statements)


def _typical(sides: _Sides, case: _Case, world: World, space: Space) -> Counterexample | None:
    """Look for a request that AWS itself would make: one that fits its reference."""
    if sides.telling.spent:
        return None
    typed = replace(space, typed=True, universal=False, closed=True, effort=sides.telling)
    for found in islice(find(typed, case.positive, case.negative), _TRIES):
        example = None if found.limited else _confirmed(sides, case, world, found)
        if example is not None:
            return example._replace(typed=True)
        sides.telling.spend(_CONFIRMING)
        if sides.telling.spent:
            break
    return None


def _confirmed(sides: _Sides, case: _Case, world: World, found: Found) -> Counterexample | None:
    def accept(request: Request, valuation: Valuation) -> bool:
        if decide(request, valuated(sides.left, valuation), "against").outcome != "allowed":
            return False
        right = valuated(sides.right, valuation)
        if sides.both:
            return decide(request, right, "against").outcome == "allowed"
        return decide(request, right, "for").outcome != "allowed"

    search = Search(
        (sides.left, sides.right),
        accept,
        _ANYTHING,
        case.positive,
        case.negative,
        world.assumptions,
        whole=_names_callers(sides),
    )
    witness = confirm(found, search)
    if witness is None:
        return None
    decided = tuple(deciding(t, found) for t in case.positive if t.statement.effect != "Deny")
    return Counterexample(witness.request, decided, _assumed(case, world), held_when(witness.bound))


def _assumed(case: _Case, world: World) -> tuple[Assumption, ...]:
    names = {a.id for term in (*case.positive, *case.negative) for a in term.statement.when}
    return tuple(a for a in world.assumptions if a.id in names)
