"""exposure/ineffective-deny: a Deny for those without a second factor misses access keys.

Requests that are signed with long-term keys do not carry aws:MultiFactorAuthPresent at all, so
that Bool does not hold for them; BoolIfExists does:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterator

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.policy import Pattern, PolicyKind, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.denials import denied, each, reported
from leastwise.semantics.actions import action_index
from leastwise.semantics.valuation import ACCOUNT

MESSAGE = (
    "{subject} denies requests without a second factor, but none that is made with access keys"
)
_KINDS: frozenset[PolicyKind] = frozenset({"scp", "rcp", "resource"})
_KEY = "aws:multifactorauthpresent"
_USER = f"arn:aws:iam::{ACCOUNT}:user/that-nobody-names"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each Deny that misses them."""
    return each(case, _KINDS, _check)


def _check(case: Case, index: int, statement: Statement) -> Iterator[Hit]:
    if not any(c.key_name == _KEY for c in statement.conditions):
        return
    action = next(iter(action_index().names(bits_of(statement))), None)
    if action is None:
        return
    without = ((_KEY, (Pattern(("false",)),)),)
    if denied(case, index, _USER, action, without).certainty != "proven":
        return
    if denied(case, index, _USER, action, ((_KEY, None),)).certainty == "no":
        yield reported(statement, index, "warning", MESSAGE)
