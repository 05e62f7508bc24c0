"""Find the SCPs and RCPs that bind an account, from what ``aws organizations`` printed.

A policy binds an account only where a file says so: an output that names it as the policy of a
target, or a folder that is named for the target (docs/account-dumps.md).

SOUND: over-approximates access. What is not known to bind does not bind; where it is not known
that all policies of a level are in view, FullAWSAccess stands beside those that are.

Sources: SCP and RCP evaluation, AWS Organizations User Guide
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html);
they don't bind the management account
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from leastwise.frontends.iam_json.files.outputs import Output
from leastwise.frontends.iam_json.files.paths import control_policy_by_path, target_by_path
from leastwise.frontends.iam_json.reading.entries import (
    Slot,
    Source,
    account_number,
    is_account,
    literal_of,
    object_of,
)
from leastwise.iam.organization import FULL_ACCESS
from leastwise.iam.project import Policy
from leastwise.source.value import Mapping

Kind: TypeAlias = Literal["scp", "rcp"]

KINDS: dict[str, Kind] = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
_FULL = "p-FullAWSAccess"
_RCP_FULL = "p-RCPFullAWSAccess"
_WHOSE = "add the output of 'aws organizations list-targets-for-policy' as targets/{}.json"
_FOLDER = "put it in a folder named for the target: scps/r-..., scps/ou-... or scps/ACCOUNT"


@dataclass(slots=True, eq=False, repr=False)
class Organization:
    """Collect what files say of the tree of an organization and of the policies in it.

    ``attached`` has the ids of policies by target and kind, ``complete`` the targets of which
    all policies of a kind are in view. A document in a file of its own has its path as id.
    """

    policies: dict[str, Policy] = field(default_factory=dict)
    attached: dict[tuple[str, Kind], dict[str, None]] = field(default_factory=dict)
    complete: set[tuple[str, Kind]] = field(default_factory=set)
    parents: dict[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    management: set[str] = field(default_factory=set)
    disabled: set[Kind] = field(default_factory=set)
    unclear: list[tuple[str, Policy, Source]] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    targets: dict[str, dict[str, None]] = field(default_factory=dict)

    def attach(self, policy: str, target: str, kind: Kind) -> None:
        """Note that a policy is attached to a root, a unit or an account."""
        self.attached.setdefault((target, kind), {})[policy] = None


def read_output(organization: Organization, source: Source, mapping: Mapping, name: Output) -> None:
    """Read one object that ``aws organizations`` printed."""
    match name:
        case "scp":
            _read_policy(organization, source, mapping)
        case "scp-list":
            _read_list(organization, source, mapping)
        case "targets":
            _read_targets(organization, source, mapping)
        case "parents" | "children" | "accounts":
            _read_tree(organization, source, mapping)
        case "roots":
            _read_roots(organization, source, mapping)
        case "organization":
            whole = object_of(mapping, "Organization")
            manager = None if whole is None else literal_of(whole, "MasterAccountId")
            organization.management |= {manager} if manager else set()


def read_document(organization: Organization, source: Source, policy: Policy) -> None:
    """Read an SCP or RCP that stands alone in a file; its path may name the target."""
    kind: Kind = "rcp" if policy.kind == "rcp" else "scp"
    target, identity = target_by_path(source.path), f"{source.path} {policy.attribute}"
    organization.policies[identity] = policy
    if target is None:
        organization.unclear.append((identity, policy, source))
        return
    organization.attach(identity, target, kind)
    if target.startswith("r-"):
        # Whoever files it under the root, beside a dump, says that the account is below it.
        organization.members.add("")


def _read_policy(organization: Organization, source: Source, mapping: Mapping) -> None:
    whole = object_of(mapping, "Policy")
    summary = None if whole is None else object_of(whole, "PolicySummary")
    identity = None if summary is None else literal_of(summary, "Id")
    if whole is None or summary is None or not identity:
        source.refuse(mapping, "the policy of the organization has no Id")
        return
    kind = KINDS[literal_of(summary, "Type") or "SERVICE_CONTROL_POLICY"]
    _note_manager(organization, summary)
    slot = Slot(identity, "Policy.Content", kind)
    policy = replace(source.policy(whole, whole.get("Content"), slot), consumption="ignored")
    organization.kinds[identity] = kind
    organization.policies[identity] = policy
    organization.unclear.append((identity, policy, source))


def _read_list(organization: Organization, source: Source, mapping: Mapping) -> None:
    """Read ``list-policies-for-target``; ``list-policies`` prints the same and is about none."""
    target = target_by_path(source.path)
    found: set[Kind] = set()
    for _, summary in source.entries(mapping, "Policies"):
        identity, kind = literal_of(summary, "Id"), KINDS.get(literal_of(summary, "Type") or "")
        _note_manager(organization, summary)
        if identity and kind is not None:
            organization.kinds[identity] = kind
            found.add(kind)
            if target is not None:
                organization.attach(identity, target, kind)
    more = literal_of(mapping, "NextToken")
    if target is not None and not more:
        organization.complete |= {(target, kind) for kind in found}


def _read_targets(organization: Organization, source: Source, mapping: Mapping) -> None:
    policy = control_policy_by_path(source.path)
    if policy is None:
        message = "the output does not say which policy has these targets"
        source.unseen("cli-output", mapping, message, "name the file targets/p-....json")
        return
    for _, entry in source.entries(mapping, "Targets"):
        target = literal_of(entry, "TargetId")
        if not target:
            source.refuse(entry, "the target has no TargetId")
            continue
        _note_manager(organization, entry)
        organization.targets.setdefault(policy, {})[target] = None
        organization.members |= {target} if is_account(target) else set()


def _note_manager(organization: Organization, entry: Mapping) -> None:
    """Note the management account, whose number is in the ARNs of its organization."""
    number = account_number(literal_of(entry, "Arn") or "")
    organization.management |= {number} if number else set()


_BELOW = (("OrganizationalUnits", "Id"), ("Children", "Id"), ("Accounts", "Id"))


def _read_tree(organization: Organization, source: Source, mapping: Mapping) -> None:
    named = target_by_path(source.path)
    for _, entry in source.entries(mapping, "Parents"):
        parent = literal_of(entry, "Id")
        if parent and named is not None:
            organization.parents[named] = parent
            organization.members |= {named} if is_account(named) else set()
    for key, name in _BELOW:
        for _, entry in source.entries(mapping, key):
            child = literal_of(entry, name)
            if child:
                _note_child(organization, child, named)
                _note_manager(organization, entry)


def _note_child(organization: Organization, child: str, parent: str | None) -> None:
    if parent is not None and not is_account(parent) and parent != child:
        organization.parents[child] = parent
    organization.members |= {child} if is_account(child) else set()


def _read_roots(organization: Organization, source: Source, mapping: Mapping) -> None:
    for _, root in source.entries(mapping, "Roots"):
        _note_manager(organization, root)
        status = {
            literal_of(entry, "Type"): literal_of(entry, "Status")
            for _, entry in source.entries(root, "PolicyTypes")
        }
        organization.disabled |= {k for name, k in KINDS.items() if status.get(name) != "ENABLED"}


def settle(organization: Organization) -> None:
    """Tie targets to policies once all files are read, and list policies without any."""
    for attached, targets in organization.targets.items():
        kind = organization.kinds.get(attached)
        for target in targets if kind is not None else ():
            organization.attach(attached, target, kind or "scp")
    bound = {one for row in organization.attached.values() for one in row}
    for identity, policy, source in organization.unclear:
        if identity not in bound and identity not in (_FULL, _RCP_FULL):
            what = policy.kind.upper()
            message = f"whom this {what} binds is not known: it is taken to bind nobody"
            remedy = _WHOSE.format(identity) if identity in organization.kinds else _FOLDER
            source.unseen(policy.kind, policy.value, message, remedy)


def levels(organization: Organization, account: str, kind: Kind) -> tuple[tuple[Policy, ...], ...]:
    """Return the policies that bind an account, one row for each level from the root down."""
    if account in organization.management or kind in organization.disabled:
        return ()
    rows = (_row(organization, target, kind) for target in _chain(organization, account))
    return tuple(row for row in rows if row)


def _chain(organization: Organization, account: str) -> list[str]:
    """Return the root, the units and the account, as far as they are known."""
    found = [account]
    while (parent := organization.parents.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    if not found[-1].startswith("r-") and {account, ""} & organization.members:
        # An organization has one root, and every account is below it.
        roots = {target for target, _ in organization.attached if target.startswith("r-")}
        found += roots if len(roots) == 1 else ()
    return found[::-1]


def _row(organization: Organization, target: str, kind: Kind) -> tuple[Policy, ...]:
    """Return what binds at one level; empty: nothing is known to."""
    attached = organization.attached.get((target, kind), {})
    known = tuple(_documents(organization, attached))
    whole = (target, kind) in organization.complete and len(known) == len(attached)
    own = tuple(p for p in known if p is not FULL_ACCESS)
    if not own or kind == "rcp":
        return own
    return known if whole else (*own, FULL_ACCESS)


def _documents(organization: Organization, attached: dict[str, None]) -> Iterator[Policy]:
    """Yield the documents in view; one that is not understood binds nobody."""
    for identity in attached:
        policy = organization.policies.get(identity)
        if identity in (_FULL, _RCP_FULL):
            yield FULL_ACCESS
        elif policy is not None and policy.document.opaque is None:
            yield policy
