"""Give values one type, as Terraform does with the results of a conditional.

``true ? 1 : "x"`` is ``"1"``, and objects with different attributes become a map. Only known
values have types here: what is not known changes nothing.

Source: https://developer.hashicorp.com/terraform/language/expressions/conditionals (result types),
https://developer.hashicorp.com/terraform/language/expressions/type-constraints (conversion).
"""

from collections.abc import Iterable
from dataclasses import replace

from leastwise.frontends.terraform.conversions import as_text, is_null
from leastwise.frontends.terraform.type_constraints import as_set
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Value

MAX_SAMPLES = 64
"""How many elements of a collection are looked at for its element type."""


def unified(value: Value, other: Value) -> Value:
    """Return a value in the type that it shares with another one."""
    if isinstance(other, Choice):
        for _, alternative in other.alternatives:
            value = unified(value, alternative)
        return value
    match value, other:
        case Scalar(), Text() if not is_null(value):
            return as_text(value) or value
        case Sequence(), Sequence():
            return _sequences(value, other)
        case Mapping(), Mapping():
            return _mappings(value, other)
        case _:
            return value


def is_open_to_conversion(value: Value) -> bool:
    """Say whether another value may change the type of this one: not of a string or null."""
    return isinstance(value, Sequence | Mapping) or (
        isinstance(value, Scalar) and value.value is not None
    )


def _sequences(value: Sequence, other: Sequence) -> Sequence:
    both_tuples = value.kind == other.kind == "tuple"
    if both_tuples and len(value.items) == len(other.items) and not (value.tail or other.tail):
        pairs = zip(value.items, other.items, strict=True)
        return _rebuilt(value, tuple(unified(one, two) for one, two in pairs))
    items = _elements(value.items, (*value.items, *other.items))
    if value.kind == "set" or other.kind == "set":
        return as_set(replace(value, items=items))
    return replace(value, items=items, kind="list")


def _mappings(value: Mapping, other: Mapping) -> Mapping:
    names = [{key.literal for key, _ in one.entries} for one in (value, other)]
    if value.tail or other.tail or None in names[0] | names[1]:
        return value
    values = tuple(item for _, item in value.entries)
    if value.kind == other.kind == "object" and names[0] == names[1]:
        items = tuple(
            unified(item, other.get(key.literal or "") or item) for key, item in value.entries
        )
        return _with_values(value, items)
    items = _elements(values, (*values, *(item for _, item in other.entries)))
    return replace(_with_values(value, items), kind="map")


def _with_values(value: Mapping, items: tuple[Value, ...]) -> Mapping:
    pairs = zip(value.entries, items, strict=True)
    return replace(value, entries=tuple((key, item) for (key, _), item in pairs))


def _rebuilt(value: Sequence, items: tuple[Value, ...]) -> Sequence:
    same = all(one is two for one, two in zip(items, value.items, strict=True))
    return value if same else replace(value, items=items)


def _elements(items: tuple[Value, ...], samples: Iterable[Value]) -> tuple[Value, ...]:
    """Return the elements of a collection in their common type."""
    if all(isinstance(item, Text) for item in items):
        return items
    chosen = _samples(samples)
    found: list[Value] = []
    for item in items:
        current = item
        for sample in chosen:
            current = unified(current, sample)
        found.append(current)
    return tuple(found)


def _samples(values: Iterable[Value]) -> list[Value]:
    """Return one string, if there is any, and some collections: all that can change a type."""
    found: list[Value] = []
    has_text = False
    for value in values:
        if isinstance(value, Text):
            if not has_text:
                found.append(value)
            has_text = True
        elif isinstance(value, Sequence | Mapping | Choice) and len(found) < MAX_SAMPLES:
            found.append(value)
    return found
