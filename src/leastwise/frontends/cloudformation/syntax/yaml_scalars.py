"""Map the characters of YAML scalars back to the bytes that spell them.

PyYAML says what a scalar means and where it begins and ends, not which of its characters stands
where. This module reads the spelling once more and keeps its answer only when it comes to the
same characters; otherwise the scalar maps to its whole span, which points but can't be edited.
"""

from array import array
from dataclasses import dataclass, field

from leastwise.source.span import BOM, Span
from leastwise.source.value import Codec, Segment

MAX_RUNS = 50_000

_STEP = 256
_BREAKS = "\r\n\x85\u2028\u2029"
_BLANKS = " \t"
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "\\": "\\",
    "/": "/",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_CODECS: dict[str, Codec] = {
    "": "yaml-plain",
    "'": "yaml-single",
    '"': "yaml-double",
    "|": "yaml-block",
    ">": "yaml-block",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold a decoded YAML file; PyYAML counts code points, spans count bytes.

    ``base`` is the length of the byte order mark. ``steps`` are the byte offsets of every
    256th character, empty for ASCII text, where both counts are the same.
    """

    path: str
    text: str = field(repr=False)
    base: int
    steps: "array[int]" = field(repr=False)

    def byte(self, index: int) -> int:
        """Return the byte offset in the file of the character at ``index``."""
        if not self.steps:
            return self.base + index
        step = min(index // _STEP, len(self.steps) - 1)
        return self.steps[step] + len(self.text[step * _STEP : index].encode())

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters ``[start, end)``."""
        if not self.steps:
            return Span(self.path, self.base + start, self.base + end)
        return Span(self.path, self.byte(start), self.byte(end))


def decoded(path: str, text: str, data: bytes) -> Decoded:
    """Prepare the offsets of a file whose bytes, without byte order mark, decode to ``text``."""
    base = len(BOM) if data.startswith(BOM) else 0
    steps: array[int] = array("Q")
    if not text.isascii():
        position = base
        for start in range(0, len(text) + 1, _STEP):
            steps.append(position)
            position += len(text[start : start + _STEP].encode())
    return Decoded(path, text, base, steps)


def content_start(text: str, bounds: tuple[int, int], style: str, value: str) -> int:
    """Return where a scalar's own spelling begins: PyYAML's start mark is at tag or anchor."""
    start, end = bounds
    if not style and text[end - len(value) : end] == value:
        return end - len(value)
    while start < end:
        if text[start] in "!&":
            while start < end and not text[start].isspace():
                start += 1
        elif text[start] == "#":
            while start < end and text[start] != "\n":
                start += 1
        elif text[start].isspace():
            start += 1
        else:
            break
    return start


@dataclass(slots=True, eq=False, repr=False)
class _Runs:
    """Collect output characters with the source range of each run."""

    out: list[str] = field(default_factory=list)
    length: int = 0
    found: list[tuple[int, int, int, int, bool]] = field(default_factory=list)

    def add(self, text: str, start: int, end: int, *, exact: bool) -> None:
        # A scalar of a million escapes is no policy: beyond the cap it maps as a whole.
        if text and len(self.found) < MAX_RUNS:
            self.found.append((self.length, self.length + len(text), start, end, exact))
            self.out.append(text)
            self.length += len(text)


def scalar_segments(
    source: Decoded, bounds: tuple[int, int], style: str, value: str
) -> tuple[Segment, ...]:
    """Return the segments of a scalar's ``value``.

    ``bounds`` are the offsets of its spelling, tag and anchor left out but quotes and block
    header included; ``style`` is ``""``, ``'``, ``"``, ``|`` or ``>``.
    """
    start, end = bounds
    if not value:
        return ()
    codec = _CODECS[style]
    quotes = 1 if style in ("'", '"') else 0
    first = start + quotes
    # Most scalars stand as they are meant, on one line.
    last = first + len(value)
    if last == end - quotes and codec != "yaml-block" and source.text.startswith(value, first):
        return (Segment(0, len(value), source.span(first, last), codecs=(codec,)),)
    runs = _Runs()
    if style in ("|", ">"):
        _block(runs, source.text, bounds, value, folded=style == ">")
    else:
        _flow(runs, source.text, (start + quotes, end - quotes), style)
    spelled = "".join(runs.out)
    # Chomping takes line ends off a block scalar, or adds the one that the file's end lacks.
    chomped = style in ("|", ">") and spelled.rstrip("\n") == value.rstrip("\n")
    if spelled != value and not chomped:
        return (Segment(0, len(value), source.span(start, end), exact=False, codecs=(codec,)),)
    return tuple(
        Segment(first, min(last, len(value)), source.span(low, high), exact, (codec,))
        for first, last, low, high, exact in runs.found
        if first < len(value)
    )


def _flow(runs: _Runs, text: str, bounds: tuple[int, int], style: str) -> None:
    """Read a plain or quoted scalar that has escapes or goes over several lines."""
    at, end = bounds
    special = _BLANKS + _BREAKS + style + ("\\" if style == '"' else "")
    while at < end:
        stop = at
        if text[at] in _BLANKS + _BREAKS:
            stop = _space_end(text, at, end)
            breaks = _count_breaks(text, at, stop)
            folded = " " if breaks == 1 else "\n" * (breaks - 1)
            runs.add(text[at:stop] if not breaks else folded, at, stop, exact=not breaks)
        elif text[at] == "\\" and style == '"':
            stop = _escape(runs, text, at, end)
        elif text[at] == "'" and style == "'":
            stop = at + 2
            runs.add("'", at, stop, exact=False)
        else:
            stop = at + 1
            while stop < end and text[stop] not in special:
                stop += 1
            runs.add(text[at:stop], at, stop, exact=True)
        at = stop


def _escape(runs: _Runs, text: str, at: int, end: int) -> int:
    """Read one escape of a double-quoted scalar; return the offset after it."""
    letter = text[at + 1 : at + 2]
    if letter and letter in _BREAKS:
        stop = _space_end(text, at + 1, end)
        runs.add("\n" * (_count_breaks(text, at + 1, stop) - 1), at, stop, exact=False)
        return stop
    digits = _HEX_DIGITS.get(letter, 0)
    stop = at + 2 + digits
    try:
        character = chr(int(text[at + 2 : stop], 16)) if digits else _ESCAPES.get(letter, "")
    except (ValueError, OverflowError):
        character = ""
    runs.add(character, at, stop, exact=False)
    return stop


def _space_end(text: str, at: int, end: int) -> int:
    while at < end and text[at] in _BLANKS + _BREAKS:
        at += 1
    return at


def _count_breaks(text: str, start: int, end: int) -> int:
    run = text[start:end]
    return sum(run.count(mark) for mark in _BREAKS) - run.count("\r\n")


def _block(runs: _Runs, text: str, bounds: tuple[int, int], value: str, *, folded: bool) -> None:
    """Read a block scalar: content line by line, the breaks between them as runs of their own."""
    lines = _lines(text, *bounds)[1:]
    filled = [line for line in lines if text[line[0] : line[1]].strip(" ")]
    if not filled:
        return
    # The indentation follows from the first line that has content: what is written less what
    # is meant. An indentation indicator counts from the parent, which is not at hand here.
    written = _indent(text, filled[0][0], filled[0][1])
    body = value.lstrip("\n")
    indent = written - (len(body) - len(body.lstrip(" ")))
    previous: tuple[int, bool] | None = None
    gap_start, gap_breaks = lines[0][0], 0
    for start, stop, after in lines:
        content = min(start + indent, start + _indent(text, start, stop))
        if content >= stop:
            gap_breaks += 1 if after > stop else 0
            continue
        spaced = text[content] in _BLANKS
        runs.add(
            _between(previous, gap_breaks, spaced=spaced, folded=folded),
            gap_start,
            content,
            exact=False,
        )
        runs.add(text[content:stop], content, stop, exact=True)
        previous = (stop, spaced)
        gap_start, gap_breaks = stop, 0 if after == stop else 1
    runs.add("\n" * gap_breaks, gap_start, bounds[1], exact=False)


def _between(previous: tuple[int, bool] | None, breaks: int, *, spaced: bool, folded: bool) -> str:
    """Return what the breaks before a line come to (YAML 1.1, section 9.3: line folding)."""
    if previous is None:
        return "\n" * breaks
    if folded and not previous[1] and not spaced:
        return " " if breaks == 1 else "\n" * (breaks - 1)
    return "\n" * breaks


def _indent(text: str, start: int, stop: int) -> int:
    line = text[start:stop]
    return len(line) - len(line.lstrip(" "))


def _lines(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Split into lines: where each starts, where its content ends, where the next one starts."""
    found: list[tuple[int, int, int]] = []
    position = start
    for line in text[start:end].splitlines(keepends=True):
        bare = line.rstrip(_BREAKS)
        found.append((position, position + len(bare), position + len(line)))
        position += len(line)
    return found
