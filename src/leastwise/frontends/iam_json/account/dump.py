"""Read the entries of ``aws iam get-account-authorization-details``: a whole account.

Every name and ARN is literal here, and the account numbers are in the ARNs. Parts may be
missing (a filtered or paginated dump). Instance profiles are not read: they hold no policies.

Source: GetAccountAuthorizationDetails, IAM API Reference.
"""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.frontends.iam_json.account.described import (
    ALL,
    DUMPED,
    FETCHED,
    LISTED,
    Described,
    Managed,
)
from leastwise.frontends.iam_json.account.removal import removal_of
from leastwise.frontends.iam_json.reading.entries import (
    Slot,
    Source,
    account_of,
    full_name,
    is_arn,
    is_missing,
    is_true,
    literal_of,
)
from leastwise.iam.declarations import PolicyReference
from leastwise.iam.lower import pattern_of
from leastwise.iam.managed import is_aws_managed
from leastwise.iam.project import Attachment, PrincipalId, PrincipalKind
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

_INLINE = {"user": "UserPolicyList", "group": "GroupPolicyList", "role": "RolePolicyList"}
_NAME = {"user": "UserName", "group": "GroupName", "role": "RoleName"}
KINDS: tuple[PrincipalKind, ...] = ("user", "group", "role")
DETAIL_LISTS: tuple[tuple[PrincipalKind, str], ...] = (
    ("user", "UserDetailList"),
    ("group", "GroupDetailList"),
    ("role", "RoleDetailList"),
)


def kind_of_entry(entry: Mapping) -> PrincipalKind | None:
    """Return what an entry describes; None: a managed policy, or nothing that is read here."""
    return next((kind for kind in KINDS if entry.get(_NAME[kind]) is not None), None)


def rank_of(entry: Mapping, *, fetched: bool) -> int:
    """Tell how much an entry says: those of dumps have the policies with them."""
    if entry.get("AttachedManagedPolicies") is not None:
        return DUMPED
    return FETCHED if fetched else LISTED


def read_principal(
    source: Source, entry: Mapping, kind: PrincipalKind, rank: int
) -> Described | None:
    """Read a user, group or role; its address is its ARN."""
    name, arn = entry.get(_NAME[kind]), entry.get("Arn")
    address = (arn.literal or "") if isinstance(arn, Text) else ""
    if not isinstance(name, Text) or not isinstance(arn, Text) or not is_arn(address):
        source.refuse(entry, f"the {kind} has no {_NAME[kind]} or no Arn")
        return None
    found = Described(
        id=PrincipalId(account_of(source.path, address), kind, full_name(entry, name)),
        address=address,
        arn=pattern_of(arn),
        span=source.place(name),
        rank=rank,
        boundary=_boundary(source, entry, address),
        tags=tuple(_tags(source, entry)),
    )
    if kind == "role" and (rank == DUMPED or entry.get("AssumeRolePolicyDocument") is not None):
        slot = Slot(address, "AssumeRolePolicyDocument", "trust")
        found.trust = source.policy(entry, entry.get("AssumeRolePolicyDocument"), slot)
    _add_policies(source, entry, found, name.literal or "")
    if rank == DUMPED:
        found.known |= ALL
    elif rank == FETCHED:
        found.known.add("boundary")
    return found


def _add_policies(source: Source, entry: Mapping, found: Described, name: str) -> None:
    kind, address = found.id.kind, found.address
    key = _INLINE[kind]
    for index, item in source.entries(entry, key):
        slot = Slot(address, f"{key}[{index}].PolicyDocument", "identity")
        policy = source.policy(item, item.get("PolicyDocument"), slot)
        # Two of one name are none of AWS's making: both count.
        label = literal_of(item, "PolicyName") or f"[{index}]"
        label = f"{label}[{index}]" if label in found.inline else label
        found.inline[label] = Attachment(policy, "inline", policy.span, address)
    for reference in references(source, entry, "AttachedManagedPolicies", (kind, name, address)):
        found.managed[str(reference.arn)] = reference
    found.groups = {item.literal or "": pattern_of(item) for item in _group_names(source, entry)}


