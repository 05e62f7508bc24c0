"""Ask python-hcl2 about a file: to word a syntax error, and before a patch is offered.

It is not the first reader: version 8.1.4 silently loses the blocks after a heredoc whose end
marker is followed by spaces, which HashiCorp's own parser accepts.
"""

from typing import TYPE_CHECKING

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import BOM, Span

if TYPE_CHECKING:
    from lark.exceptions import LarkError

MAX_BYTES = 1024 * 1024
MAX_EXPLAINED = 256 * 1024
"""Larger files are not given to it: it reads a megabyte of JSON in seconds, of marks in many."""

_NAMES = {
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LPAR": "'('",
    "RPAR": "')'",
    "EQ": "'='",
    "COMMA": "','",
    "COLON": "':'",
    "DBLQUOTE": "a string",
    "NAME": "a name",
    "NL_OR_COMMENT": "a line end",
    "$END": "the end of the file",
}
_VALUES = frozenset(("INT_LITERAL", "FLOAT_LITERAL", "LSQB", "LBRACE"))


def parses(data: bytes) -> bool:
    """Say whether both readers accept the bytes as HCL; text that is not UTF-8 is refused."""
    from leastwise.frontends.terraform.syntax.parse_tree import has_syntax_error

    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data) <= MAX_BYTES and not has_syntax_error(data) and _error(text) is None


def explain(path: str, data: bytes) -> Diagnostic | None:
    """Return the syntax error that python-hcl2 sees, or None when it sees none."""
    if len(data) > MAX_EXPLAINED:
        return None
    text = data.removeprefix(BOM).decode("utf-8", "replace")
    error = _error(text)
    line, column = getattr(error, "line", -1), getattr(error, "column", -1)
    if error is None or isinstance(error, RecursionError) or line < 1 or column < 1:
        return None
    span = _place(path, data, line, column)
    return Diagnostic(
        "error", "syntax-error", span, _message(error), "fix it; terraform validate shows it too"
    )


def _error(text: str) -> "LarkError | RecursionError | None":
    import hcl2
    from lark.exceptions import LarkError

    try:
        hcl2.parses_to_tree(text if text.endswith("\n") else text + "\n")
    except (LarkError, RecursionError) as error:
        return error
    return None


def _message(error: "LarkError") -> str:
    token = getattr(error, "token", None)
    what = "unexpected character"
    if token is not None:
        spelled = str(token).strip().splitlines()
        at_end = getattr(token, "type", "") == "$END"
        what = "unexpected end of the file" if at_end else "unexpected line end"
        if spelled and not at_end:
            what = f"unexpected {spelled[0][:40]!r}"
    expected = _expected(frozenset(getattr(error, "expected", None) or ()))
    if what == "unexpected end of the file" and expected == "a string":
        return "this string does not end, a quote is missing here or on a line above"
    return f"{what}, expected {expected}" if expected else what


def _expected(tokens: frozenset[str]) -> str:
    if tokens >= _VALUES:
        return "a value"
    named = sorted({_NAMES[token] for token in tokens if token in _NAMES})
    if not named or len(named) > 4:
        return ""
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"


def _place(path: str, data: bytes, line: int, column: int) -> Span:
    """Turn a 1-based line and column (in code points) into one byte of the file."""
    lines = data.split(b"\n")
    row = min(line, len(lines)) - 1
    start = sum(len(text) + 1 for text in lines[:row])
    body = lines[row]
    lead = len(BOM) if row == 0 and body.startswith(BOM) else 0
    before = body[lead:].decode("utf-8", "replace")[: column - 1]
    offset = min(start + lead + len(before.encode()), len(data))
    return Span(path, offset, min(offset + 1, len(data)))
