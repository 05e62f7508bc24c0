"""Enumerate the worlds that the assumptions of some documents span.

A statement with assumptions exists only in the worlds where all of them hold. Above ``MOST``
worlds there is one world of the union instead: what may exist does in the wide reading, and
does not in the narrow one.
"""

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

from leastwise.semantics.terms import Term
from leastwise.source.value import Assumption

MOST = 16
_BOOLEANS = frozenset({"true", "false"})


class World(NamedTuple):
    """Hold one outcome for each test; ``merged`` is the union of too many worlds."""

    assumptions: tuple[Assumption, ...] = ()
    merged: bool = False

    def has(self, term: Term) -> bool:
        """Tell whether a statement exists here, read the way of the term."""
        if self.merged:
            return term.wide or not term.statement.when
        outcomes = {a.id: a.outcome for a in self.assumptions}
        return all(outcomes.get(a.id) == a.outcome for a in term.statement.when)


def within(
    world: World, terms: Iterable[Term], every: Iterable[Assumption]
) -> tuple[Assumption, ...] | None:
    """Return outcomes under which some statements exist, None when they exclude each other.

    SOUND: over-approximates; where worlds were taken together, a test of which the statements
    say nothing has no outcome, so that no other statement exists that is under it.
    ``every`` are all assumptions that there are.
    """
    if not world.merged:
        return world.assumptions
    chosen: dict[str, Assumption] = {}
    for assumption in (a for term in terms for a in term.statement.when):
        if chosen.setdefault(assumption.id, assumption) != assumption:
            return None
    others = {a.id: Assumption(a.id, "", a.text) for a in every if a.id not in chosen}
    return (*chosen.values(), *others.values())


def worlds(assumptions: Iterable[Assumption]) -> tuple[World, ...]:
    """Return the consistent worlds of the assumptions, one empty world when there are none."""
    tests: dict[str, dict[str, Assumption]] = {}
    for assumption in assumptions:
        tests.setdefault(assumption.id, {})[assumption.outcome] = assumption
    choices = [_outcomes(known) for known in tests.values()]
    count = 1
    for choice in choices:
        count *= len(choice)
        if count > MOST:
            return (World(merged=True),)
    return tuple(World(tuple(row)) for row in product(*choices))


def _outcomes(known: dict[str, Assumption]) -> list[Assumption]:
    """Add to the outcomes that statements mention the one that none of them does."""
    found = list(known.values())
    first = found[0]
    if first.outcomes:
        rest = next((outcome for outcome in first.outcomes if outcome not in known), None)
        other = Assumption(first.id, rest or "", f"none of {first.text}", first.outcomes)
        return found if rest is None else [*found, other]
    if set(known) >= _BOOLEANS:
        return found
    if set(known) <= _BOOLEANS:
        outcome = "false" if "true" in known else "true"
        return [*found, Assumption(first.id, outcome, f"not {first.text}")]
    return [*found, Assumption(first.id, "another", f"none of {first.text}")]
