"""Functions between strings and bytes in other encodings, tables and identifiers.

Source: https://developer.hashicorp.com/terraform/language/functions (encoding, hash and crypto).
"""

import binascii
from typing import TYPE_CHECKING, NamedTuple

from leastwise.frontends.terraform.functions.function_site import Function, Site, literals
from leastwise.frontends.terraform.values.conversions import literal
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Sequence, Value

if TYPE_CHECKING:
    from uuid import UUID

_ENCODINGS = {
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "shift_jis": "cp932",
    "gbk": "gbk",
    "euc-kr": "cp949",
}
"""Names that both sides read alike, in lower case; others are not worked out."""

_NAMESPACES = frozenset(("dns", "url", "oid", "x500"))


def _textencode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    import base64

    found = literals(arguments)
    codec = None if found is None else _ENCODINGS.get(found[1].lower())
    if found is None or codec is None:
        return None
    try:
        data = found[0].encode(codec)
    except UnicodeEncodeError:
        site.fail()
        return None
    return site.derived(base64.b64encode(data).decode())


def _textdecode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    codec = None if found is None else _ENCODINGS.get(found[1].lower())
    data = None if found is None else from_base64(found[0])
    if found is None or (codec is None and data is not None):
        return None
    if data is None or codec is None:
        site.fail()
        return None
    try:
        return site.derived(data.decode(codec))
    except UnicodeDecodeError:
        return None


def from_base64(text: str) -> bytes | None:
    """Decode base64 as Go does: line ends are skipped, padding is required."""
    import base64

    plain = text.replace("\r", "").replace("\n", "")
    if "=" in plain.rstrip("=") or not plain.isascii():
        return None
    try:
        return base64.b64decode(plain, validate=True) if len(plain) % 4 == 0 else None
    except (binascii.Error, ValueError):
        return None


def _uuidv5(arguments: tuple[Value, ...], site: Site) -> Value | None:
    import uuid

    found = literals(arguments)
    if found is None:
        return None
    namespace = _namespace(found[0])
    if namespace is None:
        site.fail()
        return None
    return site.derived(str(uuid.uuid5(namespace, found[1])))


def _namespace(text: str) -> "UUID | None":
    import uuid

    if text in _NAMESPACES:
        named: UUID = getattr(uuid, f"NAMESPACE_{text.upper()}")
        return named
    if len(text) not in {32, 36, 38, 45} or not text.isascii():
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class _Row(NamedTuple):
    fields: list[str]
    end: int


def _csvdecode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    spelled = literal(arguments[0])
    if spelled is None:
        return None
    rows = _rows(spelled)
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        site.fail()
        return None
    names = rows[0]
    if len(set(names)) < len(names):
        site.fail()
        return None
    keys = [literal_text(name) for name in names]
    order = sorted(range(len(names)), key=lambda i: names[i].encode())
    items = tuple(
        Mapping(tuple((keys[i], site.derived(row[i])) for i in order)) for row in rows[1:]
    )
    return Sequence(items, site.expression.span, None, "list")


def _rows(text: str) -> list[list[str]] | None:
    """Read comma-separated rows (RFC 4180); empty lines are skipped; None: malformed."""
    rows: list[list[str]] = []
    position = 0
    text = text.replace("\r\n", "\n")
    while position < len(text):
        if text[position] == "\n":
            position += 1
            continue
        row = _row(text, position)
        if row is None:
            return None
        rows.append(row.fields)
        position = row.end
    return rows


def _row(text: str, position: int) -> _Row | None:
    fields: list[str] = []
    line_end = -1
    while True:
        if text[position : position + 1] == '"':
            found = _quoted(text, position + 1)
            if found is None:
                return None
            field, position = found
        else:
            if line_end < position:
                line_end = text.find("\n", position)
                line_end = len(text) if line_end == -1 else line_end
            end = text.find(",", position, line_end)
            end = line_end if end == -1 else end
            field, position = text[position:end], end
            if '"' in field:
                return None
        fields.append(field)
        if text[position : position + 1] != ",":
            return _Row(fields, position + 1)
        position += 1


def _quoted(text: str, position: int) -> tuple[str, int] | None:
    parts: list[str] = []
    while True:
        end = text.find('"', position)
        if end == -1:
            return None
        parts.append(text[position:end])
        if text[end + 1 : end + 2] != '"':
            after = text[end + 1 : end + 2]
            return ("".join(parts), end + 1) if after in {"", ",", "\n"} else None
        parts.append('"')
        position = end + 2


TEXTS: dict[str, Function] = {
    "textencodebase64": _textencode,
    "textdecodebase64": _textdecode,
    "uuidv5": _uuidv5,
    "csvdecode": _csvdecode,
}
