"""Functions on sets: of items that can be told apart, else unknown."""

from itertools import product

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.values.conversions import is_known
from leastwise.frontends.terraform.values.set_order import as_set, spelling
from leastwise.frontends.terraform.values.types import (
    Collection,
    Refused,
    convert,
    type_of,
    unify,
)
from leastwise.source.value import Sequence, Value

MAX_PRODUCT = 10_000


def _sets(arguments: tuple[Value, ...], site: Site) -> list[Sequence] | None:
    """Convert sets to one type; None when Terraform refuses or one is not known."""
    if not all(isinstance(value, Sequence) for value in arguments):
        return None
    common = unify(tuple(map(type_of, arguments)))
    made = [Refused("") if common is None else convert(value, common) for value in arguments]
    sets = [value for value in made if isinstance(value, Sequence)]
    if len(sets) < len(made):
        site.fail()
        return None
    return sets


def _union(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Unite sets; what may be in an unknown one stands in the tail."""
    known = tuple(value for value in arguments if isinstance(value, Sequence))
    sets = _sets(known, site)
    if not sets:
        return None
    is_open = len(known) < len(arguments) or any(s.tail is not None for s in sets)
    items = tuple(item for s in sets for item in s.items)
    return as_set(Sequence(items, site.expression.span, site.symbol() if is_open else None))


def _known_sets(arguments: tuple[Value, ...], site: Site) -> list[tuple[Value, ...]] | None:
    if not all(isinstance(value, Sequence) and is_known(value) for value in arguments):
        return None
    sets = _sets(arguments, site)
    return None if sets is None else [s.items for s in sets]


def _intersection(arguments: tuple[Value, ...], site: Site) -> Value | None:
    sets = _known_sets(arguments, site)
    if sets is None:
        return None
    others = [{spelling(item) for item in other} for other in sets[1:]]
    kept = tuple(i for i in sets[0] if all(spelling(i) in other for other in others))
    return as_set(Sequence(kept, site.expression.span))


def _subtract(arguments: tuple[Value, ...], site: Site) -> Value | None:
    sets = _known_sets(arguments, site)
    if sets is None:
        return None
    dropped = {spelling(item) for item in sets[1]}
    kept = tuple(item for item in sets[0] if spelling(item) not in dropped)
    return as_set(Sequence(kept, site.expression.span))


def _product(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if len(arguments) < 2:
        site.fail()
        return None
    lists: list[Sequence] = []
    count = 1
    for value in arguments:
        found = _uniform(value)
        if not isinstance(found, Sequence):
            if (not isinstance(value, Sequence) and is_known(value)) or found is None:
                site.fail()
            return None
        if found.tail is not None:
            return None
        lists.append(found)
        count *= len(found.items)
    if count > MAX_PRODUCT:
        site.too_large()
        return None
    rows = tuple(Sequence(row) for row in product(*(found.items for found in lists)))
    if any(value.is_set for value in arguments if isinstance(value, Sequence)):
        return as_set(Sequence(rows, site.expression.span))
    return Sequence(rows, site.expression.span, None, "list")


def _uniform(value: Value) -> Value | None:
    """Give the elements of a tuple one type; None when they have none."""
    if isinstance(value, Sequence) and value.kind == "tuple":
        found = convert(value, Collection("list", "any"))
        return None if isinstance(found, Refused) else found
    return value


SETS: dict[str, Function] = {
    "setunion": _union,
    "setintersection": _intersection,
    "setsubtract": _subtract,
    "setproduct": _product,
}
