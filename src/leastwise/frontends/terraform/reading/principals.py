"""Read roles, users, groups and permission sets."""

from collections.abc import Iterator

from leastwise.frontends.terraform.attributes.attribute import (
    given,
    is_nothing,
    items_of,
    text_at,
    text_of,
    worlds_of,
)
from leastwise.frontends.terraform.attributes.computed import name_of
from leastwise.frontends.terraform.attributes.environment import account_of
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    Site,
    block_existence,
    computed_pattern,
    guarded,
    nested_sites,
    pattern_in,
    policy_at,
    site,
)
from leastwise.frontends.terraform.reading.removal import element_removal
from leastwise.frontends.terraform.reading.sources import ListItem
from leastwise.iam.declarations import PolicyReference, PrincipalDeclaration
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Attachment, PrincipalId, PrincipalKind
from leastwise.iam.worlds import When
from leastwise.source.text import concat, join_pieces, slice_piece
from leastwise.source.value import Chars, Mapping, Sequence, Text

KINDS: dict[str, PrincipalKind] = {
    "aws_iam_role": "role",
    "aws_iam_user": "user",
    "aws_iam_group": "group",
    "aws_ssoadmin_permission_set": "permission-set",
}


def read_principal(reading: Reading, instance: Instance) -> None:
    """Declare a role, user, group or permission set with what its own resource carries."""
    trust = None
    if instance.type == "aws_iam_role":
        trust = policy_at(reading, site(instance, "assume_role_policy"), "trust")
    managed, is_open = managed_list(reading, site(instance, "managed_policy_arns"))
    declaration = PrincipalDeclaration(
        id=PrincipalId(
            account_of(instance, reading.accounts),
            KINDS[instance.type],
            _path_and_name(instance),
        ),
        address=instance.address,
        arn=computed_pattern(reading, instance, "arn"),
        span=reading.sources.place(instance.body, "name", site(instance, "name").value),
        trust=trust,
        boundary=_boundary(reading, instance),
        inline=_inline(reading, instance),
        managed=managed,
        tags=_tags(instance),
        open=is_open,
        occurrence=instance.occurrence,
    )
    reading.principals.append(declaration)


def managed_list(
    reading: Reading, at: Site, when: When = ()
) -> tuple[tuple[PolicyReference, ...], bool]:
    """Return the policies that a list of ARNs names, and whether there may be more."""
    found: list[PolicyReference] = []
    more = False
    for assumed, value in worlds_of(given(at.body, at.name) or Sequence(())):
        items, tail = items_of(value)
        more = more or tail is not None
        for index in range(len(items)):
            place = ListItem(at.body, at.name, items, index)
            found += _item_references(reading, at, place, when + assumed)
    return tuple(found), more


def _item_references(
    reading: Reading, at: Site, place: ListItem, assumed: When
) -> Iterator[PolicyReference]:
    removal = element_removal(reading.sources, place)
    for inside, value in worlds_of(place.value):
        if not is_nothing(value):
            yield PolicyReference(
                pattern_in(at, value),
                reading.sources.item_place(place),
                at.instance.address,
                removal,
                assumed + inside,
                at.rests_on,
            )


def _path_and_name(instance: Instance) -> Pattern:
    """Return path and name without the leading slash."""
    name = name_of(
        instance.type,
        instance.body,
        scope=instance.scope,
        address=instance.address,
        provider=instance.provider,
    )
    path = text_at(instance.body, "path")
    if path is None or not path.pieces:
        return pattern_of(name)
    first = path.pieces[0]
    if isinstance(first, Chars) and first.text.startswith("/"):
        start = slice_piece(first, 1, len(first.text))
        path = Text(join_pieces((start, *path.pieces[1:])), path.span, derived=True)
    return pattern_of(concat([path, name], name.span))


def _inline(reading: Reading, instance: Instance) -> tuple[Attachment, ...]:
    """Read ``inline_policy`` blocks; an empty one, which removes all others, has no document."""
    found = []
    for at in nested_sites(instance, "inline_policy.policy"):
        if given(at.body, "policy") is None:
            continue
        policy = guarded(policy_at(reading, at, "identity"), block_existence(at))
        found.append(Attachment(policy, "inline", policy.span, instance.address))
    return tuple(found)


def _boundary(reading: Reading, instance: Instance) -> PolicyReference | None:
    """Return the permissions boundary.

    SOUND: over-approximates access; one that depends on a test is no boundary.
    """
    value = given(instance.body, "permissions_boundary")
    if value is None or is_nothing(value):
        return None
    if len(worlds_of(value)) > 1:
        return None
    at = site(instance, "permissions_boundary")
    span = reading.sources.place(at.body, at.name, value)
    return PolicyReference(pattern_in(at, value), span, instance.address)


def _tags(instance: Instance) -> tuple[tuple[Text, Text], ...]:
    tags = given(instance.body, "tags")
    if not isinstance(tags, Mapping):
        return ()
    pairs = ((key, text_of(value)) for key, value in tags.entries)
    return tuple((key, text) for key, text in pairs if text is not None)
