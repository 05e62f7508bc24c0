"""Read the policies that resources other than IAM's carry, and those of organizations.

Which property holds a policy, and of what kind, is a table, from the schemas of cfn-lint 1.58
(us-east-1); ``arn`` in it says what the policy is on (see ``targets``). Properties that look
alike and hold no IAM policy (redrive, lifecycle, data access policies) are not in it, so they
are never read. An IoT policy is held by certificates, not by principals of IAM: it is read and
not judged.

Not modelled: grants that are not written as a document, but for those of ``grants`` (shares of
AWS RAM, Lake Formation, access entries of EKS, S3 Access Grants), the statement template of
AWS::RAM::Permission, and whom the targets of an AWS::Organizations::Policy bind: no role of its
own stack, as SCPs do not bind the management account.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.frontends.cloudformation.evaluation.worlds import is_null
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    guarded,
    leaves,
    member,
    policy_from,
)
from leastwise.frontends.cloudformation.reading.tables import rows_of
from leastwise.frontends.cloudformation.reading.targets import targets
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.kinds import has_statements
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Consumption, Resource
from leastwise.source.value import Mapping, Scalar

ORGANIZATION = "AWS::Organizations::Policy"

_MOST_TYPES = 1_000
_DOMAINS = frozenset({"AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"})
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
    """Hold one property with a policy; ``[]`` in the path goes into each item of a list."""

    path: tuple[str, ...]
    kind: PolicyKind
    arn: str
    attached: bool


class _Found(NamedTuple):
    """Hold a policy property and the mappings around it, the innermost first."""

    leaf: Leaf
    around: tuple[Mapping, ...] = ()


def read_resource(site: Site) -> None:
    """Read the policies of a resource; one of any other type is left alone."""
    for row in _rows(site.declared.type):
        top, *rest = row.path
        start = Leaf(site.value(top.removesuffix("[]")) or Scalar(None), top)
        for found in _walk(_Found(start), tuple(rest)):
            _read(site, row, found)


def _read(site: Site, row: _Row, found: _Found) -> None:
    consumption: Consumption = "attached" if row.attached else "ignored"
    policy = policy_from(site, found.leaf, row.kind, consumption)
    site.reading.policies.append(policy)
    for arn, when in targets(site, row.arn, found.around):
        site.reading.resources.append(
            Resource(
                site.address,
                site.declared.type,
                arn,
                site.declared.span,
                guarded(policy, when),
                in_vpc=_in_vpc(site),
            )
        )


def _in_vpc(site: Site) -> bool | None:
    """Say whether a search domain is in a VPC; what a condition decides stays open."""
    if site.declared.type not in _DOMAINS:
        return None
    options = site.value("VPCOptions")
    if options is None or is_null(options):
        return False
    return True if isinstance(options, Mapping) else None


def _walk(found: _Found, path: tuple[str, ...]) -> Iterator[_Found]:
    """Follow a path through an evaluated property; yield what stands at its end."""
    label = found.leaf.label.removesuffix("[]")
    inside = found.leaf.label != label
    for item in leaves(found.leaf.value, label, found.leaf.when) if inside else (found.leaf,):
        if path and isinstance(item.value, Mapping):
            next_one = member(item.value, path[0].removesuffix("[]"))
            if next_one is not None:
                leaf = Leaf(next_one, f"{item.label}.{path[0]}", item.when)
                yield from _walk(_Found(leaf, (item.value, *found.around)), path[1:])
        elif path:
            yield from _in_worlds(item, found.around, path)
        elif not is_null(item.value):
            yield _Found(item, found.around)


def _in_worlds(item: Leaf, around: tuple[Mapping, ...], path: tuple[str, ...]) -> Iterator[_Found]:
    """Go on in each alternative of a mapping that a condition chooses."""
    for leaf in leaves(item.value, item.label, item.when):
        if isinstance(leaf.value, Mapping):
            yield from _walk(_Found(leaf, around), path)


def read_organization_policy(site: Site) -> None:
    """Read an SCP or RCP; tag, backup and chatbot policies are not IAM."""
    given = site.value("Type")
    text = as_text(given) if given is not None else None
    name = text.literal if text is not None else None
    leaf = site.leaf("Content")
    if name is None:
        # A type that is not known is read as an SCP if the document says that it is one of IAM.
        name = "SERVICE_CONTROL_POLICY" if has_statements(leaf.value) else ""
    kind = _ORGANIZATION.get(name)
    if kind is not None:
        site.reading.policies.append(policy_from(site, leaf, kind, "ignored"))


@lru_cache(_MOST_TYPES)
def _rows(resource_type: str) -> tuple[_Row, ...]:
    rows = rows_of("cfn_policy_properties.csv", resource_type)
    return tuple(
        _Row(tuple(path.split(".")), _KINDS[kind], arn, kind == "resource")
        for path, kind, arn in rows
    )
