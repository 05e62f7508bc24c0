"""Make the roles that the framework makes: one for all functions, or one for each.

Source: "Serverless Framework - AWS Lambda - IAM" (``provider.iam.role``; the older
``iamRoleStatements``, ``rolePermissionsBoundary``; ``mode: perFunction`` and ``functions.*.iam``
of version 4), and the README of serverless-iam-roles-per-function, whose properties version 4
takes over. A function's own statements count though neither may be in use: they say what is meant.
"""

from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.frontends.cloudformation.serverless.build import (
    attribute,
    join,
    mapping,
    ref,
    regional,
    resource,
    statement,
    text,
    texts,
)
from leastwise.frontends.cloudformation.serverless.events import (
    PLUGIN_EVENTS,
    Function,
    destination_statements,
    event_statements,
    is_set,
    property_statements,
    trusted_services,
)
from leastwise.frontends.cloudformation.serverless.service import (
    PER_FUNCTION,
    Service,
    key_span,
    member,
)
from leastwise.source.span import Span
from leastwise.source.text import concat
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Text, Unknown, Value

_SHARED = "IamRoleLambdaExecution"

_VERSION = "2012-10-17"
_MAX_NAME = 64
_CREATE = ("logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource")
_PUT = ("logs:PutLogEvents",)
_OWN = ("logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents")


def roles(service: Service) -> tuple[tuple[Text, Mapping], ...]:
    """Return the roles that the framework makes, by logical id."""
    made: list[tuple[Text, Mapping]] = []
    if _has_shared_role(service):
        cause = _cause(service)
        made.append((text(_SHARED, cause), _shared(service, cause)))
    for function in service.functions:
        if _has_own_role(service, function):
            cause = _own_cause(function)
            made.append(
                (text(function.logical_id + _SHARED, cause), _own(service, function, cause))
            )
    return tuple(made)


def role_of(service: Service, function: Function) -> Value:
    """Return the Role property of a function."""
    cause = function.key.span
    given = function.body.get("role") or _existing_role(service)
    if given is None:
        owned = _has_own_role(service, function)
        return attribute(function.logical_id + _SHARED if owned else _SHARED, "Arn", cause)
    named = given.literal if isinstance(given, Text) else None
    if named and not named.startswith("arn:"):
        return attribute(named, "Arn", given.span)
    return given


def _existing_role(service: Service) -> Value | None:
    """Return the role that the provider names instead of having one made."""
    role = member(service.provider, "iam").get("role")
    if isinstance(role, (Text, Unknown)):
        return role
    if isinstance(role, Mapping) and any("::" in (k.literal or "") for k, _ in role.entries):
        return role
    return service.provider.get("role")


def _has_shared_role(service: Service) -> bool:
    """Say whether a role is made that functions without one of their own share."""
    if not service.functions or _existing_role(service) is not None or _is_per_function(service):
        return False
    return any(function.body.get("role") is None for function in service.functions)


def _has_own_role(service: Service, function: Function) -> bool:
    """Say whether a role is made for one function."""
    if function.body.get("role") is not None or _existing_role(service) is not None:
        return False
    own = member(member(function.body, "iam"), "role")
    return (
        _is_per_function(service)
        or function.body.get("iamRoleStatements") is not None
        or own.get("statements") is not None
        or is_set(own.get("managedPolicies"))
    )


def _is_per_function(service: Service) -> bool:
    mode = service.role.get("mode")
    return isinstance(mode, Text) and mode.literal == "perFunction"


def _cause(service: Service) -> Span | None:
    """Return the place of the shared role: what the service says of it, or its provider."""
    iam = member(service.provider, "iam")
    return (
        key_span(iam, "role")
        or key_span(service.provider, "iamRoleStatements")
        or service.functions[0].key.span
    )


def _own_cause(function: Function) -> Span | None:
    body = function.body
    found = key_span(body, "iamRoleStatements") or key_span(member(body, "iam"), "role")
    return found or function.key.span


