"""Convert and compare values as Terraform does.

Source: https://developer.hashicorp.com/terraform/language/expressions/types (type conversion).
"""

import json
import unicodedata
from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation, Overflow
from typing import TYPE_CHECKING

from leastwise.source.json_write import json_text
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from fractions import Fraction

MAX_EXPONENT = 400
ARITHMETIC = Context(prec=200, Emax=100_000, Emin=-100_000)
"""Holds the shortest spelling of every float of 512 bits, which has 156 digits at most."""


def as_text(value: Value) -> Text | None:
    """Use a value in a string; None when Terraform refuses (null, lists) or it is a Choice."""
    match value:
        case Text():
            return value
        case Unknown():
            return Text((value.symbol,), value.span)
        case Scalar(value=None):
            return None
        case Scalar():
            spelled = spell_scalar(value)
            if value.span is None:
                return literal_text(spelled)
            whole = Segment(0, len(spelled), value.span, exact=False)
            return literal_text(spelled, (whole,), value.span)
        case _:
            return None


def as_key(value: Value) -> Text | None:
    """Use a value as a key of an object: as a string, with encoded JSON in it spelled out."""
    text = as_text(value)
    if text is None or text.literal is not None:
        return text
    spelled = literal(text)
    return text if spelled is None else literal_text(spelled, span=text.span)


def spell_scalar(value: Scalar) -> str:
    """Spell a boolean or a number as a template does."""
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    if isinstance(value.value, Decimal):
        return format(value.value.normalize(ARITHMETIC), "f")
    return str(value.value)


def literal(value: Value | None) -> str | None:
    """Return the characters of a value that can be used as a string and is wholly known.

    The JSON of ``jsonencode`` is spelled out as Terraform spells it.
    """
    text = None if value is None else as_text(value)
    if text is None:
        return None
    parts: list[str] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                parts.append(piece.text)
            case Symbol():
                return None
            case Encoded():
                inner = encoded_json(piece)
                if inner is None:
                    return None
                parts.append(inner)
    return composed("".join(parts))


