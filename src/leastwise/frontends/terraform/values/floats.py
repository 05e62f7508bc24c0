"""Numbers as HCL has them: binary floats of 512 bits, spelled as the shortest decimal.

Source: https://developer.hashicorp.com/terraform/language/expressions/types#number and
https://github.com/zclconf/go-cty/blob/main/docs/types.md#cty-number. A ``Scalar`` keeps the
shortest decimal that reads back as the same float, which loses nothing.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

BITS = 512
_MOST_DIGITS = 156


def exact(value: Decimal | int) -> Fraction:
    """Return the float that a decimal stands for."""
    return rounded(Fraction(value))


def rounded(value: Fraction) -> Fraction:
    """Round to the nearest float, ties to even."""
    if value == 0:
        return value
    shift = BITS - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    scaled = value * Fraction(2) ** shift
    while abs(scaled) >= 1 << BITS:
        scaled, shift = scaled / 2, shift - 1
    return Fraction(round(scaled)) / Fraction(2) ** shift


def shortest(value: Fraction) -> Decimal | int:
    """Return the shortest decimal that reads back as the float."""
    if value.denominator == 1 and abs(value.numerator).bit_length() < BITS:
        return value.numerator
    low, high = 1, _MOST_DIGITS
    while low < high:
        middle = (low + high) // 2
        if exact(_digits(value, middle)) == value:
            high = middle
        else:
            low = middle + 1
    found = _digits(value, low)
    return int(found) if found == found.to_integral_value(context=_WIDE) else found


_WIDE = Context(prec=2_000, Emax=100_000, Emin=-100_000)


def _digits(value: Fraction, count: int) -> Decimal:
    context = Context(prec=count, rounding=ROUND_HALF_EVEN, Emax=100_000, Emin=-100_000)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def add(one: Fraction, other: Fraction) -> Fraction:
    """Add two floats."""
    return rounded(one + other)


def subtract(one: Fraction, other: Fraction) -> Fraction:
    """Subtract two floats."""
    return rounded(one - other)


def multiply(one: Fraction, other: Fraction) -> Fraction:
    """Multiply two floats."""
    return rounded(one * other)


def divide(one: Fraction, other: Fraction) -> Fraction | None:
    """Divide two floats; None by zero."""
    return None if other == 0 else rounded(one / other)


def remainder(one: Fraction, other: Fraction) -> Fraction:
    """Return what is left of a division that is cut towards zero; by zero, all of it."""
    if other == 0:
        return one
    times = int(rounded(one / other))
    return rounded(one - rounded(other * times))


ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction | None]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
}
"""What each arithmetic operator does to two floats; None by zero."""
