"""Read EventInvokeConfig: where asynchronous results go, and what the role needs for it.

Source: "EventInvokeConfiguration", AWS SAM Developer Guide. A queue or topic that is not named is
made; with an If that names nothing in one branch it is made under that condition.
"""

from typing import NamedTuple

from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    branches,
    get_att,
    is_no_value,
    made,
    ref,
)
from leastwise.frontends.cloudformation.transforms.sam.sources import destination_policies
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    add,
    literal,
    member,
    place_in,
    problem,
)
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Value

_MADE = {"SQS": ("Queue", "AWS::SQS::Queue"), "SNS": ("Topic", "AWS::SNS::Topic")}
_KINDS = frozenset({"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"})


class _Side(NamedTuple):
    """Name one destination: which of the two, its kind and where it is written."""

    name: str
    kind: str
    span: Span


def invoke_destinations(macro: Macro) -> list[Value]:
    """Return the inline policies for the destinations; add the queues and topics SAM makes."""
    config = macro.get("EventInvokeConfig")
    policies: list[Value] = []
    for name in ("OnSuccess", "OnFailure"):
        destination = member(member(config, "DestinationConfig"), name)
        if not isinstance(destination, Mapping):
            continue
        place = place_in(destination, "Type") or macro.place("EventInvokeConfig")
        kind = literal(macro.work, member(destination, "Type"))
        if kind not in _KINDS:
            problem(macro, place, f"{name} needs a Type of {', '.join(sorted(_KINDS))}")
            continue
        side = _Side(name, kind, place)
        arn = _destination(macro, side, member(destination, "Destination"))
        if arn is not None:
            prefix = f"{macro.id}EventInvokeConfig{name}"
            policies += destination_policies(kind, arn, prefix)
    return policies


def _destination(macro: Macro, side: _Side, given: Value | None) -> Value | None:
    """Return the ARN of a destination, made where none is given."""
    choice = None if given is None else branches(given)
    if given is None:
        return _made(macro, side, macro.declared.condition)
    if choice is None:
        return given
    condition, then, otherwise = choice
    name = literal(macro.work, condition) or ""
    if is_no_value(then):
        own = _made(macro, side, _both(macro, name))
        return None if own is None else _either(name, own, otherwise, side)
    if is_no_value(otherwise):
        negated = _negated(macro, name, side.span)
        own = _made(macro, side, _both(macro, negated))
        return None if own is None else _either(negated, own, then, side)
    return given


def _either(condition: str, own: Value, other: Value, side: _Side) -> Value:
    return made({"Fn::If": [condition, own, other]}, side.span)


def _made(macro: Macro, side: _Side, condition: str | None) -> Value | None:
    if side.kind not in _MADE:
        problem(macro, side.span, f"{side.name} of type {side.kind} needs a Destination")
        return None
    suffix, kind = _MADE[side.kind]
    logical_id = f"{macro.id}EventInvokeConfig{side.name}{suffix}"
    add(macro, logical_id, kind, {}, span=side.span, condition=condition)
    macro.work.references[f"{macro.id}.Destination{suffix}"] = logical_id
    arn: Plain = ref(logical_id) if side.kind == "SNS" else get_att(logical_id, "Arn")
    return made(arn, side.span)


def _negated(macro: Macro, condition: str, span: Span) -> str:
    name = f"NOT{condition}" + _hash(f"{macro.id}EventInvokeConfig")
    negation: Plain = {"Fn::Not": [{"Condition": condition}]}
    macro.work.conditions[name] = made(negation, span)
    return name


def _both(macro: Macro, condition: str) -> str:
    """Return the condition of the function together with that of the destination."""
    own = macro.declared.condition
    if own is None:
        return condition
    name = f"{own}AND{condition}" + _hash(macro.id)
    both: Plain = {"Fn::And": [{"Condition": own}, {"Condition": condition}]}
    macro.work.conditions[name] = made(both, macro.span)
    return name


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]
