"""Find the condition keys of a request under which some statements hold and others do not.

Keys are independent of each other, so each has its own list of values; a statement that must
hold rules out values, one that must not hold needs a single key that makes it fail.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.candidates import Tested, candidates
from leastwise.semantics.conditions import Values, key_of
from leastwise.semantics.pattern import Pieces, matches, tokenize, widen
from leastwise.semantics.space import DOMAINS, TIMES, Asked, Space, holds_several, presence
from leastwise.semantics.terms import VARIABLE, Term, TermRow
from leastwise.source.value import Symbol

Context = dict[str, Values]
_MOST_MASKS = 64


def find_context(
    space: Space, asked: Asked, resource: Pieces, positive: TermRow, negative: TermRow
) -> Context | None:
    """Find keys with which all of ``positive`` hold and none of ``negative``; else None.

    None is no answer when the effort of the space is spent then. Only keys that matter are in
    the answer. What the question demands of keys holds too.
    """
    if any(not t.conditions for t in negative):
        return None
    fixed = _fixed(space, asked, resource, positive + negative)
    reached: dict[int, Context] = {0: {}}
    for key in _keys(space, positive + negative, fixed):
        if space.effort.spent:
            return None
        options = _options(space, asked, key, fixed.get(key), (positive, negative))
        if not options:
            return None
        reached = _combine(reached, key, options)
    return reached.get((1 << len(negative)) - 1)


def _keys(space: Space, terms: TermRow, fixed: dict[str, Pieces]) -> list[str]:
    keys = [name.lower() for name, _ in space.question.context]
    keys += [key_of(c) or "" for t in terms for c in t.conditions]
    return list(dict.fromkeys([*keys, *fixed]))


def _fixed(space: Space, asked: Asked, resource: Pieces, terms: TermRow) -> dict[str, Pieces]:
    """Return the keys that have one value: the caller's own, and variables in the resource."""
    holder = {k: v for k, v in space.holder.keys().items() if v is not None}
    if space.trust and asked.caller_type == "AWS" and "arn:" in str(asked.caller[0]):
        holder.setdefault("aws:principalarn", asked.caller)
    used = {key_of(c) for t in terms for c in t.conditions}
    used |= {variable for t in terms for variable in t.variables}
    found = {key: value for key, value in holder.items() if key in used}
    for piece in resource:
        if isinstance(piece, Symbol) and piece.id.startswith(VARIABLE):
            found[piece.id.removeprefix(VARIABLE)] = (piece,)
    for term in terms:
        for key in term.condition_variables:
            found.setdefault(key, (Symbol(VARIABLE + key, key),))
    return found


def _options(
    space: Space,
    asked: Asked,
    key: str,
    fixed: Pieces | None,
    terms: tuple[TermRow, TermRow],
) -> dict[int, Values | None]:
    """Return values under which all of the first terms hold, by which of the others fail."""
    positive, negative = terms
    options: dict[int, Values | None] = {}
    cost = 1 + sum(_tests(t, key).cost for t in positive + negative)
    for values in _values(space, asked, key, fixed, positive + negative):
        space.effort.spend(cost)
        if space.effort.spent:
            return {}
        if not all(_holds(t, key, values) for t in positive):
            continue
        fails = sum(1 << i for i, t in enumerate(negative) if not _holds(t, key, values))
        options.setdefault(fails, values)
    return options


def _values(
    space: Space, asked: Asked, key: str, fixed: Pieces | None, terms: TermRow
) -> Iterator[Values | None]:
    present = presence(space, key, asked)
    if present != "always" and fixed is None:
        yield None
    if present == "never":
        return
    required = space.required(key) or ()
    if fixed is not None:
        found: list[Values] = [(fixed,)]
    elif key in DOMAINS:
        found = [((value,),) for value in DOMAINS[key]]
    else:
        tested: tuple[Tested, ...] = tuple(
            (c, t.lookup) for t in terms for c in _tests(t, key).conditions
        )
        earliest = space.as_of if key in TIMES else None
        several = holds_several(key)
        found = candidates(
            tested, required, earliest=earliest, several=several, effort=space.effort
        )
    for values in found:
        if not required or all(_demanded(space, required, value) for value in values):
            yield values


def _demanded(space: Space, required: tuple[Pattern, ...], value: Pieces) -> bool:
    for pattern in required:
        row = tokenize(pattern.pieces) or ()
        truth = matches(row, widen(row), value)
        if truth or (truth is None and space.wide):
            return True
    return False


def _holds(term: Term, key: str, values: Values | None) -> bool:
    return all(term.meets(c, values) for c in _tests(term, key).conditions)


class _Tests(NamedTuple):
    """Hold the conditions of a term on one key, and about how many steps testing them takes."""

    conditions: tuple[Condition, ...] = ()
    cost: int = 0


_UNTESTED = _Tests()


def _tests(term: Term, key: str) -> _Tests:
    return _by_key(term).get(key, _UNTESTED) if term.conditions else _UNTESTED


@lru_cache(maxsize=8192)
def _by_key(term: Term) -> dict[str, _Tests]:
    found: dict[str, list[Condition]] = {}
    for condition in term.conditions:
        found.setdefault(key_of(condition) or "", []).append(condition)
    return {key: _Tests(tuple(row), sum(map(_cost, row))) for key, row in found.items()}


def _cost(condition: Condition) -> int:
    return 5 + sum(20 + 3 * len(str(value)) for value in condition.values)


def _combine(
    reached: dict[int, Context], key: str, options: dict[int, Values | None]
) -> dict[int, Context]:
    combined: dict[int, Context] = {}
    for mask, context in reached.items():
        for fails, values in options.items():
            if mask | fails not in combined:
                added = context if values is None else {**context, key: values}
                combined[mask | fails] = added
    maximal = [m for m in combined if not any(o != m and o & m == m for o in combined)]
    # SOUND: beyond the cap some combinations are not tried; see docs/semantics.md.
    best = sorted(maximal, key=int.bit_count, reverse=True)[:_MOST_MASKS]
    return {mask: combined[mask] for mask in best}
