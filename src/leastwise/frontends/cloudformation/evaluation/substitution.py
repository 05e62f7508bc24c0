"""Split the strings of Fn::Sub and the dynamic references of any string.

Sources: "Fn::Sub" in the AWS CloudFormation template reference (``${!Literal}`` is left as
``${Literal}``); "Get values stored in other services using dynamic references" in its guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from leastwise.source.span import Span
from leastwise.source.text import cover, join_pieces, slice_piece
from leastwise.source.value import Chars, Encoded, Piece, Symbol, Text

_OPENING = "{{resolve:"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Name what ``${...}`` refers to, and where it stands."""

    name: str
    span: Span | None


def substitution_parts(text: Text) -> Iterator[Text | Placeholder]:
    """Yield the literal parts and the placeholders of a Fn::Sub string, in order."""
    for piece in text.pieces:
        if isinstance(piece, Chars):
            yield from _parts(piece, text.span)
        else:
            yield Text((piece,), text.span)


def _parts(piece: Chars, span: Span | None) -> Iterator[Text | Placeholder]:
    text, start = piece.text, 0
    while True:
        opening = text.find("${", start)
        closing = text.find("}", opening) if opening != -1 else -1
        if closing == -1:
            break
        if text[opening + 2 : opening + 3] == "!":
            yield Text((slice_piece(piece, start, opening + 2),), span)
            start = opening + 3
            if closing > start:
                yield Text((slice_piece(piece, start, closing),), span)
            start = closing
            continue
        if opening > start:
            yield Text((slice_piece(piece, start, opening),), span)
        place = cover(s.span for s in slice_piece(piece, opening, closing + 1).segments)
        yield Placeholder(text[opening + 2 : closing].strip(), place or span)
        start = closing + 1
    if start < len(text):
        yield Text((slice_piece(piece, start, len(text)),), span)


def dynamic_references(text: Text, path: str) -> Text:
    """Replace each ``{{resolve:...}}`` by a symbol: its value is known only on deployment."""
    if not any(isinstance(piece, Chars) and _OPENING in piece.text for piece in text.pieces):
        return text
    done: list[Piece] = []
    rest = list(text.pieces)
    while rest:
        piece = rest.pop(0)
        opening = piece.text.find(_OPENING) if isinstance(piece, Chars) else -1
        if not isinstance(piece, Chars) or opening == -1:
            done.append(piece)
            continue
        inside: list[Piece] = [slice_piece(piece, opening, len(piece.text))]
        while rest and not _closes(inside[-1]):
            inside.append(rest.pop(0))
        if not _closes(inside[-1]):
            done += [piece, *inside[1:]]
            break
        last = inside[-1]
        end = last.text.index("}}") + 2 if isinstance(last, Chars) else 0
        if isinstance(last, Chars):
            inside[-1] = slice_piece(last, 0, end)
            rest.insert(0, slice_piece(last, end, len(last.text)))
        spelled = "".join(_spelled(p) for p in inside)
        done += [slice_piece(piece, 0, opening), Symbol(f"{path}|{spelled}", spelled)]
    return Text(join_pieces(done), text.span, text.derived)


def _closes(piece: Piece) -> bool:
    return isinstance(piece, Chars) and "}}" in piece.text


def _spelled(piece: Piece) -> str:
    match piece:
        case Chars():
            return piece.text
        case Symbol():
            return "${" + piece.reference + "}"
        case Encoded():
            return "${json}"
