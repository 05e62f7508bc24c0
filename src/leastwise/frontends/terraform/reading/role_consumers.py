"""Find which resource uses which role: functions, tasks, instances through their profiles.

Which attribute names a role is a table, from the AWS provider's schema 6.25.0 (``terraform
providers schema -json``). ``use`` says what the role is for: ``workload``, software or people
whom the resource serves get its credentials; ``service``, an AWS service acts with it for the
resource; ``profile``, the attribute names an instance profile, whose role the software on the
instance gets (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html);
``template``, the attribute names a launch template, a task definition, a group of instances: what
is made of it has the roles that it gives. After ``|`` stands a path into the JSON that the
attribute holds; ``?name=x`` asks for a block whose attribute ``name`` is ``x``. ``code`` and
``image`` say where lies what the software is made of: a bucket (``code&key``: with the attribute
that has the key), the name of an image.

Not modelled: roles that are named in code.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from leastwise.frontends.terraform.attributes.arn_templates import ARN_OF, MANAGED
from leastwise.frontends.terraform.attributes.attribute import (
    is_nothing,
    literal_at,
    text_at,
    worlds_of,
)
from leastwise.frontends.terraform.attributes.computed import spell
from leastwise.frontends.terraform.attributes.environment import bind_account
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    Site,
    computed_pattern,
    nested_sites,
    pattern_at,
    pattern_in,
    site,
)
from leastwise.frontends.terraform.syntax.tree import Block
from leastwise.iam.arns import Pieces
from leastwise.iam.code_places import object_arn, repository_arn
from leastwise.iam.links import PrincipalIndex
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Resource, RoleUse
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.value import Encoded, Mapping, Sequence, Text, Value

PROFILE = "aws_iam_instance_profile"

_TABLE = Path(__file__).parents[3] / "data" / "tf_role_consumers.csv"
_CALLER = "arn:aws:iam::*:user/*"
"""What API Gateway takes for the credentials of whoever calls, in the place of a role."""
_USES: dict[str, RoleUse] = {
    "workload": "workload",
    "profile": "workload",
    "template": "workload",
    "service": "service",
}
_PLACES = frozenset(("code", "image"))
_TEMPLATES = {
    "aws_launch_template": ("id", "name", "arn"),
    "aws_launch_configuration": ("name", "arn"),
    "aws_ecs_task_definition": ("arn", "arn_without_revision", "family"),
    "aws_autoscaling_group": ("name", "arn"),
}
"""Types that give roles to what is made of them, and what names them; those of others last."""


class _Row(NamedTuple):
    """Hold one attribute that names a role, or what has one; ``where`` are a name and a value."""

    path: str
    use: str
    inside: tuple[str, ...] = ()
    where: tuple[str, str] | None = None
    key: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of the attributes that it takes to read the role."""
        head, dot, _ = self.path.rpartition(".")
        beside = (*(self.where or ())[:1], *([self.key] if self.key else ()))
        return (self.path, *(head + dot + name for name in beside))


class _Names(NamedTuple):
    """Hold the names of a body that are needed: ``inside`` of nested blocks."""

    attributes: frozenset[str]
    inside: "dict[str, _Names]"


def naming_attributes(resource_type: str) -> tuple[str, ...]:
    """Return the attributes, or blocks, in which a resource may say which role uses it."""
    rows = _table().get(resource_type, ())
    return tuple(dict.fromkeys(row.path.partition(".")[0] for row in rows))


def role_parts(block: Block) -> Block | None:
    """Return the part of a resource that says which role uses it has; None: it has none.

    Only that part is evaluated, and what spells the ARN of the resource.
    """
    resource_type = block.labels[0].text
    if resource_type not in _table():
        return None
    kept = _kept(block, _names(resource_type))
    if not kept.attributes and not kept.blocks:
        return None
    naming = _naming(resource_type)
    named = {n: a for n, a in block.attributes.items() if n in naming}
    return kept._replace(attributes=kept.attributes | named)


def _kept(block: Block, names: _Names) -> Block:
    """Cut a block down to what is named; an attribute in place of a block is kept whole."""
    attributes = {
        name: attribute
        for name, attribute in block.attributes.items()
        if name in names.attributes or name in names.inside
    }
    inner = (_kept_inside(one, names) for one in block.blocks)
    return block._replace(
        attributes=attributes, blocks=tuple(one for one in inner if one is not None)
    )


