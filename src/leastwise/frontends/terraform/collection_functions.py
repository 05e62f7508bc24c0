"""Functions on lists, and on collections of any kind.

SOUND: what an unknown element could change is unknown in the result as well.
"""

from leastwise.frontends.terraform.conversions import (
    as_boolean,
    as_integer,
    as_number,
    as_text,
    equal,
    is_known,
    is_null,
    literal,
    number_of,
)
from leastwise.frontends.terraform.floats import add, exact
from leastwise.frontends.terraform.function_site import Function, Site, literals
from leastwise.frontends.terraform.graphemes import cluster_count
from leastwise.frontends.terraform.open_lists import at_most_one, item_at
from leastwise.frontends.terraform.set_order import spelling
from leastwise.frontends.terraform.value_types import (
    Collection,
    Refused,
    Type,
    convert,
    type_of,
    unify,
)
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def _listed(value: Value, site: Site, *, sets: bool = True) -> Sequence | None:
    """Return a list, tuple or set; Terraform refuses other known values."""
    if isinstance(value, Sequence) and (sets or not value.is_set):
        return value
    if not isinstance(value, Unknown | Choice):
        site.fail()
    return None


def _closed(value: Value, site: Site, *, sets: bool = True) -> tuple[Value, ...] | None:
    """Return the items of a list without unknown items, or None."""
    found = _listed(value, site, sets=sets)
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
        found = _listed(value, site, sets=False)
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
    found = _listed(arguments[0], site, sets=False)
    index = as_integer(arguments[1])
    if found is None or index is None:
        if as_number(arguments[1]) is not None and index is None:
            site.fail()
        return None
    if index < 0:
        site.fail()
        return None
    if found.tail is not None:
        return item_at(found, index)
    if not found.items:
        site.fail()
        return None
    return found.items[index % len(found.items)]


def _index(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0], site, sets=False)
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
    value = _listed(arguments[0], site, sets=False)
    start, end = as_integer(arguments[1]), as_integer(arguments[2])
    if value is None or start is None or end is None or value.tail is not None:
        if value is not None and None not in (as_number(arguments[1]), as_number(arguments[2])):
            _fail_unless(value.tail is not None or None not in (start, end), site)
        return None
    if not 0 <= start <= end <= len(value.items):
        site.fail()
        return None
    return Sequence(value.items[start:end], site.expression.span, None, value.kind)


def _fail_unless(holds: bool, site: Site) -> None:
    if not holds:
        site.fail()


