"""List what is not known of a value, for people who ask why."""

from dataclasses import replace

from leastwise.iam.worlds import is_bounded, parts_of
from leastwise.source.span import Span
from leastwise.source.value import Choice, Mapping, Sequence, Symbol, Text, Unknown, Value


def unknowns_of(value: Value) -> tuple[Symbol, ...]:
    """Return the symbols a value is made with, each once, in the order of reading.

    A value that is too deep or too large to be a policy has none: it is not known as a whole.
    """
    found: dict[str, Symbol] = {}
    for current in _walk(value):
        match current:
            case Text(pieces=pieces):
                for piece in pieces:
                    if isinstance(piece, Symbol):
                        found.setdefault(piece.id, piece)
            case Unknown(symbol=symbol, reason=reason, span=span):
                found.setdefault(symbol.id, _told(symbol, reason, span))
            case Sequence(tail=Symbol() as tail) | Mapping(tail=Symbol() as tail):
                found.setdefault(tail.id, tail)
            case _:
                pass
    return tuple(found.values())


def assumptions_of(value: Value) -> tuple[tuple[str, ...], ...]:
    """Return what a value depends on: for each test its outcomes, in words.

    As in ``(("var.x is true", "var.x is false"),)``.
    """
    found: dict[str, dict[str, None]] = {}
    for current in _walk(value):
        if isinstance(current, Choice):
            for assumption, _ in current.alternatives:
                found.setdefault(assumption.id, {})[assumption.text] = None
    return tuple(tuple(texts) for texts in found.values())


def _told(symbol: Symbol, reason: str, span: Span | None) -> Symbol:
    return replace(symbol, reason=symbol.reason or reason, span=symbol.span or span)


def _walk(value: Value) -> list[Value]:
    """Return a value and all parts of it, depth first."""
    if not is_bounded(value):
        return []
    found: list[Value] = []
    pending = [value]
    while pending:
        current = pending.pop()
        found.append(current)
        pending += reversed(tuple(parts_of(current)))
    return found