def _kept_inside(block: Block, names: _Names) -> Block | None:
    if block.type != "dynamic" or not block.labels:
        inside = names.inside.get(block.type)
        found = None if inside is None else _kept(block, inside)
        return found if found is not None and (found.attributes or found.blocks) else None
    inside = names.inside.get(block.labels[0].text)
    if inside is None:
        return None
    content = tuple(_kept(b, inside) for b in block.blocks if b.type == "content")
    return block._replace(blocks=content)


def read_roles(reading: Reading, instances: tuple[Instance, ...]) -> Iterator[Resource]:
    """Yield each resource once for every role that it names, the roles by their ARNs."""
    table = _table()
    users = [i for i in instances if i.mode == "managed" and i.type in table]
    if not users:
        return
    made = _Made(_profiles(reading, instances), {})
    templates = [i for kind in _TEMPLATES for i in users if i.type == kind]
    for instance in templates:
        _add_template(reading, instance, made)
    roles = PrincipalIndex(reading.principals)
    for instance in users:
        arn = _arn(reading, instance)
        software: dict[Pieces, Resource] = {}
        for row, label, named in _roles_of(instance, made):
            found = roles.matching("role", named)
            one = Resource(
                instance.address,
                instance.type,
                arn,
                instance.body.span,
                runs_as=found[0].arn if len(found) == 1 else named,
                role_attribute=label,
                role_use=_USES[row.use],
            )
            if one.role_use == "workload" and one.runs_as is not None:
                software.setdefault(one.runs_as.pieces, one)
            yield one
        for label, place in _places(reading, instance) if software else ():
            for one in software.values():
                yield replace(one, address=str(place), arn=place, role_attribute=label)


class _Made(NamedTuple):
    """Hold the roles of instance profiles, and of templates, by every string that names one."""

    profiles: dict[Pieces, Pattern]
    templates: dict[Pieces, tuple[Pattern, ...]]

    def roles(self, use: str, named: Pattern) -> tuple[Pattern, ...]:
        """Return the roles that a name in an attribute leads to."""
        if use == "template":
            found = self.templates.get(named.pieces)
            return found or self.templates.get(_family(named.pieces), ())
        role = self.profiles.get(named.pieces) if use == "profile" else named
        return () if role is None or role.literal == _CALLER else (role,)


def _add_template(reading: Reading, instance: Instance, made: _Made) -> None:
    """Note what names a template, or a group of instances, that gives roles to software."""
    found = (p for row, _, p in _roles_of(instance, made) if _USES[row.use] == "workload")
    roles = tuple(dict.fromkeys(found))
    if roles:
        for attribute in _TEMPLATES[instance.type]:
            made.templates[computed_pattern(reading, instance, attribute).pieces] = roles


def _family(pieces: Pieces) -> Pieces:
    """Return the name of a task definition (``family:revision``) without the revision."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str) and ":" in piece:
            head = piece.partition(":")[0]
            return (*pieces[:index], head) if head else pieces[:index]
    return pieces


def _roles_of(instance: Instance, made: _Made) -> Iterator[tuple[_Row, str, Pattern]]:
    """Yield the roles that a resource names: by which row, where, and the name or ARN."""
    for row in _table()[instance.type]:
        if row.use in _PLACES:
            continue
        for at in nested_sites(instance, row.path):
            if row.where is not None and literal_at(at.body, row.where[0]) != row.where[1]:
                continue
            label = ".".join((at.label, *row.inside))
            for pattern in _named(at, row.inside):
                yield from ((row, label, role) for role in made.roles(row.use, pattern))


def _places(reading: Reading, instance: Instance) -> Iterator[tuple[str, Pattern]]:
    """Yield the ARNs of where the code of a resource lies, each with the attribute that says so."""
    partition = computed_partition(reading, instance)
    for row in (r for r in _table()[instance.type] if r.use in _PLACES):
        for at in nested_sites(instance, row.path):
            if row.where is not None and literal_at(at.body, row.where[0]) != row.where[1]:
                continue
            text, key = text_at(at.body, at.name), text_at(at.body, row.key) if row.key else None
            if text is None:
                continue
            place = pattern_of(text)
            keyed = None if key is None else pattern_of(key)
            found = (
                repository_arn(partition, place)
                if row.use == "image"
                else object_arn(partition, place, keyed)
            )
            if found is not None:
                yield at.label, found


def computed_partition(reading: Reading, instance: Instance) -> Pieces:
    """Return the partition of an instance's provider."""
    text = bind_account(spell(instance, "{partition}"), instance.scope, reading.accounts)
    return pattern_in(site(instance, "arn"), text).pieces


