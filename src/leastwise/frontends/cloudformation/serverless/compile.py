"""Compile a service to the template that the framework deploys, as far as IAM is concerned.

Source: "Serverless Framework - AWS - Resources": the resources that are made of functions, how
``resources`` are merged over them, and ``resources.extensions``. What is written keeps its place.

Not modelled: resources without IAM (API Gateway, event source mappings), permissions for services
to invoke a function that name their source, and what plugins add.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.frontends.cloudformation.serverless.build import (
    attribute,
    join,
    mapping,
    ref,
    resource,
    statement,
    text,
)
from leastwise.frontends.cloudformation.serverless.events import Function, is_set
from leastwise.frontends.cloudformation.serverless.roles import (
    inline_role,
    log_group_name,
    role_of,
    roles,
)
from leastwise.frontends.cloudformation.serverless.service import (
    PER_FUNCTION,
    Service,
    key_span,
    member,
    service_of,
)
from leastwise.frontends.cloudformation.serverless.variables import Resolver
from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.span import Span, source_file
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Sequence, Text, Unknown, Value

_CUSTOM_ROLE = "IamRoleCustomResourcesLambdaExecution"
_BUCKET = "ServerlessDeploymentBucket"
_MAX_MERGED = 64
_NO_IAM = frozenset(
    {
        PER_FUNCTION,
        "serverless-bundle",
        "serverless-dotenv-plugin",
        "serverless-esbuild",
        "serverless-offline",
        "serverless-plugin-typescript",
        "serverless-prune-plugin",
        "serverless-python-requirements",
        "serverless-webpack",
    }
)
"""Plugins that leave IAM as it is, of those that are used most."""


class Compiled(NamedTuple):
    """Hold what a service compiles to; ``body`` None: the file is none, or is broken.

    ``read`` are the other files that it is written in.
    """

    body: Mapping | None
    region: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    read: frozenset[str] = frozenset()


def compiled(tree: Tree, path: str, data: bytes) -> Compiled:
    """Read a service and compile it."""
    config, problems = _parse(path, data)
    if any(problem.severity == "error" for problem in problems):
        return Compiled(None, diagnostics=problems)
    if not isinstance(config, Mapping) or config.get("provider") is None:
        return Compiled(None)
    resolver = Resolver(tree, path, config)
    service = service_of(config, resolver)
    if service is None:
        return Compiled(None)
    body = _template(service)
    return Compiled(
        body,
        service.region.literal,
        (*problems, *dict.fromkeys(resolver.diagnostics)),
        tuple(_unseen(service, config, resolver)),
        frozenset(resolver.read),
    )


def _parse(path: str, data: bytes) -> tuple[Value | None, tuple[Diagnostic, ...]]:
    if not path.endswith(".json"):
        file = read_yaml(source_file(path, data))
        return file.value, file.diagnostics
    value = read_json(path, data)
    return (None, (value,)) if isinstance(value, Diagnostic) else (value, ())


def _template(service: Service) -> Mapping:
    """Make the top level of the template: what is made, with what is written merged over it."""
    made = Mapping(tuple(_resources(service)))
    whole: Mapping = mapping(None, AWSTemplateFormatVersion=text("2010-09-09", None))
    whole = Mapping((*whole.entries, (text("Resources", None), made)))
    written = service.resources
    parts = written.items if isinstance(written, Sequence) else (written,)
    extensions: list[Mapping] = []
    for part in parts:
        if isinstance(part, Mapping):
            extensions.append(member(part, "extensions"))
            kept = tuple(e for e in part.entries if e[0].literal != "extensions")
            whole = _merged(whole, Mapping(kept, part.span), _MAX_MERGED)
    for extension in extensions:
        whole = _extended(whole, extension)
    return whole


def _merged(base: Mapping, over: Mapping, depth: int) -> Mapping:
    """Merge mappings key by key; of two other values the second one stands."""
    entries: dict[str, tuple[Text, Value]] = {k.literal or "": (k, v) for k, v in base.entries}
    for key, value in over.entries:
        name = key.literal or ""
        before = entries.get(name)
        if before is not None and depth > 0:
            merged = _merged_values(before[1], value, depth)
            made = before[0].span is None or not isinstance(value, Mapping)
            entries[name] = (key if made else before[0], merged)
        else:
            entries[name] = (key, value)
    return Mapping(tuple(entries.values()), over.span or base.span, over.tail or base.tail)


def _merged_values(before: Value, after: Value, depth: int) -> Value:
    """Merge two values; items of lists are merged by their index, as lodash does."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _merged(before, after, depth - 1)
    if isinstance(before, Sequence) and isinstance(after, Sequence):
        pairs = zip(before.items, after.items, strict=False)
        both = tuple(_merged_values(one, two, depth - 1) for one, two in pairs)
        rest = (before.items[len(both) :], after.items[len(both) :])
        return Sequence((*both, *rest[0], *rest[1]), after.span)
    return after