def _group_names(source: Source, entry: Mapping) -> Iterator[Text]:
    groups = entry.get("GroupList")
    if groups is None or is_missing(groups):
        return
    for item in groups.items if isinstance(groups, Sequence) else (groups,):
        if isinstance(item, Text):
            yield item
        else:
            source.refuse(item, "'GroupList' is not a list of names")


def references(
    source: Source, mapping: Mapping, key: str, holder: tuple[PrincipalKind, str, str]
) -> Iterator[PolicyReference]:
    """Read a list of attached policies; ``holder`` is the kind, name and address."""
    kind, name, address = holder
    for _, item in source.entries(mapping, key):
        arn = item.get("PolicyArn")
        if not isinstance(arn, Text):
            source.refuse(item, "an attached policy has no PolicyArn")
            continue
        removal = removal_of(kind, name, arn.literal or "")
        yield PolicyReference(pattern_of(arn), source.place(arn), address, removal)


def _boundary(source: Source, entry: Mapping, address: str) -> PolicyReference | None:
    boundary = entry.get("PermissionsBoundary")
    if boundary is None or is_missing(boundary):
        return None
    arn = boundary.get("PermissionsBoundaryArn") if isinstance(boundary, Mapping) else None
    if not isinstance(arn, Text):
        source.refuse(boundary, "the boundary has no PermissionsBoundaryArn")
        return None
    return PolicyReference(pattern_of(arn), arn.span, address)


def _tags(source: Source, entry: Mapping) -> Iterator[tuple[Text, Text]]:
    for _, tag in source.entries(entry, "Tags"):
        key, value = tag.get("Key"), tag.get("Value")
        if isinstance(key, Text) and isinstance(value, Text):
            yield key, value


def read_policy(source: Source, entry: Mapping) -> Managed | None:
    """Read a managed policy of a dump, or of a list, which does not show its document."""
    arn = entry.get("Arn")
    if not isinstance(arn, Text) or not arn.literal or not is_arn(arn.literal):
        source.refuse(entry, "the managed policy has no Arn")
        return None
    count = entry.get("AttachmentCount")
    found = Managed(arn.literal, isinstance(count, Scalar) and bool(count.value))
    if entry.get("PolicyVersionList") is None:
        return found
    index, document = _default_version(source, entry)
    slot = Slot(arn.literal, f"PolicyVersionList[{index}].Document", "identity")
    policy = source.policy(entry, document, slot)
    pattern = pattern_of(arn)
    by_aws = is_aws_managed(pattern)
    # A policy of AWS is judged where it is attached, not for itself.
    consumption = policy.consumption if not by_aws else "ignored"
    found.policy = replace(policy, arn=pattern, aws_managed=by_aws, consumption=consumption)
    return found


def _default_version(source: Source, entry: Mapping) -> tuple[int, Value | None]:
    """Return the version in force with its index; no document when the dump does not show it.

    A dump that names several is no dump that AWS makes: which one is in force is not known.
    """
    default = literal_of(entry, "DefaultVersionId")
    versions = list(source.entries(entry, "PolicyVersionList"))
    marked = [(i, one) for i, one in versions if is_true(one.get("IsDefaultVersion"))]
    named = [
        (i, one)
        for i, one in versions
        if default is not None and literal_of(one, "VersionId") == default
    ]
    found = marked or named
    if not found:
        return 0, None
    index, version = found[0]
    others = {literal_of(one, "VersionId") for _, one in marked} | {default} - {None}
    if len(marked) > 1 or len(others) > 1:
        source.refuse(entry, "the dump names several versions of the policy as the one in force")
        return index, None
    return index, version.get("Document")
