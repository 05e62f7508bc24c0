"""The types of evaluated values, what they have in common, and conversion between them.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints and
https://github.com/zclconf/go-cty/blob/main/docs/convert.md. What is not known converts to
anything and has the type ``any``.
"""

from typing import Literal, NamedTuple, TypeAlias

from leastwise.frontends.terraform.values.conversions import (
    as_number,
    as_text,
    is_null,
    literal,
    number,
    truth_of,
)
from leastwise.frontends.terraform.values.set_order import as_set
from leastwise.source.text import literal_text
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value


class Collection(NamedTuple):
    """Name a list, set or map of one type of elements."""

    kind: Literal["list", "set", "map"]
    element: "Type"


class Structure(NamedTuple):
    """Name a tuple (without ``names``) or an object."""

    items: tuple["Type", ...]
    names: tuple[str, ...] | None = None


Type: TypeAlias = Literal["any", "string", "number", "bool"] | Collection | Structure


class Refused(NamedTuple):
    """Say that Terraform refuses a conversion."""

    reason: str


MAX_TYPE_DEPTH = 40


def type_of(value: Value, depth: int = 0) -> Type:
    """Return the type of a value; what is not known, null, or nests too deeply has ``any``."""
    if depth > MAX_TYPE_DEPTH or _is_open(value):
        return "any"
    match value:
        case Text():
            return "string"
        case Scalar(value=found):
            return "bool" if isinstance(found, bool) else "any" if found is None else "number"
        case Sequence(tail=Symbol(), kind="tuple") | Mapping(tail=Symbol(), kind="object"):
            return "any"
        case Sequence(items=items, kind="tuple"):
            return Structure(tuple(type_of(item, depth + 1) for item in items))
        case Sequence(items=items, kind=kind) if kind != "tuple":
            return Collection(kind, _element(items, depth))
        case Mapping(entries=entries, kind="map"):
            return Collection("map", _element(tuple(item for _, item in entries), depth))
        case Mapping(entries=entries):
            names = tuple(literal(key) or "" for key, _ in entries)
            return Structure(tuple(type_of(item, depth + 1) for _, item in entries), names)
        case _:
            return "any"


def _is_open(value: Value) -> bool:
    """Say whether a tuple or object may have parts that are not known, so that its type is open."""
    if not isinstance(value, Sequence | Mapping):
        return False
    return value.tail is not None and value.kind in {"tuple", "object"}


def _element(items: tuple[Value, ...], depth: int) -> Type:
    """Return the type that all elements have: they were converted to it already."""
    return unify(tuple(dict.fromkeys(type_of(item, depth + 1) for item in items))) or "any"


def unify(types: tuple[Type, ...]) -> Type | None:
    """Return a type that all others convert to; None when there is none."""
    known = tuple(dict.fromkeys(kind for kind in types if kind != "any"))
    if len(known) <= 1:
        return known[0] if known else "any"
    if all(isinstance(kind, str) for kind in known):
        return "string" if "string" in known else None
    if any(isinstance(kind, str) for kind in known):
        return None
    sequences = [_is_sequence(kind) for kind in known]
    if all(sequences):
        return _unify_sequences(known)
    return None if any(sequences) else _unify_mappings(known)


def _is_sequence(kind: Type) -> bool:
    if isinstance(kind, Structure):
        return kind.names is None
    return isinstance(kind, Collection) and kind.kind != "map"


def _unify_sequences(types: tuple[Type, ...]) -> Type | None:
    tuples = [kind for kind in types if isinstance(kind, Structure)]
    kinds = {kind.kind for kind in types if isinstance(kind, Collection)}
    if not kinds and len({len(kind.items) for kind in tuples}) == 1:
        columns = [unify(column) for column in zip(*(kind.items for kind in tuples), strict=True)]
        known = [kind for kind in columns if kind is not None]
        return Structure(tuple(known)) if len(known) == len(columns) else None
    element = unify(_elements(types))
    if element is None:
        return None
    return Collection("set" if kinds == {"set"} else "list", element)


def _elements(types: tuple[Type, ...]) -> tuple[Type, ...]:
    found: list[Type] = []
    for kind in types:
        if isinstance(kind, Structure):
            found += kind.items
        elif isinstance(kind, Collection):
            found.append(kind.element)
    return tuple(found)


def _unify_mappings(types: tuple[Type, ...]) -> Type | None:
    objects = [kind for kind in types if isinstance(kind, Structure)]
    names = {frozenset(kind.names or ()) for kind in objects}
    if len(objects) == len(types) and len(names) == 1:
        order = objects[0].names or ()
        fields = [dict(zip(kind.names or (), kind.items, strict=True)) for kind in objects]
        columns = [unify(tuple(field[name] for field in fields)) for name in order]
        known = [kind for kind in columns if kind is not None]
        return Structure(tuple(known), order) if len(known) == len(columns) else None
    element = unify(_elements(types))
    return None if element is None else Collection("map", element)


