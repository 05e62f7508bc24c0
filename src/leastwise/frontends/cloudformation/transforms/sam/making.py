"""Make raw values of a template that nobody wrote: they point at what caused them.

A made string has no segments, so that a finding may point at its span and no fix edits it.
"""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from typing import TypeAlias

from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Unknown, Value

Plain: TypeAlias = "Value | str | int | bool | SequenceOf[Plain] | MappingOf[str, Plain] | None"
"""What a value is made of; values of the user's own stay themselves."""

NO_VALUE = "AWS::NoValue"


def made(thing: Plain, span: Span | None) -> Value:
    """Return a raw value at one place; entries whose value is None are left out."""
    match thing:
        case Text() | Scalar() | Sequence() | Mapping() | Choice() | Unknown():
            return thing
        case str():
            return literal_text(thing, span=span)
        case None | bool() | int():
            return Scalar(thing, span)
        case MappingOf():
            return made_mapping(thing, span)
        case _:
            return Sequence(tuple(made(item, span) for item in thing), span)


def made_mapping(entries: MappingOf[str, Plain], span: Span | None) -> Mapping:
    """Return a raw mapping at one place; entries whose value is None are left out."""
    return Mapping(
        tuple(
            (literal_text(key, span=span), made(value, span))
            for key, value in entries.items()
            if value is not None
        ),
        span,
    )


def ref(name: str) -> Plain:
    """Return ``Ref``."""
    return {"Ref": name}


def get_att(name: str, attribute: str) -> Plain:
    """Return ``Fn::GetAtt``."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str | Text, variables: MappingOf[str, Plain] | None = None) -> Plain:
    """Return ``Fn::Sub``, of both arguments when there are variables."""
    return {"Fn::Sub": [text, variables] if variables else text}


def arn(service: str, resource: str, variables: MappingOf[str, Plain] | None = None) -> Plain:
    """Return an ARN in the stack's own account and region; ``resource`` may have variables."""
    start = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:"
    return sub(start + resource, variables)


def function_name(value: Value | None) -> str | None:
    """Return the name of the intrinsic function that a value calls, None when it is no call."""
    if not isinstance(value, Mapping) or len(value.entries) != 1:
        return None
    name = value.entries[0][0].literal or ""
    return name if name in ("Ref", "Condition") or name.startswith("Fn::") else None


def is_no_value(value: Value) -> bool:
    """Say whether a value is ``Ref: AWS::NoValue``."""
    return referred(value) == NO_VALUE


def referred(value: Value | None) -> str | None:
    """Return what ``Ref`` names; None for any other value."""
    if function_name(value) != "Ref" or not isinstance(value, Mapping):
        return None
    named = value.entries[0][1]
    return named.literal if isinstance(named, Text) else None


def owner_of(value: Value | None) -> str | None:
    """Return the logical id in ``Ref`` or ``Fn::GetAtt``; None for any other value."""
    if function_name(value) != "Fn::GetAtt" or not isinstance(value, Mapping):
        return referred(value)
    argument = value.entries[0][1]
    if isinstance(argument, Sequence) and argument.items:
        argument = argument.items[0]
    literal = argument.literal if isinstance(argument, Text) else None
    return None if literal is None else literal.partition(".")[0]


def branches(value: Value) -> tuple[Value, Value, Value] | None:
    """Return the three arguments of ``Fn::If``; None for any other value."""
    if function_name(value) != "Fn::If" or not isinstance(value, Mapping):
        return None
    argument = value.entries[0][1]
    if not isinstance(argument, Sequence) or len(argument.items) != 3:
        return None
    named, then, otherwise = argument.items
    return named, then, otherwise
