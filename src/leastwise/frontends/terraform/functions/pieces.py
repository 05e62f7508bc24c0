"""Cut and change the known characters of strings, and what is certain around them.

SOUND: a symbol may be any string, the empty one included. An answer is given only where it is
the same for all of them, or where the symbol's own part of it can be named.
"""

from collections.abc import Callable

from leastwise.source.text import join_pieces, slice_piece
from leastwise.source.value import Chars, Encoded, Piece, Symbol, Text

MAX_PARTS = 1_000


def text_slice(text: Text, start: int, end: int) -> Text:
    """Return a part of a text of known characters, with its places."""
    pieces = [slice_piece(p, start, end) for p in text.pieces if isinstance(p, Chars)]
    return Text(join_pieces(pieces), None, text.derived)


def replace_pieces(text: Text, old: str, new: Text) -> list[Text] | None:
    """Return the parts of a text with a replacement; None when that can't be told piecewise.

    Only for wholly known strings: in a symbol, or across its edges, ``old`` may stand as well.
    """
    whole = text.literal
    if whole is None or not old or whole.count(old) > MAX_PARTS:
        return None
    parts: list[Text] = []
    start = 0
    while (at := whole.find(old, start)) != -1:
        parts += [text_slice(text, start, at), new]
        start = at + len(old)
    return [*parts, text_slice(text, start, len(whole))]


def mapped_pieces(text: Text, name: str, function: Callable[[str], str]) -> Text | None:
    """Apply a function that changes characters one by one to each piece (``lower``, ``upper``).

    A symbol becomes one that is named after both; equal symbols stay equal.
    """
    pieces: list[Piece] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                changed = function(piece.text)
                pieces.append(piece if changed == piece.text else Chars(changed))
            case Symbol():
                pieces.append(_mapped_symbol(piece, name, function))
            case Encoded():
                return None
    return Text(join_pieces(pieces), text.span, derived=True)


def _mapped_symbol(symbol: Symbol, name: str, function: Callable[[str], str]) -> Symbol:
    identity, reference = f"{name}({symbol.id})", f"{name}({symbol.reference})"
    return Symbol(
        identity,
        reference,
        function(symbol.glob),
        reason=symbol.reason,
        cause=symbol.cause or symbol,
    )


def trimmed_ends(text: Text, characters: str) -> Text | None:
    """Drop characters at both ends; None when a symbol may begin or end with some."""
    pieces = list(text.pieces)
    for index in (0, -1):
        first = pieces[index]
        if not isinstance(first, Chars):
            return None
        kept = first.text.lstrip(characters) if index == 0 else first.text.rstrip(characters)
        if not kept:
            return None
        start = len(first.text) - len(kept) if index == 0 else 0
        pieces[index] = slice_piece(first, start, start + len(kept))
    return Text(join_pieces(pieces), text.span, text.derived)


def known_start(text: Text, start: int, end: int) -> Text | None:
    """Return the characters ``[start, end)`` where they lie in a known start of ASCII."""
    first = text.pieces[0] if text.pieces else None
    # What follows may combine with the last character, which is why one more is asked for.
    if not isinstance(first, Chars) or not first.text.isascii() or end >= len(first.text):
        return None
    return Text(join_pieces((slice_piece(first, start, end),)), None, text.derived)
