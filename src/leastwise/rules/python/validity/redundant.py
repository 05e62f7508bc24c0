"""Find what a policy says twice: actions, resources and statements that others cover.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
An entry is redundant when another of its list matches all that it matches; the list means the same
without it. A list whose rest is not known, or that is as long as no person writes, is let be.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.covers import covers, spelled
from leastwise.rules.python.validity.emptiness import bits_of
from leastwise.rules.python.validity.implied import is_implied
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.semantics.pattern import Pieces

_MOST_PAIRS = 20_000
"""Pairs of entries of a list that are held against each other."""
_MOST_STATEMENTS = 200
"""Comparisons of one statement with another in one document."""
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
        entry.span,
        number,
        tuple(str(one) for one, _ in found[:3]),
    )


def _redundant(globs: tuple[Pattern, ...], *, folded: bool) -> list[tuple[Pattern, Pattern]]:
    """Return entries that another of the list covers, each with that one."""
    rows = [spelled(pattern, folded=folded) for pattern in globs]
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
        by = next((n for n in wide if rows[n] != row and covers(rows[n], row, folded)), None)
        if by is not None:
            found.append((globs[number], globs[by]))
    return found


def _is_wild(row: Pieces) -> bool:
    return any(isinstance(p, str) and ("*" in p or "?" in p) for p in row)


def _statements(document: PolicyDocument) -> Iterator[Issue]:
    seen: dict[Statement, int] = {}
    twice: set[int] = set()
    for number, statement in enumerate(document.statements):
        bare = replace(statement, sid=None)
        first = seen.setdefault(bare, number)
        if first != number:
            twice.add(number)
            yield _issue(statement, number, f"says what statement {first + 1} says")
    for number, by in _implied(document, twice):
        wide = document.statements[by]
        named = f"{wide.sid!r}" if wide.sid else f"{by + 1}"
        statement = document.statements[number]
        yield _issue(statement, number, f"adds nothing to statement {named}, which covers it")


def _issue(statement: Statement, number: int, words: str) -> Issue:
    message = f"statement {number + 1} of {{subject}} {words}"
    key = (str(statement.sid), *(str(g) for g in statement.actions.globs[:3]))
    return Issue("REDUNDANT_STATEMENT", "note", message, statement.span, number, key)


def _implied(document: PolicyDocument, twice: set[int]) -> Iterator[tuple[int, int]]:
    """Yield statements that another one covers, each with that one; of equals the first stays."""
    tried = 0
    single = [(n, s) for n, s in enumerate(document.statements) if n not in twice]
    rows = [(n, s, bits_of(s)) for n, s in single if s.effect != "Unknown"]
    for number, statement, bits in rows:
        for by, wide, more in rows if bits else ():
            if by == number or bits & ~more or statement.effect != wide.effect:
                continue
            tried += 1
            if tried > _MOST_STATEMENTS:
                return
            if not is_implied(statement, wide) or statement.span == wide.span:
                continue
            if by < number or not is_implied(wide, statement):
                yield number, by
                break
