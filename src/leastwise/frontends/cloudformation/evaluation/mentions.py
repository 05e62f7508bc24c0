"""Which names the parts of a template mention: in Ref, Fn::GetAtt, Fn::Sub and Fn::If."""

from collections.abc import Iterable, Iterator
from itertools import islice

from leastwise.frontends.cloudformation.evaluation.substitution import (
    Placeholder,
    substitution_parts,
)
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.frontends.cloudformation.syntax.yaml_tags import split_attribute
from leastwise.source.span import Span
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Unknown, Value

MAX_PLACEHOLDERS = 1_000


def evaluated_sections(template: Template) -> Iterator[Value]:
    """Yield the sections in which functions are called."""
    for name in ("Resources", "Outputs", "Conditions"):
        value = template.body.get(name)
        if value is not None:
            yield value


def mappings(values: Iterable[Value]) -> Iterator[Mapping]:
    """Yield all mappings in these values, with a stack of its own."""
    stack = list(values)[::-1]
    while stack:
        value = stack.pop()
        match value:
            case Mapping():
                yield value
                stack += [inner for _, inner in reversed(value.entries)]
            case Sequence():
                stack += reversed(value.items)
            case Text() | Scalar() | Choice() | Unknown():
                pass


def references(mapping: Mapping) -> Iterator[tuple[str, Span | None]]:
    """Yield the parameters and resources that a mapping names, if it is a function call."""
    if len(mapping.entries) != 1:
        return
    key, argument = mapping.entries[0]
    match key.literal:
        case "Ref":
            if isinstance(argument, Text) and argument.literal is not None:
                yield argument.literal, argument.span
        case "Fn::GetAtt":
            yield from _attribute_owner(argument)
        case "Fn::Sub":
            yield from _placeholders(argument)
        case _:
            return


def _attribute_owner(argument: Value) -> Iterator[tuple[str, Span | None]]:
    if isinstance(argument, Text):
        argument = split_attribute(argument)
    if isinstance(argument, Sequence) and argument.items:
        owner = argument.items[0]
        if isinstance(owner, Text) and owner.literal:
            yield owner.literal, owner.span


def _placeholders(argument: Value) -> Iterator[tuple[str, Span | None]]:
    variables: Value | None = None
    if isinstance(argument, Sequence) and len(argument.items) == 2:
        argument, variables = argument.items
    if not isinstance(argument, Text):
        return
    known = {k.literal for k, _ in variables.entries} if isinstance(variables, Mapping) else set()
    for part in islice(substitution_parts(argument), MAX_PLACEHOLDERS):
        if isinstance(part, Placeholder) and part.name not in known:
            yield part.name.partition(".")[0], part.span


def conditions(mapping: Mapping) -> Iterator[tuple[str, Span | None]]:
    """Yield the condition that a mapping asks for, if it is Fn::If."""
    argument = mapping.get("Fn::If") if len(mapping.entries) == 1 else None
    if isinstance(argument, Sequence) and argument.items:
        name = argument.items[0]
        if isinstance(name, Text) and name.literal is not None:
            yield name.literal, name.span


def strings(value: Value | None) -> Iterator[Text]:
    """Yield a string, or the strings of a list."""
    items = value.items if isinstance(value, Sequence) else (value,)
    yield from (item for item in items if isinstance(item, Text))
