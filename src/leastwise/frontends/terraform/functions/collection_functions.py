"""Functions on lists, and on collections of any kind.

SOUND: what an unknown element could change is unknown in the result as well.
"""

from leastwise.frontends.terraform.functions.function_site import Function, Site, literals
from leastwise.frontends.terraform.functions.graphemes import cluster_count
from leastwise.frontends.terraform.values.conversions import (
    as_integer,
    as_number,
    as_text,
    equal,
    is_known,
    is_null,
    literal,
)
from leastwise.frontends.terraform.values.open_lists import at_most_one, item_at
from leastwise.frontends.terraform.values.set_order import spelling
from leastwise.frontends.terraform.values.types import (
    Collection,
    convert,
    type_of,
    unify,
)
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


def listed(value: Value, site: Site, *, sets: bool = True) -> Sequence | None:
    """Return a list, tuple or set; Terraform refuses other known values."""
    if isinstance(value, Sequence) and (sets or not value.is_set):
        return value
    if not isinstance(value, Unknown | Choice):
        site.fail()
    return None


def closed(value: Value, site: Site, *, sets: bool = True) -> tuple[Value, ...] | None:
    """Return the items of a list without unknown items, or None."""
    found = listed(value, site, sets=sets)
    return None if found is None or found.tail is not None else found.items


def _length(arguments: tuple[Value, ...], site: Site) -> Value | None:
    match arguments[0]:
        case Sequence(items=items, tail=None, is_set=True) if not all(map(is_known, items)):
            # SOUND: items that are not known may be equal.
            return None
        case Sequence(items=items, tail=None):
            return Scalar(len(items), site.expression.span)
        case Mapping(entries=entries, tail=None) if _keys_known(entries):
            return Scalar(len(entries), site.expression.span)
        case Text() as text:
            spelled = literal(text)
            count = None if spelled is None else cluster_count(spelled)
            return None if count is None else Scalar(count, site.expression.span)
        case Scalar():
            site.fail()
            return None
        case _:
            return None


def _keys_known(entries: tuple[tuple[Text, Value], ...]) -> bool:
    return all(literal(key) is not None for key, _ in entries)


