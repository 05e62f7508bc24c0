"""Quote source lines with marks under what a finding points at, as compilers do.

A frame shows the marked lines of one file, in file order, with line numbers in a gutter:
``^`` under the primary place, ``-`` under the others, each with its label. A span over several
lines is marked on its first line.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from leastwise.reporters.escape import command_starts, terminal, visible
from leastwise.reporters.redact import redact
from leastwise.reporters.style import Paint, Sheet, Style
from leastwise.source.span import Location, SourceFile, Span, locate

TAB = "    "
MAX_FILL = 2
"""Up to so many lines between two marked lines are shown rather than left out."""


class Mark(NamedTuple):
    """Ask for a span to be marked; ``style`` is that of the level for the primary mark."""

    span: Span
    label: str
    style: Style
    primary: bool = False


class Quoted(NamedTuple):
    """Hold a file with its lines as they may be shown: secrets hidden, not yet escaped."""

    file: SourceFile
    lines: tuple[str, ...]


class _Cells(NamedTuple):
    """Hold the display strings of a line's characters and the columns at which they start."""

    shown: tuple[str, ...]
    starts: tuple[int, ...]


class _Window(NamedTuple):
    """Hold the part of a line that is shown: columns ``[low, high)`` moved by ``shift``."""

    text: str
    low: int
    high: int
    shift: int


class _Underline(NamedTuple):
    start: int
    end: int
    mark: Mark


def quoted(file: SourceFile) -> Quoted:
    """Prepare a file for quoting."""
    text = redact(file.data.decode("utf-8", "replace"))
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    lines[0] = lines[0].removeprefix("\ufeff")
    return Quoted(file, tuple(lines))


def gutter_width(files: Mapping[str, Quoted], marks: Sequence[Mark]) -> int:
    """Return how many digits the line numbers of all frames need."""
    found = [_first_line(files[m.span.path], m.span) for m in marks if m.span.path in files]
    return len(str(max(found, default=1)))


def frame(source: Quoted, marks: Sequence[Mark], digits: int, sheet: Sheet) -> list[str]:
    """Return the lines of one frame, without the arrow line above it."""
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(_first_line(source, mark.span), []).append(mark)
    bar = sheet.paint(" " * digits + " |", "gutter")
    rows = [bar]
    room = max(20, sheet.width - digits - 3)
    for number in _shown_lines(sorted(by_line)):
        if number is None:
            rows.append(sheet.paint("...", "gutter"))
            continue
        text, under = _line_rows(source, number, by_line.get(number, []), room, sheet.paint)
        head = sheet.paint(f"{number:>{digits}} |", "gutter")
        rows.append(f"{head} {text}".rstrip())
        rows += [f"{bar} {row}".rstrip() for row in under]
    return [*rows, bar]


def _first_line(source: Quoted, span: Span) -> int:
    return locate(source.file, span).start_line


def _shown_lines(marked: list[int]) -> list[int | None]:
    """Return the line numbers to show; None stands for lines left out."""
    shown: list[int | None] = [marked[0]]
    for previous, number in pairwise(marked):
        if number - previous - 1 <= MAX_FILL:
            shown += range(previous + 1, number)
        else:
            shown.append(None)
        shown.append(number)
    return shown


def _line_rows(
    source: Quoted, number: int, marks: list[Mark], room: int, paint: Paint
) -> tuple[str, list[str]]:
    line = source.lines[number - 1]
    places = [(locate(source.file, mark.span), mark) for mark in marks]
    # of a very long line (minified JSON) only the part around the first mark is looked at
    base = max(0, _focus(places) - 2 * room) if len(line) > 8 * room else 0
    line = line[base : base + 8 * room]
    cells = _cells(line)
    under = _merged([_underline(place, base, cells, mark) for place, mark in places])
    window = _window(cells, under, room)
    return window.text, _under_rows([_clipped(item, window) for item in under], paint)


def _cells(line: str) -> _Cells:
    shown = [TAB if c == "\t" else visible(c) for c in line]
    for index in command_starts(line):
        shown[index] = "\\u{23}"
    starts = [0]
    for original, text in zip(line, shown, strict=True):
        starts.append(starts[-1] + (len(text) if text != original else _columns(original)))
    return _Cells(tuple(shown), tuple(starts))


def _columns(character: str) -> int:
    """Return how many terminal columns a printable character takes."""
    if character.isascii():
        return 1
    import unicodedata

    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _focus(places: list[tuple[Location, Mark]]) -> int:
    """Return the index of the character at which the foremost mark begins."""
    ranked = sorted(places, key=lambda pair: (not pair[1].primary, pair[0]))
    return ranked[0][0].start_column - 1 if ranked else 0


