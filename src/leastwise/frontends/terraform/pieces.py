"""Piecewise work on partly known strings.

SOUND: a symbol may be any string, the empty one included. An answer is given only where it is
the same for all of them, or where the symbol's own part of it can be named.
"""

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


def split_pieces(text: Text, separator: str, most: int) -> list[Text] | None:
    """Cut at the first ``most - 1`` separators; None when a symbol may hold one of them.

    Behind the last cut a symbol may hold anything.
    """
    parts: list[list[Piece]] = [[]]
    for piece in text.pieces:
        rest = piece
        if isinstance(rest, Chars):
            while len(parts) < most and (at := rest.text.find(separator)) != -1:
                parts[-1].append(slice_piece(rest, 0, at))
                parts.append([])
                rest = slice_piece(rest, at + len(separator), len(rest.text))
        elif len(parts) < most and not is_free_of(rest, separator):
            return None
        parts[-1].append(rest)
    return [Text(join_pieces(pieces), None, text.derived) for pieces in parts]


def is_free_of(piece: Symbol | Encoded, part: str) -> bool:
    """Say whether no value of a piece holds a character of ``part``.

    Known of region, partition, account and URL suffix: they are made of letters, digits, dots
    and hyphens.
    """
    if isinstance(piece, Encoded) or not piece.environment:
        return False
    return not any(c.isalnum() or c in ".-" for c in part)
