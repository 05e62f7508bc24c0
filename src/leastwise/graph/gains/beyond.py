"""Find a request that one access allows and another does not, each for its own caller.

The engine is that of ``semantics.compare``: statements that must match, and statements that must
not. Here the requests are of actions that are given, and such as the actions have in AWS's
reference; both accesses are read at their best (see ``graph.best``). What is not known has one
value on both sides: two names that are not known are two names.
"""

from collections.abc import Callable, Iterator
from functools import cache, reduce
from itertools import islice, product
from operator import and_
from typing import NamedTuple

from leastwise.graph.gains.best import at_best
from leastwise.iam.policy import Pattern
from leastwise.semantics.actions import action_index, data_date
from leastwise.semantics.covering import covered
from leastwise.semantics.decide import decide
from leastwise.semantics.effort import Effort
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import Caller, EffectiveAccess, Request, RequestPattern
from leastwise.semantics.paths import Readings, Way, Ways, policies_of, refusals, ways_of
from leastwise.semantics.search import Found, find
from leastwise.semantics.space import Space, mentioned, mentions_of, merged
from leastwise.semantics.terms import NARROW, WIDE, Reading, Term, TermRow
from leastwise.semantics.valuation import Valuation
from leastwise.semantics.witness import Search, confirm, valuated
from leastwise.semantics.worlds import World, worlds

MOST_WORK = 150_000
"""Steps of globs for one search, about: a fraction of a second."""
_CONFIRMING = 10_000
"""What it costs to try in vain to spell a request, about."""
_TRIES = 6
_OWN = Reading(wide=True, own=True, crossing=False)
# SOUND: one reading of a ``*`` that ends a part of an ARN: it stays inside, on both sides.
_GRANTED, _REFUSED = NARROW._replace(crossing=False), WIDE._replace(crossing=False)
_NO_ONE = EffectiveAccess()


class Beyond(NamedTuple):
    """Hold an action that only the first access allows, on what a ``statement`` of it names.

    ``policy`` is the number of its identity policy. ``resource`` is an example, empty where the
    search met its limit: there may be such a request.
    """

    action: str
    policy: int
    statement: int
    resource: str = ""


class _Sides(NamedTuple):
    left: EffectiveAccess
    right: EffectiveAccess
    holders: tuple[Holder, Holder]
    bits: int
    question: RequestPattern
    effort: Effort


def beyond(
    first: EffectiveAccess,
    second: EffectiveAccess | None,
    bits: int,
    resources: tuple[Pattern, ...] | None = None,
) -> Iterator[Beyond]:
    """Yield what ``first`` allows and ``second`` does not, of the known actions in ``bits``.

    ``resources``: on these only. ``second`` None: what ``first`` allows. At most one is yielded
    for each combination of statements.

    SOUND: over-approximates where the search meets its limit.
    """
    other = _NO_ONE if second is None else second
    sides = _Sides(
        at_best(first),
        at_best(other),
        (_holder(first), _holder(other)),
        bits,
        RequestPattern(resources=resources),
        Effort(MOST_WORK),
    )
    told = False
    for world in _worlds(sides):
        for positive, negative in _cases(sides, world):
            found = _first(sides, positive, negative, world)
            if found is None and sides.effort.spent and not told:
                found = _some_action(sides, positive), ""
            if found is not None:
                told = True
                policy = sides.left.identity.index(positive[0].policy)
                yield Beyond(found[0], policy, positive[0].index, found[1])
            if sides.effort.spent:
                return


def _holder(access: EffectiveAccess) -> Holder:
    return Holder(access.caller_kind, access.caller_arn)


def _worlds(sides: _Sides) -> tuple[World, ...]:
    policies = (*policies_of(sides.left), *policies_of(sides.right))
    return worlds(a for p in policies for s in p.document.statements for a in s.when)