def _extended(whole: Mapping, extensions: Mapping) -> Mapping:
    """Put the attributes of extensions in place; properties are replaced one by one."""
    resources = member(whole, "Resources")
    for name, extension in extensions.entries:
        before = resources.get(name.literal or "")
        if not isinstance(before, Mapping) or not isinstance(extension, Mapping):
            continue
        after = _merged(before, extension, 0)
        properties = extension.get("Properties")
        if isinstance(properties, Mapping):
            merged = _merged(member(before, "Properties"), properties, 0)
            after = _merged(after, mapping(name.span, Properties=merged), 0)
        one = Mapping(((name, after),))
        resources = _merged(resources, one, 0)
    return _merged(whole, mapping(None, Resources=resources), 0)


def _resources(service: Service) -> Iterator[tuple[Text, Value]]:
    """Yield the resources that the framework makes of a service."""
    cause = key_span(service.provider, "name") or service.provider.span
    if service.provider.get("deploymentBucket") is None:
        yield text(_BUCKET, cause), resource("AWS::S3::Bucket", Mapping(()), cause)
    yield from roles(service)
    for function in service.functions:
        yield from _function(service, function)
    statements = [*_custom_statements(service)]
    if statements and member(service.provider, "iam").get("deploymentRole") is None:
        place = statements[0].span
        yield text(_CUSTOM_ROLE, place), inline_role([*statements], place)


def _function(service: Service, function: Function) -> Iterator[tuple[Text, Value]]:
    cause = function.key.span
    name = function.logical_id
    if not is_set(function.body.get("disableLogs")):
        group = mapping(cause, LogGroupName=log_group_name(function))
        yield text(f"{name}LogGroup", cause), resource("AWS::Logs::LogGroup", group, cause)
    properties = mapping(cause, FunctionName=function.name, Role=role_of(service, function))
    made = resource("AWS::Lambda::Function", properties, cause)
    condition = function.body.get("condition")
    if condition is not None:
        made = Mapping((*made.entries, (text("Condition", cause), condition)), cause)
    yield text(f"{name}LambdaFunction", cause), made
    yield from _url(function)


def _url(function: Function) -> Iterator[tuple[Text, Value]]:
    """Yield what a function URL is made of; one without an authorizer is for everyone.

    Source: "Serverless Framework - AWS Lambda Functions", Lambda Function URLs.
    """
    url = function.body.get("url")
    if url is None or not is_set(url):
        return
    cause = key_span(function.body, "url")
    authorizer = url.get("authorizer") if isinstance(url, Mapping) else None
    is_private = isinstance(authorizer, Text) and authorizer.literal == "aws_iam"
    target = attribute(f"{function.logical_id}LambdaFunction", "Arn", cause)
    kind = text("AWS_IAM" if is_private else "NONE", cause)
    properties = mapping(cause, AuthType=kind, TargetFunctionArn=target)
    key = text(f"{function.logical_id}LambdaFunctionUrl", cause)
    yield key, resource("AWS::Lambda::Url", properties, cause)
    if not is_private:
        properties = mapping(
            cause,
            FunctionName=target,
            Action=text("lambda:InvokeFunctionUrl", cause),
            Principal=text("*", cause),
            FunctionUrlAuthType=kind,
        )
        key = text(f"{function.logical_id}LambdaPermissionFnUrl", cause)
        yield key, resource("AWS::Lambda::Permission", properties, cause)


