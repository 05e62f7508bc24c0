"""Sets: items once each, in the order in which Terraform visits them.

Source: https://github.com/zclconf/go-cty/blob/main/docs/types.md#set-types. Strings go by their
bytes, numbers by size, false before true, all else by a text made of the parts.
"""

from decimal import Decimal

from leastwise.frontends.terraform.values.conversions import (
    is_known,
    literal,
    sorted_entries,
    spell_scalar,
)
from leastwise.frontends.terraform.values.go_text import quoted
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value


def as_set(value: Sequence) -> Sequence:
    """Return a set; items that are not wholly known come last, in the order written."""
    known: dict[bytes, Value] = {}
    others: list[Value] = []
    for item in value.items:
        if is_known(item):
            known.setdefault(spelling(item), item)
        elif item not in others:
            others.append(item)
    ordered = sorted(known.items(), key=_order)
    return Sequence((*(item for _, item in ordered), *others), value.span, value.tail, "set")


def _order(entry: tuple[bytes, Value]) -> tuple[int, Decimal | bytes]:
    value = entry[1]
    match value:
        case Scalar(value=None):
            return 9, b""
        case Scalar(value=bool()):
            return 0, b"1" if value.value else b"0"
        case Scalar(value=number):
            return 1, Decimal(number or 0)
        case Text():
            return 2, (literal(value) or "").encode()
        case _:
            return 3, entry[0]


def spelling(value: Value) -> bytes:
    """Spell a wholly known value: those of equal values of one type are equal, of others not."""
    return _spelled(value).encode()


def _spelled(value: Value) -> str:
    match value:
        case Text():
            return quoted(literal(value) or "")
        case Scalar(value=None):
            return "~"
        case Scalar(value=bool()):
            return "T" if value.value else "F"
        case Scalar():
            return spell_scalar(value)
        case Sequence(items=items, kind="tuple"):
            return f"<{''.join(f'{_spelled(item)};' for item in items)}>"
        case Sequence(items=items):
            return f"[{''.join(f'{_spelled(item)};' for item in items)}]"
        case Mapping(kind="map"):
            parts = (f"{_spelled(key)}:{_spelled(item)};" for key, item in sorted_entries(value))
            return "{" + "".join(parts) + "}"
        case Mapping():
            return f"<{''.join(f'{_spelled(item)};' for _, item in sorted_entries(value))}>"
        case _:
            return "?"
