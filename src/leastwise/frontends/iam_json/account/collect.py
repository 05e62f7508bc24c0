"""Collect what the files of one folder say of accounts, whatever commands printed them.

What a few outputs are about is not in them: the path of the file tells (see ``paths``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leastwise.frontends.iam_json.account import dump
from leastwise.frontends.iam_json.account.described import (
    DUMPED,
    FETCHED,
    LISTED,
    About,
    Described,
    Managed,
    combined,
)
from leastwise.frontends.iam_json.files.outputs import (
    ENTITIES,
    LISTS,
    NAMES,
    SINGLES,
    Output,
)
from leastwise.frontends.iam_json.files.paths import policy_by_path, principal_by_path
from leastwise.frontends.iam_json.reading.entries import (
    Slot,
    Source,
    account_number,
    is_true,
    literal_of,
    object_of,
)
from leastwise.iam.project import Policy, PrincipalKind
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.value import Mapping, Sequence, Text

_KINDS: tuple[PrincipalKind, ...] = ("role", "user", "group")
_PAGES = "get all pages: without --max-items, the AWS CLI puts them together"


class Version(NamedTuple):
    """Hold the default version of a policy whose name the path of the file says."""

    name: str
    document: Policy
    source: Source


class Entity(NamedTuple):
    """Say that a principal holds the policy that the path of the file names."""

    policy: str
    kind: PrincipalKind
    name: Text


class Fact(NamedTuple):
    """Hold an output about a principal with the file it is in."""

    about: About
    output: Output
    source: Source


class Membership(NamedTuple):
    """Say that a user is in a group, by their ARNs."""

    group: str
    user: str


@dataclass(slots=True, eq=False, repr=False)
class Collected:
    """Hold all that the files say, before accounts are told apart."""

    principals: dict[tuple[PrincipalKind, str], Described] = field(default_factory=dict)
    policies: dict[str, Managed] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    profiles: list[tuple[str, str]] = field(default_factory=list)
    """Instance profiles, each with its role, by their ARNs."""

    def add(self, source: Source, found: Described | None) -> Described | None:
        """Add what an output says of a principal to what others say."""
        if found is None:
            return None
        key = found.id.kind, found.address
        other = self.principals.get(key)
        if other is not None:
            _compare(source, found, other)
            found = combined(other, found)
        self.principals[key] = found
        return found

    def add_policy(self, found: Managed | None) -> None:
        """Add a managed policy; what shows its document counts."""
        if found is None:
            return
        other = self.policies.get(found.arn)
        if other is not None:
            found.attached |= other.attached
            found.policy = other.policy or found.policy
        self.policies[found.arn] = found


def _compare(source: Source, one: Described, other: Described) -> None:
    """Tell of two files that describe a role differently: they are of different times."""
    if one.trust is None or other.trust is None:
        return
    if one.trust.document != other.trust.document:
        message = f"the trust policy of {one.address} reads differently in another of the files"
        remedy = "keep files of one time in a folder; the fullest of them counts"
        place = one.trust.span or source.place(None)
        source.diagnostics.append(Diagnostic("warning", "other-version", place, message, remedy))


def read_output(collected: Collected, source: Source, mapping: Mapping, output: Output) -> None:
    """Read one object that a command printed."""
    reader = _READERS.get(output)
    if reader is not None:
        reader(collected, source, mapping)


def is_page(mapping: Mapping) -> bool:
    """Say whether an output goes on elsewhere."""
    return is_true(mapping.get("IsTruncated")) or isinstance(mapping.get("NextToken"), Text)


def tell_of_pages(source: Source, mapping: Mapping) -> None:
    """List the pages of an output that are not in view."""
    message = "this is one page of several; the others are not in view"
    mark = mapping.get("IsTruncated") or mapping.get("NextToken") or mapping
    source.unseen("account-dump", mark, message, _PAGES)


def _dump(collected: Collected, source: Source, mapping: Mapping) -> None:
    for kind, members in dump.DETAIL_LISTS:
        for _, entry in source.entries(mapping, members):
            collected.add(source, dump.read_principal(source, entry, kind, DUMPED))
    for _, entry in source.entries(mapping, "Policies"):
        collected.add_policy(dump.read_policy(source, entry))


def _entry(collected: Collected, source: Source, mapping: Mapping) -> None:
    kind = dump.kind_of_entry(mapping)
    if kind is None:
        collected.add_policy(dump.read_policy(source, mapping))
        return
    rank = dump.rank_of(mapping, fetched=False)
    collected.add(source, dump.read_principal(source, mapping, kind, rank))


def _principals(collected: Collected, source: Source, mapping: Mapping) -> None:
    found: list[Described] = []
    for kind, key in zip(_KINDS, LISTS, strict=True):
        for _, entry in source.entries(mapping, key):
            one = dump.read_principal(source, entry, kind, LISTED)
            added = collected.add(source, one)
            found += [added] if added is not None else []
    about = principal_by_path(source.path)
    # list-groups prints what list-groups-for-user prints
    if about is not None and about[0] == "user" and mapping.get("Groups") is not None:
        collected.facts.append(Fact(About(*about, mapping), "principals", source))


def _principal(collected: Collected, source: Source, mapping: Mapping) -> None:
    for kind, key in zip(_KINDS, SINGLES, strict=True):
        entry = object_of(mapping, key)
        if entry is None:
            continue
        one = dump.read_principal(source, entry, kind, FETCHED)
        collected.add(source, one)
        if one is None or kind != "group":
            continue
        for _, member in source.entries(mapping, "Users"):  # get-group
            user = collected.add(source, dump.read_principal(source, member, "user", LISTED))
            if user is not None:
                collected.memberships.append(Membership(one.address, user.address))


def _policies(collected: Collected, source: Source, mapping: Mapping) -> None:
    for _, entry in source.entries(mapping, "Policies"):
        collected.add_policy(dump.read_policy(source, entry))


def _policy(collected: Collected, source: Source, mapping: Mapping) -> None:
    entry = object_of(mapping, "Policy")
    if entry is not None:
        collected.add_policy(dump.read_policy(source, entry))


def _profiles(collected: Collected, source: Source, mapping: Mapping) -> None:
    one = object_of(mapping, "InstanceProfile")
    listed = [entry for _, entry in source.entries(mapping, "InstanceProfiles")]
    for entry in [*listed, *([one] if one is not None else [])]:
        for _, role in source.entries(entry, "Roles"):
            arns = literal_of(entry, "Arn"), literal_of(role, "Arn")
            if arns[0] and arns[1]:
                collected.profiles.append((arns[0], arns[1]))


def _version(collected: Collected, source: Source, mapping: Mapping) -> None:
    version, name = object_of(mapping, "PolicyVersion"), policy_by_path(source.path)
    if version is None:
        return
    slot = Slot(source.path, "PolicyVersion.Document", "identity")
    if name is None:
        policy = source.policy(version, version.get("Document"), slot)
        collected.versions.append(Version("", replace(policy, consumption="raw"), source))
    elif is_true(version.get("IsDefaultVersion")):
        policy = source.policy(version, version.get("Document"), slot)
        collected.versions.append(Version(name, policy, source))


def _inline(collected: Collected, source: Source, mapping: Mapping) -> None:
    for kind, key in zip(_KINDS, NAMES, strict=True):
        name = literal_of(mapping, key)
        if name:
            collected.facts.append(Fact(About(kind, name, mapping), "inline", source))
            return
    source.refuse(mapping, "the inline policy names nobody who has it")


def _by_path(output: Output) -> "_Reader":
    def read(collected: Collected, source: Source, mapping: Mapping) -> None:
        about = principal_by_path(source.path)
        if about is None:
            message = "the output does not say whose policies these are"
            remedy = "name the file roles/NAME/..., users/NAME/... or groups/NAME/..."
            source.unseen("cli-output", mapping, message, remedy)
            return
        collected.facts.append(Fact(About(*about, mapping), output, source))

    return read


def _entities(collected: Collected, source: Source, mapping: Mapping) -> None:
    policy = policy_by_path(source.path)
    if policy is None:
        message = "the output does not say whose entities these are"
        source.unseen("cli-output", mapping, message, "name the file policies/NAME/...")
        return
    for kind, key, name_key in zip(_KINDS, ENTITIES, NAMES, strict=True):
        for _, entry in source.entries(mapping, key):
            name = entry.get(name_key)
            if isinstance(name, Text) and name.literal:
                collected.entities.append(Entity(policy, kind, name))
            else:
                source.refuse(entry, f"the entity has no {name_key}")


def inline_names(mapping: Mapping) -> frozenset[str]:
    """Return the names that ``list-role-policies`` and the like print."""
    names = mapping.get("PolicyNames")
    items = names.items if isinstance(names, Sequence) else ()
    return frozenset(item.literal or "" for item in items if isinstance(item, Text))


def accounts_of(collected: Collected) -> tuple[str | None, ...]:
    """Return the accounts of what was described, in order; None: an ARN without a number."""
    found = [d.id.account.number for d in collected.principals.values()]
    found += [n for arn in collected.policies if (n := account_number(arn)) is not None]
    return tuple(dict.fromkeys(found))


_Reader: TypeAlias = Callable[[Collected, Source, Mapping], None]
_READERS: dict[Output, _Reader] = {
    "dump": _dump,
    "entry": _entry,
    "principals": _principals,
    "principal": _principal,
    "policies": _policies,
    "policy": _policy,
    "version": _version,
    "inline": _inline,
    "inline-names": _by_path("inline-names"),
    "attached": _by_path("attached"),
    "entities": _entities,
    "profiles": _profiles,
}
