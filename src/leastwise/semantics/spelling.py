"""Find the known name that somebody meant: what is one or two slips of the keyboard away."""

from collections.abc import Iterable

_SHORT = 6
"""Names shorter than this are near only at one slip."""
_SHORTEST = 4
"""Names shorter than this are near to none: too many are."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is at most two slips away, the nearest and first of them.

    A slip is a character too much, too little, exchanged or swapped with its neighbour. Names
    that differ in a digit are different things (``InvokeModelV2``), not slips, and so are those
    that differ in the first character (``deauthorize``). Case counts.
    """
    best: tuple[int, str] | None = None
    for other in sorted(known):
        limit = _limit(name, other)
        if best is not None:
            limit = min(limit, best[0] - 1)
        distance = slips(name, other, limit) if limit > 0 else None
        if distance is not None:
            best = distance, other
    return None if best is None else best[1]


def _limit(name: str, other: str) -> int:
    length = min(len(name), len(other))
    if length < _SHORTEST or name[0] != other[0]:
        return 0
    return 1 if length < _SHORT else 2


def slips(name: str, other: str, limit: int) -> int | None:
    """Count the slips between two names, or return None when there are more than ``limit``."""
    if abs(len(name) - len(other)) > limit or _digits(name) != _digits(other):
        return None
    start = _shared(name, other)
    name, other = name[start:], other[start:]
    end = _shared(name[::-1], other[::-1])
    name, other = name[: len(name) - end], other[: len(other) - end]
    # a slip changes two characters of the bag at most
    if len(set(name) ^ set(other)) > 2 * limit:
        return None
    distance = _distance(name, other)
    return distance if distance <= limit else None


def _digits(name: str) -> str:
    return "".join(c for c in name if c.isdigit())


def _shared(name: str, other: str) -> int:
    """Count the characters that both begin with."""
    return next(
        (i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b),
        min(len(name), len(other)),
    )


def _distance(name: str, other: str) -> int:
    """Count insertions, deletions, exchanges and swaps of neighbours (optimal alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(name, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and (a, name[i - 2]) == (other[j - 2], b):
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
