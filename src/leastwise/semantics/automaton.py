"""Find strings that match some globs and not others, by walking their joint automaton.

A string is a row of characters and symbols; ``FRESH`` stands for any character that no glob
mentions. The walk visits every reachable combination of states once, so its answer is exact
for the globs at hand, up to ``LIMIT`` steps.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from leastwise.semantics.pattern import (
    FRESH,
    Glob,
    Pieces,
    Token,
    Tokens,
    Wild,
    compile_glob,
    step,
    step_letter,
    step_wide,
)
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


_EMPTY = Clause((compile_glob(()),))


class Cells(NamedTuple):
    """Hold the reachable combinations of clauses, each with a witness.

    Bit i of a mask: the i-th clause holds. ``complete`` is False when the walk gave up.
    ``work`` are the steps it took.
    """

    found: tuple[tuple[int, Pieces], ...]
    complete: bool
    work: int = 0


class _Walk(NamedTuple):
    """Hold the globs of all clauses side by side; a clause is a bit set of them."""

    globs: tuple[Glob, ...]
    musts: tuple[tuple[int, bool], ...]
    bits: tuple[tuple[int, bool], ...]

    @property
    def needed(self) -> int:
        """Return the globs of which some must match."""
        found = 0
        for globs, negated in self.musts:
            found |= 0 if negated else globs
        return found


_State: TypeAlias = tuple[tuple[int, int], ...]
"""The globs that can still match, by number, each with its state."""


def _plan(musts: tuple[Clause, ...], bits: tuple[Clause, ...]) -> _Walk:
    globs = tuple(dict.fromkeys(g for c in musts + bits for g in c.globs))
    place = {g: i for i, g in enumerate(globs)}

    def sets(clauses: tuple[Clause, ...]) -> tuple[tuple[int, bool], ...]:
        return tuple((_bits(place[g] for g in c.globs), c.negated) for c in clauses)

    return _Walk(globs, sets(musts), sets(bits))


def _bits(numbers: Iterable[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


@lru_cache(maxsize=8192)
def least_cells(musts: tuple[Clause, ...], bits: tuple[Clause, ...]) -> Cells:
    """Find strings that satisfy all ``musts`` and as few ``bits`` as can be.

    Returned are the minimal masks; a mask of 0 is alone.
    """
    best: dict[int, Pieces] = {}
    complete, work = True, [0]
    for mask, spell in _walk(_plan(musts, bits), work):
        if mask < 0:
            complete = False
        elif mask == 0:
            return Cells(((0, spell()),), complete=True, work=work[0])
        elif mask not in best:
            best[mask] = spell()
    minimal = [m for m in best if not any(o != m and o & m == o for o in best)]
    cells = tuple((m, best[m]) for m in sorted(minimal, key=int.bit_count))
    return Cells(cells, complete, work[0])


@lru_cache(maxsize=8192)
def all_cells(bits: tuple[Clause, ...]) -> Cells:
    """Find one string for every combination of clauses that some string reaches.

    It is the empty string only where no other is.
    """
    best: dict[int, Pieces] = {}
    complete, work = True, [0]
    empty = 1 << len(bits)
    for mask, spell in _walk(_plan((), (*bits, _EMPTY)), work):
        if mask < 0:
            complete = False
        elif mask not in best:
            best[mask] = spell()
    found = ((m, v) for m, v in best.items() if not (m & empty and m ^ empty in best))
    return Cells(tuple((m & ~empty, v) for m, v in found), complete, work[0])


def _work(letters: int, states: _State) -> int:
    """Count what looking at the letters of a state costs; long globs have long states."""
    looked = sum(s.bit_count() for _, s in states)
    return 2 + looked // 4 + letters * (1 + sum(1 + (s.bit_length() >> 8) for _, s in states))


def _walk(walk: _Walk, work: list[int]) -> Iterator[tuple[int, Callable[[], Pieces]]]:
    """Yield the mask and string of every accepted state; -1 once when the limit is met.

    The steps taken are counted in the only item of ``work``.
    """
    globs, needed = walk.globs, walk.needed
    start: _State = tuple((i, g.start) for i, g in enumerate(globs))
    came: dict[_State, tuple[_State, str | Symbol] | None] = {start: None}
    stack = [start]
    while stack:
        states = stack.pop()
        accepted = _bits(i for i, s in states if s & globs[i].accept)
        if all(bool(clause & accepted) != negated for clause, negated in walk.musts):
            mask = _bits(
                i for i, (c, negated) in enumerate(walk.bits) if bool(c & accepted) != negated
            )
            yield mask, partial(_spell, came, states)
        letters = _letters(globs, needed, states)
        work[0] += _work(len(letters), states)
        if work[0] > LIMIT:
            yield -1, tuple
            return
        for letter in letters:
            after = _after(globs, states, letter)
            if after not in came and _alive(walk, after):
                came[after] = (states, letter)
                stack.append(after)


def _alive(walk: _Walk, states: _State) -> bool:
    if not walk.musts:
        return True
    alive = _bits(i for i, _ in states)
    return all(negated or clause & alive for clause, negated in walk.musts)


def _after(globs: tuple[Glob, ...], states: _State, letter: str | Symbol) -> _State:
    if isinstance(letter, Symbol):
        return tuple(
            (i, s) for i, before in states if (s := _step_symbol(globs[i], before, letter))
        )
    return tuple((i, s) for i, before in states if (s := step(globs[i], before, letter)))


def _step_symbol(glob: Glob, state: int, letter: Symbol) -> int:
    wide = step_wide(glob, state, letter) if glob.generous else 0
    return step_letter(glob, state, letter) | wide


def _letters(globs: tuple[Glob, ...], needed: int, states: _State) -> list[str | Symbol]:
    # The last one is walked first: a fresh character where a wildcard takes one, then what a
    # required glob wants next, and only then what clauses to be avoided mention.
    wanted: dict[str | Symbol, None] = {}
    other: dict[str | Symbol, None] = {}
    for index, state in states:
        glob = globs[index]
        target = wanted if needed >> index & 1 else other
        left = state & ~glob.accept
        while left:
            low = left & -left
            left ^= low
            token = glob.tokens[low.bit_length() - 1]
            if not isinstance(token, Wild):
                target[token] = None
    if any(globs[i].folded for i, _ in states):
        other.update(dict.fromkeys(v for t in (*wanted, *other) for v in variants(t)))
    first = [letter for letter in other if letter not in wanted]
    return [*first, *reversed(wanted), FRESH]


def _spell(
    came: dict[_State, tuple[_State, str | Symbol] | None],
    states: _State,
) -> Pieces:
    letters: list[str | Symbol] = []
    while (link := came[states]) is not None:
        states, letter = link
        letters.append(letter)
    return join(reversed(letters))


_FOREIGN = {"k": "\u212a", "s": "\u017f"}
"""Characters beyond ASCII that are, case apart, characters of ASCII."""


def variants(token: str | Symbol) -> tuple[str, ...]:
    """Return the characters that equal one (in lower case) when case does not count."""
    if isinstance(token, Symbol):
        return ()
    found = (token, token.lower(), token.upper(), *_FOREIGN.get(token, ()))
    return tuple(dict.fromkeys(c for c in found if len(c) == 1))


@lru_cache(maxsize=8192)
def compile_folded(tokens: Tokens) -> Glob:
    """Compile a row of tokens to a glob that takes characters in any case."""
    lower = tuple(t.lower() if isinstance(t, str) else t for t in tokens)
    glob = compile_glob(lower)
    chars: dict[str, int] = {}
    for char, positions in glob.chars.items():
        for variant in variants(char):
            chars[variant] = chars.get(variant, 0) | positions
    return replace(glob, chars=MappingProxyType(chars), folded=True)


def join(letters: Iterable[str | Symbol]) -> Pieces:
    """Merge neighbouring characters."""
    pieces: list[str | Symbol] = []
    for is_text, run in groupby(letters, key=lambda letter: isinstance(letter, str)):
        if is_text:
            pieces.append("".join(map(str, run)))
        else:
            pieces.extend(run)
    return tuple(pieces)


def join_tokens(tokens: Iterable[Token]) -> Pieces:
    """Turn plain tokens back into pieces."""
    return join(t for t in tokens if not isinstance(t, Wild))
