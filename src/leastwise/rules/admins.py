"""Say whether a principal is an administrator, or surely one call away from it.

Only what is proven counts: a grant under a condition that a request need not meet makes nobody
an administrator. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from functools import lru_cache

from leastwise.graph.calls.people import members_of
from leastwise.graph.closure.reach import Graph
from leastwise.graph.gains.administrators import admin
from leastwise.iam.arns import in_an_account, partition_of, sibling
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal
from leastwise.semantics.access import allows_all
from leastwise.semantics.effective import access_of
from leastwise.semantics.known import is_unseen, known_part
from leastwise.semantics.model import EffectiveAccess, RequestPattern

_OVER_TLS = ("aws:securetransport", (Pattern(("true",)),))
"""Every call of the SDKs is made over TLS."""
_OWN: dict[str, tuple[str, ...]] = {
    "role": ("iam:AttachRolePolicy", "iam:PutRolePolicy"),
    "user": ("iam:AttachUserPolicy", "iam:PutUserPolicy"),
}
"""What widens the own grants, as far as no permissions boundary caps them."""
_PAIRS = (
    ("role/*", "iam:CreateRole", "iam:AttachRolePolicy"),
    ("role/*", "iam:CreateRole", "iam:PutRolePolicy"),
    ("role/*", "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy"),
    ("role/*", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"),
    ("user/*", "iam:CreateAccessKey", "iam:AttachUserPolicy"),
    ("user/*", "iam:CreateAccessKey", "iam:PutUserPolicy"),
    ("user/*", "iam:CreateLoginProfile", "iam:AttachUserPolicy"),
    ("user/*", "iam:CreateLoginProfile", "iam:PutUserPolicy"),
)
"""What, on every role or user of the account, makes an administrator and takes its place."""


def is_admin_equivalent(principal: Principal, graph: Graph | None = None) -> bool:
    """Say whether a principal may do everything, or surely give itself that.

    With the ``graph``: or surely become somebody who may, over any number of hops.
    """
    if _is_one_call_away(principal):
        return True
    number = None if graph is None else graph.people.number(principal)
    if graph is None or number is None:
        return False
    reached = graph.reach(number) & (1 << graph.known.count) - 1
    return any(_is_one_call_away(graph.project.principals[n]) for n in members_of(reached))


@lru_cache(maxsize=8192)
def _is_one_call_away(principal: Principal) -> bool:
    """Say whether a principal may do everything, or surely give itself that by one call.

    A boundary that is named but not in view is taken to stop it.
    """
    boundary = principal.boundary
    if boundary is not None and is_unseen(boundary.policy.document):
        return False
    whole = access_of(principal)
    access = whole._replace(identity=tuple(map(known_part, whole.identity)), open=False)
    if admin(access) == "proven":
        return True
    if boundary is None and any(
        _on(access, action, (principal.arn,)) for action in _OWN.get(principal.kind, ())
    ):
        return True
    return any(
        all(_on(access, action, (sibling(principal.arn, path),)) for action in pair)
        for path, *pair in _PAIRS
    )


def _on(access: EffectiveAccess, action: str, resources: tuple[Pattern, ...]) -> bool:
    """Say whether an action may be called; what is attached is what makes an administrator."""
    policy = f"arn:{partition_of(resources[0]) or 'aws'}:iam::aws:policy/AdministratorAccess"
    attached = (("iam:policyarn", (Pattern((policy,)),)),) if "Attach" in action else ()
    chosen = tuple(map(in_an_account, resources))
    return _all(access, RequestPattern((action,), chosen, context=(_OVER_TLS, *attached)))


def _all(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    return allows_all(access, pattern).certainty == "proven"
