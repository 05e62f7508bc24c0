"""Read the policies that resources other than IAM's carry, and those of organizations.

Which attribute holds a policy is a table, from the AWS provider's schema 6.25.0 (``terraform
providers schema -json``); attributes that look alike and hold no IAM policy (lifecycle,
redrive, data access policies) are not in it, so they are never read.

Not modelled: grants that are not written as a document (``aws_lambda_permission``,
``aws_kms_grant``) and the IoT dialect.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from leastwise.frontends.terraform.attribute import given, literal_at
from leastwise.frontends.terraform.computed import spell
from leastwise.frontends.terraform.environment import bind_account
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading import (
    Reading,
    Site,
    existence,
    guarded,
    nested_sites,
    pattern_in,
    policy_at,
)
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Consumption, Resource

_TABLE = Path(__file__).parents[2] / "data" / "tf_policy_attributes.csv"
_SCP = "aws_organizations_policy"
_ORGANIZATION: dict[str, PolicyKind] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}
_KINDS: dict[str, PolicyKind] = {
    "resource": "resource",
    "session": "session",
    "endpoint": "endpoint",
}


class _Row(NamedTuple):
    """Hold one attribute with a policy; ``arn`` is a template of what it is attached to."""

    path: str
    kind: PolicyKind
    arn: str


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
            if given(at.body, at.name) is not None:
                _read(reading, at, row)


def _read(reading: Reading, at: Site, row: _Row) -> None:
    instance = at.instance
    consumption: Consumption = "attached" if row.kind == "resource" else "ignored"
    policy = guarded(policy_at(reading, at, row.kind, consumption), existence(instance))
    reading.policies.append(policy)
    arn = None
    if row.arn:
        bound = bind_account(spell(instance, row.arn), instance.scope, reading.accounts)
        arn = pattern_in(at, bound)
    reading.resources.append(
        Resource(instance.address, instance.type, arn, instance.body.span, policy)
    )


def _read_organization(reading: Reading, instance: Instance) -> None:
    """Read an SCP or RCP; tag, backup and chatbot policies are not IAM."""
    kind = _ORGANIZATION.get(literal_at(instance.body, "type") or "SERVICE_CONTROL_POLICY")
    if kind is not None:
        at = Site(instance, instance.body, "content", "content")
        reading.policies.append(policy_at(reading, at, kind, "ignored"))


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    text = _TABLE.read_text(encoding="utf-8")
    table: dict[str, tuple[_Row, ...]] = {}
    for line in text.splitlines()[1:]:
        name, path, kind, arn = line.split(",")
        if kind in _KINDS:
            table[name] = (*table.get(name, ()), _Row(path, _KINDS[kind], arn))
    return table
