"""Work on values that depend on a test whose outcome is not known."""

from collections.abc import Callable

from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.value import Assumption, Choice, Value


def worlds(value: Value, limit: int = MAX_WORLDS) -> list[Value] | None:
    """Return what a value may be; None when there are more than ``limit`` alternatives."""
    found: list[Value] = []
    pending: list[tuple[tuple[Assumption, ...], Value]] = [((), value)]
    while pending and len(found) <= limit:
        assumed, current = pending.pop()
        if not isinstance(current, Choice):
            found.append(current)
            continue
        for assumption, alternative in reversed(current.alternatives):
            if not _contradicts(assumption, assumed):
                pending.append(((*assumed, assumption), alternative))
    return None if len(found) > limit else found


def _contradicts(assumption: Assumption, assumed: tuple[Assumption, ...]) -> bool:
    return any(a.id == assumption.id and a.outcome != assumption.outcome for a in assumed)


def assume(value: Value, assumption: Assumption) -> Value:
    """Return what a value is in the worlds where an assumption holds."""
    if not isinstance(value, Choice):
        return value
    kept = tuple(
        (a, assume(v, assumption))
        for a, v in value.alternatives
        if not _contradicts(a, (assumption,))
    )
    if len(kept) == 1 and kept[0][0] == assumption:
        return kept[0][1]
    return Choice(kept, value.span) if kept else value


def distribute(
    values: tuple[Value, ...], function: Callable[[tuple[Value, ...]], Value]
) -> Value | None:
    """Apply a function in every world of its arguments; None when there are too many worlds."""
    remaining = [MAX_WORLDS]
    result = _distribute(values, function, remaining)
    return result if remaining[0] >= 0 else None


def _distribute(
    values: tuple[Value, ...],
    function: Callable[[tuple[Value, ...]], Value],
    remaining: list[int],
) -> Value:
    choice = next((v for v in values if isinstance(v, Choice)), None)
    if choice is None:
        remaining[0] -= 1
        return function(values) if remaining[0] >= 0 else values[0]
    alternatives: list[tuple[Assumption, Value]] = []
    for assumption, _ in choice.alternatives:
        if remaining[0] < 0:
            break
        inside = tuple(assume(v, assumption) for v in values)
        alternatives.append((assumption, _distribute(inside, function, remaining)))
    return Choice(tuple(alternatives), choice.span)
