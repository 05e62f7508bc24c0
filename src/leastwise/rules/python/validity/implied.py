"""Tell where one statement says all that another says: by its entries, not by its words.

It is a proof for every value of what is not known and under every reading: each entry is matched
by an entry, each condition of the wider statement is one of the narrower.
"""

from leastwise.iam.policy import Condition, Patterns, Statement
from leastwise.rules.python.validity.covers import covers, spelled
from leastwise.rules.python.validity.emptiness import bits_of
from leastwise.semantics.pattern import Pieces
from leastwise.semantics.principals import is_everyone, is_nameless

_MOST_ENTRIES = 100


def is_implied(statement: Statement, by: Statement) -> bool:
    """Say whether every request that a statement is about, another one is about too.

    Both stand in documents of one version. SOUND: under-approximates.
    """
    if statement.effect != by.effect or statement.effect == "Unknown":
        return False
    if bits_of(statement) & ~bits_of(by) or not set(by.when) <= set(statement.when):
        return False
    return (
        _conditions(statement, by)
        and _principals(statement, by)
        and _entries(statement.actions, by.actions, is_action=True)
        and _resources(statement, by)
    )


def _conditions(statement: Statement, by: Statement) -> bool:
    if by.conditions_tail is not None:
        return False
    return all(any(_same(wide, own) for own in statement.conditions) for wide in by.conditions)


def _same(wide: Condition, own: Condition) -> bool:
    alike = (
        wide.operator == own.operator
        and wide.operator.name != "Unknown"
        and str(wide.key).lower() == str(own.key).lower()
        and wide.key.literal is not None
        and own.key.literal is not None
    )
    return alike and set(wide.values) == set(own.values) and wide.tail is own.tail is None


def _principals(statement: Statement, by: Statement) -> bool:
    own, wide = statement.principals, by.principals
    if own is None or wide is None:
        return own is wide
    if is_nameless(own) or is_nameless(wide) or own.tail is not None or wide.tail is not None:
        return False
    if own.negated or wide.negated:
        return own == wide
    return any(map(is_everyone, wide.entries)) or set(own.entries) <= set(wide.entries)


def _resources(statement: Statement, by: Statement) -> bool:
    own, wide = statement.resources, by.resources
    if own is None or wide is None:
        return own is wide
    return _entries(own, wide, is_action=False)


def _entries(own: Patterns, wide: Patterns, *, is_action: bool) -> bool:
    """Say whether all that one element matches, the other matches."""
    if own.negated is not wide.negated or own.tail is not None or wide.tail is not None:
        everything = not wide.negated and any(g.literal == "*" for g in wide.globs)
        return everything and not (own.negated and wide.negated)
    if own.negated:
        own, wide = wide, own
    if len(own.globs) > _MOST_ENTRIES or len(wide.globs) > _MOST_ENTRIES or not own.globs:
        return False
    rows = [spelled(glob, folded=is_action) for glob in wide.globs]
    return all(_is_covered(spelled(g, folded=is_action), rows, is_action) for g in own.globs)


def _is_covered(row: Pieces, rows: list[Pieces], is_action: bool) -> bool:
    return any(wide == row or covers(wide, row, is_action) for wide in rows)
