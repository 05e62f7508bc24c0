"""escalation/iam-update-assume-role-policy: rewrite whom a stronger role trusts.

Who names itself in the trust policy of a role of its account needs no sts:AssumeRole beside it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
"""

from leastwise.iam.arns import sibling
from leastwise.iam.project import Principal
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.escalation.reach import is_out_of_reach
from leastwise.rules.python.escalation.targets import best_gain, hit_of, roles_of_account
from leastwise.rules.questions import NO, spellings
from leastwise.semantics.access import allows
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} can make role {target} trust it, and gains {gain} by it"
ANY = "{subject} can make every role of the account trust it"
ACTION = "iam:UpdateAssumeRolePolicy"
PATH = "iam/update-assume-role-policy"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the role in view that gains most, else of any role."""
    if allows(case.access, RequestPattern(actions=(ACTION,))).certainty == "no":
        return ()
    best = best_gain(case, roles_of_account(case), lambda role: _allowed(case, role))
    return _any_role(case) if best is None else (hit_of(best, MESSAGE, PATH),)


def _allowed(case: Case, role: Principal) -> Answer:
    if is_out_of_reach(case, ACTION, role):
        return NO
    resources = spellings(case, (role.arn,))
    return allows(case.access, RequestPattern(actions=(ACTION,), resources=resources))


def _any_role(case: Case) -> tuple[Hit, ...]:
    """Warn of roles that are not in view, where only a wildcard names them."""
    resources = spellings(case, (sibling(case.self_arn, f"role/a-role-{UNNAMED}"),))
    answer = allows(case.access, RequestPattern(actions=(ACTION,), resources=resources))
    if answer.certainty != "proven":
        return ()
    return (Hit("warning", "proven", (answer,), ANY, points_at="resource", path_id=PATH),)
