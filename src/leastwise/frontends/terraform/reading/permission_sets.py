"""Read what permission sets of IAM Identity Center hold, and to whom they are assigned.

A permission set becomes a role in every account to which it is assigned; a customer managed
policy or boundary is named by name and path and is looked up in each of these accounts:
https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html

SOUND: over-approximates; a policy of this root with that name and path is taken to be the one.
"""

from typing import NamedTuple

from leastwise.frontends.terraform.attributes.attribute import literal_at, root_of, text_at
from leastwise.frontends.terraform.attributes.environment import environment_symbol
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    Site,
    block_existence,
    existence,
    guarded,
    inner_bodies,
    nested_sites,
    pattern_at,
    policy_at,
    references_at,
    site,
)
from leastwise.frontends.terraform.reading.removal import block_removal
from leastwise.iam.declarations import (
    AttachmentDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.links import PrincipalIndex
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Assignment, PrincipalKind, Removal
from leastwise.source.text import concat, literal_text
from leastwise.source.value import Symbol, Text

_KIND: PrincipalKind = "permission-set"
_CUSTOMER = "customer_managed_policy_reference"


class BoundaryDeclaration(NamedTuple):
    """Declare the permissions boundary of the permission set with an ARN."""

    permission_set: Pattern
    boundary: PolicyReference


class AssignmentDeclaration(NamedTuple):
    """Declare an assignment of the permission set with an ARN."""

    permission_set: Pattern
    assignment: Assignment


def read_inline(reading: Reading, instance: Instance) -> None:
    """Read the inline policy of a permission set, which is named by its ARN."""
    policy = guarded(
        policy_at(reading, site(instance, "inline_policy"), "identity"), existence(instance)
    )
    reading.attachments.append(
        AttachmentDeclaration(_KIND, _set_of(instance), policy, policy.span, instance.address)
    )


def read_managed(reading: Reading, instance: Instance) -> None:
    """Read the attachment of an AWS managed policy to a permission set."""
    at = site(instance, "managed_policy_arn")
    removal = block_removal(reading.sources, instance, at.value)
    _attach(reading, instance, references_at(reading, at, removal))


def read_customer_managed(reading: Reading, instance: Instance) -> None:
    """Read the attachment of a customer managed policy, by name and path."""
    for body in inner_bodies(instance.body, _CUSTOMER):
        at = Site(instance, body, "name", f"{_CUSTOMER}[0].name")
        removal = block_removal(reading.sources, instance, at.value)
        reference = _customer(reading, at, removal)
        _attach(reading, instance, () if reference is None else (reference,))


def read_boundary(reading: Reading, instance: Instance) -> None:
    """Read the permissions boundary of a permission set: by ARN, or by name and path."""
    found = [
        reference
        for at in nested_sites(instance, "permissions_boundary.managed_policy_arn")
        if text_at(at.body, at.name) is not None
        for reference in references_at(reading, at)
    ]
    for at in nested_sites(instance, f"permissions_boundary.{_CUSTOMER}.name"):
        reference = _customer(reading, at)
        found += [] if reference is None else [reference]
    # SOUND: over-approximates access; a boundary that depends on a test is no boundary.
    if len(found) == 1 and not found[0].when:
        reading.boundaries.append(BoundaryDeclaration(_set_of(instance), found[0]))


def read_assignment(reading: Reading, instance: Instance) -> None:
    """Read to whom, and in which account, a permission set is assigned."""
    assignment = Assignment(
        literal_at(instance.body, "principal_type") or "",
        pattern_at(site(instance, "principal_id")),
        pattern_at(site(instance, "target_id")),
        instance.address,
    )
    reading.assignments.append(AssignmentDeclaration(_set_of(instance), assignment))


def finished(reading: Reading) -> tuple[PrincipalDeclaration, ...]:
    """Return the principals, permission sets with their boundaries and assignments.

    Where some assignment is of a permission set that can't be told, each may be assigned.
    """
    index = PrincipalIndex(reading.principals)
    boundaries = {
        id(one): declared.boundary
        for declared in reading.boundaries
        for one in index.matching(_KIND, declared.permission_set)
    }
    assigned: dict[int, tuple[Assignment, ...]] = {}
    all_known = True
    for given in reading.assignments:
        matching = index.matching(_KIND, given.permission_set)
        all_known = all_known and (bool(matching) or given.permission_set.literal is not None)
        for one in matching:
            assigned[id(one)] = (*assigned.get(id(one), ()), given.assignment)
    return tuple(
        one._replace(
            boundary=boundaries.get(id(one), one.boundary),
            assignments=assigned.get(id(one), () if all_known else None),
        )
        if one.id.kind == _KIND
        else one
        for one in reading.principals
    )


def _set_of(instance: Instance) -> Pattern:
    return pattern_at(site(instance, "permission_set_arn"))


def _attach(reading: Reading, instance: Instance, references: tuple[PolicyReference, ...]) -> None:
    holder = _set_of(instance)
    reading.attachments += [
        AttachmentDeclaration(_KIND, holder, reference, reference.span, reference.origin)
        for reference in references
    ]


def _customer(reading: Reading, at: Site, removal: Removal | None = None) -> PolicyReference | None:
    """Return a reference by name and path, in the account of an assignment."""
    arn = _customer_arn(at.instance, at.body)
    if arn is None:
        return None
    span = reading.sources.place(at.body, at.name, at.value)
    when = existence(at.instance) + block_existence(at)
    return PolicyReference(pattern_of(arn), span, at.instance.address, removal, when)


def _customer_arn(instance: Instance, body: Body) -> Text | None:
    name = text_at(body, "name")
    if name is None:
        return None
    path = text_at(body, "path") or literal_text("/")
    partition = environment_symbol("partition", scope=instance.scope, provider=instance.provider)
    account = Symbol(
        f"{root_of(instance.scope)}|{instance.provider}|assigned-account",
        "the account of the assignment",
        "?" * 12,
        environment=True,
    )
    parts = [literal_text("arn:"), Text((partition,)), literal_text(":iam::"), Text((account,))]
    return concat([*parts, literal_text(":policy"), path, name], name.span)
