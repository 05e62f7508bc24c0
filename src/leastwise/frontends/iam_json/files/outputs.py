"""Tell which command of the AWS CLI printed an object, by the keys it has.

The names of outputs are ours; each stands for what one or several commands print alike. Which
principal, policy or target a few of them are about is not in them (see ``paths``).

Sources: AWS CLI Command Reference, iam and organizations; IAM and AWS Organizations API
References.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

AboutIam: TypeAlias = Literal[
    "dump",
    "entry",
    "principals",
    "principal",
    "policies",
    "policy",
    "version",
    "versions",
    "inline",
    "inline-names",
    "attached",
    "entities",
    "profiles",
]
AboutOrganization: TypeAlias = Literal[
    "organization",
    "accounts",
    "parents",
    "children",
    "roots",
    "targets",
    "scp-list",
    "scp",
]
Output: TypeAlias = AboutIam | AboutOrganization

IAM: frozenset[Output] = frozenset(get_args(AboutIam))
"""Outputs about the IAM of one account; the others are about an organization."""

DUMP_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList")
NAMES = ("RoleName", "UserName", "GroupName")
LISTS = ("Roles", "Users", "Groups")
SINGLES = ("Role", "User", "Group")
ENTITIES = ("PolicyRoles", "PolicyUsers", "PolicyGroups")
_CONTROL = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_OUTLINE = 4
"""How many levels down ``output_of`` looks."""

Plain: TypeAlias = dict[str, Any]


def output_of(parsed: Any) -> Output | None:
    """Return what an object of plain JSON is; None: no output that is read here."""
    if not isinstance(parsed, dict):
        return None
    return next((name for name, is_one in _TESTS if is_one(parsed)), None)


def outline(value: Value, depth: int = _OUTLINE) -> Any:
    """Return a value as plain JSON as far as ``output_of`` looks: of lists the first entry."""
    match value:
        case Mapping() if depth:
            return {k.literal or "": outline(v, depth - 1) for k, v in value.entries}
        case Mapping():
            return {}
        case Sequence():
            return [outline(item, depth - 1) for item in value.items[:1]] if depth else []
        case Text():
            return value.literal or ""
        case Scalar():
            return value.value
        case _:
            return None


def _is_dump(parsed: Plain) -> bool:
    if any(isinstance(parsed.get(name), list) for name in DUMP_LISTS):
        return True
    return any("PolicyVersionList" in policy for policy in _objects(parsed, "Policies"))


def _is_entry(parsed: Plain) -> bool:
    """Tell an entry of a dump's lists, alone as ``--query`` or jq cut it out."""
    if not isinstance(parsed.get("Arn"), str):
        return False
    return any(name in parsed for name in NAMES) or "PolicyVersionList" in parsed


def _is_principals(parsed: Plain) -> bool:
    return any(
        isinstance(parsed.get(key), list)
        and all(name in entry and "Arn" in entry for entry in _objects(parsed, key))
        for key, name in zip(LISTS, NAMES, strict=True)
    ) and not ("Id" in parsed or "Arn" in parsed)


def _is_principal(parsed: Plain) -> bool:
    return any(
        isinstance(parsed.get(key), dict) and name in parsed[key]
        for key, name in zip(SINGLES, NAMES, strict=True)
    )


def _is_policies(parsed: Plain) -> bool:
    return any("Arn" in p and "DefaultVersionId" in p for p in _objects(parsed, "Policies"))


def _is_policy(parsed: Plain) -> bool:
    policy = parsed.get("Policy")
    return isinstance(policy, dict) and "DefaultVersionId" in policy


def _is_version(parsed: Plain) -> bool:
    version = parsed.get("PolicyVersion")
    return isinstance(version, dict) and "Document" in version


def _is_inline(parsed: Plain) -> bool:
    named = any(isinstance(parsed.get(name), str) for name in NAMES)
    return named and "PolicyDocument" in parsed and "PolicyName" in parsed


def _is_roots(parsed: Plain) -> bool:
    return any("PolicyTypes" in root for root in _objects(parsed, "Roots"))


def _is_accounts(parsed: Plain) -> bool:
    return any("Id" in a and "Arn" in a for a in _objects(parsed, "Accounts"))


def _is_parents(parsed: Plain) -> bool:
    return any("Id" in p and "Type" in p for p in _objects(parsed, "Parents"))


def _is_children(parsed: Plain) -> bool:
    units = _objects(parsed, "OrganizationalUnits")
    children = _objects(parsed, "Children")
    return any("Id" in u for u in units) or any("Id" in c and "Type" in c for c in children)


def _is_organization(parsed: Plain) -> bool:
    organization = parsed.get("Organization")
    return isinstance(organization, dict) and "MasterAccountId" in organization


def _is_targets(parsed: Plain) -> bool:
    return any("TargetId" in target for target in _objects(parsed, "Targets"))


def _is_scp_list(parsed: Plain) -> bool:
    return any(p.get("Type") in _CONTROL for p in _objects(parsed, "Policies"))


def _is_scp(parsed: Plain) -> bool:
    policy = parsed.get("Policy")
    summary = policy.get("PolicySummary") if isinstance(policy, dict) else None
    return isinstance(summary, dict) and summary.get("Type") in _CONTROL


def _objects(parsed: Plain, key: str) -> list[Plain]:
    """Return the first object of a list, the others being of its kind; none if there is no list."""
    entries = parsed.get(key)
    items = entries if isinstance(entries, list) else ()
    return [entry for entry in items[:1] if isinstance(entry, dict)]


def _has_list(name: str) -> Callable[[Plain], bool]:
    return lambda parsed: isinstance(parsed.get(name), list)


_TESTS: tuple[tuple[Output, Callable[[Plain], bool]], ...] = (
    ("dump", _is_dump),
    ("scp", _is_scp),
    ("scp-list", _is_scp_list),
    ("policies", _is_policies),
    ("policy", _is_policy),
    ("version", _is_version),
    ("inline", _is_inline),
    ("principal", _is_principal),
    ("principals", _is_principals),
    ("attached", _has_list("AttachedPolicies")),
    ("inline-names", lambda p: _has_list("PolicyNames")(p) and len(p) <= 4),
    ("entities", lambda p: any(isinstance(p.get(name), list) for name in ENTITIES)),
    ("versions", lambda p: any("IsDefaultVersion" in v for v in _objects(p, "Versions"))),
    ("profiles", lambda p: "InstanceProfiles" in p or "InstanceProfile" in p),
    ("organization", _is_organization),
    ("accounts", _is_accounts),
    ("parents", _is_parents),
    ("children", _is_children),
    ("roots", _is_roots),
    ("targets", _is_targets),
    ("entry", _is_entry),
)
