"""Lay the pieces of a text side by side as one string, and map its ranges back to the file.

``text.slice_segments`` does the same for one small piece; here the cost of a look-up does not
grow with the text, so that an account dump of many megabytes is read in linear time.
"""

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from leastwise.source.span import Span
from leastwise.source.text import cover
from leastwise.source.value import Chars, Codec, Encoded, Segment, Symbol, Text

HOLE = "\ud800"
"""Stands in the flat string for a piece that is not known characters.

A lone surrogate is in no decoded file; should a text hold one nevertheless, it is no hole,
because ``holes`` does not have its offset.
"""

_WIDE = re.compile("[^\x00-\x7f]")


class FlatText(NamedTuple):
    """Hold the characters of a text with a ``HOLE`` for each unknown piece.

    ``segments`` are in flat offsets and ordered. ``wide`` are the offsets of characters beyond
    ASCII, ``extra[i]`` the UTF-8 bytes that the first ``i`` of them need over one each.
    ``codec`` is what decodes the text, ``only`` the one exact segment of a text that was
    written in one piece (a file).
    """

    text: str
    holes: dict[int, Symbol | Encoded]
    segments: tuple[Segment, ...]
    starts: tuple[int, ...]
    wide: tuple[int, ...]
    extra: tuple[int, ...]
    origin: Span | None
    path: str
    derived: bool
    codec: Codec
    only: Segment | None

    def string(self, start: int, end: int) -> tuple[tuple[Segment, ...], Span | None]:
        """Return segments and span of a string without escapes; the range holds its quotes."""
        only = self.only
        if only is None:
            return self.slice(start + 1, end - 1), self.span(start, end)
        path, low, high = only.span.path, self._low(only, start), self._low(only, end)
        inner = Span(path, low + 1, high - 1)
        codecs = (*only.codecs, self.codec)
        return (Segment(0, end - start - 2, inner, codecs=codecs),), Span(path, low, high)

    def slice(self, start: int, end: int) -> tuple[Segment, ...]:
        """Return the segments of a range, shifted to begin at 0, one codec further in."""
        found: list[Segment] = []
        index = self._first(start)
        while index < len(self.segments) and self.segments[index].start < end:
            segment = self.segments[index]
            first, last = max(segment.start, start), min(segment.end, end)
            span = Span(segment.span.path, self._low(segment, first), self._high(segment, last))
            codecs = (*segment.codecs, self.codec)
            found.append(Segment(first - start, last - start, span, segment.exact, codecs))
            index += 1
        return tuple(found)

    def escape(self, start: int, end: int) -> tuple[Segment, ...]:
        """Return the segment of one character that the whole range spells, if it is in one run."""
        parts = self.slice(start, end)
        if not parts or parts[0].start > 0 or parts[-1].end < end - start:
            return ()
        position = parts[0].span.start
        for part in parts:
            same = part.codecs == parts[0].codecs and part.span.path == parts[0].span.path
            if not same or (part.start > 0 and part.span.start != position):
                return ()
            position = part.span.end
        whole = Span(parts[0].span.path, parts[0].span.start, position)
        return (Segment(0, 1, whole, exact=False, codecs=parts[0].codecs),)

    def span(self, start: int, end: int) -> Span | None:
        """Return where a range is written; an empty span at its place when it was generated."""
        if self.only is not None:
            low, high = self._low(self.only, start), self._low(self.only, end)
            return Span(self.only.span.path, low, high)
        first = self._first(start)
        last = bisect_left(self.starts, end) - 1
        if first > last:
            return self._gap(first)
        head, tail = self.segments[first], self.segments[last]
        if head.start >= end or tail.end <= start:
            return self._gap(first)
        low = self._low(head, max(head.start, start))
        high = self._high(tail, min(tail.end, end))
        if head is tail:
            return Span(head.span.path, low, high)
        begin = Span(head.span.path, low, head.span.end)
        return cover((begin, Span(tail.span.path, tail.span.start, high)))

    def _gap(self, following: int) -> Span | None:
        """Return what lies between the segment before ``following`` and that one."""
        after = self.segments[following].span if following < len(self.segments) else None
        if following > 0:
            before = self.segments[following - 1].span
            if after and after.path == before.path and after.start >= before.end:
                return Span(before.path, before.end, after.start)
            return Span(before.path, before.end, before.end)
        if after:
            return Span(after.path, after.start, after.start)
        return self.origin

    def _first(self, start: int) -> int:
        """Return the index of the first segment that ends after ``start``."""
        index = bisect_right(self.starts, start) - 1
        if index >= 0 and self.segments[index].end > start:
            return index
        return index + 1

    def _bytes_before(self, offset: int) -> int:
        return offset + self.extra[bisect_left(self.wide, offset)]

    def _low(self, segment: Segment, offset: int) -> int:
        if not segment.exact:
            return segment.span.start
        if not self.wide:
            return segment.span.start + offset - segment.start
        shift = self._bytes_before(offset) - self._bytes_before(segment.start)
        return segment.span.start + shift

    def _high(self, segment: Segment, offset: int) -> int:
        return self._low(segment, offset) if segment.exact else segment.span.end


def flatten(text: Text, path: str, codec: Codec) -> FlatText:
    """Lay out a text; ``path`` is the file to name when the text has no place of its own.

    ``codec`` is the encoding that is about to be decoded: what is cut out has it in its chain.
    """
    parts: list[str] = []
    holes: dict[int, Symbol | Encoded] = {}
    segments: list[Segment] = []
    length = 0
    for piece in text.pieces:
        if isinstance(piece, Chars):
            parts.append(piece.text)
            segments += [
                Segment(s.start + length, s.end + length, s.span, s.exact, s.codecs)
                for s in piece.segments
            ]
            length += len(piece.text)
        else:
            parts.append(HOLE)
            holes[length] = piece
            length += 1
    flat = "".join(parts)
    segments.sort(key=lambda s: s.start)
    wide = () if flat.isascii() else tuple(m.start() for m in _WIDE.finditer(flat))
    extra = [0]
    for offset in wide:
        extra.append(extra[-1] + len(flat[offset].encode("utf-8", "surrogatepass")) - 1)
    return FlatText(
        flat,
        holes,
        tuple(segments),
        tuple(s.start for s in segments),
        wide,
        tuple(extra),
        text.span,
        path,
        text.derived,
        codec,
        _only(segments, length),
    )


def _only(segments: list[Segment], length: int) -> Segment | None:
    if len(segments) != 1:
        return None
    single = segments[0]
    return single if single.exact and single.start == 0 and single.end == length else None
