"""The text that the parser is reading, how its places map to the file, and the cap on nesting."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.flat_text import FlatText, flatten
from leastwise.source.span import Span
from leastwise.source.value import Chars, Codec, Segment, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from leastwise.frontends.terraform.syntax.tree import Expression

MAX_DEPTH = 100
"""How deep expressions may nest; HashiCorp's own code stays below 20."""

MAX_BYTES = 2 * 1024 * 1024
MAX_EXPRESSIONS = 100_000
"""Of one file: bounds the memory that its tree needs."""

MAX_MARKS = 500_000
MAX_BLANKS = 50_000
"""Of one file, and in a row: bound what tree-sitter needs before it answers, which is up to a
kilobyte for a mark and, where something else should stand, the square of the blanks."""

_MARKS = b'!?[](){}%$",.-'
_BLANKS = re.compile(rb"\s+")


class TooDeepError(Exception):
    """Say that an expression nests deeper than ``MAX_DEPTH``; it never leaves the parser."""

    def __init__(self, span: Span) -> None:
        super().__init__("too deep")
        self.span = span


class RefusedError(Exception):
    """Carry what is wrong with a text, where only its parts show it; it never leaves the parser."""

    def __init__(self, span: Span, message: str, remedy: str, code: str = "syntax-error") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("error", code, span, message, remedy)


class Origin(NamedTuple):
    """Map the parser's input back to the text that it was cut out of (a string in JSON).

    The text begins at byte ``start`` of the input. ``wide`` are the bytes of the text at which
    its characters beyond ASCII begin.
    """

    flat: FlatText
    start: int
    wide: tuple[int, ...]

    def character(self, offset: int) -> int:
        """Return the character of the text that a byte of the input belongs to."""
        inside = offset - self.start
        return max(0, min(inside - self.flat.extra[bisect_left(self.wide, inside)], self.size))

    @property
    def size(self) -> int:
        """Return the number of characters."""
        return len(self.flat.text)

    def span(self, start: int, end: int) -> Span:
        """Return the place of a byte range of the input in the file."""
        found = self.flat.span(self.character(start), self.character(end))
        return found or Span(self.flat.path, 0, 0)


def origin_of(text: Text, path: str, start: int) -> Origin:
    """Map a text of known characters that begins at byte ``start`` of the parser's input."""
    flat = flatten(text, path, "heredoc")
    wide = tuple(at + more for at, more in zip(flat.wide, flat.extra, strict=False))
    return Origin(flat, start, wide)


def too_large(path: str, size: int) -> Diagnostic | None:
    """Refuse a text that is too long to be parsed within the bounds on memory."""
    if size <= MAX_BYTES:
        return None
    message = f"{path!r} has more than {MAX_BYTES} bytes of configuration"
    return Diagnostic(
        "error", "too-large", Span(path, 0, 0), message, "split it, or keep data in a JSON file"
    )


def too_dense(path: str, data: bytes) -> Diagnostic | None:
    """Refuse a text whose marks or blanks would take too much memory or time to parse."""
    if len(data) <= MAX_BLANKS:
        return None
    if len(data) - len(data.translate(None, _MARKS)) > MAX_MARKS:
        message = f"{path!r} has more than {MAX_MARKS} brackets, quotes and other marks"
    elif any(len(run) > MAX_BLANKS for run in _BLANKS.findall(data)):
        message = f"{path!r} has more than {MAX_BLANKS} blanks and line ends in a row"
    else:
        return None
    return Diagnostic(
        "error", "too-large", Span(path, 0, 0), message, "split it, or keep data in a JSON file"
    )


@dataclass(slots=True, eq=False, repr=False)
class Reader:
    """Hold what is being read: bytes of a file, or a text with an ``origin`` elsewhere.

    ``read`` converts an expression inside a template.
    """

    path: str
    data: bytes
    read: "Callable[[Reader, Node], Expression]"
    origin: Origin | None = None
    depth: int = 0
    expressions: int = 0

    def span(self, start: int, end: int) -> Span:
        """Return the place of a byte range of the parser's input."""
        if self.origin is not None:
            return self.origin.span(start, end)
        return Span(self.path, start, end)

    def count(self, start: int, end: int, number: int = 1) -> None:
        """Count expressions (or lines to work on), and refuse the file when it has too many."""
        self.expressions += number
        if self.expressions > MAX_EXPRESSIONS:
            span = self.span(start, end)
            message = f"the file has more than {MAX_EXPRESSIONS} expressions"
            raise RefusedError(span, message, "split it, or keep data in a JSON file", "too-large")

    def text(self, node: "Node") -> str:
        """Return what a node spells."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def run(self, start: int, end: int, codec: Codec) -> Chars:
        """Return characters that stand for themselves."""
        text = self.data[start:end].decode("utf-8")
        if self.origin is not None:
            first, last = self.origin.character(start), self.origin.character(end)
            segments = self.origin.flat.slice(first, last)
            if codec != "heredoc":
                segments = tuple(s._replace(codecs=(*s.codecs[:-1], codec)) for s in segments)
            return Chars(text, segments)
        if not text:
            return Chars("")
        place = Span(self.path, start, end)
        return Chars(text, (Segment(0, len(text), place, exact=True, codecs=(codec,)),))

    def escape(self, start: int, end: int, text: str, codec: Codec) -> Chars:
        """Return characters that an escape sequence stands for."""
        outer: tuple[Codec, ...] = ()
        if self.origin is not None:
            first, last = self.origin.character(start), self.origin.character(end)
            outer = next((s.codecs[:-1] for s in self.origin.flat.slice(first, last)), ())
        return Chars(text, (Segment(0, len(text), self.span(start, end), False, (*outer, codec)),))
