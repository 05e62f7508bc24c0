"""What the reporters of a comparison receive, and where its statements stand."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern, Patterns, PolicyKind, Statement
from leastwise.semantics.model import Comparison, Deciding, Decision
from leastwise.source.located import LocatedDiagnostic
from leastwise.source.span import SourceFile, Span
from leastwise.source.text import span_of


class ComparisonReport(NamedTuple):
    """Hold all that one rendering needs; paths of the files are as the user typed them.

    ``allowing`` are the statements of the new policy that allow the request of a
    counterexample, none where it only no longer denies it. ``before`` is what the old policy
    says to that request. ``loosened`` is what it says to one that it denies and the new policy
    does not, where that alone is no new access. ``problems``: of the files; with any of them
    nothing was compared.
    """

    kind: PolicyKind
    old: SourceFile
    new: SourceFile
    answer: Comparison
    allowing: tuple[Deciding, ...] = ()
    before: Decision | None = None
    loosened: Decision | None = None
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
    elif statement.principals is not None:
        spans.append(statement.principals.span)
    known = [span for span in spans if span is not None]
    if known or statement.span is None:
        yield from known
    else:
        yield statement.span


def _place(pattern: Pattern | None, element: Patterns) -> Span | None:
    if pattern is not None and pattern.origin is not None:
        return span_of(pattern.origin)
    return element.span
