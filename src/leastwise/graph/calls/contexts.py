"""Say what the request of a leg carries: which service a role is passed to, which policy attached.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
has the condition keys of each action.
"""

from functools import lru_cache

from leastwise.iam.arns import is_open, partition_of, sibling, with_partition
from leastwise.iam.policy import Pattern
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Context

PASSED_TO = "iam:passedtoservice"
POLICY = "iam:policyarn"
BOUNDARY = "iam:permissionsboundary"
PROFILE = "ec2:instanceprofile"
_ANY_PROFILE = Pattern(("arn:*:iam::*:instance-profile/*",))
_WITH_PROFILE = frozenset(("ec2:RunInstances",))
"""Calls by which an instance gets a role: they name the profile that holds it."""
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_ATTACHING = frozenset(("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"))
_BOUNDING = frozenset(("iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"))
"""Calls that carry the boundary that they set; all others carry that of whom they are made on."""
_CREATING = frozenset(
    (
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
    )
)


def passed_to(service: str) -> Context:
    """Return what a pass of a role to a service carries."""
    return ((PASSED_TO, (Pattern((service,)),)),)


NOT_SAID: Context = ((PASSED_TO, None),)
"""A pass without the name of the service: whether AWS sends it is said of few actions."""


def of_call(action: str, own: Pattern) -> Context:
    """Return what a call that gives policies, or a boundary, carries: one that allows everything.

    ``own`` is the ARN of who calls: the policy may be one of its own account that it writes.
    """
    if action in _BOUNDING:
        return ((BOUNDARY, all_powerful(own)),)
    return ((POLICY, all_powerful(own)),) if action in _ATTACHING else ()


def of_new(action: str, own: Pattern, limit: Pattern | None = None) -> Context:
    """Return what a call on something new carries: on a principal no boundary, or ``limit``."""
    if action in _WITH_PROFILE:
        return ((PROFILE, (_ANY_PROFILE,)),)
    if action not in _CREATING:
        return of_call(action, own)
    return (*of_call(action, own), (BOUNDARY, None if limit is None else (limit,)))


@lru_cache(maxsize=8192)
def all_powerful(own: Pattern) -> tuple[Pattern, ...]:
    """Return ARNs of policies that give whoever holds them everything.

    Each is spelled with its partition: a condition may take it for a plain string.
    """
    arns = (
        sibling(own, "policy/AdministratorAccess", account="aws"),
        sibling(own, "policy/IAMFullAccess", account="aws"),
        sibling(own, f"policy/a-policy-{UNNAMED}"),
    )
    found: list[Pattern] = []
    for arn in arns:
        if is_open(arn) or partition_of(arn) == "*":
            found += [with_partition(arn, partition) for partition in _PARTITIONS]
        else:
            found.append(arn)
    return tuple(found)
