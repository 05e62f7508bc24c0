"""Piecewise work on partly known strings.

SOUND: a symbol may be any string, the empty one included. An answer is given only where it is
the same for all of them, or where the symbol's own part of it can be named.
"""

from leastwise.source.text import join_pieces, slice_piece
from leastwise.source.value import Chars, Encoded, Symbol, Text

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


def is_free_of(piece: Symbol | Encoded, part: str) -> bool:
    """Say whether no value of a piece holds a character of ``part``.

    Only what a glob without wildcards spells is known of a symbol.
    """
    if isinstance(piece, Encoded) or any(c in piece.glob for c in "*?"):
        return False
    return not set(part) & set(piece.glob)
