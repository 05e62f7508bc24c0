"""Find what is not known in a value: by its symbols, an output tells whose secret it shows."""

from leastwise.source.value import Choice, Encoded, Mapping, Sequence, Symbol, Text, Unknown, Value

MAX_PARTS = 20_000
"""How many parts of one value are looked at; an output with more shows no more than that."""


def symbol_ids(value: Value) -> frozenset[str]:
    """Return the ids of all symbols in a value, of all alternatives, and of what caused them."""
    found: set[str] = set()
    pending: list[Value] = [value]
    for _ in range(MAX_PARTS):
        if not pending:
            break
        current = pending.pop()
        for symbol in _own(current):
            found.add(symbol.id)
            if symbol.cause is not None:
                found.add(symbol.cause.id)
        pending += _inner(current)
    return frozenset(found)


def _own(value: Value) -> list[Symbol]:
    match value:
        case Unknown():
            return [value.symbol]
        case Text():
            return [piece for piece in value.pieces if isinstance(piece, Symbol)]
        case Sequence(tail=Symbol() as tail) | Mapping(tail=Symbol() as tail):
            return [tail]
        case _:
            return []


def _inner(value: Value) -> list[Value]:
    match value:
        case Text():
            return [piece.value for piece in value.pieces if isinstance(piece, Encoded)]
        case Sequence():
            return list(value.items)
        case Mapping():
            return [part for entry in value.entries for part in entry]
        case Choice():
            return [alternative for _, alternative in value.alternatives]
        case _:
            return []
