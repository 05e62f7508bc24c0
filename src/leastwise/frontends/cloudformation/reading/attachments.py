"""Read the policies that stand as resources of their own, and memberships of groups.

Source: the reference pages of the AWS::IAM resource types in the AWS CloudFormation template
reference.
"""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    attribute_pattern,
    guarded,
    leaves,
    name_pattern,
    pattern_in,
    policy_from,
)
from leastwise.iam.assemble import AttachmentDeclaration, MembershipDeclaration, PolicyReference
from leastwise.iam.project import PrincipalKind
from leastwise.source.text import span_of

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
    """Read AWS::IAM::Policy: one inline document for all the principals that it lists."""
    policy = policy_from(site, site.leaf("PolicyDocument"), "identity")
    attached = False
    for kind, leaf in _holders(site):
        attached = True
        resting = replace(policy, rests_on=site.rests_on("PolicyDocument", leaf.label))
        site.reading.attachments.append(
            AttachmentDeclaration(
                kind,
                pattern_in(site, leaf.value, leaf.label),
                guarded(resting, leaf.when),
                span_of(leaf.value),
                site.address,
            )
        )
    if not attached:
        site.reading.policies.append(replace(policy, consumption="unattached"))


def read_single(site: Site) -> None:
    """Read AWS::IAM::RolePolicy, UserPolicy or GroupPolicy: an inline document of one principal.

    Without a document the resource is an error of deployment, not an empty policy.
    """
    kind, name = _SINGLE[site.declared.type]
    policy = policy_from(site, site.leaf("PolicyDocument"), "identity")
    value = site.value(name)
    policy = replace(policy, rests_on=site.rests_on("PolicyDocument", name))
    span = None if value is None else span_of(value)
    site.reading.attachments.append(
        AttachmentDeclaration(kind, pattern_in(site, value, name), policy, span, site.address)
    )


def read_managed(site: Site) -> None:
    """Read AWS::IAM::ManagedPolicy and the principals that it attaches itself to."""
    policy = policy_from(site, site.leaf("PolicyDocument"), "identity")
    arn = name_pattern(site)
    site.reading.policies.append(replace(policy, arn=attribute_pattern(site, "PolicyArn")))
    for kind, leaf in _holders(site):
        span = span_of(leaf.value)
        when = tuple(dict.fromkeys((*site.when, *leaf.when)))
        rests_on = site.rests_on(leaf.label)
        reference = PolicyReference(arn, span, site.address, when=when, rests_on=rests_on)
        principal = pattern_in(site, leaf.value, leaf.label)
        site.reading.attachments.append(
            AttachmentDeclaration(kind, principal, reference, span, site.address)
        )


def read_membership(site: Site) -> None:
    """Read AWS::IAM::UserToGroupAddition."""
    group = pattern_in(site, site.value("GroupName"), "GroupName")
    for user in leaves(site.value("Users"), "Users"):
        pattern = pattern_in(site, user.value, user.label)
        site.reading.memberships.append(MembershipDeclaration(group, pattern, site.address))


def _holders(site: Site) -> Iterator[tuple[PrincipalKind, Leaf]]:
    for kind, name in _HOLDERS:
        for leaf in leaves(site.value(name), name):
            yield kind, leaf
