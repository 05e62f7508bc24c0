"""Evaluate operators on values, in every world of their operands."""

import operator
from collections.abc import Callable
from decimal import Decimal

from leastwise.frontends.terraform.syntax.tree import BinaryOperator
from leastwise.frontends.terraform.values.conversions import (
    as_number,
    equal,
    is_null,
    literal,
    number,
    number_of,
    truth_of,
)
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Refusal:
    """Mark that Terraform refuses the operands."""


REFUSAL = Refusal()


def binary(symbol: BinaryOperator, left: Value, right: Value) -> Value | Refusal | None:
    """Apply an operator to two values that are no Choice; None when the result is not known."""
    if symbol in {"==", "!="}:
        outcome = equal(left, right)
        return None if outcome is None else Scalar(outcome == (symbol == "=="))
    if symbol in {"&&", "||"}:
        return _logic(symbol, left, right)
    one, other = as_number(left), as_number(right)
    if one is None or other is None:
        return REFUSAL if _is_no_number(left) or _is_no_number(right) else None
    if symbol in _COMPARISONS:
        return Scalar(_COMPARISONS[symbol](one, other))
    if symbol == "/" and other == 0 and one != 0:
        # Terraform has infinities, which no policy can spell.
        return None
    from leastwise.frontends.terraform.values.floats import ARITHMETIC, exact

    made = ARITHMETIC[symbol](exact(one), exact(other))
    if made == 0 and symbol in {"*", "/"} and one.is_signed() != other.is_signed():
        return Scalar(Decimal("-0"))
    return REFUSAL if made is None else number_of(made)


def _is_no_number(value: Value) -> bool:
    if isinstance(value, Text):
        spelled = literal(value)
        return spelled is not None and as_number(value) is None
    return isinstance(value, Sequence | Mapping | Scalar) and as_number(value) is None


def _is_no_boolean(value: Value) -> bool:
    if isinstance(value, Text):
        return literal(value) is not None and truth_of(value) is None
    return isinstance(value, Sequence | Mapping | Scalar) and truth_of(value) is None


def _logic(symbol: str, left: Value, right: Value) -> Value | Refusal | None:
    """Decide ``&&`` and ``||``; one operand may settle it."""
    if any(is_null(value) or _is_no_boolean(value) for value in (left, right)):
        return REFUSAL
    one, other = truth_of(left), truth_of(right)
    settles = symbol == "||"
    if one is settles or other is settles:
        return Scalar(settles)
    return None if one is None or other is None else Scalar(not settles)


def negate(value: Value) -> Value | Refusal | None:
    """Apply ``!``."""
    truth = truth_of(value)
    if truth is None:
        return REFUSAL if _is_no_boolean(value) else None
    return Scalar(not truth)


def minus(value: Value) -> Value | Refusal | None:
    """Apply unary ``-``."""
    found = as_number(value)
    if found is None:
        return REFUSAL if _is_no_number(value) else None
    # Floats have two zeros, and Terraform spells both.
    return (
        number(found.copy_negate()) if found else Scalar(0 if found.is_signed() else Decimal("-0"))
    )
