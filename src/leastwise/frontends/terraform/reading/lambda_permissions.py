"""Read the statements that permissions add to the policies of functions, layers and event buses.

AddPermission writes one statement of its arguments; the source is compared with ``ArnLike``:
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
So do AddLayerVersionPermission and PutPermission:
https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from leastwise.frontends.terraform.attributes.attribute import literal_at, text_at
from leastwise.frontends.terraform.attributes.computed import spell
from leastwise.frontends.terraform.attributes.environment import bind_account
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    existence,
    guarded,
    nested_sites,
    policy_at,
    site,
)
from leastwise.iam.lower import pattern_of
from leastwise.iam.project import Policy, Resource
from leastwise.source.text import concat, literal_text
from leastwise.source.value import Chars, Mapping, Symbol, Text, Unknown, Value

if TYPE_CHECKING:
    from leastwise.iam.policy import Pattern

PERMISSION = "aws_lambda_permission"
LAYER_PERMISSION = "aws_lambda_layer_version_permission"
BUS_PERMISSION = "aws_cloudwatch_event_permission"
PERMISSIONS = frozenset({PERMISSION, LAYER_PERMISSION, BUS_PERMISSION})

_ACCOUNT_DIGITS = 12
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal")
_CONDITIONS = (
    ("ArnLike", "AWS:SourceArn", "source_arn"),
    ("StringEquals", "AWS:SourceAccount", "source_account"),
    ("StringEquals", "aws:PrincipalOrgID", "principal_org_id"),
    ("StringEquals", "aws:PrincipalOrgID", "organization_id"),
    ("StringEquals", "lambda:EventSourceToken", "event_source_token"),
    ("StringEquals", "lambda:FunctionUrlAuthType", "function_url_auth_type"),
)


def read_permission(reading: Reading, instance: Instance) -> None:
    """Read the permission as a policy of one statement; its function carries it."""
    arn = _function(reading, instance)
    _read(reading, instance, _statement(instance, arn), arn)


def read_layer_permission(reading: Reading, instance: Instance) -> None:
    """Read the permission to use a version of a layer, which carries it."""
    named = text_at(instance.body, "layer_name") or Text((_symbol(instance, "layer_name"),))
    version = text_at(instance.body, "version_number")
    version = version or Text((_symbol(instance, "version_number"),))
    named = _arn(reading, instance, named, "arn:{partition}:lambda:{region}:{account}:layer:")
    arn = concat([named, literal_text(":"), version], named.span)
    _read(reading, instance, _statement(instance, arn), arn)


def read_bus_permission(reading: Reading, instance: Instance) -> None:
    """Read the permission to put events on a bus, which carries it."""
    named = text_at(instance.body, "event_bus_name") or literal_text("default")
    head = "arn:{partition}:events:{region}:{account}:event-bus/"
    arn = _arn(reading, instance, named, head)
    action = text_at(instance.body, "action") or literal_text("events:PutEvents")
    statement = _statement(instance, arn, action)
    for at in nested_sites(instance, "condition.value"):
        parts = [text_at(at.body, name) for name in ("type", "key", "value")]
        operator, key, value = parts
        if operator is not None and key is not None and value is not None:
            condition = Mapping(((operator, Mapping(((key, value),))),))
            entries = (*statement.entries, (literal_text("Condition"), condition))
            statement = replace(statement, entries=entries)
    _read(reading, instance, statement, arn)


def _read(reading: Reading, instance: Instance, statement: Mapping, arn: Text) -> None:
    document = _object(("Version", literal_text("2012-10-17")), ("Statement", statement))
    body = instance.body._replace(attributes={"principal": document})
    policy = policy_at(reading, site(instance._replace(body=body), "principal"), "resource")
    policy = guarded(replace(policy, span=instance.body.span), existence(instance))
    reading.policies.append(policy)
    reading.resources.append(
        Resource(instance.address, instance.type, pattern_of(arn), instance.body.span, policy)
    )


def merged(resources: list[Resource]) -> Iterator[Resource]:
    """Yield the resources, the permissions on one thing as one with all their statements."""
    granted: dict[Pattern | None, list[Policy]] = {}
    for one in resources:
        if one.type in PERMISSIONS and one.policy is not None:
            granted.setdefault(one.arn, []).append(one.policy)
    for one in resources:
        if one.type not in PERMISSIONS:
            yield one
        elif found := granted.pop(one.arn, None):
            yield replace(one, policy=_joined(found))


def _joined(policies: list[Policy]) -> Policy:
    if len(policies) == 1:
        return policies[0]
    statements = tuple(s for policy in policies for s in policy.document.statements)
    first = policies[0]
    return replace(
        first,
        address=f"{first.address} and {len(policies) - 1} more",
        document=replace(first.document, statements=statements),
    )


def _function(reading: Reading, instance: Instance) -> Text:
    """Return the ARN of the function, version or alias, which may be given by its name."""
    named = text_at(instance.body, "function_name") or Text((_symbol(instance, "function_name"),))
    named = _arn(reading, instance, named, "arn:{partition}:lambda:{region}:{account}:function:")
    qualifier = text_at(instance.body, "qualifier")
    if qualifier is not None:
        named = concat([named, literal_text(":"), qualifier], named.span)
    return named


def _arn(reading: Reading, instance: Instance, named: Text, head: str) -> Text:
    """Return the ARN of what is named: as it is written, or the name after a template."""
    first = named.pieces[0] if named.pieces else None
    if not (isinstance(first, Chars) and first.text.startswith("arn:")):
        named = concat([spell(instance, head), named], named.span)
    bound = bind_account(named, instance.scope, reading.accounts)
    return bound if isinstance(bound, Text) else named


def _statement(instance: Instance, arn: Text, action: Text | None = None) -> Mapping:
    body = instance.body
    statement_id = text_at(body, "statement_id")
    found: list[tuple[str, Value]] = [] if statement_id is None else [("Sid", statement_id)]
    action = action or text_at(body, "action") or Text((_symbol(instance, "action"),))
    found += [
        ("Effect", literal_text("Allow")),
        ("Principal", _principal(instance)),
        ("Action", action),
        ("Resource", arn),
    ]
    operators: dict[str, list[tuple[str, Value]]] = {}
    for operator, key, name in _CONDITIONS:
        value = text_at(body, name)
        if value is not None:
            operators.setdefault(operator, []).append((key, value))
    if literal_at(body, "invoked_via_function_url") == "true":
        key = "lambda:InvokedViaFunctionUrl"
        operators["Bool"] = [(key, literal_text("true"))]
    if operators:
        conditions = [(operator, _object(*keys)) for operator, keys in operators.items()]
        found.append(("Condition", _object(*conditions)))
    return replace(_object(*found), span=body.span)


def _principal(instance: Instance) -> Value:
    """Return the Principal element: everyone, a service, an account or an ARN."""
    text = text_at(instance.body, "principal")
    if text is None or not text.pieces:
        return Unknown(_symbol(instance, "principal"), span=instance.body.span)
    first, last = text.pieces[0], text.pieces[-1]
    if text.literal == "*":
        return text
    if isinstance(last, Chars) and last.text.endswith(_SERVICE_ENDS):
        return _object(("Service", text))
    if isinstance(first, Chars) and first.text.startswith("arn:"):
        return _object(("AWS", text))
    if _is_account(text):
        head = spell(instance, "arn:{partition}:iam::")
        return _object(("AWS", concat([head, text, literal_text(":root")], text.span)))
    return Unknown(_symbol(instance, "principal"), span=text.span)


def _is_account(text: Text) -> bool:
    only = text.pieces[0]
    if isinstance(only, Symbol):
        return len(text.pieces) == 1 and only.environment
    number = text.literal or ""
    return len(number) == _ACCOUNT_DIGITS and number.isascii() and number.isdigit()


def _symbol(instance: Instance, name: str) -> Symbol:
    return site(instance, name).symbol


def _object(*entries: tuple[str, Value]) -> Mapping:
    return Mapping(tuple((literal_text(name), value) for name, value in entries))