def _custom_statements(service: Service) -> Iterator[Mapping]:
    """Yield the statements of the role of the framework's own functions.

    They set up what CloudFormation could not: notifications of buckets and user pools that exist,
    and the role with which API Gateway writes logs.
    """
    events = [(f, *event) for f in service.functions for event in f.events()]
    logs = member(service.provider, "logs")
    gateway = logs.get("restApi")
    if gateway is not None and is_set(gateway) and any(kind == "http" for _, kind, _, _ in events):
        managed = member(logs, "restApi")
        if not is_set(managed.get("roleManagedExternally")):
            yield from _gateway_statements(key_span(logs, "restApi"))
    for function, kind, event, cause in events:
        if not isinstance(event, Mapping) or not is_set(event.get("existing")):
            continue
        if kind == "s3":
            yield from _bucket_statements(event, cause)
        elif kind == "cognitoUserPool":
            yield from _pool_statements(function, cause)


def _gateway_statements(cause: Span | None) -> Iterator[Mapping]:
    account = (text("arn", cause), ref("AWS::Partition", cause))
    every_role = join(
        ":",
        (*account, text("iam:", cause), ref("AWS::AccountId", cause), text("role/*", cause)),
        cause,
    )
    actions = ("AttachRolePolicy", "CreateRole", "ListAttachedRolePolicies", "PassRole")
    yield statement(tuple(f"iam:{action}" for action in actions), (every_role,), cause)
    gateway = join(":", (*account, text("apigateway:*::/account", cause)), cause)
    yield statement(("apigateway:GET", "apigateway:PATCH"), (gateway,), cause)


def _bucket_statements(event: Mapping, cause: Span | None) -> Iterator[Mapping]:
    bucket = event.get("bucket") or text("*", cause)
    parts = (text("arn:", cause), ref("AWS::Partition", cause), text(":s3:::", cause), bucket)
    actions = ("s3:PutBucketNotification", "s3:GetBucketNotification")
    yield statement(actions, (join("", parts, cause),), cause)
    yield _permissions(
        (ref("AWS::Region", cause), text(":", cause), ref("AWS::AccountId", cause)),
        text("*", cause),
        cause,
    )


def _pool_statements(function: Function, cause: Span | None) -> Iterator[Mapping]:
    actions = ("ListUserPools", "DescribeUserPool", "UpdateUserPool")
    names = tuple(f"cognito-idp:{action}" for action in actions)
    yield statement(names, (text("*", cause),), cause)
    yield _permissions((text("*:*", cause),), function.name, cause)
    role = (text("arn:", cause), ref("AWS::Partition", cause), text(":iam::*:role/*", cause))
    yield statement(("iam:PassRole",), (join("", role, cause),), cause)


def _permissions(place: tuple[Value, ...], name: Value, cause: Span | None) -> Mapping:
    parts = (text("arn:", cause), ref("AWS::Partition", cause), text(":lambda:", cause), *place)
    arn = join("", (*parts, text(":function:", cause), name), cause)
    return statement(("lambda:AddPermission", "lambda:RemovePermission"), (arn,), cause)


def _unseen(service: Service, config: Mapping, resolver: Resolver) -> Iterator[NotInView]:
    """List what of a service is not read: plugins, and parts that a program gives."""
    remedy = "run 'serverless package', then 'leastwise check .serverless' in its folder"
    plugins = [name for name in service.plugins if name not in _NO_IAM]
    if plugins:
        place = key_span(config, "plugins") or Span(service.path, 0, 0)
        named = ", ".join(repr(name) for name in dict.fromkeys(plugins))
        message = f"what the plugins {named} change of the template is not known"
        yield NotInView("serverless-plugin", place, message, remedy)
    for name in ("functions", "resources"):
        for part, span in _unknown_parts(resolver.get(name)):
            at = span or key_span(config, name) or Span(service.path, 0, 0)
            message = f"a part of the {name} of this service is not known: {part}"
            yield NotInView("serverless-variable", at, message, remedy)


def _unknown_parts(value: Value | None) -> Iterator[tuple[str, Span | None]]:
    """Yield what is not known where the framework expects sections and resources."""
    inner: list[Value] = [] if value is None else [value]
    for _ in range(3):
        below: list[Value] = []
        for one in inner:
            if isinstance(one, Unknown):
                yield f"{one.symbol.reference} ({one.reason})", one.span
            elif isinstance(one, Sequence):
                below += one.items
            elif isinstance(one, Mapping):
                below += [v for k, v in one.entries if k.literal not in ("Outputs", "Parameters")]
        inner = below
