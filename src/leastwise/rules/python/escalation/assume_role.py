"""escalation/sts-assume-role: a role that trusts the caller and may do what the caller may not.

A trust policy that names the caller is enough in one account; one that opens the role to the
whole account needs sts:AssumeRole of the caller too. Who is named was meant to have what the role
may do, so that only a way to more permissions or credentials is told of those.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross.html
"""

from collections.abc import Iterator

from leastwise.iam.project import Principal
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.known import known_part
from leastwise.rules.python.escalation.targets import best_gain, hit_of, same_account
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} can assume role {target}, and gains {gain} by it"
NOBODY = "{subject} may assume every role that trusts it; nothing is gained from one in view"
ACTION = "sts:AssumeRole"
_NO = Answer("no")


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the role that gains most."""
    best = best_gain(case, _trusting(case), lambda role: _assumed(case, role))
    if best is None:
        return _nobody(case)
    if best.level != "error" and best.role in case.view.trusting.get(case.self_arn, ()):
        return ()
    return (hit_of(best, MESSAGE, "sts/assume-role"),)


def _trusting(case: Case) -> Iterator[Principal]:
    """Yield the roles of the own account that name the caller, then those open to everyone."""
    if case.principal is None:
        return
    own, trusting = case.principal.id.account, case.view.trusting
    everyone = trusting.get(None, ()) if _may_assume(case) else ()
    for role in dict.fromkeys((*trusting.get(case.self_arn, ()), *everyone)):
        if role is not case.principal and same_account(own, role.id.account) == "yes":
            yield role


def _may_assume(case: Case) -> bool:
    return allows(case.access, RequestPattern(actions=(ACTION,))).certainty != "no"


def _assumed(case: Case, role: Principal) -> Answer:
    if role.trust is None:
        return _NO
    access = case.access._replace(resource=known_part(role.trust))
    return allows(access, RequestPattern(actions=(ACTION,), resources=(role.arn,)))


def _nobody(case: Case) -> tuple[Hit, ...]:
    """Note the right to assume any role, which waits for a trust policy to let it in."""
    answer = allows_all(case.access, RequestPattern(actions=(ACTION,)))
    if answer.certainty != "proven":
        return ()
    return (Hit("note", "proven", (answer,), NOBODY, points_at="resource"),)
