"""Read symbols as themselves and nothing else, as a comparison reads its own statement.

A rigid symbol has a glob that no text matches, so that it equals only itself, for sure.
"""

from dataclasses import replace
from functools import lru_cache

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.pattern import Lookup, Pieces, Variable
from leastwise.source.value import Symbol

_RIGID = "\ue001"
"""A private character, the glob of symbols that nothing else may stand for."""


@lru_cache(maxsize=4096)
def rigid_condition(condition: Condition) -> Condition:
    """Return a condition whose values hold rigid symbols."""
    values = tuple(Pattern(_rigid(value.pieces)) for value in condition.values)
    return replace(condition, values=values)


@lru_cache(maxsize=1024)
def rigid_lookup(lookup: Lookup | None) -> Lookup | None:
    """Return a lookup that gives policy variables rigid symbols."""
    if lookup is None:
        return None

    def look(variable: Variable) -> Pieces | None:
        value = lookup(variable)
        return None if value is None else _rigid(value)

    return look


def _rigid(pieces: Pieces) -> Pieces:
    return tuple(replace(p, glob=_RIGID) if isinstance(p, Symbol) else p for p in pieces)
