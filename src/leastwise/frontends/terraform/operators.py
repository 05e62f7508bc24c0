"""Evaluate operators on values, in every world of their operands."""

import operator
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from leastwise.frontends.terraform.conversions import (
    ARITHMETIC,
    as_boolean,
    as_number,
    equal,
    number,
)
from leastwise.frontends.terraform.syntax import BinaryOperator
from leastwise.source.value import Scalar, Value

_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "%": ARITHMETIC.remainder,
}


def binary(symbol: BinaryOperator, left: Value, right: Value) -> Value | None:
    """Apply an operator to two values that are no Choice; None when the result is not known."""
    if symbol in {"==", "!="}:
        outcome = equal(left, right)
        return None if outcome is None else Scalar(outcome == (symbol == "=="))
    if symbol in {"&&", "||"}:
        return _logic(symbol, as_boolean(left), as_boolean(right))
    one, other = as_number(left), as_number(right)
    if one is None or other is None:
        return None
    if symbol in _COMPARISONS:
        return Scalar(_COMPARISONS[symbol](one, other))
    try:
        return number(_ARITHMETIC[symbol](one, other))
    except (DivisionByZero, InvalidOperation, Overflow):
        return None


def _logic(symbol: str, left: bool | None, right: bool | None) -> Value | None:
    """Decide ``&&`` and ``||``; one operand may settle it."""
    settles = symbol == "||"
    if left is settles or right is settles:
        return Scalar(settles)
    return None if left is None or right is None else Scalar(not settles)


def negate(value: Value) -> Value | None:
    """Apply ``!``."""
    truth = as_boolean(value)
    return None if truth is None else Scalar(not truth)


def minus(value: Value) -> Value | None:
    """Apply unary ``-``."""
    found = as_number(value)
    return None if found is None else number(ARITHMETIC.minus(found))
