"""Read templates: quoted strings, heredocs and template files, into parts.

HCL's scanner cuts a heredoc or a template file into one literal token per line; strip markers
and the indentation of ``<<-`` work on those tokens, in this order (hashicorp/hcl,
hclsyntax/parser_template.go). So does this reader; the literal text itself is taken from the
bytes between the marks, because tree-sitter drops white space there.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias
from unicodedata import is_normalized, normalize

from leastwise.frontends.terraform.syntax.reader import Reader, RefusedError, TooDeepError
from leastwise.frontends.terraform.syntax.tree import (
    Expression,
    ForPart,
    IfPart,
    InterpolationPart,
    LiteralPart,
    Template,
    TemplatePart,
)
from leastwise.source.span import Span
from leastwise.source.text import cover, join_pieces, slice_piece, source_spans
from leastwise.source.value import Chars, Codec, Segment

_ESCAPE = re.compile(
    rb"\\(?:[nrt\"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$(?=\{)|%%(?=\{)", re.DOTALL
)
MAX_DIRECTIVES = 20
"""How deep ``%{if}`` and ``%{for}`` may nest."""

_SIMPLE = {b"n": "\n", b"r": "\r", b"t": "\t", b'"': '"', b"\\": "\\"}
_TEMPLATE_ESCAPE = re.compile(rb"\$\$(?=\{)|%%(?=\{)")


@dataclass(slots=True, eq=False, repr=False)
class LiteralToken:
    """Hold one literal token while white space is being worked out."""

    chars: Chars
    span: Span


class MarkToken(NamedTuple):
    """Hold an interpolation or directive, and which of its sides strip white space."""

    kind: Literal["interpolation", "if", "else", "endif", "for", "endfor"]
    span: Span
    strip_left: bool = False
    strip_right: bool = False
    expression: Expression | None = None
    names: tuple[str | None, str] = (None, "")


Token: TypeAlias = LiteralToken | MarkToken


def literal_tokens(
    reader: Reader, place: tuple[int, int], codec: Codec, *, by_line: bool
) -> list[Token]:
    """Decode literal bytes of the parser's input: one token, or one for each line."""
    start, end = place
    raw = reader.data[start:end]
    if not raw:
        return []
    lines = [raw]
    if by_line and codec != "hcl-quoted":
        lines = _lines(raw)
        reader.count(start, end, len(lines))
    tokens: list[Token] = []
    for line in lines:
        stop = start + len(line)
        chars = _decode(reader, start, stop, codec)
        tokens.append(LiteralToken(chars, reader.span(start, stop)))
        start = stop
    return tokens


def _lines(raw: bytes) -> list[bytes]:
    """Split at LF only: a lone CR is a character like any other.

    HCL's scanner takes a lone ``$`` with the next character, so that CR LF is cut after it.
    """
    *lines, last = raw.split(b"\n")
    found: list[bytes] = []
    for line in lines:
        found += [line, b"\n"] if line.endswith((b"$\r", b"%\r")) else [line + b"\n"]
    return [*found, last] if last else found


def _decode(reader: Reader, start: int, end: int, codec: Codec) -> Chars:
    pattern = _ESCAPE if codec == "hcl-quoted" else _TEMPLATE_ESCAPE
    pieces: list[Chars] = []
    position = start
    for match in pattern.finditer(reader.data[start:end]):
        begin, end_of_escape = start + match.start(), start + match.end()
        pieces.append(reader.run(position, begin, codec))
        pieces.append(reader.escape(begin, end_of_escape, _unescape(match[0]), codec))
        position = end_of_escape
    pieces.append(reader.run(position, end, codec))
    joined = join_pieces(pieces)
    first = joined[0] if joined else Chars("")
    return first if isinstance(first, Chars) else Chars("")


