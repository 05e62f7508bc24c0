"""trust/not-principal: a trust policy says whom it does not mean.

AWS refuses NotPrincipal in trust policies. Where it got in, an Allow lets in everybody else, and
a Deny hits every principal with a permissions boundary, listed or not.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from leastwise.entry.asked_trust import ASSUME, asked, outsider
from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.semantics.known import known_part, only_statement, restored
from leastwise.semantics.model import RequestPattern

EVERYBODY = "{subject} can be assumed by everybody but whom NotPrincipal lists"
SOME = "{subject} trusts whom NotPrincipal does not list, which trust policies do not support"
DENY = (
    "{subject} denies all but whom NotPrincipal lists: trust policies do not support it,"
    " and it denies whoever has a permissions boundary"
)


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement with NotPrincipal."""
    policy = case.policy
    if policy is None or policy.kind != "trust" or policy.consumption == "ignored":
        return ()
    return tuple(
        _hit(policy, index, statement)
        for index, statement in enumerate(policy.document.statements)
        if statement.principals is not None and statement.principals.negated
    )


def _hit(policy: Policy, index: int, statement: Statement) -> Hit:
    principals = statement.principals
    hit = Hit(
        "warning",
        "possible" if statement.when else "proven",
        (),
        DENY if statement.effect == "Deny" else SOME,
        span=None if principals is None else principals.span,
        assumptions=tuple(assumed.text for assumed in statement.when),
        grade=1,
        key=(statement.effect,),
        statements=(index,),
        points_at="principal",
    )
    if statement.effect != "Allow":
        return hit
    known = known_part(policy)
    part = only_statement(known, index)
    answer = asked(part, RequestPattern((ASSUME,), context=outsider()))
    if answer is None:
        return hit
    whole = restored(answer, policy, part)
    return hit._replace(
        level="error", certainty=answer.certainty, answers=(whole,), message=EVERYBODY, grade=0
    )
