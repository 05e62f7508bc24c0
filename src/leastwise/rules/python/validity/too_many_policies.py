"""validity/too-many-policies: more managed policies than AWS lets a principal have.

Source: "IAM and AWS STS quotas", AWS IAM User Guide: 10 managed policies for each role or user,
which can be raised to 25 for a role and 20 for a user.

# SOUND: what is attached only in some worlds does not count, nor twice what may be the same.
"""

from leastwise.iam.project import PrincipalKind
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit

DEFAULT = 10
RAISED: dict[PrincipalKind, int] = {"role": 25, "user": 20}


def decide(case: Case) -> tuple[Hit, ...]:
    """Report a role or user that has more managed policies than AWS takes."""
    principal = case.principal
    if principal is None or principal.kind not in RAISED:
        return ()
    managed = {
        str(a.policy.arn if a.policy.arn is not None else a.policy.address): a
        for a in principal.attachments
        if a.how == "managed" and a.via is None
        if not any(s.when for s in a.policy.document.statements)
    }
    if len(managed) <= DEFAULT:
        return ()
    most = RAISED[principal.kind]
    over = len(managed) > most
    takes = f"{most} at most" if over else f"{DEFAULT} unless the quota was raised"
    message = f"{{subject}} has {len(managed)} managed policies attached; AWS takes {takes}"
    span = list(managed.values())[DEFAULT].span or principal.span
    return (
        Hit("error" if over else "warning", "proven", (), message, span=span, key=("managed",)),
    )
