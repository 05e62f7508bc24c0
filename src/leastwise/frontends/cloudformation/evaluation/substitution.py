"""Split the strings of Fn::Sub and the dynamic references of any string.

Sources: "Fn::Sub" in the AWS CloudFormation template reference (``${!Literal}`` is left as
``${Literal}``); "Get values stored in other services using dynamic references" in its guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from leastwise.frontends.cloudformation.scope.state import MAX_PARTS, spell
from leastwise.source.span import Span
from leastwise.source.text import cover, join_pieces, slice_piece, span_of
from leastwise.source.value import Chars, Encoded, Piece, Symbol, Text

_OPENING = "{{resolve:"
_CLOSING = "}}"
_DYNAMIC = "a dynamic reference, which is looked up on deployment"


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
    number = sum(p.text.count(_OPENING) for p in text.pieces if isinstance(p, Chars))
    if number == 0:
        return text
    if number > MAX_PARTS:
        many = Symbol(f"{path}|{spell(text)}", "...", reason=_DYNAMIC, span=text.span)
        return Text((many,), text.span, text.derived)
    done: list[Piece] = []
    inside: list[Piece] | None = None
    for piece in text.pieces:
        if isinstance(piece, Chars):
            inside = _in_characters(piece, inside, done, path)
        else:
            (done if inside is None else inside).append(piece)
    # A reference that is not closed is no reference.
    return Text(join_pieces([*done, *(inside or ())]), text.span, text.derived)


def _in_characters(
    piece: Chars, inside: list[Piece] | None, done: list[Piece], path: str
) -> list[Piece] | None:
    """Go through known characters; return the parts of the reference that they leave open."""
    start = 0
    while True:
        mark = _OPENING if inside is None else _CLOSING
        at = piece.text.find(mark, start)
        end = at + (0 if inside is None else len(mark))
        rest = slice_piece(piece, start, len(piece.text) if at == -1 else end)
        (done if inside is None else inside).append(rest)
        if at == -1:
            return inside
        if inside is not None:
            done.append(_reference(inside, path, span_of(Text((rest,)))))
        inside = [] if inside is None else None
        start = end


def _reference(inside: list[Piece], path: str, span: Span | None) -> Symbol:
    spelled = "".join(_spelled(piece) for piece in inside)
    key = "".join(piece.id if isinstance(piece, Symbol) else _spelled(piece) for piece in inside)
    return Symbol(f"{path}|{key}", spelled, reason=_DYNAMIC, span=span)


def _spelled(piece: Piece) -> str:
    match piece:
        case Chars():
            return piece.text
        case Symbol():
            return "${" + piece.reference + "}"
        case Encoded():
            return "${json}"
