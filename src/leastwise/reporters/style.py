"""Colours, numbers and sentences of a text report; colour only when the caller asks for it."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from leastwise.reporters.escape import terminal

Style: TypeAlias = Literal[
    "error", "warning", "note", "gutter", "strong", "help", "added", "removed", "faint", "plain"
]
Paint: TypeAlias = Callable[[str, Style], str]


class Sheet(NamedTuple):
    """Hold what all parts of a text report share; ``width`` counts terminal columns."""

    paint: Paint
    width: int


_CODES: dict[Style, str] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "gutter": "1;34",
    "strong": "1",
    "help": "1;36",
    "added": "32",
    "removed": "31",
    "faint": "2",
}


def painter(*, color: bool) -> Paint:
    """Return a function that colours a string, or leaves it alone."""
    return _coloured if color else _plain


def _coloured(text: str, style: Style) -> str:
    code = _CODES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _plain(text: str, style: Style) -> str:  # noqa: ARG001 - the signature of Paint
    return text


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: ``1 error``, ``2 policies``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("cy") else f"{number} {noun}s"


def wrapped(text: str, room: int) -> list[str]:
    """Break a sentence at spaces into lines of at most ``room`` characters, longer words whole."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def told_lines(edge: str, word: str, text: str, sheet: Sheet) -> list[str]:
    """Return ``= word: text`` with the rest of a long sentence hanging below its beginning.

    ``edge`` is the gutter up to and with the equals sign, as wide as it is without colour.
    """
    gap = len(edge) + len(word) + 3
    first, *rest = wrapped(terminal(text), max(sheet.width - gap, 40))
    head = f"{sheet.paint(edge, 'gutter')} {sheet.paint(f'{word}:', 'strong')} {first}"
    return [head, *(" " * gap + line for line in rest)]
