"""Read roles, users and groups, and instance profiles.

Source: the reference pages of AWS::IAM::Role, User, Group and InstanceProfile in the AWS
CloudFormation template reference.

Access keys and passwords of users are read in ``credentials``.
"""

from dataclasses import replace

from leastwise.frontends.cloudformation.evaluation.resource_names import name_of, path_of
from leastwise.frontends.cloudformation.evaluation.worlds import is_null
from leastwise.frontends.cloudformation.reading.lists import items, note_shape, references
from leastwise.frontends.cloudformation.reading.macros import change, change_inside, opened
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    attribute_pattern,
    holds_unknown,
    in_worlds,
    is_open,
    leaves,
    member,
    name_pattern,
    pattern_in,
    policy_from,
)
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.assemble import (
    MembershipDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Account, Attachment, NotInView, PrincipalId, PrincipalKind
from leastwise.iam.worlds import When
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import concat, join_pieces, slice_piece, span_of
from leastwise.source.value import Chars, Choice, Text, Unknown, Value

KINDS: dict[str, PrincipalKind] = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
}


def read_principal(site: Site) -> None:
    """Declare a role, user or group with what its own resource carries."""
    kind = KINDS[site.declared.type]
    trust = None
    if kind == "role":
        trust = policy_from(site, site.leaf("AssumeRolePolicyDocument"), "trust")
    policies, boundary = site.value("Policies"), site.value("PermissionsBoundary")
    site.reading.principals.append(
        PrincipalDeclaration(
            id=PrincipalId(account_of(site), kind, _path_and_name(site)),
            address=site.address,
            occurrence=site.occurrence,
            arn=attribute_pattern(site, "Arn"),
            span=site.declared.span,
            trust=trust,
            boundary=boundary_of(site, boundary, "PermissionsBoundary"),
            boundaries=_boundaries(site, boundary, "PermissionsBoundary"),
            inline=_inline(site),
            managed=references(site, "ManagedPolicyArns"),
            groups=_groups(site),
            tags=tags_of(site),
            open=_is_open(site, policies),
        )
    )


def read_instance_profile(site: Site) -> None:
    """Keep the role of an instance profile by the strings that name the profile."""
    for item, _ in items(site, "Roles"):
        role = pattern_in(site, item.value, item.label)
        for name in (name_pattern(site), attribute_pattern(site, "Arn")):
            site.reading.profiles[name.pieces] = role


def account_of(site: Site) -> Account:
    """Return the account that the stack is deployed to."""
    return site.reading.scope.environment.deployed_to()


def _is_open(site: Site, policies: Value | None) -> bool:
    """Say whether a principal may hold more; an unknown item of Policies is noted as such."""
    if holds_unknown(policies):
        place = span_of(policies) if policies is not None else None
        message = f"some of the Policies of {site.address} are not known"
        remedy = "write them in the template, or give the parameters that they depend on"
        place = place or site.declared.span or Span(site.reading.source.path, 0, 0)
        site.reading.not_in_view.append(NotInView("policy", place, message, remedy))
        return True
    if site.declared.properties.tail is not None:
        return True
    macro = change(site.declared, site.reading.scope.template)
    return macro is not None or is_open(site.value("ManagedPolicyArns"))


def _inline(site: Site) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for item, removal in items(site, "Policies"):
        if isinstance(item.value, Unknown):
            continue  # the principal is open
        document = member(item.value, "PolicyDocument")
        label = f"{item.label}.PolicyDocument"
        if document is None and item.when:
            continue  # AWS refuses the resource in this world
        if document is None:
            reason = "the document is missing"
            document = Unknown(site.symbol(label), reason, span_of(item.value))
            _note_missing(site, item)
        policy = policy_from(site, Leaf(document, label, item.when), "identity")
        name = member(item.value, "PolicyName")
        if name is not None:
            policy = replace(policy, name=pattern_in(site, name, f"{item.label}.PolicyName"))
        beside = change_inside(item.value)
        if beside is not None:
            policy = replace(policy, document=opened(policy.document, beside))
        found.append(Attachment(policy, "inline", policy.span, site.address, removal=removal))
    return tuple(found)


def _note_missing(site: Site, item: Leaf) -> None:
    place = span_of(item.value) or site.declared.span or Span(site.reading.source.path, 0, 0)
    message = f"{item.label} of {site.address} has no PolicyDocument"
    remedy = "write PolicyName and PolicyDocument; what it grants is not known"
    site.reading.diagnostics.append(
        Diagnostic("warning", "invalid-property", place, message, remedy)
    )


def boundary_of(site: Site, value: Value | None, label: str) -> PolicyReference | None:
    """Return the permissions boundary, None also for one that a condition chooses.

    SOUND: over-approximates access; one that a condition may remove is no boundary.
    """
    if value is None or isinstance(value, Choice):
        return None
    return PolicyReference(pattern_in(site, value, label), span_of(value), site.address)


def _boundaries(
    site: Site, value: Value | None, label: str
) -> tuple[tuple[When, PolicyReference | None], ...]:
    """Return the boundaries that conditions choose from, in all worlds; None: there is none."""
    found = list(in_worlds(value)) if isinstance(value, Choice) else []
    if all(is_null(one) for _, one in found):
        return ()
    return tuple(
        (when, None if is_null(one) else boundary_of(site, one, label)) for when, one in found
    )


def _path_and_name(site: Site) -> Pattern:
    """Return path and name without the leading slash."""
    scope = site.reading.scope
    name = name_of(site.declared, scope)
    path = path_of(site.declared, scope)
    first = path.pieces[0] if path.pieces else None
    if isinstance(first, Chars) and first.text.startswith("/"):
        start = slice_piece(first, 1, len(first.text))
        path = Text(join_pieces((start, *path.pieces[1:])), path.span, derived=True)
    return pattern_of(concat([path, name], name.span))


def _groups(site: Site) -> tuple[Pattern, ...]:
    """Return the groups that a user joins in every world; note those that it joins in some."""
    raw = site.declared.properties.get("Groups")
    if site.declared.type != "AWS::IAM::User" or raw is None:
        return ()
    note_shape(site, "Groups", raw)
    user = attribute_pattern(site, "Arn")
    found: list[Pattern] = []
    for leaf in leaves(site.value("Groups"), "Groups"):
        group = pattern_in(site, leaf.value, leaf.label)
        when = tuple(dict.fromkeys((*site.when, *leaf.when)))
        if when:
            membership = MembershipDeclaration(group, user, site.address, when)
            site.reading.memberships.append(membership)
        else:
            found.append(group)
    return tuple(found)


def tags_of(site: Site) -> tuple[tuple[Text, Text], ...]:
    """Return the tags of a resource, those with a key and a value that are strings."""
    found: list[tuple[Text, Text]] = []
    for tag in leaves(site.value("Tags"), "Tags"):
        key, value = member(tag.value, "Key"), member(tag.value, "Value")
        pair = (as_text(key) if key else None, as_text(value) if value else None)
        if pair[0] is not None and pair[1] is not None:
            found.append((pair[0], pair[1]))
    return tuple(found)
