"""escalation/sts-assume-role: a role that trusts the caller and may do what the caller may not.

A trust policy that names the caller is enough in one account; one that opens the role to the
whole account needs sts:AssumeRole of the caller too. Who is named was meant to have what the role
may do, so that only a way to more permissions or credentials is told of those.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross.html
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from leastwise.iam.arns import segments
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.escalation.targets import best_gain, hit_of, same_account
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.known import known_part
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} can assume role {target}, and gains {gain} by it"
NOBODY = "{subject} may assume every role that trusts it; nothing is gained from one in view"
ACTION = "sts:AssumeRole"
FIELDS = 6
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
    access = case.access._replace(resource=_with_known_callers(known_part(role.trust)))
    return allows(access, RequestPattern(actions=(ACTION,), resources=(role.arn,)))


@lru_cache(maxsize=4096)
def _with_known_callers(trust: Policy) -> Policy:
    """Leave out callers of whom only the account may be known: whoever applies the code, say.

    SOUND: under-approximates who is let in; each role of the account might be that caller.
    """
    document = trust.document
    statements = tuple(_with_known_entries(s) for s in document.statements)
    return replace(trust, document=replace(document, statements=statements))


def _with_known_entries(statement: Statement) -> Statement:
    principals = statement.principals
    if statement.effect == "Deny" or principals is None or principals.negated:
        return statement
    entries = tuple(e for e in principals.entries if e.type != "AWS" or _is_named(e.pattern))
    return replace(statement, principals=replace(principals, entries=entries))


def _is_named(caller: Pattern) -> bool:
    """Say whether a principal is a whole account, or begins with what it is named."""
    parts = segments(caller)
    last = parts[5] if len(parts) == FIELDS else caller.pieces
    return bool(last) and isinstance(last[0], str)


def _nobody(case: Case) -> tuple[Hit, ...]:
    """Note the right to assume any role, which waits for a trust policy to let it in."""
    answer = allows_all(case.access, RequestPattern(actions=(ACTION,)))
    if answer.certainty != "proven":
        return ()
    return (Hit("note", "proven", (answer,), NOBODY, points_at="resource"),)