def _flatten(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Flatten nested lists; an unknown item may be a list, so it stands in the tail."""
    value = _listed(arguments[0], site)
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
        if text is None or _may_be_empty(text):
            is_open = True
        else:
            items.append(item)
    return Sequence(tuple(items), site.expression.span, site.symbol() if is_open else None, "list")


def _may_be_empty(text: Text) -> bool:
    return all(isinstance(piece, Symbol) for piece in text.pieces)


def _distinct(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = arguments[0]
    if not isinstance(value, Sequence):
        return None
    known: dict[bytes, Value] = {}
    found: list[Value] = []
    others: list[Value] = []
    for item in value.items:
        if is_known(item):
            if known.setdefault(spelling(item), item) is item:
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


def _coalesce(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the first argument that is neither null nor the empty string."""
    common = unify(tuple(map(type_of, arguments)))
    if not arguments or (common is None and not any(map(is_null, arguments))):
        site.fail()
        return None
    for index, value in enumerate(arguments):
        if is_null(value) or literal(value) == "":
            continue
        if isinstance(value, Unknown):
            if value.symbol.environment or _are_nothing(arguments[index + 1 :]):
                return value
            failures = site.scope.state.failures
            otherwise = _coalesce(arguments[index + 1 :], site)
            # Without the others the call fails only where this one is not given.
            site.scope.state.failures = failures
            return _this_or(value, otherwise)
        if isinstance(value, Text) and _may_be_empty(value):
            return None
        made = convert(value, common or "any")
        return None if isinstance(made, Refused) else made
    site.fail()
    return None


def _are_nothing(arguments: tuple[Value, ...]) -> bool:
    """Say whether all arguments are null or empty, so that the one before them is what counts."""
    return all(is_null(value) or literal(value) == "" for value in arguments)


def _this_or(value: Unknown, otherwise: Value | None) -> Value | None:
    """Return a choice on whether an unknown value is given: neither null nor empty."""
    if otherwise is None:
        return None
    name, reference = f"{value.symbol.id}|given", value.symbol.reference
    return Choice(
        (
            (Assumption(name, "true", f"{reference} is given"), value),
            (Assumption(name, "false", f"{reference} is null or empty"), otherwise),
        )
    )


def _coalescelist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    lists = [_listed(value, site, sets=False) for value in arguments]
    if any(
        found is None and not isinstance(value, Unknown)
        for found, value in zip(lists, arguments, strict=True)
    ):
        return None
    for found in lists:
        if found is None:
            return None
        if found.items:
            return found
        if found.tail is not None:
            return None
    site.fail()
    return None


def _contains(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _listed(arguments[0], site)
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
    value = _listed(arguments[0], site)
    if value is None:
        return None
    if value.tail is not None:
        return at_most_one(value, Scalar(None, site.expression.span), lambda item: item)
    if len(value.items) > 1:
        site.fail()
        return None
    return value.items[0] if value.items else Scalar(None, site.expression.span)


def _reverse(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = _listed(arguments[0], site)
    if value is None or (value.tail is not None and value.is_set):
        return None
    kind = "list" if value.is_set else value.kind
    items = tuple(reversed(value.items))
    place = None if value.open_at is None else len(items) - value.open_at
    return Sequence(items, site.expression.span, value.tail, kind, place)


def _sort(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0], site)
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


def _all(outcome: bool) -> Function:
    """Return ``alltrue`` (settled by one false or null) or ``anytrue`` (settled by one true)."""

    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        value = arguments[0]
        if not isinstance(value, Sequence):
            return None
        found = [False if is_null(item) else as_boolean(item) for item in value.items]
        if (not outcome) in found:
            return Scalar(not outcome, site.expression.span)
        unsure = None in found or value.tail is not None
        return None if unsure else Scalar(outcome, site.expression.span)

    return apply


def _chunklist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items, size = _closed(arguments[0], site), as_integer(arguments[1])
    if items is None or size is None or size < 0:
        _fail_unless(as_number(arguments[1]) is None, site)
        return None
    width = size or max(len(items), 1)
    chunks = (items[i : i + width] for i in range(0, len(items), width))
    rows = tuple(Sequence(chunk, None, None, "list") for chunk in chunks)
    return Sequence(rows, site.expression.span, None, "list")


def _matchkeys(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Keep the values whose keys are in the search set."""
    lists = [_closed(value, site) for value in arguments]
    common = unify(tuple(map(type_of, arguments[1:])))
    values, keys, wanted = lists
    if values is None or keys is None or wanted is None:
        return None
    if len(values) != len(keys) or common is None:
        site.fail()
        return None
    names, found = _as(keys, common), _as(wanted, common)
    if names is None or found is None:
        return None
    searched = {spelling(item) for item in found}
    kept = tuple(v for v, k in zip(values, names, strict=True) if spelling(k) in searched)
    return Sequence(kept, site.expression.span, None, "list")


def _as(items: tuple[Value, ...], common: Type) -> tuple[Value, ...] | None:
    made = convert(Sequence(items, None, None, "list"), common)
    return made.items if isinstance(made, Sequence) and is_known(made) else None


def _sum(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items = _closed(arguments[0], site)
    if items is None:
        return None
    if not items or not all(isinstance(i, Scalar | Text | Unknown | Choice) for i in items):
        site.fail()
        return None
    found = [convert(item, "number") for item in items]
    if any(isinstance(item, Refused) or is_null(item) for item in found):
        site.fail()
        return None
    total = exact(0)
    for item in found:
        read = None if isinstance(item, Refused) else as_number(item)
        if read is None:
            return None
        total = add(total, exact(read))
    return number_of(total)


COLLECTIONS: dict[str, Function] = {
    "length": _length,
    "concat": _concat,
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
    "reverse": _reverse,
    "sort": _sort,
    "alltrue": _all(True),
    "anytrue": _all(False),
    "chunklist": _chunklist,
    "matchkeys": _matchkeys,
    "sum": _sum,
}