def _concat(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Put lists one after another; an unknown one stands in the tail."""
    if not arguments:
        site.fail()
        return None
    items: list[Value] = []
    places: list[int | None] = []
    for value in arguments:
        if isinstance(value, Unknown):
            places.append(len(items))
            continue
        found = listed(value, site, sets=False)
        if found is None:
            return None
        if found.tail is not None:
            places.append(None if found.open_at is None else len(items) + found.open_at)
        items.extend(found.items)
    tail = _joint_tail(arguments, site) if places else None
    place = places[0] if len(places) == 1 else None
    whole = Sequence(tuple(items), site.expression.span, tail, "tuple", place)
    return _of_lists(arguments, whole)


def _joint_tail(arguments: tuple[Value, ...], site: Site) -> Symbol:
    """Return the symbol of what is not known: that of the only unknown list, if it is one."""
    found = [a.symbol for a in arguments if isinstance(a, Unknown)]
    found += [a.tail for a in arguments if isinstance(a, Sequence) and a.tail is not None]
    return found[0] if len(found) == 1 else site.symbol()


def _of_lists(arguments: tuple[Value, ...], whole: Sequence) -> Value:
    """Make a list when all parts are lists of types that go together."""
    if not all(isinstance(value, Sequence) and value.kind == "list" for value in arguments):
        return whole
    common = unify(tuple(map(type_of, arguments)))
    if not isinstance(common, Collection):
        return whole
    made = convert(whole, Collection("list", common.element))
    if isinstance(made, Sequence):
        return Sequence(made.items, made.span, made.tail, "list", whole.open_at)
    return whole


def _element(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the item at an index, counted round and round."""
    found = listed(arguments[0], site, sets=False)
    index = as_integer(arguments[1])
    if found is None or index is None:
        if as_number(arguments[1]) is not None and index is None:
            site.fail()
        return None
    if found.tail is not None:
        return item_at(found, index) if index >= 0 else None
    if not found.items:
        site.fail()
        return None
    place = index % len(found.items)
    if index < 0 and place and found.kind == "tuple":
        # SOUND: not a failure either; whether Terraform counts back in a tuple is a matter of
        # its version. https://github.com/zclconf/go-cty/pull/200
        return None
    return found.items[place]


def _index(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = closed(arguments[0], site, sets=False)
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
    value = listed(arguments[0], site, sets=False)
    start, end = as_integer(arguments[1]), as_integer(arguments[2])
    if value is None or start is None or end is None or value.tail is not None:
        if value is not None and None not in (as_number(arguments[1]), as_number(arguments[2])):
            fail_unless(value.tail is not None or None not in (start, end), site)
        return None
    if not 0 <= start <= end <= len(value.items):
        site.fail()
        return None
    return Sequence(value.items[start:end], site.expression.span, None, value.kind)


def fail_unless(holds: bool, site: Site) -> None:
    """Count that Terraform refuses the call, where something does not hold."""
    if not holds:
        site.fail()


def _flatten(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Flatten nested lists; an unknown item may be a list, so it stands in the tail."""
    value = listed(arguments[0], site)
    if value is None:
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
    value = arguments[0]
    if not isinstance(value, Sequence):
        return None
    items: list[Value] = []
    is_open = value.tail is not None
    for item in value.items:
        if is_null(item) or literal(item) == "":
            continue
        text = as_text(item)
        if text is None or may_be_empty(text):
            is_open = True
        else:
            items.append(item)
    return Sequence(tuple(items), site.expression.span, site.symbol() if is_open else None, "list")


def may_be_empty(text: Text) -> bool:
    """Say whether no character of a text is known."""
    return all(isinstance(piece, Symbol) for piece in text.pieces)


def _distinct(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = arguments[0]
    if not isinstance(value, Sequence):
        return None
    known: set[bytes] = set()
    found: list[Value] = []
    others: list[Value] = []
    for item in value.items:
        if is_known(item):
            spelled = spelling(item)
            if spelled not in known:
                known.add(spelled)
                found.append(item)
        elif item not in others[:_MAX_COMPARED]:
            others.append(item)
            found.append(item)
    # SOUND: items that may be equal are both kept; how many there are is then not known.
    unsure = len(others) > _MAX_COMPARED or any(
        _same(item, other) is None for item in others for other in found if other is not item
    )
    tail = value.tail or (site.symbol() if unsure else None)
    return Sequence(tuple(found), site.expression.span, tail, "list")


_MAX_COMPARED = 20


def _same(one: Value, other: Value) -> bool | None:
    return True if is_null(one) and is_null(other) else equal(one, other)


def _contains(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = listed(arguments[0], site)
    if value is None:
        return None
    outcomes = [_same(item, arguments[1]) for item in value.items]
    if True in outcomes:
        return Scalar(True, site.expression.span)
    if None in outcomes or value.tail is not None:
        return None
    return Scalar(False, site.expression.span)


def _one(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the only item or null; of an unknown number of items, a choice of both."""
    value = listed(arguments[0], site)
    if value is None:
        return None
    if value.tail is not None:
        return at_most_one(value, Scalar(None, site.expression.span), lambda item: item)
    if len(value.items) > 1:
        site.fail()
        return None
    return value.items[0] if value.items else Scalar(None, site.expression.span)


def _reverse(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = listed(arguments[0], site)
    if value is None or (value.tail is not None and value.is_set):
        return None
    kind = "list" if value.is_set else value.kind
    items = tuple(reversed(value.items))
    place = None if value.open_at is None else len(items) - value.open_at
    return Sequence(items, site.expression.span, value.tail, kind, place)


def _sort(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = closed(arguments[0], site)
    if items is None:
        return None
    if any(is_null(item) for item in items):
        site.fail()
        return None
    found = literals(items)
    if found is None:
        return None
    order = sorted(range(len(items)), key=lambda i: found[i].encode())
    texts = tuple(as_text(items[i]) or items[i] for i in order)
    return Sequence(texts, site.expression.span, None, "list")


COLLECTIONS: dict[str, Function] = {
    "length": _length,
    "concat": _concat,
    "element": _element,
    "index": _index,
    "slice": _slice,
    "flatten": _flatten,
    "compact": _compact,
    "distinct": _distinct,
    "contains": _contains,
    "one": _one,
    "reverse": _reverse,
    "sort": _sort,
}
