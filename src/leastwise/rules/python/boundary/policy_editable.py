"""boundary/policy-editable: whom a boundary is to bind can rewrite the boundary itself.

It is a managed policy: a new version in force changes what everyone may do who is bound by it.
iam:DeletePolicy works only while nothing uses the policy; then another of its name can be made.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.managed import is_aws_managed
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.boundary import delegation
from leastwise.rules.questions import spellings
from leastwise.semantics.access import allows
from leastwise.semantics.known import rests_on_unknown_name
from leastwise.semantics.model import Answer, RequestPattern

OWN = "its own permissions boundary {policy}"
ASKED = "the boundary {policy}, which it must give to what it creates"


class Target(NamedTuple):
    """Hold a policy that binds, and in words what it is to the subject."""

    arn: Pattern
    words: str
    is_open: bool = False


class Way(NamedTuple):
    """Hold the calls that change a policy, all of them needed, how serious and in words."""

    actions: tuple[str, ...]
    level: Level
    message: str


_EDITS = (
    Way(("iam:CreatePolicyVersion",), "error", "{subject} can rewrite "),
    Way(
        ("iam:SetDefaultPolicyVersion",),
        "warning",
        "{subject} can put any stored version in force of ",
    ),
    Way(
        ("iam:DeletePolicy", "iam:CreatePolicy"),
        "warning",
        "{subject} can delete, while nothing uses it, and create anew ",
    ),
)
_MAKES = (
    Way(("iam:CreatePolicy",), "error", "{subject} can create a policy of its own that passes as "),
    Way(("iam:CreatePolicyVersion",), "error", "{subject} can rewrite a policy that passes as "),
)


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the most serious way."""
    best: Hit | None = None
    for target in _targets(case):
        for way in _MAKES if target.is_open else _EDITS:
            hit = _hit(case, target, way)
            if hit is not None and hit.level == "error":
                return (hit,)
            best = best or hit
    return () if best is None else (best,)


def _targets(case: Case) -> Iterator[Target]:
    boundary = None if case.principal is None else case.principal.boundary
    if boundary is not None and boundary.policy.arn is not None:
        yield Target(replace(boundary.policy.arn, origin=None), OWN)
    pins = delegation.pins(case)
    if any(pin.is_open for pin in pins) and delegation.unbound(case).certainty != "no":
        # Any policy will do: that is told where principals are created.
        pins = tuple(pin for pin in pins if not pin.is_open)
    for pin in pins:
        yield Target(pin.arn, ASKED, pin.is_open)


def _hit(case: Case, target: Target, way: Way) -> Hit | None:
    if is_aws_managed(target.arn):
        return None
    answers: list[Answer] = []
    for action in way.actions:
        resources = spellings(case, (target.arn,))
        answer = allows(case.access, RequestPattern(actions=(action,), resources=resources))
        if answer.certainty == "no" or _rests_on_unknown(answer):
            return None
        answers.append(answer)
    proven = all(a.certainty == "proven" for a in answers)
    return Hit(
        way.level if proven else "warning",
        "proven" if proven else "possible",
        tuple(answers),
        way.message + target.words,
        words={"policy": str(target.arn)},
        is_chain=len(answers) > 1,
    )


def _rests_on_unknown(answer: Answer) -> bool:
    if answer.certainty != "possible" or answer.assumptions:
        return False
    return rests_on_unknown_name(answer)
