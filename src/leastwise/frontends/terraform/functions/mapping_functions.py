"""Functions on maps and objects.

SOUND: what an unknown entry could change is unknown in the result as well.
"""

from typing import Literal

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.values.conversions import (
    as_text,
    is_null,
    literal,
    sorted_entries,
)
from leastwise.frontends.terraform.values.types import (
    Collection,
    Refused,
    convert,
    type_of,
)
from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def _keys_known(entries: tuple[tuple[Text, Value], ...]) -> bool:
    return all(literal(key) is not None for key, _ in entries)


def _mapped(value: Value, site: Site) -> Mapping | None:
    """Return a map or object; Terraform refuses other known values."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, Unknown | Choice):
        site.fail()
    return None


def _merge(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Merge maps; what stands before an unknown one may be overridden by it."""
    entries: dict[str, tuple[Text, Value]] = {}
    tail: Symbol | None = None
    given = [value for value in arguments if not is_null(value)]
    for value in given:
        if isinstance(value, Unknown):
            entries, tail = {}, site.symbol()
            continue
        found = _mapped(value, site)
        if found is None:
            return None
        if found.tail is not None or not _keys_known(found.entries):
            entries, tail = {}, site.symbol()
        for key, item in found.entries:
            name = literal(key)
            if name is not None:
                entries.pop(name, None)
                entries[name] = (key, item)
    types = {type_of(value) for value in given}
    one_map = len(types) == 1 and isinstance(next(iter(types)), Collection)
    kind: Literal["object", "map"] = "map" if one_map else "object"
    return Mapping(tuple(entries.values()), site.expression.span, tail, kind)


def _keys(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _mapped(arguments[0], site)
    if value is None or value.tail is not None or not _keys_known(value.entries):
        return None
    names = tuple(key for key, _ in sorted_entries(value))
    return Sequence(names, site.expression.span, None, _sequence_kind(value))


def _sequence_kind(value: Mapping) -> Literal["list", "tuple"]:
    return "list" if value.kind == "map" else "tuple"


def _values(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _mapped(arguments[0], site)
    if value is None:
        return None
    kind = _sequence_kind(value)
    if value.tail is None and _keys_known(value.entries):
        items = tuple(v for _, v in sorted_entries(value))
        return Sequence(items, site.expression.span, None, kind)
    items = tuple(v for _, v in value.entries)
    return Sequence(items, site.expression.span, value.tail or site.symbol(), kind)


def _lookup(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value, key = _mapped(arguments[0], site), literal(arguments[1])
    if len(arguments) > 3:
        site.fail()
        return None
    if value is None:
        return None
    default = arguments[2] if len(arguments) == 3 else None
    if key is None:
        return _looked_up_somewhere(value, arguments[1], default, site)
    found = value.get(key)
    if value.kind == "map" and default is not None:
        return _of_element_type(found, value, default, site)
    if found is not None:
        return found
    if value.tail is not None or not _keys_known(value.entries):
        return None
    if default is None:
        site.fail()
    return default


def _looked_up_somewhere(
    value: Mapping, key: Value, default: Value | None, site: Site
) -> Value | None:
    """Return what a key that is not known may lead to: each entry, or the default."""
    entries = value.entries
    known = value.tail is None and _keys_known(entries) and len(entries) < MAX_WORLDS
    if default is None or not known or not isinstance(key, Unknown | Text):
        return None
    site.scope.state.doubts += 1
    if not entries:
        return default
    name = f"{site.symbol().id}|key"
    found = [
        (Assumption(name, text, f"the key is {text!r}"), item)
        for text, item in ((literal(one) or "", item) for one, item in entries)
    ]
    found.append((Assumption(name, "", "the key is another one"), default))
    return Choice(tuple(found), site.expression.span)


def _of_element_type(
    found: Value | None, value: Mapping, default: Value, site: Site
) -> Value | None:
    """Look up in a map: the default has to be of the type of its elements."""
    kind = type_of(value)
    element = kind.element if isinstance(kind, Collection) else "any"
    made = convert(default, element)
    if isinstance(made, Refused):
        site.fail()
        return None
    if found is not None:
        return found
    return None if value.tail is not None or not _keys_known(value.entries) else made


def _zipmap(arguments: tuple[Value, ...], site: Site) -> Value | None:
    keys, values = arguments
    if not isinstance(values, Sequence) or values.is_set:
        if not isinstance(values, Unknown | Choice):
            site.fail()
        return None
    if not isinstance(keys, Sequence) or keys.tail is not None or values.tail is not None:
        return None
    if len(keys.items) != len(values.items) or any(is_null(key) for key in keys.items):
        site.fail()
        return None
    entries: dict[str, tuple[Text, Value]] = {}
    for key, value in zip(keys.items, values.items, strict=True):
        text, name = as_text(key), literal(key)
        if text is None or name is None:
            return None
        entries[name] = (text, value)
    kind: Literal["object", "map"] = "map" if values.kind == "list" else "object"
    return Mapping(tuple(entries.values()), site.expression.span, None, kind)


def _transpose(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Swap the keys of a map of lists with their strings."""
    value = arguments[0]
    if not isinstance(value, Mapping) or value.tail is not None or not _keys_known(value.entries):
        return None
    found: dict[str, list[Value]] = {}
    for key, items in sorted_entries(value):
        if not isinstance(items, Sequence) or items.tail is not None:
            if is_null(items):
                site.fail()
            return None
        for item in items.items:
            name = literal(item)
            if name is None:
                if is_null(item):
                    site.fail()
                return None
            found.setdefault(name, []).append(key)
    entries = tuple(
        (literal_text(name), Sequence(tuple(found[name]), None, None, "list"))
        for name in sorted(found)
    )
    return Mapping(entries, site.expression.span, None, "map")


MAPPINGS: dict[str, Function] = {
    "merge": _merge,
    "keys": _keys,
    "values": _values,
    "lookup": _lookup,
    "zipmap": _zipmap,
    "transpose": _transpose,
}
