"""Expand AWS::Serverless::Function: the function, its role, and what its events need.

Source: "AWS::Serverless::Function" and "Generated CloudFormation resources", AWS SAM Developer
Guide.
"""

from leastwise.frontends.cloudformation.transforms.sam.destinations import (
    invoke_destinations,
)
from leastwise.frontends.cloudformation.transforms.sam.events import Target, events_of
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    branches,
    get_att,
    is_no_value,
    made,
    ref,
    referred,
)
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed, policies_of
from leastwise.frontends.cloudformation.transforms.sam.roles import (
    Role,
    allow,
    attach,
    declare,
    hold,
    trust,
)
from leastwise.frontends.cloudformation.transforms.sam.triggers import read_event
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    add,
    literal,
    member,
    problem,
)
from leastwise.source.value import Text, Value

# What stays as it is written; other properties of the function do not concern IAM.
_KEPT = (
    "FunctionName", "Handler", "Runtime", "PackageType", "VpcConfig", "Environment", "KmsKeyArn",
    "FileSystemConfigs", "CodeSigningConfigArn", "Layers", "LoggingConfig",
)  # fmt: skip
_DEAD_LETTERS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}


def expand_function(macro: Macro) -> None:
    """Add the function with all that SAM makes of it."""
    role = _role(macro)
    alias = _alias(macro)
    properties: dict[str, Plain] = {name: macro.get(name) for name in _KEPT}
    given = macro.get("Role")
    properties["Role"] = given or get_att(role.logical_id, "Arn")
    generated = given is None
    choice = None if given is None else branches(given)
    if choice is not None:
        generated, properties["Role"] = _chosen_role(macro, role, choice, properties["Role"])
    add(macro, macro.id, "AWS::Lambda::Function", properties)
    target = Target(macro.id, ref(macro.id), get_att(macro.id, "Arn"))
    if alias is not None:
        target = Target(alias, ref(alias), ref(alias))
    _function_url(macro, target)
    if generated:
        hold(role, policies_of(macro, role.logical_id))
    for event in events_of(macro):
        read_event(event, target, role)
    if generated:
        declare(macro, role)


def _role(macro: Macro) -> Role:
    """Return the role that SAM generates, before the events add to it."""
    role = Role(f"{macro.id}Role", macro.get("AssumeRolePolicyDocument") or _trust(macro))
    role.path, role.boundary = macro.get("RolePath"), macro.get("PermissionsBoundary")
    durable = macro.get("DurableConfig") is not None
    basic = "AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole"
    attach(role, aws_managed(f"service-role/{basic}", macro.span))
    tracing = macro.get("Tracing")
    if tracing is not None and literal(macro.work, tracing) != "Disabled":
        # In other partitions it is AWSXRayDaemonWriteAccess, which allows the same and more
        # reads of sampling rules.
        attach(role, aws_managed("AWSXrayWriteOnlyAccess", macro.place("Tracing")))
    if macro.get("VpcConfig") is not None:
        name = "service-role/AWSLambdaVPCAccessExecutionRole"
        attach(role, aws_managed(name, macro.place("VpcConfig")))
    role.inline += _dead_letters(macro)
    role.inline += invoke_destinations(macro)
    return role


def _trust(macro: Macro) -> Value:
    return trust("lambda.amazonaws.com", macro.span)


def _chosen_role(
    macro: Macro, role: Role, choice: tuple[Value, Value, Value], given: Plain
) -> tuple[bool, Plain]:
    """Return whether a role is generated, and the Role of the function, for a Role that is an If.

    Where one branch is nothing the role is made under the condition, or its negation.
    """
    condition, then, otherwise = choice
    name = literal(macro.work, condition) or ""
    own = get_att(role.logical_id, "Arn")
    if is_no_value(then) and is_no_value(otherwise):
        return True, own
    if is_no_value(then):
        role.condition = name
        return True, {"Fn::If": [condition, own, otherwise]}
    if is_no_value(otherwise):
        role.condition = f"NOT{name}"
        negation: Plain = {"Fn::Not": [{"Condition": name}]}
        macro.work.conditions[role.condition] = made(negation, macro.place("Role"))
        return True, {"Fn::If": [condition, then, own]}
    return False, given


def _dead_letters(macro: Macro) -> list[Value]:
    queue = macro.get("DeadLetterQueue")
    if queue is None:
        return []
    place = macro.place("DeadLetterQueue")
    kind, target = literal(macro.work, member(queue, "Type")), member(queue, "TargetArn")
    if kind not in _DEAD_LETTERS or target is None:
        problem(macro, place, "DeadLetterQueue needs a Type of SQS or SNS, and a TargetArn")
        return []
    name, version = "DeadLetterQueuePolicy", "2012-10-17"
    return [allow(name, _DEAD_LETTERS[kind], target, place, version=version)]


def _alias(macro: Macro) -> str | None:
    """Add version and alias of a function that is published; return the alias's logical id."""
    given = macro.get("AutoPublishAlias")
    if given is None:
        return None
    place = macro.place("AutoPublishAlias")
    # A parameter without default gets its value at deployment; its name stands for that.
    asked = referred(given)
    name = literal(macro.work, given) or (
        asked if asked in macro.work.template.parameters else None
    )
    if name is None:
        problem(macro, place, "AutoPublishAlias is neither a string nor a Ref to a parameter")
        return None
    version = f"{macro.id}Version"
    alias = f"{macro.id}Alias{name.replace('-', 'D').replace('_', 'U')}"
    own: dict[str, Plain] = {"FunctionName": ref(macro.id)}
    add(macro, version, "AWS::Lambda::Version", own, span=place)
    published: dict[str, Plain] = {
        **own,
        "Name": given,
        "FunctionVersion": get_att(version, "Version"),
    }
    add(macro, alias, "AWS::Lambda::Alias", published, span=place)
    macro.work.references |= {f"{macro.id}.Version": version, f"{macro.id}.Alias": alias}
    return alias


def _function_url(macro: Macro, target: Target) -> None:
    """Add the URL of a function; one without authorization may be called by anyone."""
    config = macro.get("FunctionUrlConfig")
    if config is None:
        return
    place = macro.place("FunctionUrlConfig")
    kind = member(config, "AuthType")
    url: dict[str, Plain] = {"AuthType": kind, "TargetFunctionArn": target.name}
    add(macro, f"{macro.id}Url", "AWS::Lambda::Url", url, span=place)
    # SAM does not look up a parameter here, so that its value changes nothing.
    if not isinstance(kind, Text) or kind.literal != "NONE":
        return
    anyone: dict[str, Plain] = {"FunctionName": target.name, "Principal": "*"}
    add(
        macro,
        f"{macro.id}UrlPublicPermissions",
        "AWS::Lambda::Permission",
        {"Action": "lambda:InvokeFunctionUrl", **anyone, "FunctionUrlAuthType": "NONE"},
        span=place,
    )
    add(
        macro,
        f"{macro.id}URLInvokeAllowPublicAccess",
        "AWS::Lambda::Permission",
        {"Action": "lambda:InvokeFunction", **anyone, "InvokedViaFunctionUrl": True},
        span=place,
    )
