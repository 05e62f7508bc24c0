"""Tie together what the files of one folder say of an account's principals and policies."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from leastwise.frontends.iam_json.account import dump
from leastwise.frontends.iam_json.account.collect import (
    Collected,
    Fact,
    accounts_of,
    inline_names,
    is_page,
)
from leastwise.frontends.iam_json.account.described import Described, Managed
from leastwise.frontends.iam_json.account.removal import removal_of
from leastwise.frontends.iam_json.reading.entries import Slot, Source, account_number, literal_of
from leastwise.iam.assemble import Assembled, assemble
from leastwise.iam.declarations import MembershipDeclaration, PolicyReference
from leastwise.iam.managed import is_aws_managed
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Attachment, NotInView, Policy, Principal, PrincipalKind, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.value import Mapping


class Tied(NamedTuple):
    """Hold the principals and policies of all accounts, and what could not be tied."""

    principals: tuple[Principal, ...]
    policies: tuple[Policy, ...]
    diagnostics: tuple[Diagnostic, ...]
    not_in_view: tuple[NotInView, ...]


def tied(root: Root, collected: Collected) -> Tied:
    """Assemble each account for itself: principals of two never share a name."""
    _settle_versions(collected)
    _settle_facts(collected)
    _settle_entities(collected)
    found = [_assembled(root, collected, number) for number in accounts_of(collected)]
    loose = tuple(v.document for v in collected.versions if v.document.consumption == "raw")
    return Tied(
        tuple(p for one in found for p in one.principals),
        tuple({id(p): p for one in found for p in one.policies}.values()) + loose,
        tuple(dict.fromkeys(d for one in found for d in one.diagnostics)),
        tuple(dict.fromkeys(n for one in found for n in one.not_in_view)),
    )


def _assembled(root: Root, collected: Collected, number: str | None) -> Assembled:
    people = [d for d in collected.principals.values() if d.id.account.number == number]
    managed = [
        m
        for arn, m in collected.policies.items()
        if m.policy is not None and (account_number(arn) == number or m.policy.aws_managed)
    ]
    by_address = {d.address: d for d in people}
    memberships = [
        MembershipDeclaration(by_address[m.group].arn, by_address[m.user].arn, m.group)
        for m in collected.memberships
        if m.group in by_address and m.user in by_address
    ]
    declarations = [one.declaration() for one in people]
    policies = [m.policy for m in managed if m.policy is not None]
    assembled = assemble(root, declarations, policies, (), memberships)
    by_arn = {m.arn: m for m in managed}
    return assembled._replace(policies=tuple(_settled(p, by_arn) for p in assembled.policies))


def _settled(policy: Policy, managed: dict[str, Managed]) -> Policy:
    one = managed.get(policy.address)
    return policy if one is None else one.settled(policy)


def _settle_versions(collected: Collected) -> None:
    """Give the documents of ``policies/NAME/`` to the policies of that name."""
    names = _policies_by_name(collected)
    for index, version in enumerate(collected.versions):
        if not version.name:
            continue
        arns = names.get(version.name, ())
        if len(arns) != 1:
            loose = replace(version.document, consumption="raw")
            collected.versions[index] = version._replace(document=loose)
            continue
        managed = collected.policies[arns[0]]
        if managed.policy is not None:
            continue
        pattern = Pattern((managed.arn,))
        by_aws = is_aws_managed(pattern)
        managed.policy = replace(
            version.document,
            address=managed.arn,
            arn=pattern,
            aws_managed=by_aws,
            consumption="ignored" if by_aws else version.document.consumption,
        )


def _policies_by_name(collected: Collected) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for one in collected.principals.values():
        for arn in one.managed:
            collected.policies.setdefault(arn, Managed(arn, attached=True))
    for fact in collected.facts:
        for _, item in fact.source.entries(fact.about.mapping, "AttachedPolicies"):
            attached = literal_of(item, "PolicyArn")
            if attached:
                collected.policies.setdefault(attached, Managed(attached, attached=True))
    for arn in collected.policies:
        name = arn.rpartition("/")[2]
        names[name] = (*names.get(name, ()), arn)
    return names


@dataclass(slots=True, eq=False, repr=False)
class _Names:
    """Find principals by kind and name, without the account."""

    found: dict[tuple[PrincipalKind, str], list[Described]] = field(default_factory=dict)

    @classmethod
    def of(cls, principals: Iterable[Described]) -> "_Names":
        names = cls()
        for one in principals:
            last = (one.id.name.literal or "").rpartition("/")[2]
            names.found.setdefault((one.id.kind, last), []).append(one)
        return names

    def one(self, kind: PrincipalKind, name: str) -> Described | None:
        known = self.found.get((kind, name), [])
        return known[0] if len(known) == 1 else None


def _settle_facts(collected: Collected) -> None:
    """Give outputs about a principal to the one of that kind and name."""
    names = _Names.of(collected.principals.values())
    expected: dict[int, set[str]] = {}
    for fact in collected.facts:
        about, source = fact.about, fact.source
        holder = names.one(about.kind, about.name)
        if holder is None:
            message = f"no file says in which account the {about.kind} {about.name!r} is"
            remedy = f"add the output of 'aws iam get-{about.kind}', or a dump of its account"
            source.unseen("cli-output", about.mapping, message, remedy)
            continue
        _settle(fact, holder, expected)
    for one in collected.principals.values():
        if expected.get(id(one), {""}) <= one.inline.keys():
            one.known.add("inline")


def _settle(fact: Fact, holder: Described, expected: dict[int, set[str]]) -> None:
    about, source = fact.about, fact.source
    if fact.output == "inline":
        _add_inline(holder, about.mapping, source)
    elif fact.output == "inline-names" and not is_page(about.mapping):
        expected.setdefault(id(holder), set()).update(inline_names(about.mapping))
    elif fact.output == "attached":
        given = (holder.id.kind, about.name, holder.address)
        for reference in dump.references(source, about.mapping, "AttachedPolicies", given):
            holder.managed.setdefault(str(reference.arn), reference)
        if not is_page(about.mapping):
            holder.known.add("managed")
    elif fact.output == "principals":
        for _, entry in source.entries(about.mapping, "Groups"):
            name = literal_of(entry, "GroupName")
            if name:
                holder.groups.setdefault(name, Pattern((name,)))
        if not is_page(about.mapping):
            holder.known.add("groups")


def _add_inline(holder: Described, mapping: Mapping, source: Source) -> None:
    name = literal_of(mapping, "PolicyName") or source.path
    if name in holder.inline:
        return
    slot = Slot(holder.address, f"PolicyDocument of {name}", "identity")
    policy = source.policy(mapping, mapping.get("PolicyDocument"), slot)
    holder.inline[name] = Attachment(policy, "inline", policy.span, holder.address)


def _settle_entities(collected: Collected) -> None:
    """Attach policies to those whom ``list-entities-for-policy`` names."""
    policies, names = _policies_by_name(collected), _Names.of(collected.principals.values())
    for entity in collected.entities:
        arns = policies.get(entity.policy, ())
        name = entity.name.literal or ""
        holder = names.one(entity.kind, name)
        if holder is None or len(arns) != 1:
            continue
        removal = removal_of(entity.kind, name, arns[0])
        span = entity.name.span
        reference = PolicyReference(Pattern((arns[0],)), span, holder.address, removal)
        holder.managed.setdefault(arns[0], reference)
