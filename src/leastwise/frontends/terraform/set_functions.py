"""Functions on sets: of items that can be told apart, else unknown."""

from itertools import product

from leastwise.frontends.terraform.conversions import is_known
from leastwise.frontends.terraform.function_site import Function, Site
from leastwise.frontends.terraform.type_constraints import as_set
from leastwise.source.value import Sequence, Value

MAX_PRODUCT = 10_000


def _union(arguments: tuple[Value, ...], site: Site) -> Value | None:
    items: list[Value] = []
    for value in arguments:
        if not isinstance(value, Sequence) or value.tail is not None:
            return None
        items.extend(value.items)
    return as_set(Sequence(tuple(items), site.expression.span))


def _known_sets(arguments: tuple[Value, ...]) -> list[tuple[Value, ...]] | None:
    sets: list[tuple[Value, ...]] = []
    for value in arguments:
        if not isinstance(value, Sequence) or not is_known(value):
            return None
        sets.append(value.items)
    return sets or None


def _intersection(arguments: tuple[Value, ...], site: Site) -> Value | None:
    sets = _known_sets(arguments)
    if sets is None:
        return None
    kept = tuple(item for item in sets[0] if all(item in other for other in sets[1:]))
    return as_set(Sequence(kept, site.expression.span))


def _subtract(arguments: tuple[Value, ...], site: Site) -> Value | None:
    sets = _known_sets(arguments)
    if sets is None or len(sets) != 2:
        return None
    kept = tuple(item for item in sets[0] if item not in sets[1])
    return as_set(Sequence(kept, site.expression.span))


def _product(arguments: tuple[Value, ...], site: Site) -> Value | None:
    lists: list[tuple[Value, ...]] = []
    count = 1
    for value in arguments:
        if not isinstance(value, Sequence) or value.tail is not None:
            return None
        lists.append(value.items)
        count *= len(value.items)
    if len(lists) < 2 or count > MAX_PRODUCT:
        return None
    rows = tuple(Sequence(row) for row in product(*lists))
    return Sequence(rows, site.expression.span)


SETS: dict[str, Function] = {
    "setunion": _union,
    "setintersection": _intersection,
    "setsubtract": _subtract,
    "setproduct": _product,
}
