"""Make EventBridge rules and schedules, with the queues for what they could not deliver.

Source: the pages of the event types Schedule, ScheduleV2, CloudWatchEvent and EventBridgeRule,
AWS SAM Developer Guide.
"""

from leastwise.frontends.cloudformation.transforms.sam.events import Event, Target
from leastwise.frontends.cloudformation.transforms.sam.making import Plain, get_att, made, ref
from leastwise.frontends.cloudformation.transforms.sam.roles import (
    allow,
    declare,
    event_role,
)
from leastwise.frontends.cloudformation.transforms.sam.work import add, literal, member
from leastwise.source.value import Value

RULES = frozenset({"Schedule", "CloudWatchEvent", "EventBridgeRule"})


def add_rule(event: Event, target: Target, role: Plain = None) -> None:
    """Add an EventBridge rule that calls a target, as ``role`` where it needs one."""
    failed = _queue(event, get_att(event.id, "Arn"))
    call: dict[str, Plain] = {
        "Arn": target.arn,
        "Id": f"{event.id}Target",
        "RoleArn": role,
        "DeadLetterConfig": None if failed is None else {"Arn": failed},
    }
    properties: dict[str, Plain] = {
        "Name": event.get("Name" if event.kind == "Schedule" else "RuleName"),
        "EventBusName": event.get("EventBusName"),
        "ScheduleExpression": event.get("Schedule"),
        "EventPattern": event.get("Pattern"),
        "Targets": [call],
    }
    add(event.macro, event.id, "AWS::Events::Rule", properties, span=event.span)


def add_schedule(event: Event, target: Target, *, starts: bool) -> None:
    """Add a schedule with its role; ``starts``: the target is a state machine."""
    failed = _queue(event, None)
    role: Plain = event.get("RoleArn")
    if role is None:
        role = get_att(_schedule_role(event, target, failed, starts=starts), "Arn")
    call: Plain = {"Arn": target.arn, "RoleArn": role}
    properties: dict[str, Plain] = {
        "Name": event.get("Name"),
        "ScheduleExpression": event.get("ScheduleExpression"),
        "Target": call,
    }
    add(event.macro, event.id, "AWS::Scheduler::Schedule", properties, span=event.span)


def _schedule_role(event: Event, target: Target, failed: Plain, *, starts: bool) -> str:
    logical_id = f"{event.id}Role"
    policies = [
        start_execution(event, target, event.id)
        if starts
        else allow(f"{event.id}LambdaPolicy", "lambda:InvokeFunction", target.arn, event.span)
    ]
    if failed is not None:
        place = event.place("DeadLetterConfig")
        policies.append(allow(f"{event.id}SQSPolicy", "sqs:SendMessage", failed, place))
    role = event_role(event.macro, logical_id, "scheduler.amazonaws.com", policies)
    role.boundary = event.get("PermissionsBoundary")
    declare(event.macro, role, span=event.span)
    return logical_id


def start_execution(event: Event, target: Target, prefix: str) -> Value:
    """Return the inline policy that lets an event start a state machine."""
    name = f"{prefix}StartExecutionPolicy"
    return allow(name, "states:StartExecution", target.arn, event.span)


def _queue(event: Event, rule: Plain) -> Plain:
    """Return the ARN of the dead-letter queue, made with a policy for the rule when it is new."""
    config = event.get("DeadLetterConfig")
    given = member(config, "Arn")
    if config is None or given is not None:
        return given
    place = event.place("DeadLetterConfig")
    queue = literal(event.macro.work, member(config, "QueueLogicalId")) or f"{event.id}Queue"
    add(event.macro, queue, "AWS::SQS::Queue", {}, span=place)
    if rule is not None:
        statement: Plain = {
            "Action": "sqs:SendMessage",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": get_att(queue, "Arn"),
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        add_queue_policy(event, f"{event.id}QueuePolicy", statement, ref(queue))
    return get_att(queue, "Arn")


def add_queue_policy(event: Event, logical_id: str, statement: Plain, url: Plain) -> None:
    """Add the policy of a queue, of one statement."""
    document = made({"Version": "2012-10-17", "Statement": [statement]}, event.span)
    properties: dict[str, Plain] = {"PolicyDocument": document, "Queues": [url]}
    add(event.macro, logical_id, "AWS::SQS::QueuePolicy", properties, span=event.span)
