"""Replace in and split strings with unknown parts whose alphabet is known.

The name of a region has no slash, and the suffix that AWS gives to a secret has no colon. So
``replace(issuer, "https://", "")`` is known although the issuer's region and id are not.

SOUND: an answer is given only where no occurrence can lie in, or reach into, an unknown part.
"""

from leastwise.frontends.terraform.attributes.computed import LOOKED_UP, MADE
from leastwise.source.text import join_pieces, slice_piece
from leastwise.source.value import Chars, Encoded, Piece, Symbol, Text

MAX_PARTS = 100
_ENVIRONMENT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
_NEVER = frozenset(":*?\"'${}<>&\\ \t\r\n")
_SLASHED = frozenset(("identity", "path", "service", "listener", "rule", "kind", "bus", "function"))
"""Parts of ARNs that AWS invents and that may hold a slash."""


def replace_open(text: Text, old: str, new: Text) -> list[Text] | None:
    """Return the parts of a text with a replacement; None where that is not known."""
    parts = split_open(text, old)
    if parts is None:
        return None
    return [part for index, one in enumerate(parts) for part in ((new, one) if index else (one,))]


def split_open(text: Text, separator: str) -> list[Text] | None:
    """Cut a text at every occurrence of a separator; None where that is not known."""
    if not separator or not _is_settled(text, separator):
        return None
    parts: list[list[Piece]] = [[]]
    for piece in text.pieces:
        if not isinstance(piece, Chars):
            parts[-1].append(piece)
            continue
        start = 0
        while (at := piece.text.find(separator, start)) != -1:
            parts[-1].append(slice_piece(piece, start, at))
            parts.append([])
            start = at + len(separator)
        parts[-1].append(slice_piece(piece, start, len(piece.text)))
    if len(parts) > MAX_PARTS:
        return None
    return [Text(join_pieces(part), None, text.derived) for part in parts]


def _is_settled(text: Text, part: str) -> bool:
    """Say that no occurrence of a string can lie in an unknown part, or begin or end in one.

    ``begun`` holds how many characters of it may have been read, and whether some of them, or
    the place between two of them, are in an unknown part.
    """
    begun: set[tuple[int, bool]] = set()
    for piece in text.pieces:
        if isinstance(piece, Chars):
            for character in piece.text:
                begun = {
                    (read + 1, unknown)
                    for read, unknown in (*begun, (0, False))
                    if part[read] == character
                }
                if (len(part), True) in begun:
                    return False
                begun.discard((len(part), False))
        else:
            begun = {(read, True) for read in _through(piece, part, {r for r, _ in begun} | {0})}
            if any(read == len(part) for read, _ in begun):
                return False
            begun.discard((0, True))
    return True


def _through(piece: Symbol | Encoded, part: str, begun: set[int]) -> set[int]:
    """Return how much may have been read after an unknown piece, from what was before it."""
    reached: set[int] = set()
    for read in begun:
        reached.add(read)
        at = read
        while at < len(part) and _may_hold(piece, part[at]):
            at += 1
            reached.add(at)
    return reached


def _may_hold(piece: Symbol | Encoded, character: str) -> bool:
    if isinstance(piece, Encoded):
        return True
    if piece.environment:
        return character in _ENVIRONMENT
    word = piece.reference.rpartition("#")
    if not word[1] or not word[2].isidentifier() or piece.reason not in (MADE, LOOKED_UP):
        return True
    return character not in _NEVER and (character != "/" or word[2] in _SLASHED)