def _shared(service: Service, cause: Span | None) -> Mapping:
    """Make the role of all functions."""
    statements: list[Value] = [*_shared_logs(service, cause)]
    statements += _items(_shared_statements(service))
    for function in service.functions:
        statements += event_statements(function)
        statements += property_statements(function, service.provider)
        if function.body.get("role") is None:
            statements += _destinations(service, function)
    role = service.role
    managed = _items(role.get("managedPolicies") or service.provider.get("iamManagedPolicies"))
    uses_network = any(_has(f.body, "vpc") for f in service.functions)
    if uses_network or is_set(service.provider.get("vpc")):
        managed = (*managed, _network_policy(cause))
    properties = mapping(
        cause,
        AssumeRolePolicyDocument=_trust(service.functions, cause),
        Path=role.get("path"),
        RoleName=role.get("name") or _role_name(service, None, cause),
        Policies=_policies(statements, _policy_name(service, cause), cause),
        ManagedPolicyArns=Sequence(managed, cause) if managed else None,
        PermissionsBoundary=_boundary(service),
        Tags=_tags(role.get("tags"), cause),
    )
    return resource("AWS::IAM::Role", properties, cause)


def _own(service: Service, function: Function, cause: Span | None) -> Mapping:
    """Make the role of one function."""
    body = function.body
    own = member(member(body, "iam"), "role")
    logs = _log_groups(log_group_name(function), cause, ":*:*")
    statements: list[Value] = [statement(_OWN, (logs,), cause)]
    statements += _own_needs(service, function)
    if _inherits(service, function):
        statements += _items(_shared_statements(service))
    statements += _items(own.get("statements") or body.get("iamRoleStatements"))
    managed: tuple[Value, ...] = ()
    if _is_per_function(service):
        managed = _items(service.role.get("managedPolicies"))
    if is_set(body.get("vpc")) or is_set(service.provider.get("vpc")):
        managed = (*managed, _network_policy(cause))
    managed += _items(own.get("managedPolicies"))
    name = own.get("name") or body.get("iamRoleStatementsName")
    properties = mapping(
        cause,
        AssumeRolePolicyDocument=_trust(_trusting(service, function), cause),
        Path=own.get("path") or service.role.get("path"),
        RoleName=name or _role_name(service, function, cause),
        Policies=_policies(statements, _policy_name(service, cause), cause),
        ManagedPolicyArns=Sequence(managed, cause) if managed else None,
        PermissionsBoundary=own.get("permissionsBoundary")
        or body.get("iamPermissionsBoundary")
        or _boundary(service),
        Tags=_tags(own.get("tags") or service.role.get("tags"), cause),
    )
    return resource("AWS::IAM::Role", properties, cause)


def _own_needs(service: Service, function: Function) -> list[Mapping]:
    """Make the statements for what a function has; the plugin knows fewer kinds of it."""
    if _has_plugin(service):
        error = function.body.get("onError")
        needs = list(event_statements(function, PLUGIN_EVENTS))
        return needs + ([statement(("sns:Publish",), (error,), error.span)] if error else [])
    needs = [*event_statements(function), *property_statements(function, service.provider)]
    return needs + _destinations(service, function)


def _trusting(service: Service, function: Function) -> tuple[Function, ...]:
    """Return the functions whose events say who may assume the role of one of them.

    The plugin copies the shared role, with whoever may assume that.
    """
    return service.functions if _has_plugin(service) else (function,)


def _has_plugin(service: Service) -> bool:
    return PER_FUNCTION in service.plugins


def _inherits(service: Service, function: Function) -> bool:
    """Say whether the statements of the provider are a function's too."""
    for given in (
        member(function.body, "iam").get("inheritStatements"),
        function.body.get("iamRoleStatementsInherit"),
        service.custom.get("defaultInherit"),
    ):
        if given is not None:
            return is_set(given)
    return _is_per_function(service)


def _shared_statements(service: Service) -> Value | None:
    return service.role.get("statements") or service.provider.get("iamRoleStatements")


def _shared_logs(service: Service, cause: Span | None) -> list[Value]:
    """Make the statements for log groups: one prefix for names by default, others by name."""
    prefix = service.prefix.literal
    create: list[Value] = []
    put: list[Value] = []
    silent: list[Value] = []
    by_default = False
    for function in service.functions:
        disabled = is_set(function.body.get("disableLogs"))
        name = as_text(function.name)
        given = function.body.get("name") is not None or _logs(function) is not None
        first = name.pieces[0] if name is not None and name.pieces else None
        starts = isinstance(first, Chars) and prefix is not None and first.text.startswith(prefix)
        group = log_group_name(function)
        if not given or (starts and _logs(function) is None):
            by_default = by_default or not disabled
            silent += [_log_groups(group, cause, ":*")] if disabled else []
        elif not disabled:
            create.append(_log_groups(group, cause, ":*"))
            put.append(_log_groups(group, cause, ":*:*"))
    if by_default:
        group = concat([text("/aws/lambda/", cause), service.prefix, text("*", cause)], cause)
        create.append(_log_groups(group, cause, ":*"))
        put.append(_log_groups(group, cause, ":*:*"))
    made: list[Value] = []
    if create:
        made += [statement(_CREATE, tuple(create), cause), statement(_PUT, tuple(put), cause)]
    if by_default and silent:
        made.append(statement(_PUT, tuple(silent), cause, "Deny"))
    return made


