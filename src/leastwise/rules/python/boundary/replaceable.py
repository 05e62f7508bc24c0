"""boundary/replaceable: a boundary can be replaced by one that binds nothing.

For iam:PutRolePermissionsBoundary the key ``iam:PermissionsBoundary`` holds the new boundary.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
"""

from leastwise.rules.cases import Case
from leastwise.rules.format import Ask
from leastwise.rules.hits import Hit
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import NO_BOUND
from leastwise.rules.python.boundary.reach import Whose, reach

MESSAGES: dict[Whose, str] = {
    "own": "{subject} can replace its own permissions boundary by one that binds nothing",
    "delegated": (
        "{subject} must give a boundary to what it creates, and can replace it by one that binds"
        " nothing"
    ),
    "any": "{subject} can replace the permissions boundary of any {kind} by one that binds nothing",
    "some": (
        "{subject} can replace the permissions boundary of others ({resource}) by one that binds"
        " nothing"
    ),
}


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the most serious replacement.

    What a guard that requires nothing lets happen is told where it lets principals be created.
    """
    found = reach(case, _question, _question)
    if found is None:
        return ()
    if found.whose == "delegated" and delegation.decides(delegation.unbound(case), found.answer):
        return ()
    hit = found.hit(MESSAGES)
    reason, condition = delegation.why(case, (found.answer,))
    if condition is None:
        return (hit,)
    return (hit._replace(message=f"{hit.message}: {reason}", span=condition.span),)


def _question(kind: str, resource: str) -> Ask:
    context = ("iam:PermissionsBoundary", NO_BOUND)
    return delegation.question(f"iam:Put{kind}PermissionsBoundary", resource, context)
