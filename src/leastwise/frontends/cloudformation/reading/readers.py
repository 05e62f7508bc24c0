"""Which function reads a resource, by its type; what is tied when all stacks of a root are read."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from leastwise.frontends.cloudformation.reading import attachments
from leastwise.frontends.cloudformation.reading.principals import (
    KINDS,
    read_instance_profile,
    read_principal,
)
from leastwise.frontends.cloudformation.reading.reading import Reading, Site
from leastwise.frontends.cloudformation.reading.resource_policies import (
    ORGANIZATION,
    read_organization_policy,
    read_resource,
)
from leastwise.frontends.cloudformation.reading.role_consumers import read_roles, with_roles
from leastwise.frontends.cloudformation.scope.shapes import shape_of
from leastwise.iam.assemble import Assembled, assemble
from leastwise.iam.project import Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of

_IAM = "AWS::IAM::"

Reader: TypeAlias = Callable[[Site], None]

_USUAL: dict[str, Reader] = {
    **dict.fromkeys(KINDS, read_principal),
    "AWS::IAM::Policy": attachments.read_inline,
    "AWS::IAM::RolePolicy": attachments.read_single,
    "AWS::IAM::UserPolicy": attachments.read_single,
    "AWS::IAM::GroupPolicy": attachments.read_single,
    "AWS::IAM::ManagedPolicy": attachments.read_managed,
    "AWS::IAM::UserToGroupAddition": attachments.read_membership,
    "AWS::IAM::InstanceProfile": read_instance_profile,
    ORGANIZATION: read_organization_policy,
}
_GRANTS = frozenset(
    {
        "AWS::ACMPCA::Permission",
        "AWS::Events::EventBusPolicy",
        "AWS::Lambda::LayerVersionPermission",
        "AWS::Lambda::Permission",
        "AWS::QBusiness::Permission",
        "AWS::Signer::ProfilePermission",
    }
)
_SERVICES = frozenset(
    {
        "AWS::Budgets::BudgetsAction",
        "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
        "AWS::Chatbot::SlackChannelConfiguration",
        "AWS::DataZone::EnvironmentBlueprintConfiguration",
        "AWS::EMR::StudioSessionMapping",
        "AWS::QuickSight::Assignment",
        "AWS::RolesAnywhere::Profile",
    }
)
_SETS = frozenset({"AWS::SSO::Assignment", "AWS::SSO::PermissionSet"})


def read_site(site: Site) -> None:
    """Read what a resource declares, and which roles it uses."""
    _reader(site.declared.type)(site)
    read_roles(site)
    kind = site.declared.type
    if kind == "AWS::IAM::User" and site.declared.properties.get("LoginProfile") is not None:
        from leastwise.frontends.cloudformation.reading.credentials import read_login

        read_login(site)
    if kind.lower().startswith(_IAM.lower()) and kind not in _USUAL and shape_of(kind) is None:
        _note_unknown(site)


def _note_unknown(site: Site) -> None:
    reading = site.reading
    kind = site.declared.body.get("Type")
    place = None if kind is None else span_of(kind)
    message = f"{site.declared.type!r} is no resource type of IAM, {site.address} is not read"
    reading.diagnostics.append(
        Diagnostic(
            "warning",
            "unknown-type",
            place or site.declared.span or Span(reading.source.path, 0, 0),
            message,
            "correct the type",
        )
    )


def tied(root: Root, reading: Reading) -> tuple[Assembled, tuple[Resource, ...]]:
    """Tie what all stacks of a root declare: who holds what, and which resource uses which role."""
    principals = tuple(reading.principals)
    if reading.permission_sets:
        from leastwise.frontends.cloudformation.reading import permission_sets

        principals = tuple(permission_sets.with_assignments(reading))
    assembled = assemble(
        root,
        principals,
        reading.policies,
        reading.attachments,
        reading.memberships,
        reading.capping,
    )
    resources = reading.resources
    if any(one.type in _GRANTS for one in resources):
        from leastwise.frontends.cloudformation.reading.grants import merged

        resources = list(merged(resources))
    return assembled, (*resources, *with_roles(reading))


@cache
def _reader(resource_type: str) -> Reader:
    found = _USUAL.get(resource_type)
    if found is not None:
        return found
    if resource_type in _GRANTS:
        from leastwise.frontends.cloudformation.reading.grants import read_grant

        return read_grant
    if resource_type in _SERVICES:
        return _services()[resource_type]
    if resource_type in _SETS:
        from leastwise.frontends.cloudformation.reading import permission_sets as read

        is_set = resource_type == "AWS::SSO::PermissionSet"
        return read.read_permission_set if is_set else read.read_assignment
    if resource_type == "AWS::IAM::AccessKey":
        from leastwise.frontends.cloudformation.reading.credentials import read_access_key

        return read_access_key
    return read_resource


def finish(reading: Reading) -> None:
    """Read the outputs of a stack, where some resource makes a secret that they may show."""
    if reading.secrets:
        from leastwise.frontends.cloudformation.reading.credentials import read_outputs

        read_outputs(reading)


def _services() -> Mapping[str, Reader]:
    from leastwise.frontends.cloudformation.reading import service_attachments as read

    return {
        **dict.fromkeys(read.SESSION, read.read_session),
        read.MAPPED: read.read_session_mapping,
        read.BLUEPRINT: read.read_blueprint,
        read.BUDGET: read.read_budget_action,
        read.ASSIGNED: read.read_assigned,
    }