def _underline(place: Location, base: int, cells: _Cells, mark: Mark) -> _Underline:
    length = len(cells.shown)
    first = min(max(place.start_column - 1 - base, 0), length)
    last = length if place.end_line > place.start_line else place.end_column - 1 - base
    start = cells.starts[first]
    return _Underline(start, max(cells.starts[min(max(last, first), length)], start + 1), mark)


def _merged(under: list[_Underline]) -> list[_Underline]:
    """Join marks of the same characters into one, the primary one's style first."""
    found: dict[tuple[int, int], _Underline] = {}
    for item in sorted(under, key=lambda u: not u.mark.primary):
        key = (item.start, item.end)
        if key in found:
            kept = found[key].mark
            label = "; ".join(dict.fromkeys(t for t in (kept.label, item.mark.label) if t))
            item = _Underline(*key, Mark(kept.span, label, kept.style, kept.primary))  # noqa: PLW2901
        found[key] = item
    return sorted(found.values(), key=lambda u: (u.start, u.end))


def _window(cells: _Cells, under: list[_Underline], room: int) -> _Window:
    """Cut a line to the room there is, around its marks."""
    total = cells.starts[-1]
    if total <= room:
        return _Window("".join(cells.shown), 0, total + 1, 0)
    inner = room - 2
    left = max(0, min(_left_edge(under, inner), total - inner))
    first = next(i for i, start in enumerate(cells.starts) if start >= left)
    low = cells.starts[first]
    last = max(i for i, start in enumerate(cells.starts) if start <= low + inner)
    head, tail = "…" * (first > 0), "…" * (last < len(cells.shown))
    text = head + "".join(cells.shown[first:last]) + tail
    return _Window(text, low, cells.starts[last], len(head) - low)


def _left_edge(under: list[_Underline], inner: int) -> int:
    """Return the column to begin at: all marks if they fit, else the primary one."""
    end = max((u.end for u in under), default=0)
    if end <= inner:
        return 0
    spread = end - under[0].start
    if spread <= inner:
        return under[0].start - min(inner // 4, inner - spread)
    return next((u for u in under if u.mark.primary), under[0]).start - inner // 4


def _clipped(item: _Underline, window: _Window) -> _Underline:
    """Move a mark into the window; one that lies outside stays as one column at its edge."""
    start = min(max(item.start, window.low), window.high - 1)
    end = max(min(item.end, window.high), start + 1)
    return _Underline(start + window.shift, end + window.shift, item.mark)


def _under_rows(under: list[_Underline], paint: Paint) -> list[str]:
    """Return the row of marks and the rows of labels that hang below it."""
    if not under:
        return []
    width = max(u.end for u in under)
    signs = [" "] * width
    styles: list[Style] = ["plain"] * width
    for item in sorted(under, key=lambda u: u.mark.primary):
        for column in range(item.start, item.end):
            signs[column] = "^" if item.mark.primary else "-"
            styles[column] = item.mark.style
    row = _painted(signs, styles, paint)
    inline = max(under, key=lambda u: (u.start, u.end))
    if inline.mark.label:
        row = f"{row} {paint(terminal(inline.mark.label), inline.mark.style)}"
    hanging = [u for u in under if u is not inline and u.mark.label]
    return [row, *_hanging(hanging, paint)]


def _hanging(under: list[_Underline], paint: Paint) -> list[str]:
    """Return labels below their marks, the rightmost first, joined to them by bars."""
    rows: list[str] = []
    waiting = sorted(under, key=lambda u: u.start)
    if waiting:
        rows.append(_bars(waiting, paint))
    while waiting:
        item = waiting.pop()
        left = [u for u in waiting if u.start < item.start]
        bars = _bars(left, paint)
        gap = " " * (item.start - (left[-1].start + 1 if left else 0))
        rows.append(f"{bars}{gap}{paint(terminal(item.mark.label), item.mark.style)}")
    return rows


def _bars(under: list[_Underline], paint: Paint) -> str:
    parts: list[str] = []
    column = 0
    for item in under:
        if item.start < column:
            continue
        parts += [" " * (item.start - column), paint("|", item.mark.style)]
        column = item.start + 1
    return "".join(parts)


def _painted(signs: list[str], styles: list[Style], paint: Paint) -> str:
    parts: list[str] = []
    start = 0
    for index in range(1, len(signs) + 1):
        if index == len(signs) or styles[index] != styles[start]:
            parts.append(paint("".join(signs[start:index]), styles[start]))
            start = index
    return "".join(parts)
