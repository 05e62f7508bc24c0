"""Read roles, users, groups and permission sets.

Source: the reference pages of AWS::IAM::Role, User and Group and AWS::SSO::PermissionSet in the
AWS CloudFormation template reference.
"""

from functools import partial

from leastwise.frontends.cloudformation.evaluation.intrinsics import evaluate, without_absent
from leastwise.frontends.cloudformation.evaluation.lookups import name_of, path_of
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    attribute_pattern,
    is_open,
    leaves,
    member,
    pattern_in,
    policy_from,
)
from leastwise.frontends.cloudformation.scope.state import ABSENT, as_text
from leastwise.frontends.cloudformation.scope.uses import collected
from leastwise.frontends.cloudformation.syntax.removal import is_plain_item, item_removal
from leastwise.iam.assemble import PolicyReference, PrincipalDeclaration
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Account, Attachment, PrincipalId, PrincipalKind, Removal
from leastwise.source.text import concat, join_pieces, literal_text, slice_piece, span_of
from leastwise.source.value import (
    Chars,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

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
    policies = site.value("Policies")
    site.reading.principals.append(
        PrincipalDeclaration(
            id=PrincipalId(account_of(site), kind, _path_and_name(site)),
            address=site.address,
            arn=attribute_pattern(site, "Arn"),
            span=site.declared.span,
            trust=trust,
            boundary=_boundary(site, site.value("PermissionsBoundary"), "PermissionsBoundary"),
            inline=_inline(site, policies),
            managed=managed_list(site, "ManagedPolicyArns"),
            groups=_groups(site),
            tags=_tags(site),
            open=is_open(policies) or is_open(site.value("ManagedPolicyArns")),
        )
    )


def read_permission_set(site: Site) -> None:
    """Declare a permission set, with the ARN of the roles that IAM Identity Center makes of it.

    Source: "Referencing permission sets in resource policies", IAM Identity Center User Guide.
    """
    inline: tuple[Attachment, ...] = ()
    if site.value("InlinePolicy") is not None:
        policy = policy_from(site, site.leaf("InlinePolicy"), "identity")
        inline = (Attachment(policy, "inline", policy.span, site.address),)
    boundary = site.value("PermissionsBoundary")
    name = pattern_in(site, site.value("Name"), "Name")
    site.reading.principals.append(
        PrincipalDeclaration(
            id=PrincipalId(account_of(site), "permission-set", name),
            address=site.address,
            arn=_permission_set_roles(site, name),
            span=site.declared.span,
            boundary=_permission_set_boundary(site, boundary),
            inline=inline,
            managed=managed_list(site, "ManagedPolicies"),
            tags=_tags(site),
            open=is_open(site.value("ManagedPolicies"))
            or site.value("CustomerManagedPolicyReferences") is not None,
        )
    )


def account_of(site: Site) -> Account:
    """Return the account that the stack is deployed to."""
    return site.reading.scope.environment.deployed_to()


def managed_list(site: Site, name: str) -> tuple[PolicyReference, ...]:
    """Return the managed policies that a list of ARNs names, each with its way out."""
    raw = site.declared.properties.get(name)
    if not isinstance(raw, Sequence):
        return tuple(_reference(site, leaf, None) for leaf in leaves(site.value(name), name))
    references: list[PolicyReference] = []
    scope = site.reading.scope
    for index, item in enumerate(raw.items):
        removal = _removal(site, name, raw, index) if is_plain_item(item) else None
        value, uses = collected(partial(evaluate, item, scope), scope)
        site.uses[name] = uses
        if value is not ABSENT:
            found = leaves(without_absent(value), f"{name}[{index}]")
            references += [_reference(site, leaf, removal) for leaf in found]
    return tuple(references)


def _reference(site: Site, leaf: Leaf, removal: Removal | None) -> PolicyReference:
    arn = pattern_in(site, leaf.value, leaf.label)
    when = tuple(dict.fromkeys((*site.when, *leaf.when)))
    rests_on = site.rests_on(leaf.label)
    return PolicyReference(arn, span_of(leaf.value), site.address, removal, when, rests_on)


def _removal(site: Site, name: str, raw: Sequence, index: int) -> Removal | None:
    chain = ((site.declared.body, "Properties"), (site.declared.properties, name))
    edit = item_removal(site.reading.source, chain, raw, index)
    return None if edit is None else Removal((edit,))


def _inline(site: Site, policies: Value | None) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for item in leaves(policies, "Policies"):
        if not isinstance(item.value, Mapping):
            continue
        document = member(item.value, "PolicyDocument")
        label = f"{item.label}.PolicyDocument"
        if document is None:
            document = Unknown(site.symbol(label), "the document is missing", item.value.span)
        policy = policy_from(site, Leaf(document, label, item.when), "identity")
        found.append(Attachment(policy, "inline", policy.span, site.address))
    return tuple(found)


def _boundary(site: Site, value: Value | None, label: str) -> PolicyReference | None:
    """Return the permissions boundary.

    SOUND: over-approximates access; one that a condition may remove is no boundary.
    """
    if value is None or _may_be_null(value):
        return None
    return PolicyReference(pattern_in(site, value, label), span_of(value), site.address)


def _may_be_null(value: Value) -> bool:
    if isinstance(value, Choice):
        return any(_may_be_null(alternative) for _, alternative in value.alternatives)
    return isinstance(value, Scalar) and value.value is None


def _permission_set_boundary(site: Site, value: Value | None) -> PolicyReference | None:
    """Return the boundary of a permission set; a customer managed one is known by name only."""
    if value is None:
        return None
    label = "PermissionsBoundary"
    arn = member(value, "ManagedPolicyArn")
    if arn is not None:
        return _boundary(site, arn, f"{label}.ManagedPolicyArn")
    return PolicyReference(pattern_in(site, None, label), span_of(value), site.address)


def _permission_set_roles(site: Site, name: Pattern) -> Pattern:
    path = site.reading.scope.id
    account = Symbol(f"{path}|{site.address}.account", f"{site.address}.account")
    place = Symbol(f"{path}|{site.address}.path", f"{site.address}.path")
    suffix = Symbol(f"{path}|{site.address}.suffix", f"{site.address}.suffix")
    return pattern_of(
        concat(
            [
                literal_text("arn:"),
                site.reading.scope.environment.text("partition"),
                literal_text(":iam::"),
                Text((account,)),
                literal_text(":role/aws-reserved/sso.amazonaws.com/"),
                Text((place,)),
                literal_text("AWSReservedSSO_"),
                name.origin or Text((site.symbol("Name"),)),
                literal_text("_"),
                Text((suffix,)),
            ]
        )
    )


def _path_and_name(site: Site) -> Pattern:
    """Return path and name without the leading slash."""
    scope = site.reading.scope
    name = name_of(site.declared, scope, evaluate)
    path = path_of(site.declared, scope, evaluate)
    first = path.pieces[0] if path.pieces else None
    if isinstance(first, Chars) and first.text.startswith("/"):
        start = slice_piece(first, 1, len(first.text))
        path = Text(join_pieces((start, *path.pieces[1:])), path.span, derived=True)
    return pattern_of(concat([path, name], name.span))


def _groups(site: Site) -> tuple[Pattern, ...]:
    if site.declared.type != "AWS::IAM::User":
        return ()
    groups = leaves(site.value("Groups"), "Groups")
    return tuple(pattern_in(site, leaf.value, leaf.label) for leaf in groups)


def _tags(site: Site) -> tuple[tuple[Text, Text], ...]:
    found: list[tuple[Text, Text]] = []
    for tag in leaves(site.value("Tags"), "Tags"):
        key, value = member(tag.value, "Key"), member(tag.value, "Value")
        pair = (as_text(key) if key else None, as_text(value) if value else None)
        if pair[0] is not None and pair[1] is not None:
            found.append((pair[0], pair[1]))
    return tuple(found)
