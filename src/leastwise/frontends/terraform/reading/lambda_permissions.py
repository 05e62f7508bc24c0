"""Read the statements that ``aws_lambda_permission`` adds to the policy of a function.

AddPermission writes one statement of its arguments; the source is compared with ``ArnLike``:
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
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

_ACCOUNT_DIGITS = 12
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal")
_CONDITIONS = (
    ("ArnLike", "AWS:SourceArn", "source_arn"),
    ("StringEquals", "AWS:SourceAccount", "source_account"),
    ("StringEquals", "aws:PrincipalOrgID", "principal_org_id"),
    ("StringEquals", "lambda:EventSourceToken", "event_source_token"),
    ("StringEquals", "lambda:FunctionUrlAuthType", "function_url_auth_type"),
)


def read_permission(reading: Reading, instance: Instance) -> None:
    """Read the permission as a policy of one statement; its function carries it."""
    arn = _function(reading, instance)
    document = _object(
        ("Version", literal_text("2012-10-17")),
        ("Statement", _statement(instance, arn)),
    )
    body = instance.body._replace(attributes={"principal": document})
    policy = policy_at(reading, site(instance._replace(body=body), "principal"), "resource")
    policy = guarded(replace(policy, span=instance.body.span), existence(instance))
    reading.policies.append(policy)
    reading.resources.append(
        Resource(instance.address, instance.type, pattern_of(arn), instance.body.span, policy)
    )


def merged(resources: list[Resource]) -> Iterator[Resource]:
    """Yield the resources, the permissions of one function as one with all their statements."""
    functions: dict[Pattern | None, list[Policy]] = {}
    for one in resources:
        if one.type == PERMISSION and one.policy is not None:
            functions.setdefault(one.arn, []).append(one.policy)
    for one in resources:
        if one.type != PERMISSION:
            yield one
        elif found := functions.pop(one.arn, None):
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
    first = named.pieces[0] if named.pieces else None
    if not (isinstance(first, Chars) and first.text.startswith("arn:")):
        head = spell(instance, "arn:{partition}:lambda:{region}:{account}:function:")
        named = concat([head, named], named.span)
    qualifier = text_at(instance.body, "qualifier")
    if qualifier is not None:
        named = concat([named, literal_text(":"), qualifier], named.span)
    bound = bind_account(named, instance.scope, reading.accounts)
    return bound if isinstance(bound, Text) else named


def _statement(instance: Instance, arn: Text) -> Mapping:
    body = instance.body
    statement_id = text_at(body, "statement_id")
    found: list[tuple[str, Value]] = [] if statement_id is None else [("Sid", statement_id)]
    action = text_at(body, "action") or Text((_symbol(instance, "action"),))
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
