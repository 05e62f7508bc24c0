"""Find the strings that text conditions on one key tell apart.

A literal is a string of its own; for the rest there is one string per combination of conditions
that the joint automaton of their globs reaches. Where some conditions count case and others do
not, the latter are globs whose characters come in any case.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.automaton import Clause, all_cells, compile_folded, join
from leastwise.semantics.condition_arns import condition_arn_tokens
from leastwise.semantics.effort import Effort
from leastwise.semantics.operators import NEGATED, literal
from leastwise.semantics.pattern import (
    FRESH,
    Glob,
    Lookup,
    Pieces,
    Tokens,
    Wild,
    accepts,
    arn_tokens,
    compile_glob,
    tokenize,
    widen,
)
from leastwise.source.value import Symbol

Tested = tuple[Condition, Lookup | None]

TOO_MANY = "the strings of one key meet its conditions in too many combinations"
CASES = "one key is compared with and without case"
_FOLDED = "StringEqualsIgnoreCase"
_FUSED = ("ss", "ff", "fi", "fl", "st")
"""Letters for which there is one character that equals them when case does not count."""
_SIX_PARTS = tokenize(("*:*:*:*:*:*",)) or ()
_FEW = 8
"""Globs up to which each gives an example beside what the automaton finds."""


class Words(NamedTuple):
    """Hold one string of every kind.

    ``literals`` are those that conditions spell, case folded where case counts for none of them
    (``folded``). ``globs``: whether more than literals is compared with; ``missing`` says why
    strings may be missing.
    """

    found: tuple[Pieces, ...]
    literals: frozenset[str]
    globs: bool
    folded: bool = False
    missing: str = ""

    def spell(self, text: str) -> bool:
        """Tell whether a text is one of the literals."""
        return (text.casefold() if self.folded else text) in self.literals


class _Rows(NamedTuple):
    """Hold the rows of tokens of one condition, one of which must match."""

    rows: tuple[Tokens, ...]
    folded: bool = False
    arn: bool = False


class _Sorted(NamedTuple):
    """Hold the literals of every condition as they compare, and the clauses of their globs."""

    literals: tuple[dict[str, Pieces], ...]
    clauses: tuple[Clause, ...]
    examples: tuple[Pieces, ...]


def words(
    tested: tuple[Tested, ...], required: tuple[Pattern, ...], effort: Effort, *, typed: bool
) -> Words:
    """List one string of every kind that the text conditions of a key tell apart.

    ``required`` are globs of which the value must match one: one more condition. Characters
    that equal several when case does not count are not looked at in the ``typed`` space.
    """
    conditions = [*_required(required), *_conditions(tested)]
    folded = {c.folded for c in conditions}
    mixed, norm = len(folded) > 1, str.casefold if folded == {True} else str
    parts = _sort(conditions, norm, mixed=mixed)
    found = dict.fromkeys((*_one_of_each(parts), *parts.examples))
    missing = "" if typed or not (mixed and _is_doubtful(conditions)) else CASES
    for clauses in (parts.clauses, _everything(conditions)):
        if not clauses:
            break
        cells = all_cells(clauses)
        effort.spend_once(clauses, cells.work)
        found.update(dict.fromkeys(value for _, value in cells.found))
        missing = missing if cells.complete else TOO_MANY
        plain = {norm(text) for _, value in cells.found if (text := literal(value)) is not None}
        # What stands for a combination may be a literal, and then other strings stand for it.
        if all(plain.isdisjoint(row) for row in parts.literals):
            break
    spelled = frozenset(text for row in parts.literals for text in row)
    return Words(tuple(found), spelled, bool(parts.clauses), folded == {True}, missing)


def _required(required: tuple[Pattern, ...]) -> Iterator[_Rows]:
    rows = tuple(row for p in required if (row := tokenize(p.pieces)) is not None)
    if any(row != (Wild.MANY,) for row in rows):
        yield _Rows(rows)
    # A required ARN glob is met by an ARN of six parts, which is what ARN operators look at.
    bound = tuple(arn_tokens(r, crossing=False) for r in rows if r[:4] == tuple("arn:"))
    if bound:
        yield _Rows(bound)


def _conditions(tested: tuple[Tested, ...]) -> Iterator[_Rows]:
    for condition, lookup in tested:
        base = NEGATED.get(condition.operator.name, condition.operator.name)
        if not base.startswith(("String", "Arn")):
            continue
        plain = base.startswith("StringEquals")
        rows = (tokenize(v.pieces, lookup, plain=plain) for v in condition.values)
        known = tuple(r for r in rows if r is not None)
        if base.startswith("Arn"):
            # ARN operators hold for ARNs only, which a literal of fewer parts is not.
            known = tuple(r for r in known if not _is_literal(r) or condition_arn_tokens(r))
        yield _Rows(known, base == _FOLDED, base.startswith("Arn"))


def _sort(conditions: list[_Rows], norm: Callable[[str], str], *, mixed: bool) -> _Sorted:
    literals: list[dict[str, Pieces]] = []
    clauses: dict[Clause, None] = {}
    examples: dict[Pieces, None] = {}
    for condition in conditions:
        by_itself = not (condition.folded and mixed)
        spelled = [r for r in condition.rows if by_itself and _is_literal(r)]
        others = tuple(r for r in condition.rows if not (by_itself and _is_literal(r)))
        literals.append({norm("".join(map(str, row))): example(row) for row in spelled})
        examples.update(dict.fromkeys(map(example, others)))
        clauses.update(dict.fromkeys(_clauses(condition, others)))
    useful = tuple(c for c in clauses if c.globs and not c.universal)
    kept = [e for e in examples if len(examples) <= _FEW or literal(e) is None]
    # Strings that are known but for a symbol come first: they fit what spells them.
    kept.sort(key=lambda e: any(isinstance(p, str) and FRESH in p for p in e))
    return _Sorted(tuple(literals), useful, tuple(kept))


def _everything(conditions: list[_Rows]) -> tuple[Clause, ...]:
    clauses = (clause for c in conditions for clause in _clauses(c, c.rows))
    return tuple(dict.fromkeys(c for c in clauses if c.globs and not c.universal))


def _clauses(condition: _Rows, rows: tuple[Tokens, ...]) -> Iterator[Clause]:
    """Yield what tells whether a condition holds, surely and possibly, for a string."""
    short = [r for r in rows if condition.arn and condition_arn_tokens(r) is None]
    narrow = tuple(_glob(condition, row) for row in rows if row not in short)
    yield Clause(narrow)
    wide = [widen(r) for r in rows if any(isinstance(t, Symbol) for t in r)]
    if wide or short:
        yield Clause((*narrow, *(_glob(condition, row) for row in (*wide, *short))))
    if short:
        # Whether a pattern of fewer parts matches is open, but for values that are no ARN.
        yield Clause((compile_glob(_SIX_PARTS),))


def _glob(condition: _Rows, row: Tokens) -> Glob:
    if condition.folded:
        return compile_folded(row)
    return compile_glob((condition_arn_tokens(row) if condition.arn else None) or row)


def _is_literal(row: Tokens) -> bool:
    return all(isinstance(t, str) for t in row)


def _is_doubtful(conditions: list[_Rows]) -> bool:
    texts = ("".join(map(str, row)) for c in conditions if c.folded for row in c.rows)
    return any(not t.isascii() or any(f in t.lower() for f in _FUSED) for t in texts)


def _one_of_each(parts: _Sorted) -> Iterator[Pieces]:
    """Yield one literal per row of conditions that hold for it."""
    seen: set[tuple[int, int]] = set()
    places: dict[str, int] = {}
    for number, row in enumerate(parts.literals):
        for text in row:
            places[text] = places.get(text, 0) | 1 << number
    for row in parts.literals:
        for text, value in row.items():
            met = sum(1 << i for i, c in enumerate(parts.clauses) if _meets(c, value))
            if (places[text], met) not in seen:
                seen.add((places[text], met))
                yield value


def _meets(clause: Clause, value: Pieces) -> bool:
    return any(accepts(glob, value) for glob in clause.globs)


def example(row: Tokens) -> Pieces:
    """Return a string that a row of tokens matches: a fresh character for each wildcard."""
    return join(FRESH if isinstance(t, Wild) else t for t in row)
