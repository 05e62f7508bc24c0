"""Read the policies that resources other than IAM's carry, and those of organizations.

Which attribute holds a policy is a table, from the AWS provider's schema 6.25.0 (``terraform
providers schema -json``); attributes that look alike and hold no IAM policy (lifecycle,
redrive, data access policies) are not in it, so they are never read. An IoT policy is held by
certificates, not by principals of IAM: it is read and not judged.

Not modelled: grants that are not written as a document, but for those of ``lambda_permissions``
(``aws_kms_grant``, shares of AWS RAM), and the statement template of ``aws_ram_permission``.
"""

from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from leastwise.frontends.terraform.attributes.attribute import blocks, given, is_nothing, text_at
from leastwise.frontends.terraform.attributes.computed import spell
from leastwise.frontends.terraform.attributes.environment import bind_account
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    Site,
    block_existence,
    existence,
    guarded,
    nested_sites,
    pattern_in,
    policy_at,
    site,
)
from leastwise.iam.kinds import has_statements
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import Consumption, Policy, Resource
from leastwise.source.text import after_last_slash, concat
from leastwise.source.value import Chars, Text

_TABLE = Path(__file__).parents[3] / "data" / "tf_policy_attributes.csv"
_SCP = "aws_organizations_policy"
_DOMAINS = frozenset({"aws_elasticsearch_domain", "aws_opensearch_domain"})
_ORGANIZATION: dict[str, PolicyKind] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}
_KINDS: dict[str, PolicyKind] = {
    "resource": "resource",
    "session": "session",
    "endpoint": "endpoint",
    "iot": "identity",
}


class _Row(NamedTuple):
    """Hold one attribute with a policy; ``arn`` is a template of what it is attached to.

    ``{name:last}`` in it is what follows the last slash of the attribute ``name``, a URL.
    """

    path: str
    kind: PolicyKind
    arn: str
    attached: bool


def holds_policy(resource_type: str) -> bool:
    """Say whether instances of a type may carry a policy."""
    return resource_type == _SCP or resource_type in _table()


def read_resource(reading: Reading, instance: Instance) -> None:
    """Read the policies of a resource; an instance of any other type is left alone."""
    if instance.type == _SCP:
        _read_organization(reading, instance)
        return
    for row in _table().get(instance.type, ()):
        for at in nested_sites(instance, row.path):
            value = given(at.body, at.name)
            if value is not None and not is_nothing(value):
                _read(reading, at, row)
            elif instance.type in _DOMAINS:
                # Its policy may be a resource of its own, which does not say where the domain is.
                reading.resources.append(_carrier(reading, at, row, None))


def _read(reading: Reading, at: Site, row: _Row) -> None:
    instance = at.instance
    consumption: Consumption = "attached" if row.attached else "ignored"
    when = existence(instance) + (block_existence(at) if at.body is not instance.body else ())
    policy = guarded(policy_at(reading, at, row.kind, consumption), when)
    reading.policies.append(policy)
    reading.resources.append(_carrier(reading, at, row, policy))


def _carrier(reading: Reading, at: Site, row: _Row, policy: Policy | None) -> Resource:
    instance = at.instance
    arn = _arn(reading, at, row.arn) if row.arn else None
    span, in_vpc = instance.body.span, _in_vpc(instance)
    return Resource(instance.address, instance.type, arn, span, policy, in_vpc=in_vpc)


def _in_vpc(instance: Instance) -> bool | None:
    """Say whether a search domain is in a VPC; a block that may be there or not leaves it open."""
    if instance.type not in _DOMAINS:
        return None
    found = [block.maybe for block in blocks(instance.body, "vpc_options")]
    return None if found and all(found) else bool(found)


def _arn(reading: Reading, at: Site, template: str) -> Pattern:
    """Spell what a policy is on; an attribute that names it by its ARN is that ARN."""
    instance = at.instance
    text = _given_arn(instance, template) or spell(instance, template)
    return pattern_in(at, bind_account(text, instance.scope, reading.accounts))


def _given_arn(instance: Instance, template: str) -> Text | None:
    for _, field, part, _ in Formatter().parse(template):
        name = field or ""
        named = text_at(instance.body, name)
        if named is None or not named.pieces:
            continue
        first = named.pieces[0]
        is_arn = isinstance(first, Chars) and first.text.startswith("arn:")
        if is_arn or template == "{" + name + "}":
            return named
        if part == "last":
            head = spell(instance, template.partition("{" + name)[0])
            return concat([head, after_last_slash(named)], named.span)
    return None


def _read_organization(reading: Reading, instance: Instance) -> None:
    """Read an SCP or RCP; tag, backup and chatbot policies are not IAM."""
    given_type = text_at(instance.body, "type")
    name = "SERVICE_CONTROL_POLICY" if given_type is None else given_type.literal
    at = site(instance, "content")
    if name is None:
        # A type that is not known is read as an SCP if the document says that it is one of IAM.
        name = "SERVICE_CONTROL_POLICY" if has_statements(at.value) else ""
    kind = _ORGANIZATION.get(name)
    if kind is not None:
        reading.policies.append(policy_at(reading, at, kind, "ignored"))


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    text = _TABLE.read_text(encoding="utf-8")
    table: dict[str, tuple[_Row, ...]] = {}
    for line in text.splitlines()[1:]:
        name, path, kind, arn = line.split(",")
        if kind in _KINDS:
            table[name] = (*table.get(name, ()), _Row(path, _KINDS[kind], arn, kind == "resource"))
    return table
