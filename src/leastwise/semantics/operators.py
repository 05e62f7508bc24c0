"""Compare one value of a condition with one value of a request, for every operator.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

The comparison is the positive one; ``NEGATED`` maps an operator to the one it negates. None is
the answer where a symbol, or a value that AWS would not accept, decides.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from leastwise.iam.policy import OperatorName
from leastwise.semantics.condition_arns import condition_arn_tokens
from leastwise.semantics.pattern import Lookup, Pieces, tokenize, widen
from leastwise.semantics.readings import matches
from leastwise.semantics.truth import Truth
from leastwise.source.value import Symbol

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network: TypeAlias = IPv4Network | IPv6Network

NEGATED: dict[OperatorName, OperatorName] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}

_LONGEST = 64
"""Numbers, dates and addresses longer than this are none."""


def literal(pieces: Pieces) -> str | None:
    """Return the characters of pieces without a symbol, else None."""
    if any(isinstance(p, Symbol) for p in pieces):
        return None
    return "".join(p for p in pieces if isinstance(p, str))


@lru_cache(maxsize=8192)
def parse_number(text: str) -> Decimal | None:
    """Read an integer or decimal number; None when it is none."""
    text = text.strip()
    if not 0 < len(text) <= _LONGEST or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _LONGEST else None


@lru_cache(maxsize=8192)
def parse_date(text: str) -> Decimal | None:
    """Read an ISO 8601 date (W3C profile) or seconds of the epoch; seconds since 1970, UTC."""
    text = text.strip()
    if not 0 < len(text) <= _LONGEST or not text.isascii():
        return None
    if text.isdigit() and len(text) > 4:
        return parse_number(text)
    if text.isdigit() and len(text) == 4:
        text += "-01-01"
    elif len(text) == 7 and text[4] == "-":
        text += "-01"
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Decimal(str(moment.timestamp()))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=8192)
def parse_network(text: str) -> "Network | None":
    """Read an IPv4 or IPv6 address or CIDR block; host bits do not matter."""
    if not 0 < len(text) <= _LONGEST:
        return None
    from ipaddress import ip_network

    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _bytes(text: str) -> bytes | None:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def _string_equals(policy: Pieces, value: Pieces, lookup: Lookup | None) -> Truth:
    row = tokenize(policy, lookup, plain=True)
    return row is not None and matches(row, widen(row), value)


def _string_like(policy: Pieces, value: Pieces, lookup: Lookup | None) -> Truth:
    row = tokenize(policy, lookup)
    return row is not None and matches(row, widen(row), value)


def _string_equals_ignore_case(policy: Pieces, value: Pieces, lookup: Lookup | None) -> Truth:
    row = tokenize(policy, lookup, plain=True)
    if row is None:
        return False
    row = tuple(t.casefold() if isinstance(t, str) else t for t in row)
    row = tuple(c for t in row for c in (t if isinstance(t, str) else (t,)))
    folded = tuple(p.casefold() if isinstance(p, str) else p for p in value)
    return matches(row, widen(row), folded)


def _arn_like(policy: Pieces, value: Pieces, lookup: Lookup | None) -> Truth:
    row = tokenize(policy, lookup)
    if row is None:
        return False
    plain = literal(value)
    if plain is not None and plain.count(":") < 5:
        return False
    narrow = condition_arn_tokens(row)
    if narrow is not None:
        return matches(narrow, condition_arn_tokens(widen(row)) or (), value)
    # Fewer than six parts: AWS rejects or ignores it, simulators match nothing; not certain.
    return None if matches(row, widen(row), value) is not False else False


_Compared: TypeAlias = Callable[[Pieces, Pieces, Lookup | None], Truth]
_TEXT: dict[OperatorName, _Compared] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": _string_like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}


def readable(operator: OperatorName, value: Pieces) -> bool:
    """Tell whether a request's value has the operator's type; else the condition is false."""
    text = literal(value)
    if operator in _TEXT or text is None:
        return True
    return _read(operator, text) is not None


def _read(operator: OperatorName, text: str) -> object:
    if operator.startswith("Numeric"):
        return parse_number(text)
    if operator.startswith("Date"):
        return parse_date(text)
    readers: dict[OperatorName, Callable[[str], object]] = {
        "Bool": _bool,
        "BinaryEquals": _bytes,
        "IpAddress": parse_network,
    }
    return readers[operator](text)


def compare(
    operator: OperatorName, policy: Pieces, value: Pieces, lookup: Lookup | None = None
) -> Truth:
    """Compare a policy's value with a request's under a positive operator.

    ``lookup`` gives policy variables their values; they are live in String and Arn operators
    only. A request's value that is not ``readable`` compares as not equal.
    """
    wanted, given = literal(policy), literal(value)
    if wanted is None or given is None or (lookup is not None and "${" in wanted):
        return _TEXT[operator](policy, value, lookup) if operator in _TEXT else None
    return _compare_texts(operator, wanted, given)


@lru_cache(maxsize=32768)
def _compare_texts(operator: OperatorName, wanted: str, given: str) -> Truth:
    if operator in _TEXT:
        return _TEXT[operator]((wanted,), (given,), None)
    left, right = _read(operator, given), _read(operator, wanted)
    if right is None:
        return None
    if left is None:
        return False
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ordered(operator, left, right)
    if operator == "IpAddress":
        return _inside(left, right)
    return left == right


def _inside(address: object, block: object) -> bool:
    from ipaddress import IPv4Network, IPv6Network

    if isinstance(address, IPv4Network) and isinstance(block, IPv4Network):
        return address.subnet_of(block)
    if isinstance(address, IPv6Network) and isinstance(block, IPv6Network):
        return address.subnet_of(block)
    return False


def _ordered(operator: OperatorName, left: Decimal, right: Decimal) -> bool:
    order = operator.removeprefix("Numeric").removeprefix("Date")
    return {
        "Equals": left == right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }[order]
