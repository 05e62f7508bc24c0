"""Read attributes of evaluated bodies as the strings, lists and blocks that IAM needs.

A null attribute reads as an absent one, as Terraform has it.
"""

from collections.abc import Iterator

from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.values.conversions import as_text
from leastwise.iam.worlds import MAX_WORLDS, When, alternatives
from leastwise.source.json_write import fresh_symbol
from leastwise.source.text import display
from leastwise.source.value import (
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def given(body: Body, name: str) -> Value | None:
    """Return the value of an attribute, or None when it is absent or null."""
    value = body.attributes.get(name)
    if isinstance(value, Scalar) and value.value is None:
        return None
    return value


def blocks(body: Body, name: str) -> Iterator[Body]:
    """Yield the nested blocks of one type in source order."""
    return (block for kind, block in body.blocks if kind == name)


def text_of(value: Value) -> Text | None:
    """Return a value as Terraform converts it to a string; None for lists, objects and null.

    A choice of strings becomes one symbol, the same wherever the same choice is used.
    """
    if isinstance(value, Choice):
        return Text((_symbol_of(value),), value.span)
    return as_text(value)


def text_at(body: Body, name: str) -> Text | None:
    """Return an attribute as a string; None when it is absent, null or no string."""
    value = given(body, name)
    return None if value is None else text_of(value)


def literal_at(body: Body, name: str) -> str | None:
    """Return the characters of an attribute when all of them are known."""
    text = text_at(body, name)
    return None if text is None else text.literal


def items_of(value: Value | None) -> tuple[tuple[Value, ...], Symbol | None]:
    """Return the known items of a list or set and, when there may be more, their symbol.

    SOUND: over-approximates; a choice between lists counts as unknown items.
    """
    match value:
        case None | Scalar(value=None):
            return (), None
        case Sequence():
            return value.items, value.tail
        case Unknown():
            return (), value.symbol
        case Choice():
            return (), _symbol_of(value)
        case _:
            return (value,), None


def is_nothing(value: Value) -> bool:
    """Say whether a value is null or the empty string, which the provider reads alike."""
    if isinstance(value, Scalar):
        return value.value is None
    return isinstance(value, Text) and value.literal == ""


def is_known(value: Value) -> bool:
    """Say whether no part of a value is unknown; alternatives count as unknown."""
    pending = [value]
    while pending:
        current = pending.pop()
        match current:
            case Choice() | Unknown() | Sequence(tail=Symbol()) | Mapping(tail=Symbol()):
                return False
            case Text():
                if any(isinstance(piece, Symbol) for piece in current.pieces):
                    return False
                pending += [p.value for p in current.pieces if isinstance(p, Encoded)]
            case Sequence():
                pending += current.items
            case Mapping():
                pending += [part for entry in current.entries for part in entry]
            case Scalar():
                pass
    return True


def worlds_of(value: Value) -> list[tuple[When, Value]]:
    """Return the values that a choice may be, each with what it assumes: at most 16 of them.

    SOUND: over-approximates; all beyond that are one unknown value.
    """
    found: list[tuple[When, Value]] = []
    pending: list[tuple[When, Value]] = [((), value)]
    while pending:
        when, current = pending.pop()
        if isinstance(current, Choice):
            pending += reversed(alternatives(current, when))
        elif len(found) < MAX_WORLDS:
            found.append((when, current))
        else:
            return [*found, ((), Unknown(fresh_symbol(value), "too many alternatives"))]
    return found


def root_of(scope: str) -> str:
    """Return the root part of a scope, which starts every symbol id of the root."""
    return scope.partition("|")[0]


def _symbol_of(choice: Choice) -> Symbol:
    spelled = [display(text) for _, v in choice.alternatives if (text := text_of(v)) is not None]
    return Symbol(fresh_symbol(choice).id, " or ".join(spelled) or "...")