def unescaped(text: str) -> str:
    """Return what a quoted label stands for: labels know the escapes of strings."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _unescape(match[0]).encode(), text.encode()).decode()


def _unescape(raw: bytes) -> str:
    if raw[:1] != b"\\":
        return raw[:1].decode()
    if raw[1:2] not in b"uU":
        return _SIMPLE[raw[1:2]]
    digits = raw[2:]
    code = int(digits, 16)
    # INVARIANT: no lone surrogates in a value, they can't be encoded again.
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def finish(tokens: list[Token], span: Span, *, indented: bool = False) -> Template:
    """Work out white space, then nest directives; unbalanced ones are refused."""
    _strip(tokens)
    if indented:
        _unindent(tokens)
    _check_nesting(tokens)
    parts, _ = _nest(tokens, 0)
    wrapper = len(tokens) == 1 and isinstance(parts[0], InterpolationPart)
    return Template(parts, span, wrapper)


_CLOSES = {"else": ("if",), "endif": ("if", "else"), "endfor": ("for",)}


def _check_nesting(tokens: list[Token]) -> None:
    """Refuse directives that nest too deeply, are not closed, or close nothing."""
    around: list[MarkToken] = []
    for token in tokens:
        if not isinstance(token, MarkToken):
            continue
        if token.expression is None and token.kind in {"interpolation", "if"}:
            raise RefusedError(token.span, "expected an expression inside", 'write one, or ${""}')
        if token.kind == "interpolation":
            continue
        if token.kind in _CLOSES:
            if not around or around[-1].kind not in _CLOSES[token.kind]:
                message = f"unexpected '%{{ {token.kind} }}', it closes nothing here"
                raise RefusedError(token.span, message, "open what it closes, or remove it")
            around.pop()
        if not token.kind.startswith("end"):
            around.append(token)
        if len(around) > MAX_DIRECTIVES:
            raise TooDeepError(token.span)
    if around:
        opened = around[-1].kind
        closing = "%{ endfor }" if opened == "for" else "%{ endif }"
        message = f"the template ends before {closing!r}, which this directive needs"
        raise RefusedError(around[-1].span, message, "close it")


def _strip(tokens: list[Token]) -> None:
    for index, token in enumerate(tokens):
        if not isinstance(token, MarkToken):
            continue
        before = tokens[index - 1] if index else None
        if token.strip_left and isinstance(before, LiteralToken):
            kept = len(before.chars.text.rstrip())
            before.chars = slice_piece(before.chars, 0, kept)
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.strip_right and isinstance(after, LiteralToken):
            text = after.chars.text
            after.chars = slice_piece(after.chars, len(text) - len(text.lstrip()), len(text))


def _unindent(tokens: list[Token]) -> None:
    """Remove the common indentation, which lines of white space alone do not count for."""
    least: int | None = None
    adjusted: list[LiteralToken] = []
    at_line_start = True
    for token in tokens:
        if at_line_start:
            at_line_start = False
            if isinstance(token, MarkToken):
                least = 0
            elif token.chars.text.strip() or not token.chars.text.endswith("\n"):
                text = token.chars.text
                spaces = len(text) - len(text.lstrip())
                least = spaces if least is None else min(least, spaces)
                adjusted.append(token)
        if isinstance(token, LiteralToken) and token.chars.text.endswith("\n"):
            at_line_start = True
    for token in adjusted:
        token.chars = slice_piece(token.chars, least or 0, len(token.chars.text))


def _nest(tokens: list[Token], start: int) -> tuple[tuple[TemplatePart, ...], int]:
    """Read parts until a token that closes the directive around them; return its index."""
    parts: list[TemplatePart] = []
    index = start
    while index < len(tokens):
        token = tokens[index]
        if isinstance(token, LiteralToken):
            end = _end_of_literals(tokens, index)
            parts += _literal_parts(tokens[index:end])
            index = end - 1
        elif token.expression is None:
            break
        elif token.kind == "interpolation":
            parts.append(InterpolationPart(token.expression, token.span))
        else:
            part, index = _directive(tokens, index, token, token.expression)
            parts.append(part)
        index += 1
    return tuple(parts), index


def _end_of_literals(tokens: list[Token], index: int) -> int:
    while index < len(tokens) and isinstance(tokens[index], LiteralToken):
        index += 1
    return index


def _literal_parts(tokens: list[Token]) -> list[TemplatePart]:
    """Join the lines of a literal, now that white space is worked out."""
    literals = [token for token in tokens if isinstance(token, LiteralToken)]
    span = Span(literals[0].span.path, literals[0].span.start, literals[-1].span.end)
    joined = join_pieces(token.chars for token in literals)
    return [LiteralPart(normalised(piece), span) for piece in joined if isinstance(piece, Chars)]


def normalised(chars: Chars) -> Chars:
    """Return characters in normal form C, which all strings of Terraform have.

    What changes points to its place and can't be edited there.
    """
    text = chars.text
    if text.isascii() or is_normalized("NFC", text):
        return chars
    whole = cover(source_spans(chars))
    text = normalize("NFC", text)
    codecs = chars.segments[0].codecs if chars.segments else ()
    segments = () if whole is None else (Segment(0, len(text), whole, False, codecs),)
    return Chars(text, segments)


def _directive(
    tokens: list[Token], index: int, opening: MarkToken, subject: Expression
) -> tuple[TemplatePart, int]:
    body, index = _nest(tokens, index + 1)
    otherwise: tuple[TemplatePart, ...] = ()
    if opening.kind == "if" and _kind(tokens, index) == "else":
        otherwise, index = _nest(tokens, index + 1)
    end = tokens[index].span.end if index < len(tokens) else opening.span.end
    span = Span(opening.span.path, opening.span.start, end)
    if opening.kind == "if":
        return IfPart(subject, body, otherwise, span), index
    key, value = opening.names
    return ForPart(key, value, subject, body, span), index


def _kind(tokens: list[Token], index: int) -> str:
    token = tokens[index] if index < len(tokens) else None
    return token.kind if isinstance(token, MarkToken) else ""