def composed(text: str) -> str:
    """Return a string as Terraform keeps all strings: in Unicode's normal form C."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def encoded_json(piece: Encoded) -> str | None:
    """Spell encoded JSON as its layout has it; None when a part is not known."""
    if piece.layout == "jsonencode":
        return terraform_json(piece.value)
    return document_json(piece.value, indented=piece.layout == "indented")


def document_json(value: Value, *, indented: bool) -> str | None:
    """Spell a wholly known value as Go's ``json.Marshal`` and ``MarshalIndent`` do, in its order.

    Source: https://pkg.go.dev/encoding/json#Marshal
    """
    spelled = json_text(_spelled_out(value)).literal
    if spelled is None:
        return None
    if indented:
        spelled = json.dumps(json.loads(spelled), ensure_ascii=False, indent=2)
    for character, escape in _HTML:
        spelled = spelled.replace(character, escape)
    return spelled


def _spelled_out(value: Value) -> Value:
    match value:
        case Text():
            spelled = literal(value)
            return value if spelled is None else literal_text(spelled)
        case Sequence():
            return Sequence(tuple(_spelled_out(item) for item in value.items), None, value.tail)
        case Mapping():
            entries = tuple((key, _spelled_out(item)) for key, item in value.entries)
            return Mapping(entries, None, value.tail)
        case _:
            return value


def terraform_json(value: Value) -> str | None:
    """Spell a wholly known value as ``jsonencode`` does: keys sorted, ``<>&`` escaped."""
    match value:
        case Text():
            spelled = literal(value)
            return None if spelled is None else _json_string(spelled)
        case Scalar(value=None):
            return "null"
        case Scalar():
            return spell_scalar(value)
        case Sequence(items=items, tail=None):
            return _bracket("[", [terraform_json(item) for item in items], "]")
        case Mapping(tail=None):
            return _bracket("{", [_entry(*entry) for entry in sorted_entries(value)], "}")
        case _:
            return None


def _bracket(opening: str, parts: list[str | None], closing: str) -> str | None:
    known = [part for part in parts if part is not None]
    return f"{opening}{','.join(known)}{closing}" if len(known) == len(parts) else None


def _entry(key: Text, value: Value) -> str | None:
    name, item = terraform_json(key), terraform_json(value)
    return None if name is None or item is None else f"{name}:{item}"


def _json_string(text: str) -> str:
    spelled = json.dumps(text, ensure_ascii=False)
    for character, escape in _HTML:
        spelled = spelled.replace(character, escape)
    return spelled


_HTML = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


def sorted_entries(value: Mapping) -> tuple[tuple[Text, Value], ...]:
    """Return the entries in the order in which Terraform visits them: by key."""
    return tuple(sorted(value.entries, key=lambda entry: (entry[0].literal or "").encode()))


def as_number(value: Value) -> Decimal | None:
    """Use a known value as a number, or None."""
    if isinstance(value, Scalar):
        if isinstance(value.value, bool) or value.value is None:
            return None
        return Decimal(value.value)
    spelled = literal(value)
    return None if spelled is None else parse_number(spelled)


def parse_number(spelled: str) -> Decimal | None:
    """Read a number as ``tonumber`` does; None when it is none or too large to hold."""
    if not spelled or len(spelled) > MAX_EXPONENT or not spelled.isascii():
        return None
    if not all(c.isdigit() or c in "+-.eE" for c in spelled):
        return None
    try:
        number = Decimal(spelled)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
        return None
    return number


def number(value: Decimal) -> Scalar | None:
    """Make a number; None when it is too large to hold."""
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        return None
    try:
        whole = value.to_integral_value(context=ARITHMETIC)
    except (InvalidOperation, Overflow):
        return None
    if value.is_zero():
        return Scalar(Decimal("-0") if value.is_signed() else 0)
    return Scalar(int(value)) if whole == value else Scalar(value)


def number_of(value: "Fraction") -> Scalar | None:
    """Make a number of a float; None when it is too large to hold."""
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    if abs(size) > _MAX_BITS:
        return None
    from leastwise.frontends.terraform.values.floats import shortest

    return Scalar(shortest(value))


_MAX_BITS = 1_300


def as_integer(value: Value) -> int | None:
    """Use a known value as a whole number, or None."""
    found = as_number(value)
    return int(found) if found is not None and found == found.to_integral_value() else None


def as_boolean(value: Value) -> bool | None:
    """Use a known value as a boolean (``"true"`` is true), or None."""
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        return value.value
    spelled = literal(value) if isinstance(value, Text) else None
    return {"true": True, "false": False}.get(spelled or "")


def truth_of(value: Value) -> bool | None:
    """Use a known value where a boolean is required (``"1"`` is true), or None."""
    spelled = literal(value) if isinstance(value, Text) else None
    return {"1": True, "0": False}.get(spelled or "", as_boolean(value))


def is_null(value: Value) -> bool:
    """Say whether a value is null."""
    return isinstance(value, Scalar) and value.value is None


def is_known(value: Value) -> bool:
    """Say whether no part of a value is unknown or depends on a test."""
    match value:
        case Text():
            return literal(value) is not None
        case Scalar():
            return True
        case Sequence():
            return value.tail is None and all(is_known(item) for item in value.items)
        case Mapping():
            return value.tail is None and all(is_known(item) for _, item in value.entries)
        case _:
            return False


def equal(left: Value, right: Value) -> bool | None:
    """Compare as ``==`` does: no conversion between types; None when it is not known.

    SOUND: two unknowns are equal only when they are the same symbol.
    """
    match left, right:
        case (Choice(), _) | (_, Choice()):
            return None
        case (Unknown(symbol=a), Unknown(symbol=b)) if a.id == b.id:
            return True
        case (Unknown(), _) | (_, Unknown()):
            return None
        case Text(), Text():
            return _equal_texts(left, right)
        case Scalar(value=a), Scalar(value=b):
            return isinstance(a, bool) == isinstance(b, bool) and a == b
        case Sequence(), Sequence():
            return left.kind == right.kind and _equal_sequences(left, right)
        case Mapping(), Mapping():
            return left.kind == right.kind and _equal_mappings(left, right)
        case _:
            return False


def _equal_texts(left: Text, right: Text) -> bool | None:
    if left.pieces == right.pieces:
        return True
    one, other = literal(left), literal(right)
    if one is not None and other is not None:
        return one == other
    return False if _differ_at_an_end(left, right) else None


def _differ_at_an_end(left: Text, right: Text) -> bool:
    """Say whether known characters at the start or the end already differ."""
    if not left.pieces or not right.pieces:
        empty, full = (left, right) if not left.pieces else (right, left)
        return not empty.pieces and any(isinstance(p, Chars | Encoded) for p in full.pieces)
    heads = (left.pieces[0], right.pieces[0])
    tails = (left.pieces[-1], right.pieces[-1])
    match heads:
        case Chars(text=a), Chars(text=b) if not (a.startswith(b) or b.startswith(a)):
            return True
    match tails:
        case Chars(text=a), Chars(text=b) if not (a.endswith(b) or b.endswith(a)):
            return True
    return False


def _equal_sequences(left: Sequence, right: Sequence) -> bool | None:
    if left.tail is not None or right.tail is not None:
        return None
    if len(left.items) != len(right.items):
        return False
    return _all(equal(a, b) for a, b in zip(left.items, right.items, strict=True))


def _equal_mappings(left: Mapping, right: Mapping) -> bool | None:
    keys = [{key.literal for key, _ in m.entries} for m in (left, right)]
    if left.tail is not None or right.tail is not None or None in keys[0] | keys[1]:
        return None
    if keys[0] != keys[1]:
        return False
    pairs = [(left.get(key or ""), right.get(key or "")) for key in keys[0]]
    return _all(equal(a, b) for a, b in pairs if a is not None and b is not None)


def _all(outcomes: Iterable[bool | None]) -> bool | None:
    found = set(outcomes)
    if False in found:
        return False
    return None if None in found else True
