"""Replace a placeholder in encoded JSON without spelling it, so that its values keep their places.

``replace(jsonencode(...), "_BUCKET_", aws_s3_bucket.b.arn)`` is how modules fill in policies.
"""

import hashlib
from dataclasses import replace

from leastwise.frontends.terraform.functions.pieces import replace_pieces
from leastwise.source.text import concat
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Sequence,
    Symbol,
    Text,
    Value,
)

_OUTSIDE = frozenset('{}[],:"\\ \n\t+-.0123456789eEtrufalsn')
"""Characters of JSON text that stand outside of strings as well, or start an escape."""

_AFTER_BACKSLASH = frozenset("0123456789abcdefABCDEFunrtbf")
_ESCAPED = frozenset('"\\<>&\u2028\u2029')
_ENVIRONMENT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
"""What partitions, regions, accounts and URL suffixes are spelled with."""


def replaced_in_json(text: Text, old: str, new: Text) -> Text | None:
    """Return encoded JSON with a placeholder replaced in its strings; None if it is no such.

    A placeholder has a character that stands only in strings, so that it can't be part of the
    JSON around them, and its replacement needs no escape.
    """
    if len(text.pieces) != 1 or not isinstance(text.pieces[0], Encoded):
        return None
    if not set(old) - _OUTSIDE or set(old) & _ESCAPED or not _is_plain(new):
        return None
    encoded = text.pieces[0]
    made = _value(encoded.value, old, new)
    if made is None:
        return None
    return text if made is encoded.value else replace(text, pieces=(encoded._replace(value=made),))


def _is_plain(text: Text) -> bool:
    for piece in text.pieces:
        if isinstance(piece, Encoded):
            return False
        if isinstance(piece, Chars) and _needs_escape(piece.text):
            return False
    return True


def _needs_escape(text: str) -> bool:
    return any(c in _ESCAPED or c < " " for c in text)


def _value(value: Value, old: str, new: Text) -> Value | None:
    match value:
        case Text():
            return _text(value, old, new)
        case Sequence():
            items = [_value(item, old, new) for item in value.items]
            known = tuple(item for item in items if item is not None)
            if all(one is two for one, two in zip(items, value.items, strict=True)):
                return value
            return replace(value, items=known) if len(known) == len(items) else None
        case Mapping():
            return _mapping(value, old, new)
        case Choice():
            cases = [(a, _value(item, old, new)) for a, item in value.alternatives]
            chosen = tuple((a, item) for a, item in cases if item is not None)
            return replace(value, alternatives=chosen) if len(chosen) == len(cases) else None
        case _:
            return value


def _mapping(value: Mapping, old: str, new: Text) -> Mapping | None:
    entries: list[tuple[Text, Value]] = []
    for key, item in value.entries:
        name, made = _text(key, old, new), _value(item, old, new)
        if name is None or made is None:
            return None
        entries.append((name, made))
    pairs = zip(entries, value.entries, strict=True)
    if all(one[0] is two[0] and one[1] is two[1] for one, two in pairs):
        return value
    return replace(value, entries=tuple(entries))


def _text(text: Text, old: str, new: Text) -> Text | None:
    """Replace in one string; a symbol may hold the placeholder, so that it becomes another one."""
    parts: list[Text] = []
    changed = False
    for index, piece in enumerate(text.pieces):
        if isinstance(piece, Encoded) or _may_straddle(text.pieces, index, old):
            return None
        if isinstance(piece, Symbol):
            kept = piece.environment and not set(old) <= _ENVIRONMENT
            parts.append(Text((piece if kept else _filled(piece, old, new),)))
            changed = changed or not kept
            continue
        if old[0] in _AFTER_BACKSLASH and _needs_escape(piece.text):
            return None
        made = replace_pieces(Text((piece,)), old, new)
        if made is None:
            return None
        parts += made
        changed = changed or len(made) > 1
    return concat(parts, text.span) if changed else text


def _may_straddle(pieces: tuple[Piece, ...], index: int, old: str) -> bool:
    """Say whether a placeholder may stand across the edge between characters and a symbol."""
    piece = pieces[index]
    if not isinstance(piece, Chars):
        return False
    before = index + 1 < len(pieces) and any(
        piece.text.endswith(old[:size]) for size in range(1, len(old))
    )
    after = index > 0 and any(piece.text.startswith(old[size:]) for size in range(1, len(old)))
    return before or after


def _filled(symbol: Symbol, old: str, new: Text) -> Symbol:
    """Return the symbol of a symbol's value after the replacement."""
    name = hashlib.sha256(f"{old}\0{_identity(new)}".encode()).hexdigest()[:16]
    return replace(symbol, id=f"{symbol.id}|replaced|{name}", glob="*", environment=False)


def _identity(text: Text) -> str:
    """Spell a replacement for an id: known characters, and the ids of symbols."""
    return "".join(
        piece.text if isinstance(piece, Chars) else f"${{{piece.id}}}"
        for piece in text.pieces
        if isinstance(piece, Chars | Symbol)
    )
