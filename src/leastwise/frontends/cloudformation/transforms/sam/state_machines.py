"""Expand AWS::Serverless::StateMachine: the state machine, its role, and those of its events.

Source: "AWS::Serverless::StateMachine", AWS SAM Developer Guide.
"""

from leastwise.frontends.cloudformation.transforms.sam.events import Event, Target, events_of
from leastwise.frontends.cloudformation.transforms.sam.making import Plain, get_att, ref
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed, policies_of
from leastwise.frontends.cloudformation.transforms.sam.roles import (
    Role,
    attach,
    declare,
    event_role,
    hold,
    trust,
)
from leastwise.frontends.cloudformation.transforms.sam.rules import (
    RULES,
    add_rule,
    add_schedule,
    start_execution,
)
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    add,
    is_true,
    literal,
    member,
    problem,
)


def expand_state_machine(macro: Macro) -> None:
    """Add the state machine with all that SAM makes of it."""
    role = f"{macro.id}Role"
    given = macro.get("Role")
    properties: dict[str, Plain] = {
        "StateMachineName": macro.get("Name"),
        "StateMachineType": macro.get("Type"),
        "RoleArn": given or get_att(role, "Arn"),
        "LoggingConfiguration": macro.get("Logging"),
        "TracingConfiguration": macro.get("Tracing"),
    }
    add(macro, macro.id, "AWS::StepFunctions::StateMachine", properties)
    if given is None:
        declare(macro, _role(macro, role))
    target = _target(macro)
    for event in events_of(macro):
        _read_event(event, target)


def _role(macro: Macro, logical_id: str) -> Role:
    role = Role(logical_id, trust("states.amazonaws.com", macro.span))
    role.path, role.boundary = macro.get("RolePath"), macro.get("PermissionsBoundary")
    hold(role, policies_of(macro, logical_id))
    if is_true(macro.work, member(macro.get("Tracing"), "Enabled")):
        attach(role, aws_managed("AWSXrayWriteOnlyAccess", macro.place("Tracing")))
    return role


def _target(macro: Macro) -> Target:
    """Return what the events start: the state machine, or its alias when that is asked for."""
    alias = literal(macro.work, macro.get("AutoPublishAlias"))
    if alias is not None:
        place = macro.place("AutoPublishAlias")
        version, named = f"{macro.id}Version", f"{macro.id}Alias{alias}"
        own: dict[str, Plain] = {"StateMachineArn": ref(macro.id)}
        add(macro, version, "AWS::StepFunctions::StateMachineVersion", own, span=place)
        add(macro, named, "AWS::StepFunctions::StateMachineAlias", {"Name": alias}, span=place)
        if is_true(macro.work, macro.get("UseAliasAsEventTarget")):
            return Target(named, ref(named), ref(named))
    return Target(macro.id, ref(macro.id), ref(macro.id))


def _read_event(event: Event, target: Target) -> None:
    if event.kind == "ScheduleV2":
        add_schedule(event, target, starts=True)
    elif event.kind in RULES:
        given = event.get("RoleArn")
        add_rule(event, target, given or get_att(_event_role(event, target, "events"), "Arn"))
    elif event.kind == "Api":
        _event_role(event, target, "apigateway")
    else:
        message = f"event {event.name}: a state machine has no event type {event.kind!r}"
        problem(event.macro, event.span, message, severity="warning")


def _event_role(event: Event, target: Target, service: str) -> str:
    logical_id = f"{event.id}Role"
    policy = start_execution(event, target, logical_id)
    role = event_role(event.macro, logical_id, f"{service}.amazonaws.com", [policy])
    role.boundary = event.macro.get("PermissionsBoundary")
    declare(event.macro, role, span=event.span)
    return logical_id
