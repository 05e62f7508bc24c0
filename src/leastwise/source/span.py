"""Places in files: byte spans, and the lines and columns a person reads.

A span is what every value, statement and finding carries; lines and columns are computed
only when a report needs them.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"


class Span(NamedTuple):
    """Name a byte range of one file.

    ``path`` is POSIX and relative to the tree; offsets are 0-based and half-open, counted in
    the bytes of the file as it lies on disk (a byte order mark included).
    """

    path: str
    start: int
    end: int


def lies_in(inner: Span | None, outer: Span | None) -> bool:
    """Say whether a place lies within another of the same file; what has no place does not."""
    if inner is None or outer is None or inner.path != outer.path:
        return False
    return outer.start <= inner.start and inner.end <= outer.end


class Location(NamedTuple):
    """Give a span as people count it: 1-based lines, 1-based columns in Unicode code points.

    ``end_column`` is one past the last character, as in SARIF.
    """

    file: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Hold the bytes of one file and the offsets at which its lines start."""

    path: str
    data: bytes = field(repr=False)
    line_starts: tuple[int, ...] = field(repr=False, compare=False)

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based) without its line end and byte order mark."""
        start = self.line_starts[number - 1]
        last = number >= len(self.line_starts)
        end = len(self.data) if last else self.line_starts[number]
        # only the line end goes: a CR elsewhere is a character, and columns count it
        raw = self.data[start:end].removesuffix(b"\n").removesuffix(b"\r")
        if number == 1:
            raw = raw.removeprefix(BOM)
        return raw.decode("utf-8", "replace")


def source_file(path: str, data: bytes) -> SourceFile:
    """Build a ``SourceFile``; a line ends at LF (a CR before it belongs to the line end)."""
    starts = [0]
    position = data.find(b"\n")
    while position != -1:
        starts.append(position + 1)
        position = data.find(b"\n", position + 1)
    return SourceFile(path, data, tuple(starts))


def _point(file: SourceFile, offset: int) -> tuple[int, int]:
    offset = max(0, min(offset, len(file.data)))
    line = bisect_right(file.line_starts, offset)
    start = file.line_starts[line - 1]
    if line == 1 and file.data.startswith(BOM):
        start = len(BOM)
    before = file.data[start:offset]
    return line, len(before.decode("utf-8", "replace")) + 1


def locate(file: SourceFile, span: Span) -> Location:
    """Turn a byte span into lines and columns; offsets outside the file are clamped."""
    start_line, start_column = _point(file, span.start)
    end_line, end_column = _point(file, span.end)
    return Location(file.path, start_line, start_column, end_line, end_column)


_BLANK = bytes(
    byte
    if byte in b"\t\r\n"
    else 0x20
    if byte < 0x80
    else 0xA0
    if byte < 0xC0
    else 0xC2
    if byte < 0xE0
    else 0xE2
    if byte < 0xF0
    else 0xF0
    for byte in range(256)
)
"""Turns UTF-8 into as many blank or foreign characters of the same lengths."""


def masked(data: bytes, shown: Iterable[Span]) -> bytes:
    """Return the bytes of a UTF-8 file in which only some places can be read.

    Lines, columns and offsets stay as they are.
    """
    blank = bytearray(data.translate(_BLANK))
    for span in shown:
        blank[span.start : span.end] = data[span.start : span.end]
    return bytes(blank)
