"""exposure/region-deny-without-global-services: a Deny by region takes IAM away.

IAM and other global services are served from one region, whatever regions are in use:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, PolicyKind, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.denials import NEGATED, denied, each, literals, reported
from leastwise.semantics.valuation import ACCOUNT

MESSAGE = "{subject} denies IAM too, which is served from {region}, a region that it denies"
_KINDS: frozenset[PolicyKind] = frozenset({"scp"})
_KEY = "aws:requestedregion"
_HOMES = {"us-gov": ("aws-us-gov", "us-gov-west-1"), "cn-": ("aws-cn", "cn-north-1")}
_HOME = ("aws", "us-east-1")
_ACTION = "iam:CreateRole"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each Deny that leaves no way to IAM."""
    return each(case, _KINDS, _check)


def _check(case: Case, index: int, statement: Statement) -> Iterator[Hit]:
    regions = [value for value, _ in literals(statement, _KEY, NEGATED)]
    if not regions or not _are_all_known(statement):
        return
    partition, home = next((_HOMES[s] for s in _HOMES if regions[0].startswith(s)), _HOME)
    caller = f"arn:{partition}:iam::{ACCOUNT}:role/that-nobody-names"
    context = ((_KEY, (Pattern((home,)),)),)
    if denied(case, index, caller, _ACTION, context).certainty == "proven":
        yield reported(statement, index, "warning", MESSAGE, {"region": home})


def _are_all_known(statement: Statement) -> bool:
    """Say whether all regions are written out: any that is not might be the one that counts."""
    return all(
        c.tail is None and all(v.literal is not None for v in c.values)
        for c in statement.conditions
        if c.key_name == _KEY
    )
