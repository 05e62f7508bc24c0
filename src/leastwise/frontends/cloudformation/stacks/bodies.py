"""Read a template that is written inside another one, or inside a text of another language.

JSON keeps its places through the strings that hold it. YAML is read from the characters of the
text, then its places are moved to where those characters stand in the file.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace

from leastwise.frontends.cloudformation.stacks.opening import Opened, opened
from leastwise.frontends.cloudformation.syntax.recognise import TemplateFile
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import is_template
from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml
from leastwise.frontends.cloudformation.transforms.expand import Stage
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span, source_file
from leastwise.source.text import cover, slice_piece, span_of
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Segment,
    Sequence,
    Text,
    Unknown,
    Value,
)


def written_template(body: Text | Mapping, path: str, stage: Stage) -> Opened:
    """Return the template that a property holds, as a text or as it is."""
    return opened(template_in(body, path), path, stage)


def template_in(body: Text | Mapping, path: str) -> TemplateFile:
    """Return the template that a text spells; without body when it is none."""
    # No bytes: an attachment in a template in a text is not removed from it.
    source = Source(path, b"", aliases=True)
    if isinstance(body, Mapping):
        return TemplateFile(source, body if is_template(body) else None)
    value = _parsed(body, path)
    if isinstance(value, Diagnostic):
        return TemplateFile(source, None, (value,))
    if isinstance(value, Mapping) and is_template(value):
        return TemplateFile(source, value)
    return TemplateFile(source, None)


def _parsed(body: Text, path: str) -> Value | Diagnostic | None:
    only = body.pieces[0] if len(body.pieces) == 1 else None
    if not isinstance(only, Chars) or only.text.lstrip()[:1] == "{":
        return parse_json(body, path=path)
    read = read_yaml(source_file(path, only.text.encode("utf-8", "replace")))
    problem = next((d for d in read.diagnostics if d.severity == "error"), None)
    place = span_of(body) or Span(path, 0, 0)
    if problem is not None:
        return problem._replace(span=place)
    return None if read.value is None else _Moved(only, _starts(only.text), place).value(read.value)


def _starts(text: str) -> list[int]:
    """Return the byte offset of each character; characters of one byte all the way need none."""
    if text.isascii():
        return []
    found, offset = [], 0
    for letter in text:
        found.append(offset)
        offset += len(letter.encode("utf-8", "replace"))
    return found


@dataclass(frozen=True, slots=True)
class _Moved:
    """Move places in the bytes of a text to the places of its characters in the file."""

    piece: Chars
    starts: list[int]
    whole: Span

    def span(self, span: Span | None) -> Span | None:
        if span is None:
            return None
        inside = slice_piece(self.piece, self._index(span.start), self._index(span.end))
        return cover(segment.span for segment in inside.segments) or self.whole

    def _index(self, offset: int) -> int:
        return bisect_left(self.starts, offset) if self.starts else offset

    def value(self, value: Value) -> Value:
        match value:
            case Text():
                return self._text(value)
            case Scalar() | Unknown():
                return replace(value, span=self.span(value.span))
            case Sequence():
                items = tuple(map(self.value, value.items))
                return replace(value, items=items, span=self.span(value.span))
            case Mapping():
                entries = tuple((self._text(k), self.value(v)) for k, v in value.entries)
                return replace(value, entries=entries, span=self.span(value.span))
            case Choice():
                worlds = tuple((a, self.value(v)) for a, v in value.alternatives)
                return replace(value, alternatives=worlds, span=self.span(value.span))

    def _text(self, text: Text) -> Text:
        pieces = tuple(map(self._piece, text.pieces))
        return Text(pieces, self.span(text.span), text.derived)

    def _piece(self, piece: Piece) -> Piece:
        if isinstance(piece, Encoded):
            return Encoded(self.value(piece.value), piece.layout)
        if not isinstance(piece, Chars):
            return piece
        return Chars(piece.text, tuple(s for g in piece.segments for s in self._segments(g)))

    def _segments(self, inner: Segment) -> list[Segment]:
        """Return the segments of the file behind one of the text.

        A part of an exact segment maps to a part of the file; of another one, only the whole.
        """
        first, last = self._index(inner.span.start), self._index(inner.span.end)
        outer = slice_piece(self.piece, first, last).segments
        if inner.exact and all(s.exact for s in outer):
            return [
                Segment(
                    inner.start + s.start,
                    inner.start + s.end,
                    s.span,
                    True,
                    s.codecs + inner.codecs,
                )
                for s in outer
            ]
        place = cover(s.span for s in outer) or self.whole
        codecs = (outer[0].codecs if outer else ()) + inner.codecs
        return [Segment(inner.start, inner.end, place, False, codecs)]
