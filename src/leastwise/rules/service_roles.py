"""Tell roles that an AWS service acts with for the account from those that people or code hold.

Nobody is handed the credentials of a service role (the tables of role consumers say which use is
which), so what such a role could do against the account takes a misuse of the service first.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-service-role
"""

from leastwise.graph.calls.workloads import uses_of
from leastwise.iam.project import Principal
from leastwise.rules.cases import Case


def is_held_by_a_service(case: Case) -> bool:
    """Say whether only AWS services may assume the role, and all its users in view are such."""
    role = case.principal
    if role is None or role.trust is None or not _trusts_services_only(role):
        return False
    return uses_of(case.view.project, role) == {"service"}


def _trusts_services_only(role: Principal) -> bool:
    document = role.trust.document if role.trust is not None else None
    if document is None or document.opaque is not None:
        return False
    return all(
        s.principals is not None
        and not s.principals.negated
        and s.principals.tail is None
        and all(entry.type == "Service" for entry in s.principals.entries)
        for s in document.statements
        if s.effect != "Deny"
    )
