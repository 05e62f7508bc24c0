"""Find wildcards in the service part of an action or ARN: they take in services to come.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, PolicyDocument, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_arn import written_arn

_FIELDS = 6


def decide(case: Case) -> tuple[Hit, ...]:
    """Report wildcards in service names; a part that is nothing but a star means all services."""
    return () if case.policy is None else reported(_issues(case.policy.document), case)


def _issues(document: PolicyDocument) -> Iterator[Issue]:
    for number, statement in enumerate(document.statements):
        for pattern in _found(statement, document):
            yield Issue(
                "WILDCARD_IN_SERVICE_NAME",
                "note",
                f"{str(pattern)!r} in {{subject}} has a wildcard in the name of the service, and"
                " means every service whose name matches, also those to come",
                pattern.span,
                number,
                (str(pattern).lower(),),
            )


def _found(statement: Statement, document: PolicyDocument) -> Iterator[Pattern]:
    for pattern in statement.actions.globs:
        prefix, colon, _ = (pattern.literal or "").partition(":")
        if colon and _is_partly_wild(prefix):
            yield pattern
    for pattern in statement.resources.globs if statement.resources is not None else ():
        arn = written_arn(pattern, document)
        whole = arn is not None and arn.exact and len(arn.parts) == _FIELDS
        if arn is not None and whole and _is_partly_wild(arn.parts[2]):
            yield pattern


def _is_partly_wild(service: str) -> bool:
    return ("*" in service or "?" in service) and bool(service.strip("*"))
