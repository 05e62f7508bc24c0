"""CloudFormation's short tags (``!Sub``) as the long form (``Fn::Sub``), and plain scalars.

Source: "Intrinsic function reference", AWS CloudFormation template reference. Plain scalars
follow YAML 1.1, but for what CloudFormation does not take from it: timestamps, so that
``2012-10-17`` stays a string, and numbers that lose their spelling (octal and base 60), which
here stay strings too: an account number may begin with a zero.
"""

from decimal import Decimal

from leastwise.source.span import Span
from leastwise.source.text import literal_text, slice_piece
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Text, Value

_STANDARD = "tag:yaml.org,2002:"
_PLAIN_NAMES = frozenset({"Ref", "Condition"})
_FUNCTIONS = frozenset(
    {
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals",
        "FindInMap", "GetAZs", "GetAtt", "GetStackOutput", "If", "ImportValue", "Join", "Length",
        "Not", "Or", "RefAll", "Select", "Split", "Sub", "ToJsonString", "Transform", "ValueOf",
        "ValueOfAll",
    }
)  # fmt: skip
_BOOLEANS = {
    spelling: meaning
    for meaning, words in ((True, ("true", "yes", "on")), (False, ("false", "no", "off")))
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MAX_DIGITS = 100


def long_name(tag: str) -> str | None:
    """Return the key of the long form, ``Ref`` or ``Fn::Sub``; None when AWS has no such tag."""
    name = tag.removeprefix("!")
    if name in _PLAIN_NAMES:
        return name
    return f"Fn::{name}" if name in _FUNCTIONS else None


def is_standard(tag: str) -> bool:
    """Say whether a tag is one of YAML's own types that CloudFormation reads."""
    name = tag.removeprefix(_STANDARD)
    return tag == "!" or (
        name != tag and name in {"str", "int", "float", "bool", "null", "map", "seq"}
    )


def wrap(name: str, argument: Value, span: Span) -> Mapping:
    """Build the long form; the string argument of GetAtt becomes a list of two."""
    if name == "Fn::GetAtt" and isinstance(argument, Text):
        argument = split_attribute(argument)
    return Mapping(((literal_text(name, span=span), argument),), span)


def split_attribute(text: Text) -> Value:
    """Split ``LogicalId.Attribute`` at its first dot; other texts are returned as they are."""
    if len(text.pieces) != 1 or not isinstance(text.pieces[0], Chars):
        return text
    piece = text.pieces[0]
    dot = piece.text.find(".")
    if dot <= 0:
        return text
    parts = (slice_piece(piece, 0, dot), slice_piece(piece, dot + 1, len(piece.text)))
    return Sequence(
        tuple(Text((part,) if part.text else (), text.span) for part in parts), text.span
    )


def resolve_plain(value: str, span: Span) -> Scalar | None:
    """Return the boolean, number or null that a plain scalar spells; None for a string."""
    if value in _NULLS:
        return Scalar(None, span)
    if value in _BOOLEANS:
        return Scalar(_BOOLEANS[value], span)
    digits = value[1:] if value[:1] in ("+", "-") else value
    whole, dot, fraction = digits.partition(".")
    if not _is_number(whole) or (dot and not (fraction.isascii() and fraction.isdigit())):
        return None
    return Scalar(Decimal(value) if dot else int(value), span)


def _is_number(digits: str) -> bool:
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
        return False
    return digits == "0" or not digits.startswith("0")
