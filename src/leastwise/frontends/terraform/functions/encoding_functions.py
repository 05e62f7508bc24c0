"""Functions that encode, decode, hash, and convert between types."""

from collections.abc import Callable
from decimal import Decimal

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.functions.text_encodings import from_base64
from leastwise.frontends.terraform.values.conversions import as_text, literal
from leastwise.frontends.terraform.values.types import Collection, Refused, Type, convert
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.value import (
    Encoded,
    Scalar,
    Text,
    Unknown,
    Value,
)


def _jsonencode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Keep the value: decoding it gives back its own nodes and places."""
    if len(arguments) != 1:
        return None
    return Text((Encoded(arguments[0]),), site.expression.span)


def _jsondecode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    return site.once("", arguments[0], lambda: _decoded(arguments, site)) if arguments else None


def _decoded(arguments: tuple[Value, ...], site: Site) -> Value | None:
    text = as_text(arguments[0]) if len(arguments) == 1 else None
    if text is None or isinstance(arguments[0], Unknown):
        return None
    if len(text.pieces) == 1 and isinstance(text.pieces[0], Encoded):
        return text.pieces[0].value
    if text.literal is not None and text.literal.strip() == "-0":
        return Scalar(Decimal("-0"), site.expression.span)
    value = parse_json(text, path=site.expression.span.path)
    if isinstance(value, Diagnostic):
        if text.literal is not None:
            site.fail()
        return None
    return value


def _encoded(function: Callable[[bytes], str]) -> Function:
    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        text = literal(arguments[0]) if len(arguments) == 1 else None
        return None if text is None else site.derived(function(text.encode()))

    return apply


def _base64decode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    text = literal(arguments[0]) if len(arguments) == 1 else None
    if text is None:
        return None
    data = from_base64(text)
    try:
        made = None if data is None else data.decode("utf-8")
    except UnicodeDecodeError:
        made = None
    if made is None:
        site.fail()
        return None
    return site.derived(made)


def base64_of(data: bytes) -> str:
    """Spell bytes in base64."""
    import base64

    return base64.b64encode(data).decode()


def _urlencode(data: bytes) -> str:
    from urllib.parse import quote_plus

    return quote_plus(data, safe="")


def _digest(name: str, data: bytes) -> bytes:
    import hashlib

    return hashlib.new(name, data, usedforsecurity=False).digest()


def hexadecimal(name: str) -> Callable[[bytes], str]:
    """Return the function that hashes bytes to hexadecimal digits."""
    return lambda data: _digest(name, data).hex()


def base64_digest(name: str) -> Callable[[bytes], str]:
    """Return the function that hashes bytes and spells the digest in base64."""
    return lambda data: base64_of(_digest(name, data))


def _converted(wanted: Type) -> Function:
    """Convert to a type; an unknown value stays what it is."""

    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        value = arguments[0]
        if isinstance(value, Unknown) and wanted in {"number", "bool"}:
            return None
        found = convert(value, wanted)
        if isinstance(found, Refused):
            site.fail()
            return None
        if wanted in {"number", "bool"} and isinstance(found, Text):
            return None
        return found

    return apply


def _same(arguments: tuple[Value, ...], site: Site) -> Value | None:  # noqa: ARG001
    return arguments[0] if len(arguments) == 1 else None


ENCODINGS: dict[str, Function] = {
    "jsonencode": _jsonencode,
    "jsondecode": _jsondecode,
    "base64encode": _encoded(base64_of),
    "base64decode": _base64decode,
    "urlencode": _encoded(_urlencode),
    "md5": _encoded(hexadecimal("md5")),
    "sha1": _encoded(hexadecimal("sha1")),
    "sha256": _encoded(hexadecimal("sha256")),
    "sha512": _encoded(hexadecimal("sha512")),
    "base64sha256": _encoded(base64_digest("sha256")),
    "base64sha512": _encoded(base64_digest("sha512")),
    "tostring": _converted("string"),
    "tonumber": _converted("number"),
    "tobool": _converted("bool"),
    "tolist": _converted(Collection("list", "any")),
    "toset": _converted(Collection("set", "any")),
    "tomap": _converted(Collection("map", "any")),
    "sensitive": _same,
    "nonsensitive": _same,
    "ephemeralasnull": _same,
}
