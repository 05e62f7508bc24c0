"""Read what ``aws iam get-account-authorization-details`` prints: a whole account.

Every name and ARN is literal here, and the account numbers are in the ARNs. Parts may be
missing (a filtered or paginated dump). Instance profiles are not read: they hold no policies.

Source: GetAccountAuthorizationDetails, IAM API Reference.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leastwise.frontends.iam_json.documents import decoded
from leastwise.frontends.iam_json.removal import removal_of
from leastwise.iam.assemble import (
    Assembled,
    PolicyReference,
    PrincipalDeclaration,
    assemble,
)
from leastwise.iam.lower import lower_document, pattern_of
from leastwise.iam.managed import is_aws_managed
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import (
    Account,
    Attachment,
    NotInView,
    Policy,
    PrincipalId,
    PrincipalKind,
    Root,
)
from leastwise.iam.resolution import resolution_of
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

# Of each kind: its list, and the keys of its name and of its inline policies.
_PRINCIPALS: tuple[tuple[PrincipalKind, str, str, str], ...] = (
    ("user", "UserDetailList", "UserName", "UserPolicyList"),
    ("group", "GroupDetailList", "GroupName", "GroupPolicyList"),
    ("role", "RoleDetailList", "RoleName", "RolePolicyList"),
)
_AGAIN = "write the dump again with aws iam get-account-authorization-details"


@dataclass(slots=True, eq=False, repr=False)
class _Dump:
    """Collect what is wrong with a dump while it is read."""

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def refuse(self, value: Value, message: str) -> None:
        place = span_of(value) or Span(self.path, 0, 0)
        self.diagnostics.append(Diagnostic("error", "invalid-dump", place, message, _AGAIN))

    def entries(self, mapping: Mapping, name: str) -> Iterator[tuple[int, Mapping]]:
        """Yield the objects of a list that may be missing, with their indexes."""
        value = mapping.get(name)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return
        if not isinstance(value, Sequence):
            self.refuse(value, f"{name!r} is not a list")
            return
        for index, item in enumerate(value.items):
            if isinstance(item, Mapping):
                yield index, item
            else:
                self.refuse(item, f"an entry of {name!r} is not an object")

    def policy(
        self, holder: Mapping, value: Value | None, address: str, attribute: str, kind: PolicyKind
    ) -> Policy:
        """Read the document that ``holder`` holds; a missing one is not known."""
        scope = f"{self.path}|{address}|{attribute}"
        if value is None:
            reason = "the dump does not show the document"
            value = Unknown(Symbol(scope, attribute), reason, holder.span)
        inner = decoded(value, self.path, self.diagnostics)
        lowered = lower_document(inner, kind, scope=scope)
        self.diagnostics += lowered.diagnostics
        return Policy(
            address=address,
            attribute=attribute,
            kind=kind,
            document=lowered.document,
            resolution=resolution_of(inner, lowered.document),
            span=span_of(inner),
            value=inner,
        )


@dataclass(frozen=True, slots=True, eq=False)
class AccountDump:
    """Hold what a dump says, tied together."""

    assembled: Assembled
    diagnostics: tuple[Diagnostic, ...]
    not_in_view: tuple[NotInView, ...]


def read_dump(root: Root, value: Mapping) -> AccountDump:
    """Read all users, groups, roles and managed policies of a dump."""
    dump = _Dump(root.path)
    principals = [
        declaration
        for kind, members, name, inline in _PRINCIPALS
        for _, entry in dump.entries(value, members)
        if (declaration := _principal(dump, entry, kind, name, inline)) is not None
    ]
    attached: set[str] = set()
    policies = list(_policies(dump, value, attached))
    assembled = assemble(root, principals, policies, (), ())
    settled = tuple(_settled(policy, attached) for policy in assembled.policies)
    return AccountDump(
        assembled._replace(policies=settled),
        tuple(dump.diagnostics),
        assembled.not_in_view + _further_pages(root, value),
    )


def _settled(policy: Policy, attached: set[str]) -> Policy:
    """Trust AWS's own count where the dump does not show who holds a policy.

    No attachment refers to an unattached policy, so replacing it breaks no identity.
    """
    if policy.consumption == "unattached" and policy.address in attached:
        return replace(policy, consumption="attached")
    return policy


def _further_pages(root: Root, value: Mapping) -> tuple[NotInView, ...]:
    truncated = value.get("IsTruncated")
    more = isinstance(truncated, Scalar) and truncated.value is True
    if not more and value.get("NextToken") is None:
        return ()
    place = (span_of(value) if truncated is None else span_of(truncated)) or Span(root.path, 0, 0)
    message = "the dump is one page of several; the others are not in view"
    return (NotInView("account-dump", place, message, _AGAIN + " (without --max-items)"),)


def _literal(mapping: Mapping, name: str) -> str | None:
    value = mapping.get(name)
    return value.literal if isinstance(value, Text) else None


def _principal(
    dump: _Dump, entry: Mapping, kind: PrincipalKind, name_key: str, inline_key: str
) -> PrincipalDeclaration | None:
    """Read a user, group or role; its address is its ARN."""
    name, arn = entry.get(name_key), entry.get("Arn")
    if not isinstance(name, Text) or not isinstance(arn, Text) or not arn.literal:
        dump.refuse(entry, f"the {kind} has no {name_key} or no Arn")
        return None
    address = arn.literal
    inline = [
        dump.policy(
            item,
            item.get("PolicyDocument"),
            address,
            f"{inline_key}[{index}].PolicyDocument",
            "identity",
        )
        for index, item in dump.entries(entry, inline_key)
    ]
    trust = None
    if kind == "role":
        document = entry.get("AssumeRolePolicyDocument")
        trust = dump.policy(entry, document, address, "AssumeRolePolicyDocument", "trust")
    return PrincipalDeclaration(
        id=PrincipalId(_account(dump.path, address), kind, _full_name(entry, name)),
        address=address,
        arn=pattern_of(arn),
        span=span_of(name),
        trust=trust,
        boundary=_boundary(entry, address),
        inline=tuple(Attachment(policy, "inline", policy.span, address) for policy in inline),
        managed=tuple(_managed(dump, entry, kind, name, address)),
        groups=_groups(entry),
        tags=tuple(_tags(dump, entry)),
    )


def _account(path: str, arn: str) -> Account:
    """Return the account whose number an ARN has."""
    parts = arn.split(":")
    number = parts[4] if len(parts) > 5 else ""
    if len(number) == 12 and number.isascii() and number.isdigit():
        return Account(number, number)
    return Account(f"{path}|account")


def _full_name(entry: Mapping, name: Text) -> Pattern:
    path = (_literal(entry, "Path") or "").removeprefix("/")
    pattern = pattern_of(name)
    first = pattern.literal
    if not path or first is None:
        return pattern
    return Pattern((path + first,), name)


def _managed(
    dump: _Dump, entry: Mapping, kind: PrincipalKind, name: Text, address: str
) -> Iterator[PolicyReference]:
    for _, item in dump.entries(entry, "AttachedManagedPolicies"):
        arn = item.get("PolicyArn")
        if not isinstance(arn, Text):
            dump.refuse(item, "an attached policy has no PolicyArn")
            continue
        removal = removal_of(kind, name.literal or "", arn.literal or "")
        yield PolicyReference(pattern_of(arn), span_of(arn), address, removal)


def _boundary(entry: Mapping, address: str) -> PolicyReference | None:
    boundary = entry.get("PermissionsBoundary")
    arn = boundary.get("PermissionsBoundaryArn") if isinstance(boundary, Mapping) else None
    if not isinstance(arn, Text):
        return None
    return PolicyReference(pattern_of(arn), span_of(arn), address)


def _groups(entry: Mapping) -> tuple[Pattern, ...]:
    groups = entry.get("GroupList")
    items = groups.items if isinstance(groups, Sequence) else ()
    return tuple(pattern_of(item) for item in items if isinstance(item, Text))


def _tags(dump: _Dump, entry: Mapping) -> Iterator[tuple[Text, Text]]:
    for _, tag in dump.entries(entry, "Tags"):
        key, value = tag.get("Key"), tag.get("Value")
        if isinstance(key, Text) and isinstance(value, Text):
            yield key, value


def _policies(dump: _Dump, value: Mapping, attached: set[str]) -> Iterator[Policy]:
    """Read the managed policies; ARNs with an AttachmentCount above 0 go into ``attached``."""
    for _, entry in dump.entries(value, "Policies"):
        arn = entry.get("Arn")
        if not isinstance(arn, Text) or not arn.literal:
            dump.refuse(entry, "the managed policy has no Arn")
            continue
        pattern, by_aws = pattern_of(arn), is_aws_managed(pattern_of(arn))
        count = entry.get("AttachmentCount")
        if isinstance(count, Scalar) and count.value:
            attached.add(arn.literal)
        index, document = _default_version(dump, entry)
        attribute = f"PolicyVersionList[{index}].Document"
        policy = dump.policy(entry, document, arn.literal, attribute, "identity")
        # A policy of AWS is judged where it is attached, not for itself.
        consumption = policy.consumption if not by_aws else "ignored"
        yield replace(policy, arn=pattern, aws_managed=by_aws, consumption=consumption)


def _default_version(dump: _Dump, entry: Mapping) -> tuple[int, Value | None]:
    """Return the version in force with its index; no document when the dump does not show it."""
    default = _literal(entry, "DefaultVersionId")
    versions = list(dump.entries(entry, "PolicyVersionList"))
    for index, version in versions:
        mark = version.get("IsDefaultVersion")
        if isinstance(mark, Scalar) and mark.value is True:
            return index, version.get("Document")
    for index, version in versions:
        if default is not None and _literal(version, "VersionId") == default:
            return index, version.get("Document")
    return 0, None
