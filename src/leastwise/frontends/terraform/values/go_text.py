"""Spell strings as Go's ``%q`` does, which error texts, ``format`` and the order of sets show."""

import unicodedata

_SHORT = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def quoted(text: str, *, ascii_only: bool = False) -> str:
    """Return the text in double quotes, escaped as Go escapes it."""
    return '"' + "".join(_escaped(character, ascii_only) for character in text) + '"'


def _escaped(character: str, ascii_only: bool) -> str:
    short = _SHORT.get(character)
    if short is not None:
        return short
    code = ord(character)
    if character == " " or (0x20 < code < 0x7F):
        return character
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if not ascii_only and is_printable(character):
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_printable(character: str) -> bool:
    """Say whether Go prints a character: letters, marks, numbers, punctuation, symbols."""
    return character == " " or unicodedata.category(character)[0] in "LMNPS"
