"""Read the resources that attach policies to principals, and users to groups."""

from dataclasses import replace

from leastwise.frontends.terraform.attributes.attribute import given, items_of
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.principals import managed_list
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    attach,
    computed_pattern,
    existence,
    guarded,
    listed_patterns,
    pattern_at,
    pattern_in,
    policy_at,
    references_at,
    site,
)
from leastwise.frontends.terraform.reading.removal import block_removal, element_removal
from leastwise.frontends.terraform.reading.sources import ListItem
from leastwise.iam.declarations import (
    AttachmentDeclaration,
    MembershipDeclaration,
    PolicyReference,
)
from leastwise.iam.lower import pattern_of
from leastwise.iam.project import PrincipalKind
from leastwise.source.value import Text

# Of each resource type: the kind of principal, and the attribute that names it.
INLINE: dict[str, tuple[PrincipalKind, str]] = {
    "aws_iam_role_policy": ("role", "role"),
    "aws_iam_user_policy": ("user", "user"),
    "aws_iam_group_policy": ("group", "group"),
}
MANAGED: dict[str, tuple[PrincipalKind, str]] = {
    "aws_iam_role_policy_attachment": ("role", "role"),
    "aws_iam_user_policy_attachment": ("user", "user"),
    "aws_iam_group_policy_attachment": ("group", "group"),
}
EXCLUSIVE: dict[str, tuple[PrincipalKind, str]] = {
    "aws_iam_role_policy_attachments_exclusive": ("role", "role_name"),
    "aws_iam_user_policy_attachments_exclusive": ("user", "user_name"),
    "aws_iam_group_policy_attachments_exclusive": ("group", "group_name"),
}
_HOLDERS: dict[str, PrincipalKind] = {"roles": "role", "users": "user", "groups": "group"}


def read_policy(reading: Reading, instance: Instance) -> None:
    """Read a customer managed policy (``aws_iam_policy``)."""
    policy = guarded(policy_at(reading, site(instance, "policy"), "identity"), existence(instance))
    reading.policies.append(replace(policy, arn=computed_pattern(reading, instance, "arn")))


def read_inline(reading: Reading, instance: Instance) -> None:
    """Read a policy that is written into a role, user or group by a resource of its own."""
    kind, holder = INLINE[instance.type]
    policy = guarded(policy_at(reading, site(instance, "policy"), "identity"), existence(instance))
    reading.attachments.append(
        AttachmentDeclaration(
            kind, pattern_at(site(instance, holder)), policy, policy.span, instance.address
        )
    )


def read_managed(reading: Reading, instance: Instance) -> None:
    """Read the attachment of one managed policy to one principal."""
    kind, holder = MANAGED[instance.type]
    removal = block_removal(reading.sources, instance, site(instance, "policy_arn").value)
    principal = pattern_at(site(instance, holder))
    attach(reading, kind, principal, references_at(reading, site(instance, "policy_arn"), removal))


def read_shared(reading: Reading, instance: Instance) -> None:
    """Read ``aws_iam_policy_attachment``: one policy, and lists of those who hold it."""
    sites = [(kind, site(instance, name)) for name, kind in _HOLDERS.items()]
    lists = [(kind, at, *items_of(given(at.body, at.name))) for kind, at in sites]
    alone = sum(len(items) + (tail is not None) for _, _, items, tail in lists) == 1
    policy = site(instance, "policy_arn")
    whole = block_removal(reading.sources, instance, policy.value)
    for kind, at, items, tail in lists:
        for index, item in enumerate(items):
            place = ListItem(at.body, at.name, items, index)
            one = whole if alone else element_removal(reading.sources, place)
            attach(reading, kind, pattern_in(at, item), references_at(reading, policy, one))
        if tail is not None:
            attach(reading, kind, pattern_of(Text((tail,))), references_at(reading, policy))


def read_exclusive(reading: Reading, instance: Instance) -> None:
    """Read the list of all managed policies that a principal may hold."""
    kind, holder = EXCLUSIVE[instance.type]
    at = site(instance, "policy_arns")
    principal = pattern_at(site(instance, holder))
    references, more = managed_list(reading, at, existence(instance))
    if more:
        span = reading.sources.expression_span(at.body, at.name)
        unknown = PolicyReference(pattern_of(Text((at.symbol,))), span, instance.address)
        references = (*references, unknown)
    attach(reading, kind, principal, references)


def read_group_membership(reading: Reading, instance: Instance) -> None:
    """Read ``aws_iam_group_membership``: one group, many users."""
    group = pattern_at(site(instance, "group"))
    for user in listed_patterns(site(instance, "users")):
        reading.memberships.append(MembershipDeclaration(group, user, instance.address))


def read_user_groups(reading: Reading, instance: Instance) -> None:
    """Read ``aws_iam_user_group_membership``: one user, many groups."""
    user = pattern_at(site(instance, "user"))
    for group in listed_patterns(site(instance, "groups")):
        reading.memberships.append(MembershipDeclaration(group, user, instance.address))
