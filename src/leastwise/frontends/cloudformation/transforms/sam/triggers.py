"""Read the events that call a function: the permission that each of them needs.

Source: the event source pages of "AWS::Serverless::Function", AWS SAM Developer Guide, and the
published translator for names and source ARNs.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.transforms.sam.events import Event, Target
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    arn,
    get_att,
    owner_of,
    ref,
    sub,
)
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed
from leastwise.frontends.cloudformation.transforms.sam.roles import Role, attach
from leastwise.frontends.cloudformation.transforms.sam.routes import (
    api_of,
    resource_path,
    stage_name,
)
from leastwise.frontends.cloudformation.transforms.sam.rules import (
    RULES,
    add_queue_policy,
    add_rule,
    add_schedule,
)
from leastwise.frontends.cloudformation.transforms.sam.sources import is_source, read_source
from leastwise.frontends.cloudformation.transforms.sam.work import (
    add,
    literal,
    member,
    problem,
)
from leastwise.source.value import Mapping, Scalar

_ANY = "x-amazon-apigateway-any-method"


def read_event(event: Event, target: Target, role: Role) -> None:
    """Add what an event of a function becomes."""
    if is_source(event.kind):
        read_source(event, target, role)
    elif event.kind in RULES:
        add_rule(event, target)
        permit(event, target, "events.amazonaws.com", {"SourceArn": get_att(event.id, "Arn")})
    elif event.kind == "ScheduleV2":
        add_schedule(event, target, starts=False)
    elif event.kind == "SNS":
        _topic(event, target, role)
    elif event.kind in _READERS:
        _READERS[event.kind](event, target)
    else:
        message = f"event {event.name}: SAM has no event type {event.kind!r}"
        problem(event.macro, event.span, message, severity="warning")


def permit(
    event: Event,
    target: Target,
    service: str,
    source: dict[str, Plain],
    *,
    prefix: str | None = None,
    suffix: str = "",
) -> None:
    """Add the permission of a service to call the function; ``source`` narrows it."""
    if not suffix.isalnum() and suffix:
        import hashlib

        suffix = hashlib.sha1(suffix.encode(), usedforsecurity=False).hexdigest()[:10]
    logical_id = f"{prefix or event.id}Permission{suffix}"
    add_permission(event, logical_id, {"FunctionName": target.name, "Principal": service, **source})


def add_permission(event: Event, logical_id: str, properties: dict[str, Plain]) -> None:
    """Add a permission to call a function."""
    called: dict[str, Plain] = {"Action": "lambda:InvokeFunction", **properties}
    add(event.macro, logical_id, "AWS::Lambda::Permission", called, span=event.span)


def _bucket(event: Event, target: Target) -> None:
    account: dict[str, Plain] = {"SourceAccount": ref("AWS::AccountId")}
    permit(event, target, "s3.amazonaws.com", account)


def _topic(event: Event, target: Target, role: Role) -> None:
    topic, through = event.get("Topic"), event.get("SqsSubscription")
    if through is None or (isinstance(through, Scalar) and not through.value):
        permit(event, target, "sns.amazonaws.com", {"SourceArn": topic})
        return
    queue: Plain = get_att(f"{event.id}Queue", "Arn")
    url: Plain = ref(f"{event.id}Queue")
    policy = f"{event.id}QueuePolicy"
    if isinstance(through, Mapping):
        queue, url = through.get("QueueArn"), through.get("QueueUrl")
        policy = literal(event.macro.work, member(through, "QueuePolicyLogicalId")) or policy
    else:
        place = event.place("SqsSubscription")
        add(event.macro, f"{event.id}Queue", "AWS::SQS::Queue", {}, span=place)
    statement: Plain = {
        "Action": "sqs:SendMessage",
        "Effect": "Allow",
        "Principal": "*",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    add_queue_policy(event, policy, statement, url)
    mapping: dict[str, Plain] = {"FunctionName": target.name, "EventSourceArn": queue}
    logical_id = f"{event.id}EventSourceMapping"
    add(event.macro, logical_id, "AWS::Lambda::EventSourceMapping", mapping, span=event.span)
    attach(role, aws_managed("service-role/AWSLambdaSQSQueueExecutionRole", event.span))


def _logs(event: Event, target: Target) -> None:
    group = event.get("LogGroupName")
    source = arn("logs", "log-group:${__LogGroupName__}:*", {"__LogGroupName__": group})
    permit(event, target, "logs.amazonaws.com", {"SourceArn": source})


def _iot(event: Event, target: Target) -> None:
    source: dict[str, Plain] = {
        "SourceArn": arn("iot", "rule/${RuleName}", {"RuleName": ref(event.id)}),
        "SourceAccount": sub("${AWS::AccountId}"),
    }
    permit(event, target, "iot.amazonaws.com", source)
    add(event.macro, event.id, "AWS::IoT::TopicRule", {}, span=event.span)


def _user_pool(event: Event, target: Target) -> None:
    pool = owner_of(event.get("UserPool"))
    if pool is None:
        event.problem("UserPool", "the user pool is not a Ref to one of this template")
        return
    source: dict[str, Plain] = {"SourceArn": get_att(pool, "Arn")}
    prefix = f"{target.id}Cognito"
    permit(event, target, "cognito-idp.amazonaws.com", source, prefix=prefix)


def _skill(event: Event, target: Target) -> None:
    token: dict[str, Plain] = {"EventSourceToken": event.get("SkillId")}
    permit(event, target, "alexa-appkit.amazon.com", token)


def _rest(event: Event, target: Target) -> None:
    path, method = event.literal("Path"), event.literal("Method")
    if path is None or method is None:
        event.problem("Path" if path is None else "Method", "it needs a literal Path and Method")
        return
    verb = "*" if method.lower() == "any" else method.upper()
    variables: dict[str, Plain] = {
        "__ApiId__": event.get("RestApiId") or ref("ServerlessRestApi"),
        "__Stage__": "*",
    }
    resource = f"${{__ApiId__}}/${{__Stage__}}/{verb}{resource_path(path)}"
    source: dict[str, Plain] = {"SourceArn": arn("execute-api", resource, variables)}
    suffix = stage_name(event.macro.work, api_of(event))
    permit(event, target, "apigateway.amazonaws.com", source, suffix=suffix)


def _http(event: Event, target: Target) -> None:
    path, method = event.literal("Path") or "", event.literal("Method") or ""
    default = path in ("", "$default")
    if not default and _serves_default(event):
        return
    verb = "*" if method.lower() in ("", "any", _ANY) else method.upper()
    variables: dict[str, Plain] = {
        "__ApiId__": event.get("ApiId") or ref("ServerlessHttpApi"),
        "__Stage__": "*",
    }
    route = "" if default else resource_path(path, greedy=False)
    # A path that is spelled "/$default" is the default route too, without a method.
    start = "" if route == "/$default" and method.lower() == "any" else f"/{verb}"
    resource = f"${{__ApiId__}}/${{__Stage__}}{start}{route}"
    source: dict[str, Plain] = {"SourceArn": arn("execute-api", resource, variables)}
    permit(event, target, "apigateway.amazonaws.com", source)


def _serves_default(event: Event) -> bool:
    """Say whether the function has the default route of the API, whose permission covers all."""
    paths = event.macro.work.apis.get(api_of(event))
    return paths is not None and event.macro.id in paths.defaults


_READERS: dict[str, Callable[[Event, Target], None]] = {
    "S3": _bucket,
    "CloudWatchLogs": _logs,
    "IoTRule": _iot,
    "Cognito": _user_pool,
    "AlexaSkill": _skill,
    "Api": _rest,
    "HttpApi": _http,
}
