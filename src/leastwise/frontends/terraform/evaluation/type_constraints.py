"""Convert values to the type that a variable declares.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints. What
can't be converted stays as it is: Terraform itself refuses it.
"""

from typing import Literal

from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.syntax.tree import (
    Call,
    Expression,
    LiteralPart,
    ObjectConstructor,
    Template,
    TupleConstructor,
    Variable,
)
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import (
    is_null,
)
from leastwise.frontends.terraform.values.set_order import as_set
from leastwise.frontends.terraform.values.types import Collection, Refused, convert
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Unknown, Value


def converted(value: Value, constraint: Expression | None, scope: Scope) -> Value:
    """Return a value as the type of the expression ``constraint`` has it."""
    if constraint is None:
        return value
    result = distribute((value,), lambda v: _convert(v[0], constraint, scope))
    return value if result is None else result


def _convert(value: Value, constraint: Expression, scope: Scope) -> Value:
    if is_null(value) or isinstance(value, Unknown):
        return value
    match constraint:
        case Variable(name=("string" | "number" | "bool") as kind):
            return _primitive(value, kind)
        case Call(name="list", arguments=(inner,)):
            return _list(value, inner, scope)
        case Call(name="set", arguments=(inner,)):
            items = _list(value, inner, scope)
            return as_set(items) if isinstance(items, Sequence) else items
        case Call(name="map", arguments=(inner,)):
            return _map(value, inner, scope)
        case Call(name="tuple", arguments=(TupleConstructor(items=types),)):
            return _tuple(value, types, scope)
        case Call(name="object", arguments=(ObjectConstructor() as fields, *_)):
            return _object(value, fields, scope)
        case Call(name="optional", arguments=(inner, *_)):
            return _convert(value, inner, scope)
        case _:
            return value


def _primitive(value: Value, kind: Literal["string", "number", "bool"]) -> Value:
    found = convert(value, kind)
    return value if isinstance(found, Refused) else found


def _list(value: Value, inner: Expression, scope: Scope) -> Value:
    if not isinstance(value, Sequence):
        return value
    if isinstance(inner, Variable) and inner.name == "any":
        found = convert(value, Collection("list", "any"))
        return value if isinstance(found, Refused) else found
    items = tuple(converted(item, inner, scope) for item in value.items)
    return Sequence(items, value.span, value.tail, "list")


def _map(value: Value, inner: Expression, scope: Scope) -> Value:
    if not isinstance(value, Mapping):
        return value
    if isinstance(inner, Variable) and inner.name == "any":
        found = convert(value, Collection("map", "any"))
        return value if isinstance(found, Refused) else found
    entries = tuple((key, converted(item, inner, scope)) for key, item in value.entries)
    return Mapping(entries, value.span, value.tail, "map")


def _tuple(value: Value, types: tuple[Expression, ...], scope: Scope) -> Value:
    if not isinstance(value, Sequence) or len(value.items) != len(types):
        return value
    pairs = zip(value.items, types, strict=True)
    items = tuple(converted(item, inner, scope) for item, inner in pairs)
    return Sequence(items, value.span, value.tail)


def _object(value: Value, fields: ObjectConstructor, scope: Scope) -> Value:
    if not isinstance(value, Mapping):
        return value
    entries: list[tuple[Text, Value]] = []
    for field in fields.items:
        name = _field_name(field.key)
        if name is None:
            return value
        given = value.get(name)
        if given is None and value.tail is not None:
            continue
        found = _field(given, field.value, scope)
        if found is None:
            return value
        key = next((k for k, _ in value.entries if k.literal == name), literal_text(name))
        entries.append((key, found))
    return Mapping(tuple(entries), value.span, value.tail)


def _field(given: Value | None, constraint: Expression, scope: Scope) -> Value | None:
    """Return the value of one attribute of an object; None when a required one is missing."""
    match constraint:
        case Call(name="optional", arguments=(inner, default)):
            if given is None or is_null(given):
                given = scope.state.evaluate(default, scope)
            return converted(given, inner, scope)
        case Call(name="optional", arguments=(inner,)):
            return Scalar(None) if given is None else converted(given, inner, scope)
        case _:
            return None if given is None else converted(given, constraint, scope)


def _field_name(key: Expression) -> str | None:
    match key:
        case Template(parts=(LiteralPart(chars=chars),)):
            return chars.text
        case _:
            return None
