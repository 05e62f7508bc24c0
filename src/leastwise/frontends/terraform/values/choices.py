"""Work on values that depend on a test whose outcome is not known."""

from collections.abc import Callable

from leastwise.iam.worlds import MAX_WORLDS, assume, contradicts
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
            if not contradicts(assumption, assumed):
                pending.append(((*assumed, assumption), alternative))
    return None if len(found) > limit else found


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
