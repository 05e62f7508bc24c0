"""Spell numbers as ``format`` does with the verbs of Go.

Source: https://developer.hashicorp.com/terraform/language/functions/format and
https://pkg.go.dev/math/big#Float.Format.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from leastwise.frontends.terraform.values.floats import exact

MAX_WIDTH = 4_096
_EXACT = Context(prec=4_000, Emax=100_000, Emin=-100_000, rounding=ROUND_HALF_EVEN)


class Verb(NamedTuple):
    """Hold one verb of a format: flags, width, precision, and which argument it takes."""

    mode: str
    flags: frozenset[str] = frozenset()
    width: int | None = None
    precision: int | None = None
    argument: int = 1


def number_text(verb: Verb, value: Decimal) -> str | None:
    """Spell a number; None when the verb asks for a whole one."""
    if verb.mode in "bdoxX":
        return _integer(verb, value)
    exactly = _EXACT.divide(Decimal(exact(value).numerator), Decimal(exact(value).denominator))
    magnitude = exactly.copy_abs()
    if verb.mode in "eE":
        digits = _scientific(magnitude, 6 if verb.precision is None else verb.precision, verb.mode)
    elif verb.mode == "f":
        digits = _fixed(magnitude, 6 if verb.precision is None else verb.precision)
    else:
        digits = _general(value.copy_abs(), magnitude, verb)
    return _padded(verb, digits, negative=value.is_signed())


def shortest_text(value: Decimal) -> str:
    """Spell a number as ``%v`` and ``%g`` do: in powers of ten when it has more than 6 digits."""
    sign = "-" if value.is_signed() else ""
    return sign + _general(value.copy_abs(), value.copy_abs(), Verb("g"))


def _integer(verb: Verb, value: Decimal) -> str | None:
    if value != value.to_integral_value(context=_EXACT):
        return None
    base = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}[verb.mode]
    digits = format(abs(int(value)), base)
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    prefix = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}.get(verb.mode, "")
    if "#" not in verb.flags:
        prefix = ""
    sign = _sign(verb, negative=value < 0)
    size = len(sign) + len(prefix) + len(digits)
    if "0" in verb.flags and "-" not in verb.flags and verb.precision is None:
        digits = digits.rjust(len(digits) + (verb.width or 0) - size, "0")
    return _spaced(verb, sign + prefix + digits)


def _sign(verb: Verb, *, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _padded(verb: Verb, digits: str, *, negative: bool) -> str:
    sign = _sign(verb, negative=negative)
    if "0" in verb.flags and "-" not in verb.flags:
        digits = digits.rjust((verb.width or 0) - len(sign), "0")
    return _spaced(verb, sign + digits)


def _spaced(verb: Verb, text: str) -> str:
    width = verb.width or 0
    return text.ljust(width) if "-" in verb.flags else text.rjust(width)


def _fixed(value: Decimal, precision: int) -> str:
    return format(value.quantize(Decimal(1).scaleb(-precision), context=_EXACT), "f")


def _scientific(value: Decimal, precision: int, mode: str) -> str:
    context = Context(prec=precision + 1, rounding=ROUND_HALF_EVEN, Emax=100_000, Emin=-100_000)
    made = context.plus(value)
    exponent = made.adjusted() if made else 0
    digits = "".join(map(str, made.as_tuple().digits)).ljust(precision + 1, "0")[: precision + 1]
    point = f".{digits[1:]}" if precision else ""
    return f"{digits[0]}{point}{mode}{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def _general(short: Decimal, value: Decimal, verb: Verb) -> str:
    if verb.precision is None:
        rounded, limit = short, 6
    else:
        precision = max(verb.precision, 1)
        context = Context(prec=precision, rounding=ROUND_HALF_EVEN, Emax=100_000, Emin=-100_000)
        rounded, limit = context.plus(value), precision
    rounded = rounded.normalize(_EXACT)
    count, exponent = len(rounded.as_tuple().digits), rounded.adjusted() if rounded else 0
    if verb.precision is not None and limit > count >= exponent + 1:
        limit = count
    if exponent < -4 or exponent >= limit:
        return _scientific(rounded, count - 1, "E" if verb.mode == "G" else "e")
    return format(rounded, "f")
