"""Find the fewest things that together hit every set: what to take away to end every way.

A set holds what one way rests on: as long as all of it stays, the way stays. So whatever ends
all ways takes something from each set. Sets are found one by one: what ends all ways that are
known is tried, and a way that is left brings a new set. When none is left the choice is a
smallest one, since fewer do not even hit the sets that are known.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)
Sets: TypeAlias = Sequence[frozenset[T]]

MAX_BRANCHES = 20_000
"""Choices that the search for one smallest hitting set looks at."""
MAX_ROUNDS = 24
"""Attempts at ending every way; each may mean computing a graph anew."""
MAX_MORE = 48
"""Things taken away beyond those, to find some choice that ends every way."""


class Hitting(NamedTuple, Generic[T]):
    """Hold a choice that hits every set; no choice has fewer members than ``least``."""

    chosen: tuple[T, ...]
    least: int


class Ending(NamedTuple, Generic[T]):
    """Hold what ends every way, None: nothing found does; none has fewer members than ``least``.

    ``endless``: there is a way from which nothing can be taken.
    """

    chosen: tuple[T, ...] | None
    least: int
    endless: bool = False

    @property
    def is_smallest(self) -> bool:
        """Say whether it is proved that nothing smaller ends every way."""
        return self.chosen is not None and len(self.chosen) == self.least


@dataclass(slots=True, eq=False)
class _Search(Generic[T]):
    """Branch over the members of a set that is not hit yet; the bound counts disjoint sets."""

    rank: Callable[[T], int]
    left: int
    best: tuple[T, ...]

    def _worth(self, chosen: tuple[T, ...]) -> tuple[int, int]:
        return len(chosen), sum(map(self.rank, chosen))

    def run(self, chosen: tuple[T, ...], open_sets: Sets[T], barred: frozenset[T]) -> None:
        """Improve the best choice by those that contain ``chosen`` and nothing that is barred."""
        if self.left <= 0:
            return
        self.left -= 1
        if not open_sets:
            self.best = min(self.best, chosen, key=self._worth)
            return
        if len(chosen) + len(_disjoint(open_sets)) > len(self.best):
            return
        first = min(open_sets, key=lambda s: len(s - barred))
        for member in _ordered(first - barred, self.rank):
            rest = [s for s in open_sets if member not in s]
            self.run((*chosen, member), rest, barred)
            # A choice with this member was looked at: the others need not have it.
            barred |= {member}


def smallest(sets: Sets[T], rank: Callable[[T], int], *, most: int = MAX_BRANCHES) -> Hitting[T]:
    """Return a smallest choice that hits every set; of those the one of the lowest ranks.

    No set is empty, and no two members have the same rank. After ``most`` choices the
    best one so far is returned.
    """
    minimal = _minimal(sets)
    search = _Search(rank, most, _greedy(minimal, rank))
    search.run((), minimal, frozenset())
    least = len(search.best) if search.left > 0 else len(_disjoint(minimal))
    return Hitting(tuple(_ordered(search.best, rank)), least)


def end_all(
    ways: Callable[[frozenset[T]], Iterable[frozenset[T]]],
    rank: Callable[[T], int],
    *,
    rounds: int = MAX_ROUNDS,
    more: int = MAX_MORE,
) -> Ending[T]:
    """Return the least that ends every way.

    ``ways`` returns what some of the ways rest on that are left without some things, and
    nothing only if none is left. It is asked at most ``rounds`` times for what is the smallest
    choice, and ``more`` times for any.
    """
    known: list[frozenset[T]] = []
    hitting: Hitting[T] = Hitting((), 0)
    for _ in range(rounds):
        left = list(ways(frozenset(hitting.chosen)))
        if not left:
            return Ending(hitting.chosen, hitting.least)
        if not all(left):
            return Ending(None, hitting.least, endless=True)
        known += left
        hitting = smallest(known, rank)
    return _any_ending(ways, rank, hitting, more)


def _any_ending(
    ways: Callable[[frozenset[T]], Iterable[frozenset[T]]],
    rank: Callable[[T], int],
    begun: Hitting[T],
    more: int,
) -> Ending[T]:
    """Take away from each way that is left until none is, then put back what is not needed."""
    chosen = list(begun.chosen)
    for _ in range(more):
        left = list(ways(frozenset(chosen)))
        if not left:
            break
        if not all(left):
            return Ending(None, begun.least, endless=True)
        chosen += _greedy(left, rank)
    else:
        return Ending(None, begun.least)
    for member in _ordered(chosen, rank)[::-1][:more]:
        fewer = [m for m in chosen if m != member]
        if not list(ways(frozenset(fewer))):
            chosen = fewer
    return Ending(tuple(_ordered(chosen, rank)), begun.least)


def _minimal(sets: Sets[T]) -> list[frozenset[T]]:
    """Leave out sets that hold another one: whatever hits that hits them."""
    kept: list[frozenset[T]] = []
    for one in sorted(dict.fromkeys(sets), key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
    return kept


def _disjoint(sets: Sets[T]) -> list[frozenset[T]]:
    """Return sets without a common member, each of which takes a member of its own to hit."""
    found: list[frozenset[T]] = []
    for one in sorted(sets, key=len):
        if all(one.isdisjoint(other) for other in found):
            found.append(one)
    return found


def _greedy(sets: Sets[T], rank: Callable[[T], int]) -> tuple[T, ...]:
    """Return a choice made of whatever hits most of the sets that are left."""
    chosen: list[T] = []
    left = list(sets)
    while left:
        counts: dict[T, int] = {}
        for one in left:
            for member in one:
                counts[member] = counts.get(member, 0) + 1
        best = min(counts, key=lambda m: (-counts[m], rank(m)))
        chosen.append(best)
        left = [s for s in left if best not in s]
    return tuple(chosen)


def _ordered(members: Iterable[T], rank: Callable[[T], int]) -> list[T]:
    return sorted(members, key=rank)
