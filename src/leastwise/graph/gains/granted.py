"""Tell from sets of actions alone what an access may allow, and what it surely allows.

No search is needed for most of what two accesses have in common, or have not.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from leastwise.graph.gains.best import at_best
from leastwise.graph.gains.signatures import Alike
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import EffectiveAccess
from leastwise.semantics.paths import policies_of
from leastwise.semantics.remembered import by_identity
from leastwise.semantics.valuation import is_concrete
from leastwise.source.value import Symbol


@lru_cache(maxsize=16384)
def may(one: Alike) -> int:
    """Return the actions that an access may allow on something.

    SOUND: over-approximates; of Denies only those count that leave nothing of an action.
    """
    access = at_best(one.access)
    left = union(map(widest, _allowing(access.identity)))
    for row in _caps(access):
        left &= union(map(widest, _allowing(row)))
    for statement in _denying(access):
        if is_blanket(statement):
            left &= ~narrowest(statement)
    return left


@lru_cache(maxsize=16384)
def everywhere(one: Alike) -> int:
    """Return the actions that an access allows on everything.

    SOUND: under-approximates; an action that some Deny names is left out.
    """
    access = at_best(one.access)
    held = union(map(narrowest, filter(is_blanket, _allowing(access.identity))))
    for row in _caps(access):
        held &= union(map(narrowest, filter(is_blanket, _allowing(row))))
    return held & ~union(map(widest, _denying(access)))


def is_certain(access: EffectiveAccess) -> bool:
    """Say whether all of an access is in view, spelled out, and there in every world."""
    return not access.open and all(map(_is_spelled_out, policies_of(access)))


@lru_cache(maxsize=16384)
def _is_spelled_out(policy: Policy) -> bool:
    document = policy.document
    if document.opaque is not None or not is_concrete(document):
        return False
    return all(map(_is_whole, document.statements))


def _is_whole(statement: Statement) -> bool:
    tails = [statement.conditions_tail, statement.actions.tail]
    tails += [c.tail for c in statement.conditions]
    if statement.resources is not None:
        tails.append(statement.resources.tail)
    return statement.effect != "Unknown" and not any(tails)


def _caps(access: EffectiveAccess) -> Iterator[tuple[Policy, ...]]:
    yield from (row for row in (access.boundary, access.session) if row is not None)
    yield from access.scps


def _allowing(policies: Iterable[Policy]) -> Iterator[Statement]:
    return (s for p in policies for s in p.document.statements if s.effect == "Allow")


def _denying(access: EffectiveAccess) -> Iterator[Statement]:
    rows = (access.identity, *_caps(access), *access.rcps)
    return (s for row in rows for p in row for s in p.document.statements if s.effect == "Deny")


def is_blanket(statement: Statement) -> bool:
    """Say whether a statement is about every resource, in every request and every world."""
    resources = statement.resources
    if resources is None or resources.negated or statement.principals is not None:
        return False
    everywhere = any(g.literal == "*" for g in resources.globs)
    free = not statement.conditions and statement.conditions_tail is None
    return everywhere and free and not statement.when


def union(sets: Iterable[int]) -> int:
    """Return all that is in one of the sets."""
    found = 0
    for bits in sets:
        found |= bits
    return found


@by_identity(maxsize=8192)
def bits_of(statement: Statement) -> int:
    """Return the known actions of a statement as a bit set; what is unknown matches none."""
    index = action_index()
    bits = 0
    for glob in statement.actions.globs:
        bits |= index.bits(glob.literal) if glob.literal is not None else 0
    return index.everything & ~bits if statement.actions.negated else bits


def widest(statement: Statement) -> int:
    """Return the known actions that a statement may be about."""
    actions = statement.actions
    if actions.negated:
        return bits_of(statement)
    if actions.tail is not None and statement.effect == "Deny":
        return action_index().everything
    return union(action_index().bits(_opened(glob)) for glob in actions.globs)


def narrowest(statement: Statement) -> int:
    """Return the known actions that a statement is surely about."""
    actions = statement.actions
    if not actions.negated:
        return bits_of(statement)
    if actions.tail is not None:
        return 0
    index = action_index()
    return index.everything & ~union(index.bits(_opened(glob)) for glob in actions.globs)


def _opened(glob: Pattern) -> str:
    return "".join(p.glob if isinstance(p, Symbol) else p for p in glob.pieces)
