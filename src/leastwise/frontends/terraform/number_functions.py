"""Functions on numbers."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from leastwise.frontends.terraform.conversions import ARITHMETIC, as_number, number
from leastwise.frontends.terraform.function_site import Function, Site
from leastwise.source.value import Scalar, Sequence, Value

MAX_RANGE = 1024
"""Terraform's own limit of ``range``."""


def _numbers(arguments: tuple[Value, ...]) -> list[Decimal] | None:
    found = [as_number(value) for value in arguments]
    known = [value for value in found if value is not None]
    return known if known and len(known) == len(found) else None


def _of(function: Callable[[list[Decimal]], Decimal]) -> Function:
    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        found = _numbers(arguments)
        made = None if found is None else number(function(found))
        return None if made is None else Scalar(made.value, site.expression.span)

    return apply


def _range(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = _numbers(arguments)
    if found is None or len(found) > 3:
        return None
    start, end = (Decimal(0), found[0]) if len(found) == 1 else (found[0], found[1])
    step = found[2] if len(found) == 3 else Decimal(1 if start <= end else -1)
    if step == 0 or (end - start) * step < 0:
        site.fail()
        return None
    items: list[Value] = []
    while (start < end) if step > 0 else (start > end):
        made = number(start)
        if made is None or len(items) >= MAX_RANGE:
            site.fail()
            return None
        items.append(made)
        start = ARITHMETIC.add(start, step)
    return Sequence(tuple(items), site.expression.span)


NUMBERS: dict[str, Function] = {
    "range": _range,
    "min": _of(min),
    "max": _of(max),
    "abs": _of(lambda n: abs(n[0])),
    "ceil": _of(lambda n: n[0].to_integral_value(ROUND_CEILING)),
    "floor": _of(lambda n: n[0].to_integral_value(ROUND_FLOOR)),
}
