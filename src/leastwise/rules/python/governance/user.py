"""governance/user: an IAM user, where a team wants people and software to come in by roles.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit

MESSAGE = "{subject} is an IAM user, with credentials that last until somebody removes them"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each user."""
    principal = case.principal
    if principal is None or principal.kind != "user":
        return ()
    return (Hit("warning", "proven", (), MESSAGE, span=principal.span),)
