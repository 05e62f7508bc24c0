"""boundary/removable: a boundary can be taken off what it is to bind.

A condition on ``iam:PermissionsBoundary`` does not help: for iam:DeleteRolePermissionsBoundary the
key holds the boundary that is there now, so the right one meets it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html
"""

from leastwise.rules.cases import Case
from leastwise.rules.format import Ask
from leastwise.rules.hits import Hit
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.reach import Whose, reach

MESSAGES: dict[Whose, str] = {
    "own": "{subject} can remove its own permissions boundary",
    "delegated": "{subject} must give a boundary to what it creates, and can remove it afterwards",
    "any": "{subject} can remove the permissions boundary of any {kind}",
    "some": "{subject} can remove the permissions boundary of others ({resource})",
}


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the most serious removal."""
    found = reach(case, _own, _others)
    return () if found is None else (found.hit(MESSAGES),)


def _own(kind: str, resource: str) -> Ask:
    action = f"iam:Delete{kind}PermissionsBoundary"
    return delegation.question(action, resource, ("iam:PermissionsBoundary", "own-boundary"))


def _others(kind: str, resource: str) -> Ask:
    return delegation.question(f"iam:Delete{kind}PermissionsBoundary", resource)