def _cases(sides: _Sides, world: World) -> Iterator[tuple[TermRow, TermRow]]:
    """Yield terms of which all must match, the grant first, and terms of which none may."""
    own, other = sides.holders
    left = ways_of(sides.left, own, Readings(_OWN, _GRANTED), world, open_minded=True)
    right = ways_of(sides.right, other, Readings(_GRANTED, _REFUSED), world, open_minded=False)
    left, right = _of_bits(left, sides.bits), _of_bits(right, sides.bits)
    escapes = [(refusal, _covered_by(refusal)) for refusal in refusals(right.ways)]
    denies = [deny for deny in right.denies if not _is_covered(deny, left.denies)]
    for row in (r for way in left.ways for r in product(*way)):
        sides.effort.spend(1)
        bits = reduce(and_, (t.actions for t in row), sides.bits)
        if not bits:
            continue
        for refusal, is_covered in escapes:
            if not any(map(is_covered, row)):
                yield row, (*left.denies, *refusal)
        for deny in denies:
            if deny.actions & bits:
                yield (*row, deny), left.denies


def _covered_by(others: TermRow) -> Callable[[Term], bool]:
    """Return the test that others match whatever a term does, which remembers its answers."""
    return cache(lambda term: _is_covered(term, others))


def _is_covered(term: Term, others: TermRow) -> bool:
    """Tell quickly whether others match whatever a term does; each caller has its own variables."""
    return covered(term, (o for o in others if not o.variables or o.lookup is term.lookup))


def _of_bits(ways: Ways, bits: int) -> Ways:
    """Leave out the terms that are about other actions."""

    def kept(row: TermRow) -> TermRow:
        return tuple(t for t in row if t.actions & bits)

    def way(rows: Way) -> Way:
        return tuple(map(kept, rows))

    return Ways(tuple(map(way, ways.ways)), kept(ways.denies))


def _first(
    sides: _Sides, positive: TermRow, negative: TermRow, world: World
) -> tuple[str, str] | None:
    """Return the action and resource of a request that is confirmed, or where the search ended."""
    for found in islice(find(_space(sides), positive, negative), _TRIES):
        if found.limited:
            return found.action or _some_action(sides, positive), ""
        request = _confirmed(sides, positive, negative, world, found)
        if request is not None:
            return request.action, request.resource
        sides.effort.spend(_CONFIRMING)
    return None


def _some_action(sides: _Sides, positive: TermRow) -> str:
    bits = reduce(and_, (t.actions for t in positive), sides.bits)
    return action_index().names(bits & -bits)[0]


def _space(sides: _Sides) -> Space:
    policies = (*policies_of(sides.left), *policies_of(sides.right))
    arns = [h.arn for h in sides.holders if h.arn is not None]
    arns += sides.question.resources or ()
    known = [*(mentioned(arn.pieces) for arn in arns), *map(mentions_of, policies)]
    return Space(
        sides.question,
        sides.holders[0],
        trust=False,
        mentions=merged(known),
        as_of=data_date(),
        closed=True,
        excluded=action_index().everything & ~sides.bits,
        effort=sides.effort,
    )


def _confirmed(
    sides: _Sides, positive: TermRow, negative: TermRow, world: World, found: Found
) -> Request | None:
    def accept(request: Request, valuation: Valuation) -> bool:
        if decide(request, valuated(sides.left, valuation), "against").outcome != "allowed":
            return False
        asked = _by_the_other(request, sides.holders, valuation)
        return decide(asked, valuated(sides.right, valuation), "for").outcome != "allowed"

    accesses = (sides.left, sides.right)
    witness = confirm(
        found, Search(accesses, accept, sides.question, positive, negative, world.assumptions)
    )
    return None if witness is None else witness.request


def _by_the_other(request: Request, holders: tuple[Holder, Holder], value: Valuation) -> Request:
    """Let the second caller make the request: what follows from who asks is its own."""
    first, second = (holder.keys() for holder in holders)
    own = {key: (value.spell(v),) for key, v in second.items() if v is not None}
    rest = {key: v for key, v in request.context if key not in first}
    context = tuple(sorted((rest | own).items()))
    return request._replace(principal=Caller("AWS", value.spell(holders[1].name)), context=context)
