"""Show a fix for reading: its title, the changed lines, what it takes away and the proof."""

from collections.abc import Mapping
from typing import NamedTuple

from leastwise.reporters.escape import terminal
from leastwise.reporters.frame import TAB
from leastwise.reporters.redact import redact
from leastwise.reporters.style import Paint, Sheet, Style, told_lines
from leastwise.source.edit import Applicability, Edit, Fix, apply_edits
from leastwise.source.span import SourceFile
from leastwise.source.unified_diff import patchable, unified_diff

MAX_LINES = 24

_WORDS = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe: someone may miss this access",
    Applicability.DISPLAY: "shown only, not proved",
}


class Sources(NamedTuple):
    """Hold the files that edits are shown in, and the way to them from the working directory."""

    files: Mapping[str, SourceFile]
    prefix: str


def fix_head(fix: Fix, paint: Paint, words: str = "") -> str:
    """Return the line that names a fix; ``words`` stand in for how far it may be applied."""
    title = paint(terminal(fix.title), "strong")
    return f"{paint('help:', 'help')} {title} ({words or _WORDS[fix.applicability]})"


def fix_lines(fix: Fix, sources: Sources, digits: int, sheet: Sheet) -> list[str]:
    """Return the lines of one fix; the changed lines carry the numbers of the file as it is.

    ``digits`` is the least width of the gutter.
    """
    body = [row for path in _paths(fix) for row in _file_rows(fix, path, sources)]
    more = len(body) - MAX_LINES
    if more > 1:
        body = [*body[:MAX_LINES], ("", "...", f" {more} more lines", "faint")]
    digits = max([digits, *(len(number) for number, *_ in body)])
    lines = [fix_head(fix, sheet.paint)]
    bar = sheet.paint(" " * digits + " |", "gutter")
    for number, sign, text, style in body:
        if sign == "-->":
            lines += [sheet.paint(" " * digits + "-->", "gutter") + text, bar]
            continue
        row = sheet.paint(_cropped(sign + _shown(text), sheet.width - digits - 3).rstrip(), style)
        lines.append(f"{sheet.paint(f'{number:>{digits}} |', 'gutter')} {row}".rstrip())
    lines += [bar] * bool(body)
    edge = " " * digits + " ="
    for do, undo in fix.commands:
        # a command is copied: it is never broken
        lines += [f"{sheet.paint(edge, 'gutter')} {sheet.paint('run:', 'strong')} {terminal(do)}"]
        lines += [
            f"{sheet.paint(edge, 'gutter')} {sheet.paint('undo:', 'strong')} {terminal(undo)}"
        ]
    told = (("loses", fix.loses), ("proof", fix.proof))
    return lines + [
        row for word, text in told if text for row in told_lines(edge, word, text, sheet)
    ]


def _shown(text: str) -> str:
    return terminal(text.removesuffix("\r").replace("\t", TAB))


_Row = tuple[str, str, str, Style]


def _paths(fix: Fix) -> list[str]:
    return list(dict.fromkeys(edit.span.path for edit in fix.edits))


def _file_rows(fix: Fix, path: str, sources: Sources) -> list[_Row]:
    file = sources.files.get(path)
    if file is None or not patchable(path):
        return []
    edits = [edit for edit in fix.edits if edit.span.path == path]
    before, after = _redacted(file.data), _redacted(apply_edits(file.data, edits))
    rows = _numbered(unified_diff(path, before, after, context=1))
    place = _first_change(file, edits)
    return [("", "-->", f" {terminal(sources.prefix + path)}:{place}", "plain"), *rows]


def _first_change(file: SourceFile, edits: list[Edit]) -> int:
    return file.data.count(b"\n", 0, min(edits).span.start) + 1


def _redacted(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    return redact(text).encode("utf-8", "surrogateescape")


def _numbered(diff: str) -> list[_Row]:
    """Turn the hunks of a diff into rows: old line number, sign, text, style."""
    rows: list[_Row] = []
    number = 0
    for line in diff.split("\n")[3:]:
        if line.startswith("@@"):
            if rows:
                rows.append(("", "...", "", "faint"))
            number = int(line[4:].partition(" ")[0].partition(",")[0])
        elif line.startswith("+"):
            rows.append(("", "+ ", line[1:], "added"))
        elif line.startswith((" ", "-")):
            style: Style = "removed" if line[0] == "-" else "plain"
            rows.append((str(number), f"{line[0]} ", line[1:], style))
            number += 1
    return rows


def _cropped(text: str, room: int) -> str:
    return text if len(text) <= max(room, 20) else text[: max(room, 20) - 1] + "…"
