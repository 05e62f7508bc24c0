"""Give the results of a conditional one type, as Terraform does: ``true ? 1 : "x"`` is ``"1"``.

Source: https://developer.hashicorp.com/terraform/language/expressions/conditionals (result types).
"""

from leastwise.frontends.terraform.values.types import (
    Refused,
    Type,
    convert,
    type_of,
    unify,
)
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Value


def unified(value: Value, other: Value) -> Value:
    """Return a value in the type that it shares with another one, if there is one.

    What is not known changes no type.
    """
    own = type_of(value)
    common = unify((own, *_types(other)))
    if common is None or common == own:
        return value
    made = convert(value, common)
    return value if isinstance(made, Refused) else made


def _types(value: Value) -> tuple[Type, ...]:
    if isinstance(value, Choice):
        return tuple(kind for _, item in value.alternatives for kind in _types(item))
    return (type_of(value),)


def is_open_to_conversion(value: Value) -> bool:
    """Say whether another value may change the type of this one: not of a string or null."""
    return isinstance(value, Sequence | Mapping) or (
        isinstance(value, Scalar) and value.value is not None
    )
