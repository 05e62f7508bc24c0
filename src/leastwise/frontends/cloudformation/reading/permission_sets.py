"""Read permission sets of IAM Identity Center, what they hold and to whom they are assigned.

A permission set becomes a role in every account to which it is assigned; a customer managed
policy or boundary is named by name and path and is looked up in each of these accounts:
https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html

SOUND: over-approximates; a policy of this root with that name and path is taken to be the one.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from leastwise.frontends.cloudformation.reading.lists import items, references
from leastwise.frontends.cloudformation.reading.principals import account_of, boundary_of, tags_of
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Reading,
    SetAssignment,
    Site,
    attribute_pattern,
    is_open,
    member,
    pattern_in,
    policy_from,
)
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.declarations import PolicyReference, PrincipalDeclaration
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Assignment, Attachment, PrincipalId, Removal
from leastwise.source.text import concat, literal_text, span_of
from leastwise.source.value import Mapping, Symbol, Text, Value

if TYPE_CHECKING:
    from leastwise.iam.arns import Pieces

_CUSTOMER = "CustomerManagedPolicyReferences"


def read_permission_set(site: Site) -> None:
    """Declare a permission set, with the ARN of the roles that IAM Identity Center makes of it.

    Source: "Referencing permission sets in resource policies", IAM Identity Center User Guide.
    """
    inline: tuple[Attachment, ...] = ()
    if site.value("InlinePolicy") is not None:
        policy = policy_from(site, site.leaf("InlinePolicy"), "identity")
        inline = (Attachment(policy, "inline", policy.span, site.address),)
    name = pattern_in(site, site.value("Name"), "Name")
    lists = (site.value("ManagedPolicies"), site.value(_CUSTOMER))
    declaration = PrincipalDeclaration(
        id=PrincipalId(account_of(site), "permission-set", name),
        address=site.address,
        occurrence=site.occurrence,
        arn=_roles(site, name),
        span=site.declared.span,
        boundary=_boundary(site, site.value("PermissionsBoundary")),
        inline=inline,
        managed=(*references(site, "ManagedPolicies"), *_customer_managed(site)),
        tags=tags_of(site),
        open=any(map(is_open, lists)),
    )
    site.reading.principals.append(declaration)
    arn = attribute_pattern(site, "PermissionSetArn")
    site.reading.permission_sets.append((arn.pieces, declaration))


def read_assignment(site: Site) -> None:
    """Read to whom, and in which account, a permission set is assigned."""
    kind = site.value("PrincipalType")
    text = as_text(kind) if kind is not None else None
    principal = pattern_in(site, site.value("PrincipalId"), "PrincipalId")
    account = pattern_in(site, site.value("TargetId"), "TargetId")
    literal = (text.literal if text is not None else None) or ""
    permission_set = pattern_in(site, site.value("PermissionSetArn"), "PermissionSetArn")
    assignment = Assignment(literal, principal, account, site.address)
    site.reading.assignments.append(SetAssignment(permission_set, assignment))


def with_assignments(reading: Reading) -> Iterator[PrincipalDeclaration]:
    """Yield the principals, permission sets with their assignments.

    Where some assignment is of a permission set that can't be told, each may be assigned.
    """
    named: dict[Pieces, list[PrincipalDeclaration]] = {}
    for pieces, declaration in reading.permission_sets:
        named.setdefault(pieces, []).append(declaration)
    assigned: dict[int, tuple[Assignment, ...]] = {}
    all_known = True
    for given in reading.assignments:
        matching = named.get(given.permission_set.pieces, [])
        all_known = all_known and (bool(matching) or given.permission_set.literal is not None)
        for one in matching:
            assigned[id(one)] = (*assigned.get(id(one), ()), given.assignment)
    others = () if all_known else None
    for one in reading.principals:
        if one.id.kind == "permission-set":
            yield one._replace(assignments=assigned.get(id(one), others))
        else:
            yield one


def _customer_managed(site: Site) -> Iterable[PolicyReference]:
    for leaf, removal in items(site, _CUSTOMER):
        found = _by_name(site, leaf, removal)
        if found is not None:
            yield found


def _boundary(site: Site, value: Value | None) -> PolicyReference | None:
    """Return the boundary: a managed policy by its ARN, or a customer's by name and path."""
    if not isinstance(value, Mapping):
        return None if value is None else boundary_of(site, value, "PermissionsBoundary")
    label = "PermissionsBoundary"
    arn, named = member(value, "ManagedPolicyArn"), member(value, "CustomerManagedPolicyReference")
    if arn is not None:
        return boundary_of(site, arn, f"{label}.ManagedPolicyArn")
    if named is not None:
        leaf = Leaf(named, f"{label}.CustomerManagedPolicyReference")
        found = _by_name(site, leaf, None)
        if found is not None:
            return found._replace(when=())
    return PolicyReference(pattern_in(site, None, label), span_of(value), site.address)


def _by_name(site: Site, leaf: Leaf, removal: Removal | None) -> PolicyReference | None:
    """Return a reference by name and path, in the account of an assignment."""
    name, path = member(leaf.value, "Name"), member(leaf.value, "Path")
    text = None if name is None else as_text(name)
    if text is None:
        return None
    folder = (as_text(path) if path is not None else None) or literal_text("/")
    scope = site.reading.scope
    account = Symbol(
        f"{scope.environment.id}|assigned-account",
        "the account of the assignment",
        "?" * 12,
        environment=True,
    )
    partition = scope.environment.text("partition")
    parts = [literal_text("arn:"), partition, literal_text(":iam::"), Text((account,))]
    arn = concat([*parts, literal_text(":policy"), folder, text], text.span)
    when = tuple(dict.fromkeys((*site.when, *leaf.when)))
    rests_on = site.rests_on(leaf.label)
    return PolicyReference(
        pattern_of(arn), span_of(leaf.value), site.address, removal, when, rests_on
    )


def _roles(site: Site, name: Pattern) -> Pattern:
    """Return the ARN of the roles; account, region in the path and suffix are not known."""
    return pattern_of(
        concat(
            [
                literal_text("arn:"),
                site.reading.scope.environment.text("partition"),
                literal_text(":iam::"),
                Text((site.symbol("account"),)),
                literal_text(":role/aws-reserved/sso.amazonaws.com/"),
                Text((site.symbol("path"),)),
                literal_text("AWSReservedSSO_"),
                name.origin or Text((site.symbol("Name"),)),
                literal_text("_"),
                Text((site.symbol("suffix"),)),
            ]
        )
    )
