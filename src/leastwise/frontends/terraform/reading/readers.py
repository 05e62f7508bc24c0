"""Which function reads a resource, by its type; what reads rare types is imported when needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

from leastwise.frontends.terraform.attributes.secrets import SECRETS
from leastwise.frontends.terraform.model import MODULE, OUTPUT, PROVIDER, Instance
from leastwise.frontends.terraform.reading import attachments
from leastwise.frontends.terraform.reading.principals import KINDS, read_principal
from leastwise.frontends.terraform.reading.reading import Reading
from leastwise.frontends.terraform.reading.resource_policies import read_resource
from leastwise.iam.declarations import PrincipalDeclaration
from leastwise.iam.project import Resource

Reader: TypeAlias = Callable[[Reading, Instance], None]

_PERMISSIONS = frozenset(
    {
        "aws_cloudwatch_event_permission",
        "aws_lambda_layer_version_permission",
        "aws_lambda_permission",
    }
)

_USUAL: dict[str, Reader] = {
    **dict.fromkeys(KINDS, read_principal),
    **dict.fromkeys(attachments.INLINE, attachments.read_inline),
    **dict.fromkeys(attachments.MANAGED, attachments.read_managed),
    **dict.fromkeys(attachments.EXCLUSIVE, attachments.read_exclusive),
    "aws_iam_policy": attachments.read_policy,
    "aws_iam_policy_attachment": attachments.read_shared,
    "aws_iam_group_membership": attachments.read_group_membership,
    "aws_iam_user_group_membership": attachments.read_user_groups,
}


def _permissions() -> Mapping[str, Reader]:
    from leastwise.frontends.terraform.reading import lambda_permissions as read

    return {
        read.PERMISSION: read.read_permission,
        read.LAYER_PERMISSION: read.read_layer_permission,
        read.BUS_PERMISSION: read.read_bus_permission,
    }


def _embedded() -> Mapping[str, Reader]:
    from leastwise.frontends.terraform.reading.embedded import TYPES, read_embedded

    return dict.fromkeys(TYPES, read_embedded)


def _services() -> Mapping[str, Reader]:
    from leastwise.frontends.terraform.reading import service_attachments as read

    return {
        **dict.fromkeys(read.SESSION, read.read_session),
        PROVIDER: read.read_provider,
        "aws_budgets_budget_action": read.read_budget_action,
        "aws_quicksight_iam_policy_assignment": read.read_assigned,
    }


def _credentials() -> Mapping[str, Reader]:
    from leastwise.frontends.terraform.reading.credentials import read_credential

    return dict.fromkeys(SECRETS, read_credential)


def _permission_sets() -> Mapping[str, Reader]:
    from leastwise.frontends.terraform.reading import permission_sets as read

    return {
        "aws_ssoadmin_permission_set_inline_policy": read.read_inline,
        "aws_ssoadmin_managed_policy_attachment": read.read_managed,
        "aws_ssoadmin_customer_managed_policy_attachment": read.read_customer_managed,
        "aws_ssoadmin_permissions_boundary_attachment": read.read_boundary,
        "aws_ssoadmin_account_assignment": read.read_assignment,
    }


_RARE: dict[str, Callable[[], Mapping[str, Reader]]] = {
    **dict.fromkeys(_PERMISSIONS, _permissions),
    **dict.fromkeys(SECRETS, _credentials),
    "aws_cloudcontrolapi_resource": _embedded,
    "aws_cloudformation_stack": _embedded,
    "aws_cloudformation_stack_set": _embedded,
    PROVIDER: _services,
    "aws_budgets_budget_action": _services,
    "aws_chatbot_slack_channel_configuration": _services,
    "aws_chatbot_teams_channel_configuration": _services,
    "aws_emr_studio_session_mapping": _services,
    "aws_quicksight_iam_policy_assignment": _services,
    "aws_rolesanywhere_profile": _services,
    "aws_ssoadmin_account_assignment": _permission_sets,
    "aws_ssoadmin_customer_managed_policy_attachment": _permission_sets,
    "aws_ssoadmin_managed_policy_attachment": _permission_sets,
    "aws_ssoadmin_permission_set_inline_policy": _permission_sets,
    "aws_ssoadmin_permissions_boundary_attachment": _permission_sets,
}


def has_reader(resource_type: str) -> bool:
    """Say whether a type is read as more than a resource that may carry a policy."""
    return resource_type in _USUAL or resource_type in _RARE


def read_instance(reading: Reading, instance: Instance) -> None:
    """Read what a managed resource or a call of a module that is not in view declares."""
    if instance.mode == "managed":
        _reader(instance.type)(reading, instance)
    elif instance.type == MODULE:
        from leastwise.frontends.terraform.reading.module_inputs import read_module_call

        read_module_call(reading, instance)
    elif instance.type == OUTPUT:
        from leastwise.frontends.terraform.reading.credentials import read_output

        read_output(reading, instance)


@cache
def _reader(resource_type: str) -> Reader:
    readers = _RARE.get(resource_type)
    if readers is not None:
        return readers()[resource_type]
    return _USUAL.get(resource_type, read_resource)


def finished(reading: Reading) -> tuple[PrincipalDeclaration, ...]:
    """Return the principals, permission sets with their boundaries and assignments."""
    if all(one.id.kind != "permission-set" for one in reading.principals):
        return tuple(reading.principals)
    from leastwise.frontends.terraform.reading import permission_sets

    return permission_sets.finished(reading)


def joined(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Return the resources, the permissions on one thing as one."""
    every = list(resources)
    if all(one.type not in _PERMISSIONS for one in every):
        return iter(every)
    from leastwise.frontends.terraform.reading.lambda_permissions import merged

    return merged(every)