def convert(value: Value, wanted: Type) -> Value | Refused:
    """Return a value as another type has it."""
    if wanted == "any" or is_null(value) or isinstance(value, Unknown | Choice):
        return value
    if isinstance(wanted, str):
        return _to_primitive(value, wanted)
    if isinstance(wanted, Structure):
        return _to_structure(value, wanted)
    if wanted.kind == "map":
        return _to_map(value, wanted.element)
    return _to_sequence(value, wanted)


def _to_primitive(value: Value, wanted: str) -> Value | Refused:
    if not isinstance(value, Text | Scalar):
        return Refused(f"a {wanted} is required")
    if wanted == "string":
        return as_text(value) or Refused("a string is required")
    if isinstance(value, Text) and literal(value) is None:
        return value
    if wanted == "number":
        found = as_number(value)
        made = None if found is None else number(found)
        return Refused("a number is required") if made is None else Scalar(made.value, value.span)
    truth = truth_of(value)
    return Refused("a bool is required") if truth is None else Scalar(truth, value.span)


def _all(items: tuple[Value, ...], wanted: Type) -> tuple[Value, ...] | Refused:
    """Convert elements to one type, which ``any`` leaves to what they have in common."""
    if wanted == "any":
        common = unify(tuple(dict.fromkeys(map(type_of, items))))
        if common is None:
            return Refused("the elements have no type in common")
        wanted = common
    made = [convert(item, wanted) for item in items]
    refused = next((item for item in made if isinstance(item, Refused)), None)
    return refused or tuple(item for item in made if not isinstance(item, Refused))


def _to_sequence(value: Value, wanted: Collection) -> Value | Refused:
    if not isinstance(value, Sequence):
        return Refused(f"a {wanted.kind} is required")
    items = _all(value.items, wanted.element)
    if isinstance(items, Refused):
        return items
    if wanted.kind == "set":
        return as_set(Sequence(items, value.span, value.tail))
    return Sequence(items, value.span, value.tail, "list")


def _to_map(value: Value, element: Type) -> Value | Refused:
    if not isinstance(value, Mapping):
        return Refused("a map is required")
    items = _all(tuple(item for _, item in value.entries), element)
    if isinstance(items, Refused):
        return items
    pairs = zip(value.entries, items, strict=True)
    entries = tuple((key, item) for (key, _), item in pairs)
    return Mapping(entries, value.span, value.tail, "map")


def _to_structure(value: Value, wanted: Structure) -> Value | Refused:
    if wanted.names is None:
        if not isinstance(value, Sequence) or value.kind != "tuple":
            return Refused("a tuple is required")
        if value.tail is not None:
            return value
        if len(value.items) != len(wanted.items):
            return Refused("a tuple of another length is required")
        pairs = zip(value.items, wanted.items, strict=True)
        made = [convert(item, kind) for item, kind in pairs]
        refused = next((item for item in made if isinstance(item, Refused)), None)
        kept = tuple(item for item in made if not isinstance(item, Refused))
        return refused or Sequence(kept, value.span)
    return _to_object(value, wanted) if isinstance(value, Mapping) else Refused("no object")


def _to_object(value: Mapping, wanted: Structure) -> Value | Refused:
    entries: list[tuple[Text, Value]] = []
    for name, kind in zip(wanted.names or (), wanted.items, strict=True):
        found = value.get(name)
        if found is None and value.tail is not None:
            continue
        if found is None:
            return Refused(f"attribute {name!r} is required")
        made = convert(found, kind)
        if isinstance(made, Refused):
            return made
        key = next((key for key, _ in value.entries if key.literal == name), literal_text(name))
        entries.append((key, made))
    return Mapping(tuple(entries), value.span, value.tail)


def unified(value: Value, other: Value) -> Value:
    """Return a value in the type that it shares with another one, if there is one.

    What is not known changes no type. Terraform does so for the results of a conditional:
    ``true ? 1 : "x"`` is ``"1"``. Source:
    https://developer.hashicorp.com/terraform/language/expressions/conditionals (result types).
    """
    own = type_of(value)
    common = unify((own, *_alternative_types(other)))
    if common is None or common == own:
        return value
    made = convert(value, common)
    return value if isinstance(made, Refused) else made


def _alternative_types(value: Value) -> tuple[Type, ...]:
    if isinstance(value, Choice):
        return tuple(kind for _, item in value.alternatives for kind in _alternative_types(item))
    return (type_of(value),)


def is_open_to_conversion(value: Value) -> bool:
    """Say whether another value may change the type of this one: not of a string or null."""
    return isinstance(value, Sequence | Mapping) or (
        isinstance(value, Scalar) and value.value is not None
    )
