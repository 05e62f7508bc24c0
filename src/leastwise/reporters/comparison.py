"""What the reporters of a comparison receive, and where its statements stand."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern, Patterns, PolicyKind, Statement
from leastwise.semantics.model import Comparison, Deciding, Decision, Request
from leastwise.semantics.nearest import Standing
from leastwise.semantics.principals import entry_matches
from leastwise.source.located import LocatedDiagnostic
from leastwise.source.span import SourceFile, Span
from leastwise.source.text import span_of


class ComparisonReport(NamedTuple):
    """Hold all that one rendering needs; paths of the files are as the user typed them.

    ``allowing`` are the statements of the new policy that allow the request of a
    counterexample, none where it only no longer denies it. ``before`` is what the old policy
    says to that request. ``loosened`` is what it says to one that it denies and the new policy
    does not, where that alone is no new access. ``near`` is a statement of the old policy that
    would allow the request but for one of its parts. ``problems``: of the files; with any of
    them nothing was compared.
    """

    kind: PolicyKind
    old: SourceFile
    new: SourceFile
    answer: Comparison
    allowing: tuple[Deciding, ...] = ()
    before: Decision | None = None
    loosened: Decision | None = None
    near: Standing | None = None
    problems: tuple[LocatedDiagnostic, ...] = ()


def statement_of(deciding: Deciding) -> Statement:
    """Return the statement that decides."""
    return deciding.policy.document.statements[deciding.statement]


def places_of(deciding: Deciding) -> Iterator[Span]:
    """Yield where the strings stand that match a request, else their elements, else all of it."""
    statement = statement_of(deciding)
    spans = [_place(deciding.action, statement.actions)]
    if statement.resources is not None:
        spans.append(_place(deciding.resource, statement.resources))
    known = [span for span in spans if span is not None]
    if known or statement.span is None:
        yield from known
    else:
        yield statement.span


def changed_place(deciding: Deciding, near: Standing, request: Request) -> Span | None:
    """Return the part of a statement that matches where the same part of ``near`` does not."""
    statement = statement_of(deciding)
    if near.principal is False:
        return _principal_place(statement, request)
    if near.resource is False and statement.resources is not None:
        return _place(deciding.resource, statement.resources)
    keys = {condition.key_name for condition in near.failing}
    return next((c.span for c in statement.conditions if c.key_name in keys), None)


def limiting_places(near: Standing) -> tuple[Span, ...]:
    """Return the parts of a statement that keep it from a request."""
    statement = near.statement
    if near.principal is False and statement.principals is not None:
        found = [statement.principals.span]
    elif near.resource is False and statement.resources is not None:
        found = [statement.resources.span]
    else:
        found = [condition.span for condition in near.failing]
    return tuple(span for span in found if span is not None)


def _principal_place(statement: Statement, request: Request) -> Span | None:
    principals = statement.principals
    if principals is None:
        return None
    caller = request.principal
    for entry in principals.entries:
        if entry_matches(entry, caller.type, (caller.name,)) and entry.pattern.origin is not None:
            return span_of(entry.pattern.origin)
    return principals.span


def _place(pattern: Pattern | None, element: Patterns) -> Span | None:
    if pattern is not None and pattern.origin is not None:
        return span_of(pattern.origin)
    return element.span
