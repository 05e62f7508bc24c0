"""Find which resource uses which role: functions, tasks, instances through their profiles.

Which property names a role is a table, from the schemas of cfn-lint 1.58 (us-east-1) without
what AWS only gives back and what is a role of another kind (of a chat, of a column). ``use`` says
what the role is for: ``workload``, software or people whom the resource serves get its
credentials; ``service``, an AWS service acts with it for the resource; ``profile``, the property
names an instance profile, whose role the software on the instance gets
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html);
``template``, it names a launch template, a task definition, a group of instances: what is made of
it has the roles that it gives. ``[]`` in a path goes into each item of a list, ``{}`` into each
value of a map; ``?Name=x`` asks for an item whose ``Name`` is ``x``. ``code`` and ``image`` say
where lies what the software is made of: a bucket (``code&Bucket&Key``: with the properties inside
that name bucket and key), the name of an image.

Not modelled: roles in texts and in code.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Reading,
    RoleUser,
    Site,
    attribute_pattern,
    leaves,
    member,
    name_pattern,
    pattern_in,
)
from leastwise.frontends.cloudformation.reading.tables import rows_of
from leastwise.frontends.cloudformation.reading.targets import arn_of
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.arns import Pieces
from leastwise.iam.code_places import object_arn, repository_arn
from leastwise.iam.links import PrincipalIndex
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Resource, RoleUse
from leastwise.source.value import Mapping, Value

_CALLER = "arn:aws:iam::*:user/*"
"""What API Gateway takes for the credentials of whoever calls, in the place of a role."""
_MOST_TYPES = 1_000
_USES: dict[str, RoleUse] = {
    "workload": "workload",
    "profile": "workload",
    "template": "workload",
    "service": "service",
}
_PLACES = frozenset(("code", "image"))
_TEMPLATES: dict[str, tuple[str, ...]] = {
    "AWS::AutoScaling::LaunchConfiguration": (),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::ECS::TaskDefinition": ("Family",),
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupARN",),
}
"""Types that give roles to what is made of them, and what names them beside Ref; others' last."""


class _Row(NamedTuple):
    """Hold one property that names a role, or an instance profile."""

    path: tuple[str, ...]
    use: str
    where: tuple[str, str] | None = None


def read_roles(site: Site) -> None:
    """Note each role, or what has one, that the properties of a resource name."""
    if site.declared.type in _TEMPLATES:
        _add_template(site)
    for row in _rows(site.declared.type):
        top = row.path[0].rstrip("[]{}")
        written = site.declared.properties.get(top)
        if written is None or not _is_worth(row, written):
            continue
        for leaf in leaves(site.value(top), top):
            for found in _walk(leaf, (row.path[0].removeprefix(top), *row.path[1:]), row.where):
                _note(site, row, found)


def _is_worth(row: _Row, written: Value) -> bool:
    """Say whether to evaluate a property: code that stands in the template lies nowhere."""
    use, *inside = row.use.split("&")
    names = (*row.path[1:2], *inside[:1])
    if use not in _PLACES or not names:
        return True
    return isinstance(written, Mapping) and written.get(names[0]) is not None


def _note(site: Site, row: _Row, leaf: Leaf) -> None:
    if row.use.partition("&")[0] in _PLACES:
        _add_place(site, row, leaf)
        return
    if isinstance(leaf.value, Mapping):
        return
    resource = Resource(
        site.address,
        site.declared.type,
        arn_of(site),
        site.declared.span,
        role_attribute=leaf.label,
        role_use=_USES[row.use],
    )
    named = pattern_in(site, leaf.value, leaf.label)
    if named.literal == _CALLER:
        return
    site.reading.users.append(RoleUser(resource, named, row.use))


def _add_place(site: Site, row: _Row, leaf: Leaf) -> None:
    """Note where the code of a resource lies, where that is known."""
    use, *inside = row.use.split("&")
    values = [member(leaf.value, name) for name in inside] or [leaf.value]
    texts = [None if value is None else as_text(value) for value in values]
    if texts[0] is None:
        return
    place = pattern_of(texts[0])
    key = pattern_of(texts[1]) if len(texts) > 1 and texts[1] is not None else None
    partition = pattern_of(site.reading.scope.environment.text("partition")).pieces
    image = use == "image"
    arn = repository_arn(partition, place) if image else object_arn(partition, place, key)
    if arn is not None:
        label = ".".join((leaf.label, *inside[:1]))
        site.reading.places.setdefault(site.address, []).append((label, arn))


