"""Colours of the terminal, used only when the caller asks for them."""

from collections.abc import Callable
from typing import Literal, TypeAlias

Style: TypeAlias = Literal[
    "error", "warning", "note", "gutter", "strong", "help", "added", "removed", "faint", "plain"
]
Paint: TypeAlias = Callable[[str, Style], str]

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
