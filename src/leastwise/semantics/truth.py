"""Reason with three values: True, False, and None for what is not known (Kleene's logic)."""

from collections.abc import Iterable
from typing import TypeAlias

Truth: TypeAlias = bool | None


def any_of(values: Iterable[Truth]) -> Truth:
    """Return True when one is True, else None when one is not known, else False."""
    result: Truth = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result


def all_of(values: Iterable[Truth]) -> Truth:
    """Return False when one is False, else None when one is not known, else True."""
    result: Truth = True
    for value in values:
        if value is None:
            result = None
        elif not value:
            return False
    return result


def negate(value: Truth) -> Truth:
    """Return the opposite; what is not known stays so."""
    return None if value is None else not value
