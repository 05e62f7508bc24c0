"""The values of conditions before they are lowered to strings: what JSON types they have."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.source.value import Mapping, Sequence, Value


class Values(NamedTuple):
    """Hold what stands under one operator and key of a statement."""

    operator: str
    key: str
    value: Value


def condition_values(document: Value) -> Iterator[Values]:
    """List the values of all conditions of a document, outside of alternatives."""
    if not isinstance(document, Mapping):
        return
    statements = document.get("Statement")
    items = statements.items if isinstance(statements, Sequence) else (statements,)
    for statement in items:
        if not isinstance(statement, Mapping):
            continue
        for operator, block in _entries(statement.get("Condition")):
            for key, value in _entries(block):
                yield Values(operator, key, value)


def _entries(value: Value | None) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        yield from ((key.literal or "", item) for key, item in value.entries)
