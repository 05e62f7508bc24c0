"""Read the policies that resources other than IAM's carry, and those of organizations.

Which property holds a policy is a table, from the schemas of cfn-lint 1.58 (us-east-1);
properties that look alike and hold no IAM policy (redrive, lifecycle, data access policies) are
not in it, so they are never read.

Not modelled: grants that are not written as a document (AWS::Lambda::Permission), and the IoT
dialect.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    attribute_pattern,
    leaves,
    member,
    policy_from,
)
from leastwise.frontends.cloudformation.scope.references import SHAPES
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Consumption, Resource
from leastwise.source.value import Scalar

_ORGANIZATION: dict[str, PolicyKind] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}
_KINDS: dict[str, PolicyKind] = {
    "resource": "resource",
    "session": "session",
    "endpoint": "endpoint",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """Hold one property with a policy; ``[]`` in the path goes into each item of a list."""

    path: tuple[str, ...]
    kind: PolicyKind


def read_resource(site: Site) -> None:
    """Read the policies of a resource; one of any other type is left alone."""
    for row in _table().get(site.declared.type, ()):
        top, *rest = row.path
        start = Leaf(site.value(top.removesuffix("[]")) or Scalar(None), top)
        for leaf in _walk(start, tuple(rest)):
            consumption: Consumption = "attached" if row.kind == "resource" else "ignored"
            policy = policy_from(site, leaf, row.kind, consumption)
            site.reading.policies.append(policy)
            shape = SHAPES.get(site.declared.type)
            arn = attribute_pattern(site, "Arn") if shape and "Arn" in shape.attributes else None
            site.reading.resources.append(
                Resource(site.address, site.declared.type, arn, site.declared.span, policy)
            )


def read_organization_policy(site: Site) -> None:
    """Read an SCP or RCP; tag, backup and chatbot policies are not IAM."""
    kind = site.value("Type")
    text = as_text(kind) if kind is not None else None
    found = _ORGANIZATION.get(text.literal or "") if text is not None else None
    if found is not None:
        policy = policy_from(site, site.leaf("Content"), found, "ignored")
        site.reading.policies.append(policy)


def _walk(leaf: Leaf, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Follow a path through an evaluated property; yield what stands at its end."""
    label = leaf.label.removesuffix("[]")
    inside = leaves(leaf.value, label, leaf.when) if label != leaf.label else (leaf,)
    for item in inside:
        if path:
            found = member(item.value, path[0].removesuffix("[]"))
            if found is not None:
                yield from _walk(Leaf(found, f"{item.label}.{path[0]}", item.when), path[1:])
        elif not (isinstance(item.value, Scalar) and item.value.value is None):
            yield item


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    from importlib.resources import files

    text = (files("leastwise") / "data" / "cfn_policy_properties.csv").read_text("utf-8")
    table: dict[str, tuple[_Row, ...]] = {}
    for line in text.splitlines()[1:]:
        name, path, kind = line.split(",")
        table[name] = (*table.get(name, ()), _Row(tuple(path.split(".")), _KINDS[kind]))
    return table
