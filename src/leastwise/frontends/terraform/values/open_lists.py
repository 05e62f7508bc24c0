"""Lists of which some items are not known: what can still be said of one place in them."""

from collections.abc import Callable

from leastwise.source.value import Assumption, Choice, Sequence, Symbol, Unknown, Value


def first_unknown(tail: Symbol) -> Unknown:
    """Return the first of the items that a symbol stands for, where there is one."""
    symbol = Symbol(
        f"{tail.id}[0]", f"{tail.reference}[0]", tail.glob, reason=tail.reason, cause=tail.cause
    )
    return Unknown(symbol, tail.reason)


def item_at(value: Sequence, index: int) -> Value | None:
    """Return the item at an index of a list with a tail; None when it can't be told.

    Before the tail all is known. At its place stands its first item, or, where it has none, the
    next one: a choice.
    """
    place, tail = value.open_at, value.tail
    if place is None or tail is None or index < 0:
        return None
    if index < place:
        return value.items[index]
    if index > place or place >= len(value.items):
        return None
    return none_or_one(tail, value.items[place], first_unknown(tail))


def none_or_one(tail: Symbol, without: Value, given: Value) -> Choice:
    """Return a choice on whether the items that a symbol stands for are none."""
    name = f"{tail.id}|empty"
    return Choice(
        (
            (Assumption(name, "true", f"{tail.reference} is empty"), without),
            (Assumption(name, "false", f"{tail.reference} is not empty"), given),
        )
    )


def at_most_one(value: Sequence, empty: Value, of: Callable[[Value], Value]) -> Value | None:
    """Return a choice between no item and one, for what has no meaning for more."""
    if value.tail is None or value.items:
        return None
    return none_or_one(value.tail, empty, of(first_unknown(value.tail)))
