"""Word where a text stops being JSON, and what to do about it."""

import re

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.flat_text import FlatText
from leastwise.source.span import Span

_REMEDIES = dict.fromkeys("/#", "JSON has no comments, remove it")
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)


class NotJsonError(Exception):
    """Carry a diagnostic out of the scanner's nested calls; ``parse_json`` catches it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def expected(flat: FlatText, at: int, wanted: str, token: str = "") -> Diagnostic:
    """Say what is missing before the character at an offset, which may begin a longer token."""
    found = token or flat.text[at : at + 1]
    span = flat.span(at, at + len(found))
    remedy = _REMEDIES.get(found[:1], "correct the JSON")
    return _error(flat, "json-syntax", span, f"expected {wanted}, found {_spell(found)}", remedy)


def expected_after(flat: FlatText, at: int, comma: int, wanted: str, closing: str) -> Diagnostic:
    """Say what is missing after a comma (-1: there is none, the opening bracket is last)."""
    if comma == -1:
        return expected(flat, at, f"{wanted} or {closing}")
    if flat.text[at : at + 1] not in ("}", "]"):
        return expected(flat, at, f"{wanted} after ','")
    message = f"expected {wanted} after ',', found {closing}"
    span = flat.span(comma, comma + 1)
    return _error(flat, "json-syntax", span, message, "remove the trailing comma")


def unterminated(flat: FlatText, start: int, at: int, character: str) -> Diagnostic:
    """Say that a string has no end, but a character that no string may hold."""
    found = {"": "the end of the text", "\n": "a line break", "\r": "a line break"}.get(
        character, f"the control character {character!r}"
    )
    message = f"expected '\"' to end the string, found {found}"
    remedy = "close the string, or write the character as an escape"
    return _error(flat, "json-syntax", flat.span(start, at), message, remedy)


def bad_escape(flat: FlatText, start: int, end: int, message: str) -> Diagnostic:
    """Say what is wrong with an escape in a string."""
    words = f"{flat.text[start:end]!r} {message}"
    remedy = "write a literal backslash as '\\\\'"
    return _error(flat, "json-syntax", flat.span(start, end), words, remedy)


def number_too_long(flat: FlatText, span: Span | None) -> Diagnostic:
    """Say that a number has more digits than is read."""
    return _error(flat, "number-too-long", span, "the number is too long", "no AWS number is")


def nested_end(text: str, at: int) -> int | None:
    """Return where the object or array that begins at ``at`` ends; None: nowhere."""
    depth = 0
    for token in _BRACKET.finditer(text, at):
        depth += 1 if token["open"] else -1 if token["close"] else 0
        if depth == 0:
            return token.end()
    return None


def _error(flat: FlatText, code: str, span: Span | None, message: str, remedy: str) -> Diagnostic:
    return Diagnostic("error", code, span or Span(flat.path, 0, 0), message, remedy)


def _spell(found: str) -> str:
    short = found if len(found) <= 20 else found[:20] + "..."
    return repr(short) if found else "the end of the text"
