"""Split a value with alternatives into the worlds in which it is one thing.

A world is a consistent set of assumptions. Values are rebuilt only where they hold a choice.
INVARIANT: values that come here passed ``is_bounded``, so that recursion and work are limited.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from leastwise.source.json_write import fresh_symbol
from leastwise.source.value import (
    Assumption,
    Choice,
    Encoded,
    Mapping,
    Sequence,
    Text,
    Unknown,
    Value,
)

MAX_WORLDS = 16
MAX_DEPTH = 100
MAX_NODES = 8_000
"""Of a policy; the largest that AWS takes, of some 100 kB, stay below."""

When: TypeAlias = tuple[Assumption, ...]


def is_bounded(value: Value) -> bool:
    """Say whether a value has at most 100 levels and 8,000 nodes (shared ones count again)."""
    level: list[Value] = [value]
    nodes = 0
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            return False
        level = [part for current in level for part in parts_of(current)]
        if not level:
            return True
    return False


def parts_of(value: Value) -> Iterable[Value]:
    """Return everything a value holds one level down: keys, items, alternatives, encoded ones."""
    match value:
        case Text():
            if value.literal is not None:
                return ()
            return [piece.value for piece in value.pieces if isinstance(piece, Encoded)]
        case Mapping():
            return [part for entry in value.entries for part in entry]
        case Choice():
            return [part for _, part in value.alternatives]
        case _:
            return _children(value)


def alternatives(choice: Choice, when: When) -> list[tuple[When, Value]]:
    """Return what a choice may be where ``when`` holds, each with all that it assumes."""
    assumed = {a.id: a.outcome for a in when}
    for assumption, value in choice.alternatives:
        if assumed.get(assumption.id) == assumption.outcome:
            return [(when, value)]
    open_ones: list[tuple[When, Value]] = [
        ((*when, assumption), value)
        for assumption, value in choice.alternatives
        if assumption.id not in assumed
    ]
    # SOUND: over-approximates; in a world that no alternative speaks of, the value is unknown.
    return open_ones or [(when, _forget(choice))]


def contradicts(assumption: Assumption, when: When) -> bool:
    """Say whether another outcome of the same test is assumed already."""
    return any(a.id == assumption.id and a.outcome != assumption.outcome for a in when)


def assume(value: Value, assumption: Assumption) -> Value:
    """Return what a value is in the worlds where an assumption holds."""
    if not isinstance(value, Choice):
        return value
    kept = tuple(
        (a, assume(v, assumption))
        for a, v in value.alternatives
        if not contradicts(a, (assumption,))
    )
    if len(kept) == 1 and kept[0][0] == assumption:
        return kept[0][1]
    return Choice(kept, value.span) if kept else value


def worlds(value: Value, when: When) -> tuple[list[tuple[When, Value]], bool]:
    """Return the value without choices in each of its worlds, and whether some were given up.

    At most 16: choices beyond that become unknown values.
    """
    if _first_choice(value) is None:
        return [(when, value)], False
    done: list[tuple[When, Value]] = []
    pending = [(when, value)]
    capped = False
    while pending:
        assumed, current = pending.pop(0)
        current = _settle(current, assumed)
        choice = _first_choice(current)
        if choice is None:
            done.append((assumed, current))
            continue
        options = alternatives(choice, assumed)
        if len(done) + len(pending) + len(options) > MAX_WORLDS:
            # SOUND: over-approximates; an unknown value is widened to anything.
            done.append((assumed, _without_choices(current)))
            capped = True
        else:
            pending = [(more, current) for more, _ in options] + pending
    return done, capped


def _forget(choice: Choice) -> Unknown:
    return Unknown(fresh_symbol(choice), "one of several alternatives", choice.span)


def _children(value: Value) -> tuple[Value, ...]:
    match value:
        case Sequence():
            return value.items
        case Mapping():
            return tuple(item for _, item in value.entries)
        case _:
            return ()


def _first_choice(value: Value) -> Choice | None:
    if isinstance(value, Choice):
        return value
    for item in _children(value):
        found = _first_choice(item)
        if found is not None:
            return found
    return None


def _settle(value: Value, when: When) -> Value:
    """Replace each choice that the assumptions decide."""
    while isinstance(value, Choice):
        options = alternatives(value, when)
        if len(options) > 1 or options[0][0] != when:
            return value
        value = options[0][1]
    return _rebuild(value, [_settle(item, when) for item in _children(value)])


def _without_choices(value: Value) -> Value:
    if isinstance(value, Choice):
        return _forget(value)
    return _rebuild(value, [_without_choices(item) for item in _children(value)])


def _rebuild(value: Value, children: list[Value]) -> Value:
    """Put new children into a value; it stays the same object when they are the same."""
    if all(old is new for old, new in zip(_children(value), children, strict=True)):
        return value
    if isinstance(value, Sequence):
        return replace(value, items=tuple(children))
    if isinstance(value, Mapping):
        names = (key for key, _ in value.entries)
        return replace(value, entries=tuple(zip(names, children, strict=True)))
    return value
