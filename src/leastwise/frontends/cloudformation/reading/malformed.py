"""Warn about calls of intrinsic functions that CloudFormation would refuse.

Source: "Intrinsic function reference", AWS CloudFormation template reference. What such a call
gives is not known; the rest of the template is analysed.
"""

from collections.abc import Callable, Iterator

from leastwise.frontends.cloudformation.evaluation.mentions import evaluated_sections, mappings
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Unknown, Value


def malformed_functions(template: Template) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each call whose arguments have the wrong shape.

    A mapping among them may be the call of a macro, which may give anything.
    """
    for mapping in mappings(evaluated_sections(template)):
        if len(mapping.entries) != 1:
            continue
        key, argument = mapping.entries[0]
        wanted, fits = _FORMS.get(key.literal or "", ("", None))
        if fits is not None and not isinstance(argument, Unknown) and not fits(argument):
            place = argument.span or key.span or mapping.span or Span(template.path, 0, 0)
            message = f"{key.literal} takes {wanted}; what this call gives is not known"
            yield Diagnostic("warning", "invalid-function", place, message, "correct the call")


def _text(value: Value) -> bool:
    """Say whether a value may be a string: one, a number, or a call that gives one."""
    return isinstance(value, Text | Mapping | Unknown) or (
        isinstance(value, Scalar) and value.value is not None
    )


def _name(value: Value) -> bool:
    """Say whether a value may be a name; the language extensions let a call give it."""
    if isinstance(value, Mapping | Unknown):
        return True
    return isinstance(value, Text) and bool(value.literal)


def _items(value: Value, least: int, most: int) -> tuple[Value, ...] | None:
    fits = isinstance(value, Sequence) and least <= len(value.items) <= most
    return value.items if fits and isinstance(value, Sequence) else None


def _attribute(value: Value) -> bool:
    if isinstance(value, Text):
        return "." in (value.literal or ".")
    items = _items(value, 2, 9)
    return items is not None and all(_text(item) for item in items)


def _substituted(value: Value) -> bool:
    items = _items(value, 2, 2)
    if items is not None:
        return isinstance(items[0], Text | Unknown) and isinstance(items[1], Mapping | Unknown)
    return isinstance(value, Text | Mapping)


def _choice(value: Value) -> bool:
    items = _items(value, 3, 3)
    return items is not None and _name(items[0])


def _text_and_list(value: Value) -> bool:
    items = _items(value, 2, 2)
    shapes = Sequence | Mapping | Unknown
    return items is not None and _text(items[0]) and isinstance(items[1], shapes)


def _found(value: Value) -> bool:
    items = _items(value, 3, 4)
    return items is not None and all(_text(item) for item in items[:3])


def _two_texts(value: Value) -> bool:
    items = _items(value, 2, 2)
    return items is not None and all(_text(item) for item in items)


def _output(value: Value) -> bool:
    if not isinstance(value, Mapping):
        return False
    keys = {key.literal for key, _ in value.entries}
    return {"StackName", "OutputName"} <= keys


_FORMS: dict[str, tuple[str, Callable[[Value], bool]]] = {
    "Ref": ("the name of a parameter or resource", _name),
    "Fn::GetAtt": ("a logical id and an attribute", _attribute),
    "Fn::Sub": ("a string, or a list of a string and a map", _substituted),
    "Fn::If": ("a condition and two values", _choice),
    "Fn::Join": ("a delimiter and a list", _text_and_list),
    "Fn::Split": ("a delimiter and a string", _two_texts),
    "Fn::Select": ("an index and a list", _text_and_list),
    "Fn::FindInMap": ("a map and two keys", _found),
    "Fn::Equals": ("two values", _two_texts),
    "Fn::ImportValue": ("the name of an export", _text),
    "Fn::Base64": ("a string", _text),
    "Fn::GetStackOutput": ("a StackName and an OutputName", _output),
    "Fn::Not": ("a list of one condition", lambda value: _items(value, 1, 1) is not None),
    "Fn::And": ("a list of 2 to 10 conditions", lambda value: _items(value, 2, 10) is not None),
    "Fn::Or": ("a list of 2 to 10 conditions", lambda value: _items(value, 2, 10) is not None),
}
"""What each function takes, in words, and whether an argument as it is written is that."""
