"""Find the condition keys of a request under which some statements hold and others do not.

Keys are independent of each other, so each has its own list of values; a statement that must
hold rules out values, one that must not hold needs a single key that makes it fail.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern
from leastwise.semantics.candidates import Tested, candidates
from leastwise.semantics.conditions import Values, evaluate, key_of
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

    Only keys that matter are in the answer. What the question demands of keys holds too.
    """
    if any(not t.conditions for t in negative):
        return None
    fixed = _fixed(space, asked, resource, positive + negative)
    reached: dict[int, Context] = {0: {}}
    for key in _keys(space, positive + negative, fixed):
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
    for values in _values(space, asked, key, fixed, positive + negative):
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
            (c, t.lookup) for t in terms for c in t.conditions if key_of(c) == key
        )
        earliest = space.as_of if key in TIMES else None
        found = candidates(tested, required, earliest=earliest, several=holds_several(key))
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
    return all(
        term.holds(evaluate(c, values, term.lookup)) for c in term.conditions if key_of(c) == key
    )


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
