"""trust/without-mfa: people may assume the role without a second factor.

Long-term keys of a user send no aws:MultiFactorAuthPresent at all, so BoolIfExists lets them in:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Only what is written for people is asked: users by name, and whole accounts where the document
asks for a second factor somewhere. Roles never carry one.
"""

from collections.abc import Iterator
from itertools import islice

from leastwise.entry.asked_trust import ASSUME, NO_SERVICE, asked, is_account, one
from leastwise.iam.arns import joined, segments
from leastwise.iam.policy import Pattern, PolicyDocument, PrincipalEntry
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import (
    condition_span,
    entry_span,
    granting,
)
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Answer, CallerPattern, Context, RequestPattern
from leastwise.source.span import Span

INEFFECTIVE = "{subject} can be assumed without the second factor that its condition asks for"
NONE = "{subject} can be assumed by {principal} without a second factor"
_PRESENT, _AGE = "aws:multifactorauthpresent", "aws:multifactorauthage"
_MOST = 16


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each person, or account, that gets in without a second factor."""
    trust = case.access.trust
    if trust is None:
        return ()
    is_meant = _asks_for_mfa(trust.document)
    found = []
    for entry, caller in islice(_people(trust.document, is_meant=is_meant), _MOST):
        answer = _without_mfa(case, caller)
        if answer is not None:
            found.append(_hit(answer, entry, is_meant=is_meant))
    return tuple(found)


def _asks_for_mfa(document: PolicyDocument) -> bool:
    return any(
        condition.key_name in (_PRESENT, _AGE)
        for statement in document.statements
        for condition in statement.conditions
    )


def _people(
    document: PolicyDocument, *, is_meant: bool
) -> Iterator[tuple[PrincipalEntry, Pattern]]:
    """List principals that are people, each with a caller that stands for them."""
    for statement in document.statements:
        principals = statement.principals
        if statement.effect != "Allow" or principals is None or principals.negated:
            continue
        for entry in principals.entries:
            if entry.type == "AWS" and is_user(entry.pattern):
                yield entry, Pattern(entry.pattern.pieces)
            elif entry.type == "AWS" and is_meant and is_account(entry.pattern):
                yield entry, _somebody(entry.pattern)


def is_user(principal: Pattern) -> bool:
    """Say whether a principal is spelled as an IAM user."""
    parts = segments(principal)
    return len(parts) == 6 and str(joined(parts[5])).startswith("user/")


def _somebody(account: Pattern) -> Pattern:
    """Make up a user of an account, which is its number or the ARN of its root."""
    path = f"user/a-user-{UNNAMED}"
    parts = segments(account)
    if len(parts) == 6:
        return joined(("arn:", *parts[1], ":iam::", *parts[4], f":{path}"))
    return Pattern((f"arn:aws:iam::{account}:{path}",))


def _without_mfa(case: Case, caller: Pattern) -> Answer | None:
    trust = case.access.trust
    for value in (None, one("false")):
        context: Context = ((_PRESENT, value), (_AGE, None), *NO_SERVICE)
        pattern = RequestPattern((ASSUME,), principal=CallerPattern("AWS", caller), context=context)
        answer = None if trust is None else asked(trust, pattern)
        if answer is not None:
            return answer
    return None


def _hit(answer: Answer, entry: PrincipalEntry, *, is_meant: bool) -> Hit:
    return Hit(
        "warning" if is_meant else "note",
        answer.certainty,
        (answer,),
        INEFFECTIVE if is_meant else NONE,
        words={"principal": str(joined(segments(entry.pattern)[5]))} if not is_meant else {},
        points_at="condition" if is_meant else "principal",
        span=_where(answer) if is_meant else entry_span(entry, answer),
        grade=0 if is_meant else 1,
    )


def _where(answer: Answer) -> Span | None:
    statement = granting(answer)
    for condition in statement.conditions if statement is not None else ():
        if condition.key_name in (_PRESENT, _AGE):
            return condition_span(condition)
    return None
