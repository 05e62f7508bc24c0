"""Iterate over collections as ``for``, splat and ``for_each`` do."""

from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.values.conversions import literal, sorted_entries
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Unknown, Value


def entries_of(value: Value, scope: Scope) -> list[tuple[Value, Value, str]] | None:
    """Return ``(key, value, identity)`` of each element; None when some are not known.

    Lists count from 0, maps go by key, and the elements of a set are their own keys.
    ``identity`` tells the elements of one collection apart.
    """
    match value:
        case Sequence(items=items, tail=None, is_set=True):
            return [(item, item, str(i)) for i, item in enumerate(items)]
        case Sequence(items=items, tail=None):
            return [(Scalar(i), item, str(i)) for i, item in enumerate(items)]
        case Mapping(tail=None):
            if any(literal(key) is None for key, _ in value.entries):
                return None
            return [(key, item, key.literal or "") for key, item in sorted_entries(value)]
        case _:
            scope.state.doubts += 1
            return None


def known_entries(value: Value) -> list[tuple[Value, Value, str]]:
    """Return the elements that are known of a collection that may have more."""
    match value:
        case Sequence(items=items, is_set=True):
            return [(item, item, f"?{i}") for i, item in enumerate(items)]
        case Sequence(items=items):
            return [(unknown_key(value), item, f"?{i}") for i, item in enumerate(items)]
        case Mapping(entries=entries):
            return [(key, item, f"?{i}") for i, (key, item) in enumerate(entries)]
        case _:
            return []


def unknown_key(value: Value) -> Value:
    """Return the key of an element whose place among unknown ones is not known."""
    if isinstance(value, Sequence) and value.is_set:
        return any_element(value)
    symbol = rest_of(value)
    return Unknown(Symbol(f"{symbol.id}[key]", f"{symbol.reference}[key]"))


def rest_of(value: Value) -> Symbol:
    """Return the symbol that stands for the elements that are not known."""
    match value:
        case Sequence(tail=Symbol() as tail) | Mapping(tail=Symbol() as tail):
            return tail
        case Unknown(symbol=symbol):
            return symbol
        case _:
            return Symbol("?", "?")


def any_element(value: Value) -> Value:
    """Return an unknown that stands for each element that is not known."""
    symbol = rest_of(value)
    element = Symbol(f"{symbol.id}[*]", f"{symbol.reference}[*]", symbol.glob)
    return Unknown(element, "one of the elements that are not known", value.span)


def strings(items: list[str]) -> Sequence:
    """Make a list of generated strings."""
    return Sequence(tuple(literal_text(item) for item in items))
