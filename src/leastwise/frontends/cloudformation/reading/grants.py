"""Read the statements that resources add to a policy without writing a document.

Each is what the API of the service makes of its arguments; the source of a Lambda permission is
compared with ``ArnLike``:
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreatePermission.html
https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html
https://docs.aws.amazon.com/amazonq/latest/api-reference/API_AssociatePermission.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.evaluation.worlds import is_null, spread
from leastwise.frontends.cloudformation.reading.reading import Leaf, Site, member, policy_from
from leastwise.frontends.cloudformation.reading.targets import is_arn
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.lower import pattern_of
from leastwise.iam.project import Policy, Resource
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.text import concat, literal_text
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

if TYPE_CHECKING:
    from leastwise.iam.policy import Pattern

Given: TypeAlias = dict[str, Value]
Condition: TypeAlias = tuple[str, str, str]

_ACCOUNT_DIGITS = 12
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal")


class _Grant(NamedTuple):
    """Say how a type is read: what its properties are, and where the policy stands.

    ``resource`` is the property that names what the grant is on, by its ARN or by what follows
    ``head`` in it. ``conditions`` are operator, key and property. ``service`` is the prefix of
    actions that are written without one.
    """

    resource: str
    head: str
    action: str = "Action"
    sid: str = ""
    conditions: tuple[Condition, ...] = ()
    default: str = ""
    service: str = ""


GRANTS: dict[str, _Grant] = {
    "AWS::Lambda::Permission": _Grant(
        "FunctionName",
        "arn:{partition}:lambda:{region}:{account}:function:",
        conditions=(
            ("ArnLike", "AWS:SourceArn", "SourceArn"),
            ("StringEquals", "AWS:SourceAccount", "SourceAccount"),
            ("StringEquals", "aws:PrincipalOrgID", "PrincipalOrgID"),
            ("StringEquals", "lambda:EventSourceToken", "EventSourceToken"),
            ("StringEquals", "lambda:FunctionUrlAuthType", "FunctionUrlAuthType"),
            ("Bool", "lambda:InvokedViaFunctionUrl", "InvokedViaFunctionUrl"),
        ),
    ),
    "AWS::Lambda::LayerVersionPermission": _Grant(
        "LayerVersionArn",
        "",
        conditions=(("StringEquals", "aws:PrincipalOrgID", "OrganizationId"),),
    ),
    "AWS::Events::EventBusPolicy": _Grant(
        "EventBusName",
        "arn:{partition}:events:{region}:{account}:event-bus/",
        sid="StatementId",
        default="default",
    ),
    "AWS::ACMPCA::Permission": _Grant(
        "CertificateAuthorityArn",
        "",
        action="Actions",
        conditions=(("StringEquals", "aws:SourceAccount", "SourceAccount"),),
        service="acm-pca",
    ),
    "AWS::Signer::ProfilePermission": _Grant(
        "ProfileName",
        "arn:{partition}:signer:{region}:{account}:/signing-profiles/",
        sid="StatementId",
        conditions=(("StringEquals", "signer:ProfileVersion", "ProfileVersion"),),
    ),
    "AWS::QBusiness::Permission": _Grant(
        "ApplicationId",
        "arn:{partition}:qbusiness:{region}:{account}:application/",
        action="Actions",
        sid="StatementId",
    ),
}
"""The resource types that grant by arguments. Of their own Condition, only that of a bus is read.

