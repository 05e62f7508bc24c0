"""Functions that reduce, choose from and regroup lists.

SOUND: what an unknown element could change is unknown in the result as well.
"""

from leastwise.frontends.terraform.functions.collection_functions import (
    closed,
    fail_unless,
    listed,
    may_be_empty,
)
from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.values.conversions import (
    as_boolean,
    as_integer,
    as_number,
    is_known,
    is_null,
    literal,
    number_of,
)
from leastwise.frontends.terraform.values.floats import add, exact
from leastwise.frontends.terraform.values.set_order import spelling
from leastwise.frontends.terraform.values.types import (
    Refused,
    Type,
    convert,
    type_of,
    unify,
)
from leastwise.source.value import (
    Assumption,
    Choice,
    Scalar,
    Sequence,
    Text,
    Unknown,
    Value,
)


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
        if isinstance(value, Text) and may_be_empty(value):
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
    lists = [listed(value, site, sets=False) for value in arguments]
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
    items, size = closed(arguments[0], site), as_integer(arguments[1])
    if items is None or size is None or size < 0:
        fail_unless(as_number(arguments[1]) is None, site)
        return None
    width = size or max(len(items), 1)
    chunks = (items[i : i + width] for i in range(0, len(items), width))
    rows = tuple(Sequence(chunk, None, None, "list") for chunk in chunks)
    return Sequence(rows, site.expression.span, None, "list")


def _matchkeys(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Keep the values whose keys are in the search set."""
    lists = [closed(value, site) for value in arguments]
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
    items = closed(arguments[0], site)
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


LISTS: dict[str, Function] = {
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "alltrue": _all(True),
    "anytrue": _all(False),
    "chunklist": _chunklist,
    "matchkeys": _matchkeys,
    "sum": _sum,
}
