"""boundary/not-transitive: who is bound by the boundary can make somebody who is not.

A boundary that allows IAM must repeat the conditions that the delegate is held to: judged is a
role that holds all that the boundary allows.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from dataclasses import replace

from leastwise.iam.arns import sibling
from leastwise.iam.managed import managed_policy
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.matching import Outcome
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import KINDS, Pin
from leastwise.rules.questions import ask
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.known import known_part
from leastwise.semantics.model import Answer, EffectiveAccess, RequestPattern

EVERYTHING = (
    "{subject} must give the boundary {boundary} to what it creates, but that allows everything"
)
WAYS = {
    "create": "create a {kind} without it and give that any policy",
    "write": "give policies to a {kind} that has no boundary",
    "remove": "remove it from a {kind}, itself included",
    "rewrite": "rewrite it",
}
MESSAGE = (
    "{subject} must give the boundary {boundary} to what it creates, but whoever has that boundary"
    " can "
)


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each boundary that lets its bearers out."""
    found = (_judge(case, pin) for pin in delegation.pins(case) if not pin.is_open)
    return tuple(hit for hit in found if hit is not None)


def _judge(case: Case, pin: Pin) -> Hit | None:
    policy = _document(case, pin.arn)
    if policy is None:
        return None
    held = known_part(policy)
    child = _child(case, held)
    if not held.aws_managed:
        everything = allows_all(child.access, RequestPattern())
        if everything.certainty == "proven":
            return _hit(pin, policy, EVERYTHING, Outcome("proven", (everything,)))
    elif delegation.unbound(case).certainty != "no":
        return None
    way, outcome = _way_out(child, pin)
    if outcome.certainty == "no":
        return None
    return _hit(pin, policy, MESSAGE + WAYS[way], outcome)


def _document(case: Case, arn: Pattern) -> Policy | None:
    """Find the boundary in view, or among those of AWS."""
    for policy in case.view.project.policies:
        if policy.arn is not None and policy.arn == arn and policy.kind in ("identity", "boundary"):
            return policy
    return managed_policy(arn)


def _child(case: Case, policy: Policy) -> Case:
    """Return the case of a role that holds all that its boundary allows."""
    arn = sibling(case.self_arn, f"role/a-holder-{UNNAMED}")
    access = EffectiveAccess(identity=(policy,), caller_kind="role", caller_arn=arn)
    return case._replace(
        access=access,
        principal=None,
        policy=policy,
        holders=(),
        attachments=(),
        self_arn=arn,
        self_kind="role",
    )


def _way_out(child: Case, pin: Pin) -> tuple[str, Outcome]:
    outcome = delegation.unbound(child)
    if outcome.certainty != "no":
        return "create", outcome
    for kind in KINDS:
        for question in delegation.writes(kind, None):
            answer = ask(child, question)
            if answer.certainty != "no":
                return "write", _one(answer)
    for kind in KINDS:
        resource = f"unnamed-{kind.lower()}"
        answer = ask(child, delegation.question(f"iam:Delete{kind}PermissionsBoundary", resource))
        if answer.certainty != "no":
            return "remove", _one(answer)
    edit = RequestPattern(actions=("iam:CreatePolicyVersion",), resources=(pin.arn,))
    return "rewrite", _one(allows(child.access, edit))


def _one(answer: Answer) -> Outcome:
    return Outcome(answer.certainty, () if answer.certainty == "no" else (answer,))


def _hit(pin: Pin, policy: Policy, message: str, outcome: Outcome) -> Hit:
    kind = next((k for k in KINDS if any(_is_about(a, k) for a in outcome.answers)), KINDS[0])
    return Hit(
        "error",
        outcome.certainty,
        outcome.answers,
        message,
        words={"boundary": str(pin.arn), "kind": kind.lower()},
        span=pin.guard.condition.values[0].span if policy.aws_managed else None,
        is_chain=len(outcome.answers) > 1,
        key=(str(replace(pin.arn, origin=None)),),
    )


def _is_about(answer: Answer, kind: str) -> bool:
    return answer.witness is not None and kind in answer.witness.action