def _profiles(reading: Reading, instances: tuple[Instance, ...]) -> dict[Pieces, Pattern]:
    """Return the roles of instance profiles by every string that names a profile."""
    found: dict[Pieces, Pattern] = {}
    for instance in instances:
        if instance.type == PROFILE and instance.mode == "managed":
            role = pattern_at(site(instance, "role"))
            for attribute in ("name", "arn"):
                found[computed_pattern(reading, instance, attribute).pieces] = role
    return found


def _named(at: Site, inside: tuple[str, ...]) -> Iterator[Pattern]:
    """Yield the roles of an attribute: one, a list, or a map's values; each of every world."""
    value = at.body.attributes.get(at.name)
    if value is None:
        return
    for _, whole in worlds_of(value):
        for item in _members(whole, inside) if inside else _items(whole):
            for _, one in worlds_of(item):
                if not is_nothing(one):
                    yield pattern_in(at, one)


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Mapping):
        return tuple(inner for _, inner in value.entries)
    return value.items if isinstance(value, Sequence) else (value,)


def _members(value: Value, path: tuple[str, ...]) -> Iterator[Value]:
    """Yield what stands at a path in the JSON of a string, in each item of a list."""
    found = [_decoded(value)]
    for name in path:
        listed = (item for one in found for _, item in worlds_of(one))
        flat = (i for one in listed for i in (one.items if isinstance(one, Sequence) else (one,)))
        found = [v for one in flat if isinstance(one, Mapping) for v in _member(one, name)]
    yield from found


def _member(mapping: Mapping, name: str) -> Iterator[Value]:
    """Yield the value of a name, which the provider reads in any case."""
    for key, value in mapping.entries:
        if (key.literal or "").lower() == name.lower():
            yield value


def _decoded(value: Value) -> Value:
    if not isinstance(value, Text):
        return value
    if len(value.pieces) == 1 and isinstance(value.pieces[0], Encoded):
        return value.pieces[0].value
    found = parse_json(value, path="")
    return value if isinstance(found, Diagnostic) else found


def _arn(reading: Reading, instance: Instance) -> Pattern | None:
    if not _naming(instance.type):
        return None
    name = ARN_OF.get(instance.type, "arn")
    bound = bind_account(spell(instance, f"{{{name}}}"), instance.scope, reading.accounts)
    return pattern_in(site(instance, name), bound)


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    table: dict[str, tuple[_Row, ...]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        name, path, use = line.split(",")
        table[name] = (*table.get(name, ()), _row(path, use))
    return table


def _row(path: str, use: str) -> _Row:
    path, _, condition = path.partition("?")
    path, _, inside = path.partition("|")
    name, _, value = condition.partition("=")
    where = (name, value) if condition else None
    use, _, key = use.partition("&")
    return _Row(path, use, tuple(inside.split(".")) if inside else (), where, key)


@cache
def _naming(resource_type: str) -> frozenset[str]:
    """Return the attributes that spell the ARN of a resource; none when no template does."""
    templates = MANAGED.get(resource_type, {})
    found: set[str] = set()
    pending = [n for n in (ARN_OF.get(resource_type, "arn"),) if n in templates]
    pending += _TEMPLATES.get(resource_type, ())
    while pending:
        name = pending.pop()
        if name not in found:
            found |= {name, f"{name}_prefix"}
            fields = (field for _, field, _, _ in Formatter().parse(templates.get(name, "")))
            pending += [field for field in fields if field and not field.startswith("?")]
    return frozenset(found)


@cache
def _names(resource_type: str) -> _Names:
    rows = _table()[resource_type]
    return _tree(tuple(name.split(".") for row in rows for name in row.names))


def _tree(paths: tuple[list[str], ...]) -> _Names:
    attributes = frozenset(path[0] for path in paths if len(path) == 1)
    heads = dict.fromkeys(path[0] for path in paths if len(path) > 1)
    inside = {h: _tree(tuple(p[1:] for p in paths if len(p) > 1 and p[0] == h)) for h in heads}
    return _Names(attributes, inside)