def _add_template(site: Site) -> None:
    """Note what names a template: Ref, an attribute or its name, without a revision."""
    names = [name_pattern(site)]
    for name in _TEMPLATES[site.declared.type]:
        if name.endswith("ARN"):
            names.append(attribute_pattern(site, name))
        elif site.declared.properties.get(name) is not None:
            names.append(pattern_in(site, site.value(name), name))
    site.reading.templates.update((named.pieces, site.address) for named in names)


def with_roles(reading: Reading) -> Iterator[Resource]:
    """Yield each resource once for every role that it uses, the roles by their ARNs."""
    roles = PrincipalIndex(reading.principals)
    given: dict[str, list[Pattern]] = {}
    for kind in _TEMPLATES:
        for user in (u for u in reading.users if u.resource.type == kind):
            if user.resource.role_use == "workload":
                given.setdefault(user.resource.address, []).extend(_named(user, reading, given))
    software: dict[tuple[str, Pieces], Resource] = {}
    for user in reading.users:
        for named in _named(user, reading, given):
            found = roles.matching("role", named)
            runs_as = found[0].arn if len(found) == 1 else named
            one = replace(user.resource, runs_as=runs_as)
            if one.role_use == "workload":
                software.setdefault((one.address, runs_as.pieces), one)
            yield one
    for (address, _), one in software.items():
        for label, place in reading.places.get(address, ()):
            yield replace(one, address=str(place), arn=place, role_attribute=label)


def _named(
    user: RoleUser, reading: Reading, given: dict[str, list[Pattern]]
) -> tuple[Pattern, ...]:
    """Return the roles that a name in a property leads to."""
    pieces = user.named.pieces
    if user.use == "template":
        address = reading.templates.get(pieces) or reading.templates.get(_family(pieces))
        return tuple(dict.fromkeys(given.get(address or "", ())))
    found = reading.profiles.get(pieces) if user.use == "profile" else user.named
    return () if found is None else (found,)


def _family(pieces: Pieces) -> Pieces:
    """Return the name of a task definition (``family:revision``) without the revision."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str) and ":" in piece:
            head = piece.partition(":")[0]
            return (*pieces[:index], head) if head else pieces[:index]
    return pieces


def _walk(leaf: Leaf, path: tuple[str, ...], where: tuple[str, str] | None) -> Iterator[Leaf]:
    """Follow a path through an evaluated property, into maps where it says so."""
    into, *rest = path
    inside = [leaf]
    if into == "{}":
        inside = list(_values(leaf))
    for item in inside:
        if not rest:
            yield item
            continue
        name = rest[0].rstrip("[]{}")
        if where is not None and len(rest) == 1 and not _is(item.value, *where):
            continue
        value = member(item.value, name)
        for found in leaves(value, f"{item.label}.{name}", item.when):
            yield from _walk(found, (rest[0].removeprefix(name), *rest[1:]), where)


def _is(value: Value, name: str, wanted: str) -> bool:
    found = member(value, name)
    text = None if found is None else as_text(found)
    return text is not None and text.literal == wanted


def _values(leaf: Leaf) -> Iterator[Leaf]:
    if isinstance(leaf.value, Mapping):
        for key, value in leaf.value.entries:
            yield from leaves(value, f"{leaf.label}.{key.literal or '*'}", leaf.when)


@lru_cache(_MOST_TYPES)
def _rows(resource_type: str) -> tuple[_Row, ...]:
    rows = rows_of("cfn_role_consumers.csv", resource_type)
    return tuple(_row(path, use) for path, use in rows)


def _row(path: str, use: str) -> _Row:
    path, _, condition = path.partition("?")
    name, _, wanted = condition.partition("=")
    return _Row(tuple(path.split(".")), use, (name, wanted) if condition else None)
