"""Go through, or change, every string of a statement."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from leastwise.iam.policy import Pattern, Patterns, Principals, Statement


def strings_of(statement: Statement) -> Iterator[Pattern]:
    """Yield actions, resources, principals, condition keys and values, in this order."""
    yield from statement.actions.globs
    if statement.resources is not None:
        yield from statement.resources.globs
    if statement.principals is not None:
        yield from (entry.pattern for entry in statement.principals.entries)
    for condition in statement.conditions:
        yield condition.key
        yield from condition.values


def with_strings(statement: Statement, change: Callable[[Pattern], Pattern]) -> Statement:
    """Return the statement with every string changed; what is not known of it stays."""

    def all_of(patterns: Patterns) -> Patterns:
        return replace(patterns, globs=tuple(map(change, patterns.globs)))

    resources = statement.resources
    return replace(
        statement,
        actions=all_of(statement.actions),
        resources=None if resources is None else all_of(resources),
        principals=_principals(statement.principals, change),
        conditions=tuple(
            replace(c, key=change(c.key), values=tuple(map(change, c.values)))
            for c in statement.conditions
        ),
    )


def _principals(
    principals: Principals | None, change: Callable[[Pattern], Pattern]
) -> Principals | None:
    if principals is None:
        return None
    entries = tuple(e._replace(pattern=change(e.pattern)) for e in principals.entries)
    return replace(principals, entries=entries)
