"""Functions on lists and maps.

SOUND: what an unknown element could change is unknown in the result as well.
"""

from leastwise.frontends.terraform.conversions import (
    as_integer,
    as_text,
    equal,
    is_null,
    literal,
    sorted_entries,
)
from leastwise.frontends.terraform.encoding_functions import unified
from leastwise.frontends.terraform.function_site import Function, Site, literals
from leastwise.source.value import (
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def _closed(value: Value | None) -> tuple[Value, ...] | None:
    """Return the items of a list without unknown items, or None."""
    return value.items if isinstance(value, Sequence) and value.tail is None else None


def _only(arguments: tuple[Value, ...]) -> Value | None:
    return arguments[0] if len(arguments) == 1 else None


def _length(arguments: tuple[Value, ...], site: Site) -> Value | None:
    match _only(arguments):
        case Sequence(items=items, tail=None):
            return Scalar(len(items), site.expression.span)
        case Mapping(entries=entries, tail=None) if _keys_known(entries):
            return Scalar(len(entries), site.expression.span)
        case Text() as text:
            spelled = literal(text)
            # Terraform counts grapheme clusters.
            known = spelled is not None and spelled.isascii() and "\r\n" not in spelled
            return Scalar(len(spelled or ""), site.expression.span) if known else None
        case _:
            return None


def _keys_known(entries: tuple[tuple[Text, Value], ...]) -> bool:
    return all(literal(key) is not None for key, _ in entries)


def _concat(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items: list[Value] = []
    is_open = False
    for value in arguments:
        match value:
            case Sequence():
                items.extend(value.items)
                is_open = is_open or value.tail is not None
            case Unknown():
                is_open = True
            case _:
                return None
    return Sequence(tuple(items), site.expression.span, site.symbol() if is_open else None)


def _merge(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Merge maps; what stands before an unknown one may be overridden by it."""
    entries: dict[str, tuple[Text, Value]] = {}
    tail: Symbol | None = None
    for value in arguments:
        if is_null(value):
            continue
        if isinstance(value, Unknown):
            entries, tail = {}, site.symbol()
            continue
        if not isinstance(value, Mapping):
            return None
        if value.tail is not None or not _keys_known(value.entries):
            entries, tail = {}, site.symbol()
        for key, item in value.entries:
            name = literal(key)
            if name is not None:
                entries.pop(name, None)
                entries[name] = (key, item)
    return Mapping(tuple(entries.values()), site.expression.span, tail)


def _keys(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _only(arguments)
    if not isinstance(value, Mapping) or value.tail is not None or not _keys_known(value.entries):
        return None
    return Sequence(tuple(key for key, _ in sorted_entries(value)), site.expression.span)


def _values(arguments: tuple[Value, ...], site: Site) -> Value | None:
    match _only(arguments):
        case Mapping(tail=None) as value if _keys_known(value.entries):
            return Sequence(tuple(v for _, v in sorted_entries(value)), site.expression.span)
        case Mapping() as value:
            items = tuple(v for _, v in value.entries)
            return Sequence(items, site.expression.span, value.tail or site.symbol())
        case _:
            return None


def _lookup(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if len(arguments) not in {2, 3}:
        return None
    value, key = arguments[0], literal(arguments[1])
    if not isinstance(value, Mapping) or key is None:
        return None
    found = value.get(key)
    if found is not None:
        return found
    if value.tail is not None or not _keys_known(value.entries):
        return None
    if len(arguments) == 3:
        return arguments[2]
    site.fail()
    return None


def _element(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0]) if len(arguments) == 2 else None
    index = as_integer(arguments[1]) if len(arguments) == 2 else None
    if items is None or index is None:
        return None
    if not items or index < 0:
        site.fail()
        return None
    return items[index % len(items)]


def _index(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0]) if len(arguments) == 2 else None
    for position, item in enumerate(items or ()):
        same = equal(item, arguments[1])
        if same is None:
            return None
        if same:
            return Scalar(position, site.expression.span)
    if items is not None:
        site.fail()
    return None


def _slice(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0]) if len(arguments) == 3 else None
    if items is None:
        return None
    start, end = as_integer(arguments[1]), as_integer(arguments[2])
    if start is None or end is None:
        return None
    if not 0 <= start <= end <= len(items):
        site.fail()
        return None
    return Sequence(items[start:end], site.expression.span)


def _flatten(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Flatten nested lists; an unknown item may be a list, so it stands in the tail."""
    value = _only(arguments)
    if not isinstance(value, Sequence):
        return None
    items: list[Value] = []
    is_open = _flatten_into(value, items)
    return Sequence(tuple(items), site.expression.span, site.symbol() if is_open else None)


def _flatten_into(value: Sequence, items: list[Value]) -> bool:
    is_open = value.tail is not None
    for item in value.items:
        if isinstance(item, Sequence):
            is_open = _flatten_into(item, items) or is_open
        elif isinstance(item, Unknown | Choice):
            is_open = True
        else:
            items.append(item)
    return is_open


def _compact(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Drop null and empty strings; an item that may be empty stands in the tail."""
    value = _only(arguments)
    if not isinstance(value, Sequence):
        return None
    items: list[Value] = []
    is_open = value.tail is not None
    for item in value.items:
        if is_null(item) or literal(item) == "":
            continue
        text = as_text(item)
        if text is None or _may_be_empty(text):
            is_open = True
        else:
            items.append(item)
    return Sequence(tuple(items), site.expression.span, site.symbol() if is_open else None)


def _may_be_empty(text: Text) -> bool:
    return all(isinstance(piece, Symbol) for piece in text.pieces)


def _distinct(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _only(arguments)
    if not isinstance(value, Sequence):
        return None
    found: list[Value] = []
    unsure = False
    for item in unified(value.items):
        outcomes = [equal(item, other) for other in found]
        if True in outcomes:
            continue
        # SOUND: items that may be equal are both kept; how many there are is then not known.
        unsure = unsure or None in outcomes
        found.append(item)
    tail = site.symbol() if unsure and value.tail is None else value.tail
    return Sequence(tuple(found), site.expression.span, tail)


def _coalesce(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the first argument that is neither null nor the empty string."""
    for value in arguments:
        if is_null(value) or literal(value) == "":
            continue
        if isinstance(value, Unknown):
            return None
        if isinstance(value, Text) and _may_be_empty(value):
            return None
        return value
    site.fail()
    return None


def _coalescelist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    for value in arguments:
        if not isinstance(value, Sequence):
            return None
        if value.items:
            return value
        if value.tail is not None:
            return None
    site.fail()
    return None


def _contains(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = arguments[0] if len(arguments) == 2 else None
    if not isinstance(value, Sequence):
        return None
    outcomes = [equal(item, arguments[1]) for item in value.items]
    if True in outcomes:
        return Scalar(True, site.expression.span)
    if None in outcomes or value.tail is not None:
        return None
    return Scalar(False, site.expression.span)


def _one(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(_only(arguments))
    if items is None:
        return None
    if len(items) > 1:
        site.fail()
        return None
    return items[0] if items else Scalar(None, site.expression.span)


def _zipmap(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if len(arguments) != 2:
        return None
    keys, values = _closed(arguments[0]), _closed(arguments[1])
    if keys is None or values is None or len(keys) != len(values):
        return None
    entries: dict[str, tuple[Text, Value]] = {}
    for key, value in zip(keys, values, strict=True):
        text = as_text(key)
        if text is None or text.literal is None:
            return None
        entries[text.literal] = (text, value)
    return Mapping(tuple(entries.values()), site.expression.span)


def _reverse(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(_only(arguments))
    return None if items is None else Sequence(tuple(reversed(items)), site.expression.span)


def _sort(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(_only(arguments))
    if items is None:
        return None
    found = literals(items)
    if found is None:
        return None
    order = sorted(range(len(items)), key=lambda i: found[i].encode())
    texts = tuple(as_text(items[i]) or items[i] for i in order)
    return Sequence(texts, site.expression.span)


def _all(outcome: bool) -> Function:
    """Return ``alltrue`` (settled by one false) or ``anytrue`` (settled by one true)."""

    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        value = _only(arguments)
        if not isinstance(value, Sequence):
            return None
        outcomes = [equal(item, Scalar(not outcome)) for item in value.items]
        if True in outcomes:
            return Scalar(not outcome, site.expression.span)
        unsure = None in outcomes or value.tail is not None
        return None if unsure else Scalar(outcome, site.expression.span)

    return apply


def _chunklist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0]) if len(arguments) == 2 else None
    size = as_integer(arguments[1]) if len(arguments) == 2 else None
    if items is None or size is None or size < 1:
        return None
    chunks = [Sequence(items[i : i + size]) for i in range(0, len(items), size)]
    return Sequence(tuple(chunks), site.expression.span)


COLLECTIONS: dict[str, Function] = {
    "length": _length,
    "concat": _concat,
    "merge": _merge,
    "keys": _keys,
    "values": _values,
    "lookup": _lookup,
    "element": _element,
    "index": _index,
    "slice": _slice,
    "flatten": _flatten,
    "compact": _compact,
    "distinct": _distinct,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "contains": _contains,
    "one": _one,
    "zipmap": _zipmap,
    "reverse": _reverse,
    "sort": _sort,
    "alltrue": _all(True),
    "anytrue": _all(False),
    "chunklist": _chunklist,
}
