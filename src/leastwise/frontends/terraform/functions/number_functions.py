"""Functions on numbers. ``log`` and ``pow`` count with 64 bits in Terraform.

Source: https://developer.hashicorp.com/terraform/language/functions (numeric functions).
"""

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.values.conversions import (
    as_integer,
    as_number,
    as_text,
    literal,
    number,
    number_of,
)
from leastwise.frontends.terraform.values.floats import add, exact
from leastwise.source.value import Scalar, Sequence, Text, Unknown, Value

MAX_RANGE = 1024
"""Terraform's own limit of ``range``."""

_MAX_DIGITS = 1_000


def _numbers(arguments: tuple[Value, ...]) -> list[Decimal] | None:
    found = [as_number(value) for value in arguments]
    known = [value for value in found if value is not None]
    return known if known and len(known) == len(found) else None


def _of(function: Callable[[list[Decimal]], Decimal]) -> Function:
    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        if not arguments:
            site.fail()
            return None
        found = _numbers(arguments)
        made = None if found is None else number(function(found))
        return None if made is None else Scalar(made.value, site.expression.span)

    return apply


def _range(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if not 1 <= len(arguments) <= 3:
        site.fail()
        return None
    found = _numbers(arguments)
    if found is None:
        return None
    start, end = (Decimal(0), found[0]) if len(found) == 1 else (found[0], found[1])
    step = found[2] if len(found) == 3 else Decimal(1 if start <= end else -1)
    items: list[Value] = []
    if start == end:
        return Sequence((), site.expression.span, None, "list")
    if step == 0 or (end - start) * step < 0 or abs(end - start) > abs(step) * MAX_RANGE:
        site.fail()
        return None
    current, by, stop = exact(start), exact(step), exact(end)
    while (current < stop) if by > 0 else (current > stop):
        made = number_of(current)
        if made is None:
            return None
        items.append(made)
        current = add(current, by)
    return Sequence(tuple(items), site.expression.span, None, "list")


def _signum(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found, whole = as_number(arguments[0]), as_integer(arguments[0])
    if whole is None:
        if found is not None:
            site.fail()
        return None
    if abs(whole) >= 1 << 63:
        site.fail()
        return None
    return Scalar((whole > 0) - (whole < 0), site.expression.span)


def _log(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the logarithm of 1; others depend on how the last digit is rounded."""
    found = _numbers(arguments)
    if found is None or found[0] != 1 or found[1] <= 1:
        return None
    return Scalar(0, site.expression.span)


def _pow(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return whole powers and square roots; others depend on how the last digit is rounded."""
    found = _numbers(arguments)
    if found is None:
        return None
    try:
        made = _power(float(found[0]), float(found[1]))
    except (OverflowError, ValueError, ZeroDivisionError):
        return None
    if made is None or not math.isfinite(made):
        return None
    spelled = number(Decimal(repr(made)))
    return None if spelled is None else Scalar(spelled.value, site.expression.span)


def _power(base: float, power: float) -> float | None:
    """Square and multiply fractions between a half and one, as Go's ``math.Pow`` does."""
    if abs(power) == 0.5:
        return math.sqrt(base) if power > 0 else 1 / math.sqrt(base)
    if power == 0:
        return 1.0
    if base == 0 and power > 0:
        return 0.0
    if power != int(power) or abs(power) > _MAX_POWER or base == 0:
        return None
    fraction, exponent = math.frexp(base)
    product, shift, left = 1.0, 0, int(abs(power))
    while left:
        if left & 1:
            product, shift = product * fraction, shift + exponent
        fraction, exponent, left = fraction * fraction, exponent * 2, left >> 1
        if abs(fraction) < 0.5:
            fraction, exponent = fraction * 2, exponent - 1
    if power < 0:
        product, shift = 1 / product, -shift
    return math.ldexp(product, shift)


_MAX_POWER = 1_023


def _parseint(arguments: tuple[Value, ...], site: Site) -> Value | None:
    base, text = as_integer(arguments[1]), as_text(arguments[0])
    if isinstance(arguments[0], Unknown) or as_number(arguments[1]) is None:
        return None
    if not isinstance(arguments[0], Text) or base is None or not 2 <= base <= 62:
        site.fail()
        return None
    spelled = None if text is None else literal(text)
    if spelled is None or len(spelled) > _MAX_DIGITS:
        return None
    made = _whole(spelled, base)
    if made is None:
        site.fail()
        return None
    return Scalar(made, site.expression.span)


def _whole(spelled: str, base: int) -> int | None:
    """Read digits 0-9, a-z and (above base 36) A-Z; below, letters have no case."""
    digits = spelled[1:] if spelled[:1] in {"+", "-"} else spelled
    total = 0
    for character in digits:
        value = _digit(character, base)
        if value is None or value >= base:
            return None
        total = total * base + value
    if not digits:
        return None
    return -total if spelled[0] == "-" else total


def _digit(character: str, base: int) -> int | None:
    if not character.isascii() or not character.isalnum():
        return None
    if character.isdigit():
        return int(character)
    if character.islower() or base <= 36:
        return ord(character.lower()) - ord("a") + 10
    return ord(character) - ord("A") + 36


NUMBERS: dict[str, Function] = {
    "range": _range,
    "min": _of(min),
    "max": _of(max),
    "abs": _of(lambda n: n[0].copy_abs()),
    "ceil": _of(lambda n: n[0].to_integral_value(ROUND_CEILING)),
    "floor": _of(lambda n: n[0].to_integral_value(ROUND_FLOOR)),
    "signum": _signum,
    "log": _log,
    "pow": _pow,
    "parseint": _parseint,
}