SOUND: over-approximates; the conditions of AWS::QBusiness::Permission are left out.
"""


def read_grant(site: Site) -> None:
    """Read a grant as a policy of one statement, on what the resource names."""
    grant = GRANTS[site.declared.type]
    names = [grant.resource, grant.sid, grant.action, "Principal", "Condition", "Statement"]
    names += [name for _, _, name in grant.conditions]
    values = {name: site.value(name) or Scalar(None) for name in names if name}
    arn = _resource(site, values[grant.resource], grant)
    order = tuple(values)

    def build(world: tuple[Value, ...]) -> Value:
        return _document(site, grant, dict(zip(order, world, strict=True)), arn)

    document = spread(tuple(values.values()), build)
    if document is None:
        document = Unknown(site.symbol("Principal"), "more conditions than are followed")
    label = "Principal" if site.declared.properties.get("Statement") is None else "Statement"
    policy = policy_from(site, Leaf(document, label), "resource")
    policy = replace(policy, span=site.declared.span, rests_on=site.rests_on(*order))
    site.reading.policies.append(policy)
    site.reading.resources.append(
        Resource(site.address, site.declared.type, pattern_of(arn), site.declared.span, policy)
    )


def merged(resources: list[Resource]) -> Iterator[Resource]:
    """Yield the resources, the grants on one thing as one with all their statements."""
    granted: dict[tuple[str, Pattern | None], list[Policy]] = {}
    for one in resources:
        if one.type in GRANTS and one.policy is not None:
            granted.setdefault((one.type, one.arn), []).append(one.policy)
    for one in resources:
        if one.type not in GRANTS:
            yield one
        elif found := granted.pop((one.type, one.arn), None):
            yield replace(one, policy=_joined(found))


def _joined(policies: list[Policy]) -> Policy:
    if len(policies) == 1:
        return policies[0]
    statements = tuple(s for policy in policies for s in policy.document.statements)
    opaque = next((p.document.opaque for p in policies if p.document.opaque is not None), None)
    first = policies[0]
    return replace(
        first,
        address=f"{first.address} and {len(policies) - 1} more",
        document=replace(first.document, statements=statements, opaque=opaque),
    )


def _resource(site: Site, value: Value, grant: _Grant) -> Text:
    """Return the ARN of what is granted on: as it is written, or made of a name."""
    text = None if is_null(value) else as_text(value)
    if text is None:
        default = grant.default if is_null(value) else ""
        text = literal_text(default) if default else Text((site.symbol(grant.resource),))
    if is_arn(text) or not grant.head:
        return text
    head = grant.head
    first = text.pieces[0] if text.pieces else None
    if isinstance(first, Chars) and _is_partial(first.text):
        # 123456789012:function:name is a form that Lambda takes too.
        head = head.partition("{account}")[0]
    return concat([_spelled(site, head), text], text.span)


def _is_partial(text: str) -> bool:
    number, colon, rest = text.partition(":")
    return bool(colon) and _is_number(number) and rest.startswith("function:")


def _spelled(site: Site, head: str) -> Text:
    environment = site.reading.scope.environment
    parts: list[Text] = []
    for chars, field in _fields(head):
        parts.append(literal_text(chars))
        match field:
            case "partition" | "region" | "account":
                parts.append(environment.text(field))
            case _:
                pass
    return concat(parts)


def _fields(template: str) -> Iterator[tuple[str, str]]:
    rest = template
    while rest:
        chars, _, rest = rest.partition("{")
        field, _, rest = rest.partition("}")
        yield chars, field


def _document(site: Site, grant: _Grant, given: Given, arn: Text) -> Value:
    whole = given["Statement"]
    statement = _statement(site, grant, given, arn) if is_null(whole) else _written(site, whole)
    return _object(("Version", literal_text("2012-10-17")), ("Statement", statement))


def _written(site: Site, statement: Value) -> Value:
    """Return a statement that is written as one: an object, or the JSON of one."""
    if not isinstance(statement, Text):
        return statement
    parsed = parse_json(statement, path=site.reading.source.path)
    if isinstance(parsed, Diagnostic):
        site.reading.diagnostics.append(parsed)
        return Unknown(site.symbol("Statement"), parsed.message, statement.span)
    return parsed


def _statement(site: Site, grant: _Grant, given: Given, arn: Text) -> Mapping:
    found: list[tuple[str, Value]] = []
    if grant.sid and not is_null(given[grant.sid]):
        found.append(("Sid", given[grant.sid]))
    action = given[grant.action]
    if is_null(action):
        action = Unknown(site.symbol(grant.action), f"{grant.action} is missing")
    found += [
        ("Effect", literal_text("Allow")),
        ("Principal", _principal(site, given["Principal"])),
        ("Action", _of_service(action, grant.service)),
        ("Resource", arn),
    ]
    operators: dict[str, list[tuple[str, Value]]] = {}
    for operator, key, name in grant.conditions:
        if not is_null(given[name]):
            operators.setdefault(operator, []).append((key, given[name]))
    conditions = [(operator, _object(*keys)) for operator, keys in operators.items()]
    if site.declared.type == "AWS::Events::EventBusPolicy":
        conditions += _bus_condition(given["Condition"])
    if conditions:
        found.append(("Condition", _object(*conditions)))
    return replace(_object(*found), span=site.declared.properties.span or site.declared.span)


def _of_service(action: Value, service: str) -> Value:
    """Put the service before the names of actions that are written without it."""
    if isinstance(action, Sequence):
        return replace(action, items=tuple(_of_service(item, service) for item in action.items))
    if not service or not isinstance(action, Text) or ":" in (action.literal or ":"):
        return action
    return concat([literal_text(f"{service}:"), action], action.span)


def _bus_condition(value: Value) -> list[tuple[str, Mapping]]:
    """Return the one condition of the older form: Type, Key and Value."""
    operator, key = member(value, "Type"), member(value, "Key")
    compared = member(value, "Value")
    names = [as_text(one) if one is not None else None for one in (operator, key)]
    literals = [one.literal if one is not None else None for one in names]
    if compared is None or literals[0] is None or literals[1] is None:
        return []
    return [(literals[0], _object((literals[1], compared)))]


def _principal(site: Site, value: Value) -> Value:
    """Return the Principal element: everyone, a service, an account or an ARN."""
    text = None if is_null(value) else as_text(value)
    if text is None or not text.pieces:
        return Unknown(site.symbol("Principal"), "no principal is known", site.declared.span)
    last = text.pieces[-1]
    if text.literal == "*":
        return text
    if (isinstance(last, Chars) and last.text.endswith(_SERVICE_ENDS)) or _ends_as_service(text):
        return _object(("Service", text))
    if is_arn(text):
        return _object(("AWS", text))
    if _is_account(text):
        head = _spelled(site, "arn:{partition}:iam::")
        return _object(("AWS", concat([head, text, literal_text(":root")], text.span)))
    return Unknown(site.symbol("Principal"), "no principal is known", text.span)


def _ends_as_service(text: Text) -> bool:
    """Say whether a name ends in the URL suffix, as in ``events.${AWS::URLSuffix}``."""
    last = text.pieces[-1]
    return len(text.pieces) > 1 and isinstance(last, Symbol) and last.id.endswith("|aws|url-suffix")


def _is_account(text: Text) -> bool:
    only = text.pieces[0]
    if isinstance(only, Symbol):
        return len(text.pieces) == 1 and only.environment
    return text.literal is not None and _is_number(text.literal)


def _is_number(text: str) -> bool:
    return len(text) == _ACCOUNT_DIGITS and text.isascii() and text.isdigit()


def _object(*entries: tuple[str, Value]) -> Mapping:
    return Mapping(tuple((literal_text(name), value) for name, value in entries))
