"""Find what a policy says twice: actions, resources and statements that others cover.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
An entry is redundant when another of its list matches all that it matches; the list means the same
without it. A list whose rest is not known, or that is as long as no person writes, is let be.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.semantics.pattern import FRESH, Pieces, accepts, arn_tokens, compile_glob, tokenize
from leastwise.source.text import span_of
from leastwise.source.value import Symbol

_MOST_PAIRS = 20_000
"""Pairs of entries of a list that are held against each other."""
_MANY = Symbol("*", "*")
_Element = Literal["action", "resource"]
_CODES: dict[_Element, str] = {"action": "REDUNDANT_ACTION", "resource": "REDUNDANT_RESOURCE"}


def decide(case: Case) -> tuple[Hit, ...]:
    """Report what a document says twice, once for each list and statement."""
    return () if case.policy is None else reported(_issues(case.policy.document), case)


def _issues(document: PolicyDocument) -> Iterator[Issue]:
    for number, statement in enumerate(document.statements):
        yield from _entries("action", statement.actions, number)
        if statement.resources is not None:
            yield from _entries("resource", statement.resources, number)
    yield from _statements(document)


def _entries(element: _Element, patterns: Patterns, number: int) -> Iterator[Issue]:
    found = _redundant(patterns.globs, folded=element == "action")
    if not found:
        return
    entry, by = found[0]
    others = f" ({len(found)} such entries)" if len(found) > 1 else ""
    twice = str(entry) == str(by)
    reason = "stands in its list twice" if twice else f"is covered by {str(by)!r}"
    yield Issue(
        _CODES[element],
        "note",
        f"the {element} {str(entry)!r} in {{subject}} {reason}{others}",
        None if entry.origin is None else span_of(entry.origin),
        number,
        tuple(str(one) for one, _ in found[:3]),
    )


def _redundant(globs: tuple[Pattern, ...], *, folded: bool) -> list[tuple[Pattern, Pattern]]:
    """Return entries that another of the list covers, each with that one."""
    rows = [_spelled(pattern, folded) for pattern in globs]
    first: dict[Pieces, int] = {}
    found: list[tuple[Pattern, Pattern]] = []
    wide = [n for n, row in enumerate(rows) if _is_wild(row)]
    if len(wide) * len(rows) > _MOST_PAIRS:
        wide = []
    for number, row in enumerate(rows):
        same = first.setdefault(row, number)
        if same != number:
            found.append((globs[number], globs[same]))
            continue
        by = next((n for n in wide if rows[n] != row and _covers(rows[n], row, folded)), None)
        if by is not None:
            found.append((globs[number], globs[by]))
    return found


def _spelled(pattern: Pattern, folded: bool) -> Pieces:
    if not folded:
        return pattern.pieces
    return tuple(p.lower() if isinstance(p, str) else p for p in pattern.pieces)


def _is_wild(row: Pieces) -> bool:
    return any(isinstance(p, str) and ("*" in p or "?" in p) for p in row)


def _covers(wide: Pieces, row: Pieces, is_action: bool) -> bool:
    """Tell whether one pattern matches all that another matches."""
    head, start = wide[0], row[0] if row else ""
    if isinstance(head, str) and isinstance(start, str):
        # most entries begin otherwise: told before anything is compiled
        literal = head.partition("*")[0].partition("?")[0]
        if not start.startswith(literal):
            return False
    return _matches_all(wide, row, is_action)


@lru_cache(maxsize=16384)
def _matches_all(wide: Pieces, row: Pieces, is_action: bool) -> bool:
    """Tell whether one pattern matches all that another matches.

    SOUND: under-approximates. The other's star is a string that only a star matches, its question
    mark a character that no pattern mentions; what is not known equals only itself.
    """
    tokens = tokenize(wide) or ()
    if not is_action:
        tokens = arn_tokens(tokens, crossing=False)
    return accepts(compile_glob(tokens), tuple(_letters(row)))


def _letters(row: Pieces) -> Iterator[str | Symbol]:
    for piece in row:
        if isinstance(piece, Symbol):
            yield piece
            continue
        for number, run in enumerate(piece.replace("?", FRESH).split("*")):
            if number:
                yield _MANY
            if run:
                yield run


def _statements(document: PolicyDocument) -> Iterator[Issue]:
    seen: dict[Statement, int] = {}
    for number, statement in enumerate(document.statements):
        bare = replace(statement, sid=None)
        first = seen.setdefault(bare, number)
        if first != number:
            yield Issue(
                "REDUNDANT_STATEMENT",
                "note",
                f"statement {number + 1} of {{subject}} says what statement {first + 1} says",
                statement.span,
                number,
                (str(statement.sid), *(str(g) for g in statement.actions.globs[:3])),
            )
