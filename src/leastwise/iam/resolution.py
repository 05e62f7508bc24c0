"""Say how much of a policy is known, and spell it with its unknown parts for people."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument, Statement
from leastwise.iam.project import Resolution
from leastwise.iam.worlds import is_bounded, parts_of
from leastwise.source.json_scan import parse_json
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

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def resolution_of(value: Value, document: PolicyDocument) -> Resolution:
    """Grade what is known of a policy, the worst that applies.

    ``opaque``: statements are not known; ``action-unknown``: an effect or an action list is
    not; ``choice``: it depends on assumptions; ``symbolic``: other parts of strings or lists
    are not known; ``environment``: only region, partition, account and the like are not.
    """
    if document.opaque is not None:
        return "opaque"
    if any(_is_action_unknown(statement) for statement in document.statements):
        return "action-unknown"
    if any(statement.when for statement in document.statements) or _has_choice(value):
        return "choice"
    symbols = [s for statement in document.statements for s in _symbols(statement)]
    if not symbols:
        return "concrete"
    return "environment" if all(s.environment for s in symbols) else "symbolic"


def _is_action_unknown(statement: Statement) -> bool:
    actions = statement.actions
    return (
        statement.effect == "Unknown"
        or actions.tail is not None
        or any(p.literal is None for p in actions.globs)
    )


def _has_choice(value: Value) -> bool:
    pending = [value] if is_bounded(value) else []
    while pending:
        current = pending.pop()
        if isinstance(current, Choice):
            return True
        pending += parts_of(current)
    return False


def _symbols(statement: Statement) -> Iterator[Symbol]:
    tails = [statement.conditions_tail]
    found: list[Pattern] = []
    if statement.resources is not None:
        found += statement.resources.globs
        tails.append(statement.resources.tail)
    if statement.principals is not None:
        found += [entry.pattern for entry in statement.principals.entries]
        tails.append(statement.principals.tail)
    for condition in statement.conditions:
        found += [condition.key, *condition.values]
        tails.append(condition.tail)
    yield from (piece for p in found for piece in p.pieces if isinstance(piece, Symbol))
    yield from (tail for tail in tails if tail is not None)


def plain(value: Value) -> Json:
    """Spell a value as JSON data; what is not known reads ``${reference}``.

    Text that is the JSON of an object is read. Alternatives become
    ``{"${choice}": {"when var.x is true": ...}}``. A value that is too deep or too large to be
    a policy is a single unknown.
    """
    if isinstance(value, Text):
        parsed = parse_json(value, path="")
        value = parsed if isinstance(parsed, Mapping) else value
    return _plain(value) if is_bounded(value) else "${...}"


def _plain(value: Value) -> Json:
    match value:
        case Text((Encoded() as piece,)):
            return _plain(piece.value)
        case Text():
            return display(value)
        case Scalar():
            return _number(value.value) if isinstance(value.value, Decimal) else value.value
        case Sequence():
            items = [_plain(item) for item in value.items]
            return [*items, _unknown(value.tail)] if value.tail else items
        case Mapping():
            entries: dict[str, Json] = {display(key): _plain(item) for key, item in value.entries}
            if value.tail is not None:
                entries[_unknown(value.tail)] = "..."
            return entries
        case Choice():
            return {"${choice}": {a.text: _plain(item) for a, item in value.alternatives}}
        case Unknown():
            return _unknown(value.symbol)


def _unknown(symbol: Symbol) -> str:
    return "${" + symbol.reference + "}"


def _number(value: Decimal) -> Json:
    """Keep a number that JSON readers can hold exactly; spell the others."""
    rounded = float(value)
    return rounded if Decimal(repr(rounded)) == value else str(value)
