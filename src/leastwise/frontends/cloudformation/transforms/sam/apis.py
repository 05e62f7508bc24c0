"""Expand the API types: resource policies, and permissions for authorizers and routes.

Source: "AWS::Serverless::Api", "AWS::Serverless::HttpApi" and "AWS::Serverless::WebSocketApi",
AWS SAM Developer Guide. The resource policy of a REST API, which SAM writes into its definition,
becomes its property Policy.
"""

from leastwise.frontends.cloudformation.syntax.template import Declaration
from leastwise.frontends.cloudformation.transforms.sam.api_policies import (
    policy_document,
    read_api_policy,
)
from leastwise.frontends.cloudformation.transforms.sam.deployments import any_of
from leastwise.frontends.cloudformation.transforms.sam.making import Plain, arn, ref, sub
from leastwise.frontends.cloudformation.transforms.sam.routes import IMPLICIT
from leastwise.frontends.cloudformation.transforms.sam.work import (
    ApiPaths,
    Macro,
    Work,
    add,
    is_true,
    literal,
    member,
)
from leastwise.source.span import Span
from leastwise.source.text import concat, literal_text
from leastwise.source.value import Mapping, Text, Value

_GATEWAY = "apigateway.amazonaws.com"


def implicit_api(work: Work, kind: str, key: Text) -> Declaration | None:
    """Return the API that events without one share; None when there are no such events."""
    name = IMPLICIT[kind]
    paths = work.apis.get(name)
    if paths is None or name in work.template.resources:
        return None
    condition = None
    if paths.conditions and None not in paths.conditions:
        condition = any_of(work, f"{name}Condition", paths.conditions)
    return Declaration(name, f"AWS::Serverless::{kind}", key, Mapping(()), Mapping(()), condition)


def expand_rest_api(macro: Macro) -> None:
    """Add a REST API with its stage, its resource policy and its authorizers' permissions."""
    paths = macro.work.apis.get(macro.id) or ApiPaths()
    stage = macro.get("StageName")
    auth = macro.get("Auth")
    if macro.get("Cors") is not None:
        for methods in paths.methods.values():
            if "options" not in methods:
                methods.append("options")
    named: Plain = "Prod" if stage is None else stage
    read_api_policy(macro.work, paths, member(auth, "ResourcePolicy"), named)
    document = policy_document(paths, macro.place("Auth"))
    policy: Plain = macro.get("Policy") or document
    properties: dict[str, Plain] = {"Name": macro.get("Name"), "Policy": policy}
    add(macro, macro.id, "AWS::ApiGateway::RestApi", properties)
    _stage(macro, named)
    for key, authorizer in _authorizers(auth):
        disabled = member(authorizer, "DisableFunctionDefaultPermissions")
        if not is_true(macro.work, disabled):
            _permit_authorizer(macro, key, member(authorizer, "FunctionArn"))


def _stage(macro: Macro, named: Plain) -> None:
    """Add the stage and what its deployment is called; neither carries a policy."""
    name = literal(macro.work, named) if isinstance(named, Text) else named
    suffix = name if isinstance(name, str) and name.isalnum() else ""
    stage = f"{macro.id}{suffix}Stage"
    place = macro.place("StageName")
    api = ref(macro.id)
    add(macro, stage, "AWS::ApiGateway::Stage", {"RestApiId": api, "StageName": named}, span=place)
    deployment = f"{macro.id}Deployment"
    add(macro, deployment, "AWS::ApiGateway::Deployment", {"RestApiId": api}, span=place)
    macro.work.references |= {f"{macro.id}.Stage": stage, f"{macro.id}.Deployment": deployment}


def expand_http_api(macro: Macro) -> None:
    """Add an HTTP API with its authorizers' permissions, which it makes only when asked to."""
    add(macro, macro.id, "AWS::ApiGatewayV2::Api", {"Name": macro.get("Name")})
    named = macro.get("StageName")
    name = literal(macro.work, named) if named is not None else ""
    suffix = name if name is not None and name.isalnum() else ""
    stage = f"{macro.id}{suffix or 'ApiGatewayDefault'}Stage"
    add(macro, stage, "AWS::ApiGatewayV2::Stage", {"ApiId": ref(macro.id)})
    macro.work.references[f"{macro.id}.Stage"] = stage
    for key, authorizer in _authorizers(macro.get("Auth")):
        if is_true(macro.work, member(authorizer, "EnableFunctionDefaultPermissions")):
            _permit_authorizer(macro, key, member(authorizer, "FunctionArn"))


def expand_web_socket_api(macro: Macro) -> None:
    """Add a WebSocket API with the permissions of its routes and its authorizer."""
    add(macro, macro.id, "AWS::ApiGatewayV2::Api", {"Name": macro.get("Name")})
    auth = macro.get("Auth")
    custom = literal(macro.work, member(auth, "AuthType")) == "CUSTOM"
    if custom and member(auth, "InvokeRole") is None:
        _permit(
            macro, f"{macro.id}AuthorizerPermission", member(auth, "AuthArn"), macro.place("Auth")
        )
    for key, route in macro.mapping("Routes").entries:
        name = key.literal or ""
        clean = "".join(c for c in name.capitalize() if c.isalnum()).capitalize()
        called: dict[str, Plain] = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": member(route, "FunctionArn"),
            "Principal": _GATEWAY,
            "SourceArn": _route_arn(macro, name),
        }
        logical_id = f"{macro.id}{clean}Permission"
        add(macro, logical_id, "AWS::Lambda::Permission", called, span=key.span)


def _route_arn(macro: Macro, route: str) -> Plain:
    stage = macro.get("StageName")
    start = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
    start += f"${{{macro.id}.ApiId}}/"
    if stage is None or isinstance(stage, Text):
        named = literal_text("default") if stage is None else stage
        return sub(concat([literal_text(start), named, literal_text(f"/{route}")], named.span))
    return sub(start + "${__StageName__}/" + route, {"__StageName__": stage})


def _authorizers(auth: Value | None) -> list[tuple[Text, Value]]:
    """Return the authorizers that call a function."""
    found = member(auth, "Authorizers")
    entries = found.entries if isinstance(found, Mapping) else ()
    return [(key, value) for key, value in entries if member(value, "FunctionArn") is not None]


def _permit_authorizer(macro: Macro, key: Text, function: Value | None) -> None:
    logical_id = f"{macro.id}{key.literal or ''}AuthorizerPermission"
    _permit(macro, logical_id, function, key.span or macro.span)


def _permit(macro: Macro, logical_id: str, function: Value | None, span: Span) -> None:
    source = arn("execute-api", "${__ApiId__}/authorizers/*", {"__ApiId__": ref(macro.id)})
    called: dict[str, Plain] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": function,
        "Principal": _GATEWAY,
        "SourceArn": source,
    }
    add(macro, logical_id, "AWS::Lambda::Permission", called, span=span)