def _logs(function: Function) -> Value | None:
    return member(function.body, "logs").get("logGroup")


def log_group_name(function: Function) -> Value:
    """Return the name of the log group of a function."""
    given = _logs(function)
    if given is not None:
        return given
    start = text("/aws/lambda/", function.key.span)
    name = as_text(function.name)
    if name is None:
        return join("", (start, function.name), function.key.span)
    return concat([start, name], function.key.span)


def _log_groups(name: Value, cause: Span | None, rest: str) -> Mapping:
    return regional("logs", text("log-group:", cause), name, text(rest, cause), cause=cause)


def _destinations(service: Service, function: Function) -> list[Mapping]:
    names = {one.label: one.name for one in service.functions}
    return list(destination_statements(function, names.get))


def _trust(functions: tuple[Function, ...], cause: Span | None) -> Mapping:
    services = trusted_services(functions)
    named = Sequence(tuple(text(s, place or cause) for s, place in services.items()), cause)
    assumes = mapping(
        cause,
        Effect=text("Allow", cause),
        Principal=mapping(cause, Service=named),
        Action=texts(("sts:AssumeRole",), cause),
    )
    return _document([assumes], cause)


def _document(statements: list[Value], cause: Span | None) -> Mapping:
    return mapping(
        cause, Version=text(_VERSION, cause), Statement=Sequence(tuple(statements), cause)
    )


def _policies(statements: list[Value], name: Value, cause: Span | None) -> Sequence:
    policy = mapping(cause, PolicyName=name, PolicyDocument=_document(statements, cause))
    return Sequence((policy,), cause)


def inline_role(statements: list[Value], cause: Span | None) -> Mapping:
    """Make a role of a function of the framework's own, with one inline policy."""
    properties = mapping(
        cause,
        AssumeRolePolicyDocument=_trust((), cause),
        Policies=_policies(statements, text("custom-resources-lambda", cause), cause),
    )
    return resource("AWS::IAM::Role", properties, cause)


def _policy_name(service: Service, cause: Span | None) -> Value:
    return concat([service.prefix, text("-lambda", cause)], cause)


def _role_name(service: Service, function: Function | None, cause: Span | None) -> Mapping:
    parts: list[Value] = [service.name, service.stage]
    parts += [] if function is None else [text(function.label, function.key.span)]
    parts += [ref("AWS::Region", cause), text("lambdaRole", cause)]
    if function is not None and _length(service, parts) > _MAX_NAME:
        parts.pop()
    return join("-", tuple(parts), cause)


def _length(service: Service, parts: list[Value]) -> int:
    """Count the characters of a name as the framework does, with the region spelled."""
    literals = [part.literal or "" for part in parts if isinstance(part, Text)]
    region = service.region.literal or "us-east-1"
    return sum(map(len, literals)) + len(region) + len(parts) - 1


def _network_policy(cause: Span | None) -> Mapping:
    parts = (
        text("arn:", cause),
        ref("AWS::Partition", cause),
        text(":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", cause),
    )
    return join("", parts, cause)


def _boundary(service: Service) -> Value | None:
    if _has_plugin(service):
        given = service.custom.get("iamGlobalPermissionsBoundary")
        if given is not None:
            return given
    role = service.role
    found = role.get("permissionsBoundary") or role.get("permissionBoundary")
    return found or service.provider.get("rolePermissionsBoundary")


def _tags(tags: Value | None, cause: Span | None) -> Sequence | None:
    if not isinstance(tags, Mapping):
        return None
    pairs = tuple(mapping(key.span, Key=key, Value=value) for key, value in tags.entries)
    return Sequence(pairs, cause)


def _items(value: Value | None) -> tuple[Value, ...]:
    """Return the items of a list; what is no list, and not nothing, is one item that is unknown."""
    match value:
        case Sequence():
            return value.items
        case None | Scalar():
            return ()
        case _:
            return (value,)


def _has(body: Mapping, name: str) -> bool:
    return any(key.literal == name for key, _ in body.entries)
