r"""Escape strings that a stranger may have written, one way for each medium.

Names, paths, comments and messages of the scanned tree are hostile until they pass here. What
is not shown as itself becomes visible (``\u{202e}``), never dropped.

Sources: workflow commands are lines that begin with ``::`` after blanks, or hold ``##[``
anywhere (https://github.com/actions/runner, ActionCommand; Azure Pipelines reads ``##vso[``);
bidirectional controls as in CVE-2021-42574; SARIF 2.1.0 section 3.11.6 for embedded links.
"""

import json
import re
from typing import Any

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that count as printable and show as nothing."""

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
_COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)")
_NOT_PLAIN = re.compile(r"[^\x00-\x7e]|#(?=#)")
_URI_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def visible(character: str) -> str:
    r"""Return one character as a terminal may show it.

    Controls (C0, C1), bidirectional and other format characters, line separators, lone
    surrogates and letters without a shape are spelled ``\u{hex}``; a tab counts among them.
    """
    if (character.isprintable() and character not in _BLANK_LETTERS) or character == "\u3000":
        return character
    return f"\\u{{{ord(character):x}}}"


def terminal(text: str) -> str:
    """Return a string for one line of a terminal or of a CI log.

    INVARIANT: the result has no line break and cannot hold a ``##[`` command. That a line does
    not begin with ``::`` is for the layout: none begins with a string of the user.
    """
    if not text.isascii() or not text.isprintable():
        text = "".join(visible(character) for character in text)
    return _COMMAND.sub(r"\\u{23}", text)


def line_of_terminal(text: str) -> str:
    """Return a string for a whole line: no workflow command, even where it begins with ``::``."""
    shown = terminal(text)
    lead = len(shown) - len(shown.lstrip())
    if shown.startswith("::", lead):
        shown = f"{shown[:lead]}\\u{{3a}}{shown[lead + 1 :]}"
    return shown


def command_starts(text: str) -> tuple[int, ...]:
    """Return the indexes of characters that ``terminal`` escapes because a command begins there."""
    return tuple(match.start() for match in _COMMAND.finditer(text)) if "##" in text else ()


def json_text(value: Any) -> str:
    """Spell a JSON document in ASCII, indented, with a line end.

    A lone surrogate (a file name that is not UTF-8) becomes U+FFFD, as strict readers demand.
    """
    return ascii_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def ascii_json(text: str) -> str:
    """Return the same JSON in ASCII, without what a terminal or a CI runner acts on."""
    # outside of strings JSON is plain ASCII without "#", so only strings change
    return _NOT_PLAIN.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def sarif_message(text: str) -> str:
    """Return a string for a SARIF message: ``[text](target)`` in it is no link."""
    shown = "".join(visible(c) for c in text) if not text.isprintable() else text
    if "](" not in shown:
        return shown
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def sarif_link_text(text: str) -> str:
    """Return a string for the brackets of a SARIF link; it is never empty."""
    shown = "".join(visible(c) for c in text) if not text.isprintable() else text
    plain = shown.replace("[", "(").replace("]", ")").replace("\\", "/")
    return plain.strip() or "here"


def uri(path: str) -> str:
    """Return a relative path as a URI reference (RFC 3986), percent-encoded."""
    raw = path.encode("utf-8", "surrogateescape")
    return "".join(chr(b) if b in _URI_PLAIN else f"%{b:02X}" for b in raw)


def markup(text: str) -> str:
    """Return a string for HTML and SVG, as text or as the value of a quoted attribute.

    A page may be printed to a CI log: it cannot hold a ``##[`` command either.
    """
    shown = text if text.isprintable() else "".join(visible(c) for c in text)
    for character, entity in _ENTITIES:
        shown = shown.replace(character, entity)
    return _COMMAND.sub("&#35;", shown)
