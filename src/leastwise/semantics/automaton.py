"""Find strings that match some globs and not others, by walking their joint automaton.

A string is a row of characters and symbols; ``FRESH`` stands for any character that no glob
mentions. The walk visits every reachable combination of states once, so its answer is exact
for the globs at hand, up to ``LIMIT`` steps.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.semantics.pattern import FRESH, Glob, Pieces, Wild, step, step_letter, step_wide
from leastwise.source.value import Symbol

LIMIT = 300_000
"""Steps of single globs after which a walk gives up; then its answer is not complete."""


class Clause(NamedTuple):
    """Require that one of the globs matches, or with ``negated`` that none does."""

    globs: tuple[Glob, ...]
    negated: bool = False

    @property
    def universal(self) -> bool:
        """Tell whether every string satisfies the clause."""
        if self.negated:
            return not self.globs
        return any(g.tokens == (Wild.MANY,) for g in self.globs)

    @property
    def impossible(self) -> bool:
        """Tell whether no string satisfies the clause."""
        return Clause(self.globs, not self.negated).universal


class Cells(NamedTuple):
    """Hold the reachable combinations of clauses, each with a witness.

    Bit i of a mask: the i-th clause holds. ``complete`` is False when the walk gave up.
    ``work`` are the steps it took.
    """

    found: tuple[tuple[int, Pieces], ...]
    complete: bool
    work: int = 0


class _Walk(NamedTuple):
    """Hold the globs of all clauses side by side."""

    globs: tuple[Glob, ...]
    musts: tuple[tuple[tuple[int, ...], bool], ...]
    bits: tuple[tuple[tuple[int, ...], bool], ...]


def _plan(musts: tuple[Clause, ...], bits: tuple[Clause, ...]) -> _Walk:
    globs = tuple(dict.fromkeys(g for c in musts + bits for g in c.globs))
    place = {g: i for i, g in enumerate(globs)}

    def indices(clauses: tuple[Clause, ...]) -> tuple[tuple[tuple[int, ...], bool], ...]:
        return tuple((tuple(place[g] for g in c.globs), c.negated) for c in clauses)

    return _Walk(globs, indices(musts), indices(bits))


@lru_cache(maxsize=8192)
def least_cells(musts: tuple[Clause, ...], bits: tuple[Clause, ...]) -> Cells:
    """Find strings that satisfy all ``musts`` and as few ``bits`` as can be.

    Returned are the minimal masks; a mask of 0 is alone.
    """
    best: dict[int, Pieces] = {}
    complete, work = True, [0]
    for mask, value in _walk(_plan(musts, bits), work):
        if mask < 0:
            complete = False
        elif mask == 0:
            return Cells(((0, value),), complete=True, work=work[0])
        else:
            best.setdefault(mask, value)
    minimal = [m for m in best if not any(o != m and o & m == o for o in best)]
    cells = tuple((m, best[m]) for m in sorted(minimal, key=int.bit_count))
    return Cells(cells, complete, work[0])


@lru_cache(maxsize=8192)
def all_cells(bits: tuple[Clause, ...]) -> Cells:
    """Find one string for every combination of clauses that some string reaches."""
    best: dict[int, Pieces] = {}
    complete, work = True, [0]
    for mask, value in _walk(_plan((), bits), work):
        if mask < 0:
            complete = False
        else:
            best.setdefault(mask, value)
    return Cells(tuple(best.items()), complete, work[0])


def _walk(walk: _Walk, work: list[int]) -> Iterator[tuple[int, Pieces]]:
    """Yield the mask and string of every accepted state; -1 once when the limit is met.

    The steps taken are counted in the only item of ``work``.
    """
    globs = walk.globs
    start = tuple(g.start for g in globs)
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str | Symbol] | None] = {start: None}
    stack = [start]
    while stack:
        states = stack.pop()
        accepted = [bool(s & g.accept) for g, s in zip(globs, states, strict=True)]
        if all(_holds(clause, accepted) for clause in walk.musts):
            mask = sum(1 << i for i, c in enumerate(walk.bits) if _holds(c, accepted))
            yield mask, _spell(came, states)
        letters = _letters(walk, states)
        work[0] += len(letters) * len(globs) + sum(map(int.bit_count, states))
        if work[0] > LIMIT:
            yield -1, ()
            return
        for letter in letters:
            after = _after(globs, states, letter)
            if after not in came and _alive(walk, after):
                came[after] = (states, letter)
                stack.append(after)


def _holds(clause: tuple[tuple[int, ...], bool], accepted: list[bool]) -> bool:
    indices, negated = clause
    return any(accepted[i] for i in indices) != negated


def _alive(walk: _Walk, states: tuple[int, ...]) -> bool:
    return all(negated or any(states[i] for i in indices) for indices, negated in walk.musts)


def _after(
    globs: tuple[Glob, ...], states: tuple[int, ...], letter: str | Symbol
) -> tuple[int, ...]:
    if isinstance(letter, Symbol):
        return tuple(
            step_letter(g, s, letter) | (step_wide(g, s, letter) if g.generous else 0)
            for g, s in zip(globs, states, strict=True)
        )
    return tuple(step(g, s, letter) if s else 0 for g, s in zip(globs, states, strict=True))


def _letters(walk: _Walk, states: tuple[int, ...]) -> list[str | Symbol]:
    # The last one is walked first: a fresh character where a wildcard takes one, then what a
    # required glob wants next, and only then what clauses to be avoided mention.
    wanted: dict[str | Symbol, None] = {}
    other: dict[str | Symbol, None] = {}
    needed = {i for indices, negated in walk.musts if not negated for i in indices}
    for index, (glob, state) in enumerate(zip(walk.globs, states, strict=True)):
        target = wanted if index in needed else other
        left = state & ~glob.accept
        while left:
            low = left & -left
            left ^= low
            token = glob.tokens[low.bit_length() - 1]
            if not isinstance(token, Wild):
                target[token] = None
    first = [letter for letter in other if letter not in wanted]
    return [*first, *reversed(wanted), FRESH]


def _spell(
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str | Symbol] | None],
    states: tuple[int, ...],
) -> Pieces:
    letters: list[str | Symbol] = []
    while (link := came[states]) is not None:
        states, letter = link
        letters.append(letter)
    return join(reversed(letters))


def join(letters: Iterable[str | Symbol]) -> Pieces:
    """Merge neighbouring characters."""
    pieces: list[str | Symbol] = []
    for letter in letters:
        if isinstance(letter, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return tuple(pieces)
