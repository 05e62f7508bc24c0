"""Read the policies that stand as resources of their own, and memberships of groups.

Source: the reference pages of the AWS::IAM resource types in the AWS CloudFormation template
reference.
"""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.frontends.cloudformation.reading.lists import Item, items
from leastwise.frontends.cloudformation.reading.reading import (
    Site,
    attribute_pattern,
    guarded,
    name_pattern,
    pattern_in,
    policy_from,
)
from leastwise.frontends.cloudformation.syntax.removal import resource_removal
from leastwise.iam.assemble import AttachmentDeclaration, MembershipDeclaration, PolicyReference
from leastwise.iam.project import Policy, PrincipalKind, Removal
from leastwise.source.text import span_of
from leastwise.source.value import Mapping

# Of each resource type: the kind of principal, and the property that names it.
_SINGLE: dict[str, tuple[PrincipalKind, str]] = {
    "AWS::IAM::RolePolicy": ("role", "RoleName"),
    "AWS::IAM::UserPolicy": ("user", "UserName"),
    "AWS::IAM::GroupPolicy": ("group", "GroupName"),
}
_HOLDERS: tuple[tuple[PrincipalKind, str], ...] = (
    ("role", "Roles"),
    ("user", "Users"),
    ("group", "Groups"),
)


def read_inline(site: Site) -> None:
    """Read AWS::IAM::Policy: one inline document for all the principals that it lists.

    Taking away its only principal takes away the resource: AWS refuses one without principals.
    """
    policy = _named(site, policy_from(site, site.leaf("PolicyDocument"), "identity"))
    holders = tuple(_holders(site))
    for kind, (leaf, removal) in holders:
        resting = replace(policy, rests_on=site.rests_on("PolicyDocument", leaf.label))
        site.reading.attachments.append(
            AttachmentDeclaration(
                kind,
                pattern_in(site, leaf.value, leaf.label),
                guarded(resting, leaf.when),
                span_of(leaf.value),
                site.address,
                _whole(site) if len(holders) == 1 else removal,
            )
        )
    if not holders:
        site.reading.policies.append(replace(policy, consumption="unattached"))


def read_single(site: Site) -> None:
    """Read AWS::IAM::RolePolicy, UserPolicy or GroupPolicy: an inline document of one principal.

    Without a document the resource is an error of deployment, not an empty policy.
    """
    kind, name = _SINGLE[site.declared.type]
    policy = _named(site, policy_from(site, site.leaf("PolicyDocument"), "identity"))
    value = site.value(name)
    policy = replace(policy, rests_on=site.rests_on("PolicyDocument", name))
    span = None if value is None else span_of(value)
    site.reading.attachments.append(
        AttachmentDeclaration(
            kind, pattern_in(site, value, name), policy, span, site.address, _whole(site)
        )
    )


def read_managed(site: Site) -> None:
    """Read AWS::IAM::ManagedPolicy and the principals that it attaches itself to."""
    policy = policy_from(site, site.leaf("PolicyDocument"), "identity")
    arn = name_pattern(site)
    site.reading.policies.append(replace(policy, arn=attribute_pattern(site, "PolicyArn")))
    for kind, (leaf, removal) in _holders(site):
        span = span_of(leaf.value)
        when = tuple(dict.fromkeys((*site.when, *leaf.when)))
        rests_on = site.rests_on(leaf.label)
        reference = PolicyReference(arn, span, site.address, removal, when, rests_on)
        principal = pattern_in(site, leaf.value, leaf.label)
        site.reading.attachments.append(
            AttachmentDeclaration(kind, principal, reference, span, site.address)
        )


def read_membership(site: Site) -> None:
    """Read AWS::IAM::UserToGroupAddition."""
    group = pattern_in(site, site.value("GroupName"), "GroupName")
    for user, _ in items(site, "Users"):
        pattern = pattern_in(site, user.value, user.label)
        when = tuple(dict.fromkeys((*site.when, *user.when)))
        site.reading.memberships.append(MembershipDeclaration(group, pattern, site.address, when))


def _named(site: Site, policy: Policy) -> Policy:
    name = site.value("PolicyName")
    return policy if name is None else replace(policy, name=pattern_in(site, name, "PolicyName"))


def _holders(site: Site) -> Iterator[tuple[PrincipalKind, Item]]:
    for kind, name in _HOLDERS:
        for item in items(site, name):
            yield kind, item


def _whole(site: Site) -> Removal | None:
    resources = site.reading.scope.template.body.get("Resources")
    if not isinstance(resources, Mapping):
        return None
    edit = resource_removal(site.reading.source, resources, site.declared.logical_id)
    return None if edit is None else Removal((edit,))
