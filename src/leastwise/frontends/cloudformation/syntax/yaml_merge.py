"""Add what the merge key ``<<`` of YAML 1.1 brings into a mapping."""

from collections.abc import Iterable
from typing import NamedTuple

from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value


class Merged(NamedTuple):
    """Hold the entries of a mapping; ``faulty``: something that is no mapping was merged."""

    entries: tuple[tuple[Text, Value], ...]
    tail: Symbol | None
    faulty: bool


def merged(entries: dict[str, tuple[Text, Value]], values: Iterable[Value]) -> Merged:
    """Add the entries of what is merged, mappings or lists of them, after those written.

    They never replace any that is there. What is unknown may hold any entries.
    """
    tail: Symbol | None = None
    faulty = False
    for value in values:
        for source in value.items if isinstance(value, Sequence) else (value,):
            match source:
                case Mapping():
                    tail = source.tail or tail
                    for key, held in source.entries:
                        entries.setdefault(key.literal or "", (key, held))
                case Unknown():
                    tail = source.symbol
                case _:
                    faulty = True
    return Merged(tuple(entries.values()), tail, faulty)
