"""Conditions that tell no resources of an account apart, so that a grant under them is as wide.

Every call of the SDKs is made over TLS, and to name the Region limits where, not what:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.semantics.model import Context

_REGION = "aws:requestedregion"
_KEYS = ("aws:securetransport", _REGION)
_OPERATORS = ("Bool", "StringEquals", "StringLike", "StringEqualsIgnoreCase")


class Met(NamedTuple):
    """Hold the context in which such conditions are met; ``regional``: it names Regions."""

    context: Context = ()
    regional: bool = False


def met(statement: Statement) -> Met:
    """Return the context that meets all conditions, empty if some tell resources apart."""
    if statement.conditions_tail is not None or not all(map(_is_weak, statement.conditions)):
        return Met()
    rows = statement.conditions
    values = {c.key_name: tuple(Pattern(v.pieces) for v in c.values) for c in rows}
    if len(values) < len(rows):
        return Met()
    return Met(tuple(sorted(values.items())), _REGION in values)


def _is_weak(condition: Condition) -> bool:
    operator, values = condition.operator, condition.values
    if condition.key_name not in _KEYS or condition.tail is not None or not values:
        return False
    if operator.name not in _OPERATORS or operator.quantifier is not None:
        return False
    return all(value.literal is not None and "${" not in value.literal for value in values)
