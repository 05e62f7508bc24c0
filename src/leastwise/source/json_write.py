"""Spell a value as JSON text, with its unknown parts as symbols."""

import json
from collections.abc import Iterable

from leastwise.source.text import concat, literal_text
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def json_text(value: Value) -> Text:
    """Spell a value as compact JSON; what is unknown becomes a symbol in its place.

    The result is derived: its characters do not map to the file (``Encoded`` keeps the value's
    own places and is what a front end should hand on).
    """
    return Text(_spell(value).pieces, value.span, derived=True)


def fresh_symbol(value: Value) -> Symbol:
    """Return a symbol for the JSON text of a value: equal values have equal symbols."""
    return Symbol(f"json|{_identity(_spell(value))}", "jsonencode(...)")


def _identity(text: Text) -> str:
    parts: list[str] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                parts.append(piece.text)
            case Symbol():
                parts.append("${" + piece.id + "}")
            case Encoded():
                parts.append(fresh_symbol(piece.value).id)
    return "".join(parts)


def _spell(value: Value) -> Text:
    match value:
        case Text():
            return _spell_string(value)
        case Scalar():
            return literal_text(_spell_scalar(value))
        case Sequence():
            return _bracket("[", [_spell(item) for item in value.items], value.tail, "]")
        case Mapping():
            entries = [
                concat((_spell_string(key), literal_text(":"), _spell(item)))
                for key, item in value.entries
            ]
            return _bracket("{", entries, value.tail, "}")
        case Choice():
            return Text((_choice_symbol(value.alternatives),))
        case Unknown():
            return Text((value.symbol,))


def _spell_scalar(value: Scalar) -> str:
    if value.value is None or isinstance(value.value, bool):
        return json.dumps(value.value)
    return str(value.value)


def _spell_string(text: Text) -> Text:
    pieces: list[Piece] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                pieces.append(Chars(json.dumps(piece.text, ensure_ascii=False)[1:-1]))
            case Symbol():
                pieces.append(piece)
            case Encoded():
                pieces.append(fresh_symbol(piece.value))
    return concat((literal_text('"'), Text(tuple(pieces)), literal_text('"')))


def _bracket(opening: str, items: Iterable[Text], tail: Symbol | None, closing: str) -> Text:
    parts = [literal_text(opening)]
    every = [*items, *([Text((tail,))] if tail else [])]
    for index, item in enumerate(every):
        parts += [literal_text(","), item] if index else [item]
    return concat((*parts, literal_text(closing)))


def _choice_symbol(alternatives: tuple[tuple[Assumption, Value], ...]) -> Symbol:
    spelled = [f"{a.id}={a.outcome}:{_identity(_spell(value))}" for a, value in alternatives]
    return Symbol(f"choice|{'|'.join(spelled)}", "...")
