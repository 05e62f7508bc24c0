"""What is wrong with a document as it is written, and how rules report it.

A check yields issues; the rule that stands for a group of checks makes hits of them. There is no
request that proves an issue: the place does.
"""

from collections.abc import Iterable
from typing import NamedTuple

from leastwise.iam.policy import Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level, cap
from leastwise.semantics.model import Certainty
from leastwise.source.span import Span


class Issue(NamedTuple):
    """Hold one thing that is wrong.

    ``code`` is the check of IAM Access Analyzer that it is, empty where there is none.
    ``message`` is a sentence that may name ``{subject}``. ``span`` is the narrowest string that
    shows it; ``statement`` the index of its statement. ``key`` tells it from others of its code
    in the document, whatever the lines: what is written there.
    """

    code: str
    level: Level
    message: str
    span: Span | None
    statement: int | None = None
    key: tuple[str, ...] = ()
    certainty: Certainty = "proven"


def reported(issues: Iterable[Issue], case: Case) -> tuple[Hit, ...]:
    """Make hits of issues, one for each code and place.

    A statement stands once for each world it is in: what is wrong in one of them only is possible.
    """
    found: dict[object, Hit] = {}
    for issue in issues:
        hit = _hit(issue, case)
        known = found.get((issue.code, issue.span, issue.key))
        if known is None or (known.certainty == "possible" and hit.certainty == "proven"):
            found[issue.code, issue.span, issue.key] = hit
    return tuple(found.values())


def _hit(issue: Issue, case: Case) -> Hit:
    statement = _statement(issue, case)
    when = () if statement is None else statement.when
    certainty: Certainty = "possible" if when else issue.certainty
    return Hit(
        issue.level if certainty == "proven" else cap(issue.level, "warning"),
        certainty,
        (),
        _named(issue.message, case),
        span=issue.span or (None if statement is None else statement.span),
        assumptions=tuple(assumed.text for assumed in when),
        key=(issue.code, *issue.key),
        statements=() if issue.statement is None else (issue.statement,),
        code=issue.code,
    )


def _named(message: str, case: Case) -> str:
    """Call the trust policy of a role what it is: the role holds others."""
    of_principal = case.principal is not None and case.policy is case.principal.trust
    return (
        message.replace("{subject}", "the trust policy of {subject}") if of_principal else message
    )


def _statement(issue: Issue, case: Case) -> Statement | None:
    if issue.statement is None or case.policy is None:
        return None
    return case.policy.document.statements[issue.statement]
