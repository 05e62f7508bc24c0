"""Read the ways into a role from a case, and where the statements say it."""

from leastwise.entry.attackers import WayIn, ways_in
from leastwise.iam.policy import Condition, PrincipalEntry, Statement
from leastwise.rules.cases import Case
from leastwise.semantics.model import Answer
from leastwise.source.span import Span, lies_in
from leastwise.source.text import span_of


def ways_of(case: Case) -> tuple[WayIn, ...]:
    """List who can assume the role of a trust policy."""
    trust = case.access.trust
    return () if trust is None else ways_in(trust, case.view.config, case.principal)


def granting(answer: Answer) -> Statement | None:
    """Return the Allow statement of an answer, the first where there are several."""
    for deciding in answer.deciding:
        if deciding.statement >= 0:
            statement = deciding.policy.document.statements[deciding.statement]
            if statement.effect == "Allow":
                return statement
    return None


def entry_span(entry: PrincipalEntry | None, answer: Answer | None = None) -> Span | None:
    """Return where a principal is written; None where it is a reference to something else."""
    origin = None if entry is None else entry.pattern.origin
    if origin is None:
        return None
    span = span_of(origin)
    statement = None if answer is None else granting(answer)
    whole = None if statement is None else statement.span
    return span if origin.literal is not None or lies_in(span, whole) else None


def condition_span(condition: Condition) -> Span | None:
    """Return where the first value of a condition is written, else its key."""
    for value in condition.values:
        if value.origin is not None:
            return value.span
    return condition.span
