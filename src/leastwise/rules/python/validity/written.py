"""Read documents as they are written, before they were lowered: for what AWS would refuse.

A value that is not known is no issue, null is absence, and what is written once for several worlds
is looked at in each of them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.semantics.model import Certainty
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Unknown, Value

OF_IDENTITIES = frozenset({"identity", "boundary", "session"})


class Written(NamedTuple):
    """Hold a statement as it is written, in one of its worlds; ``number`` counts lowered ones."""

    number: int
    statement: Statement
    mapping: Mapping

    @property
    def place(self) -> Span | None:
        """Return where the statement is written."""
        return self.mapping.span


class Top(NamedTuple):
    """Hold a document as it is written, or one of its alternatives: those are possible only."""

    value: Value
    certainty: Certainty


class Entry(NamedTuple):
    """Hold one element of an object."""

    key: Text
    value: Value

    @property
    def place(self) -> Span | None:
        """Return where the value, else its name, is written."""
        return span_of(self.value) or span_of(self.key)


def policy_of(case: Case) -> Policy:
    """Return the policy of a case about a document.

    Raises:
        ValueError: the case is about something else (a bug of the rule).

    """
    if case.policy is None:
        raise ValueError("this rule judges documents")
    return case.policy


def statements(case: Case) -> Iterator[Written]:
    """Yield the statements of a document that are seen as they are written."""
    for index, statement in enumerate(policy_of(case).document.statements):
        if statement.written is not None:
            yield Written(index, statement, statement.written)


def tops(case: Case) -> Iterator[Top]:
    """Yield what a document may be as a whole."""
    policy = policy_of(case)
    lowered = policy.document.statements
    # A policy that is only there in some worlds has no statement in all of them.
    sometimes = bool(lowered) and all(s.when for s in lowered)
    if policy.value is not None:
        yield from _alternatives(policy.value, "possible" if sometimes else "proven")


def _alternatives(value: Value, certainty: Certainty) -> Iterator[Top]:
    if not isinstance(value, Choice):
        yield Top(value, certainty)
        return
    for _, alternative in value.alternatives:
        yield from _alternatives(alternative, "possible")


def element(mapping: Mapping, name: str) -> Entry | None:
    """Return an element that is there by its right name and is not null."""
    for key, value in mapping.entries:
        if key.literal == name and not is_null(value):
            return Entry(key, value)
    return None


def is_absent(mapping: Mapping, *names: str) -> bool:
    """Say whether an object is known to have none of some elements, in any letter case."""
    if mapping.tail is not None or any(key.literal is None for key, _ in mapping.entries):
        return False
    lowered = {name.lower() for name in names}
    return not any(
        (key.literal or "").lower() in lowered and not is_null(value)
        for key, value in mapping.entries
    )


def is_null(value: Value) -> bool:
    """Say whether a value is null, which is absence."""
    return isinstance(value, Scalar) and value.value is None


def is_known(value: Value) -> bool:
    """Say whether it is known of what type a value is."""
    return not isinstance(value, Choice | Unknown) and not (
        isinstance(value, Text) and value.literal is None
    )


def items(value: Value) -> Iterator[Value]:
    """Yield the items of a list, one level deep, or the value alone."""
    if isinstance(value, Sequence):
        yield from (item for item in value.items if not is_null(item))
    elif not is_null(value):
        yield value


def texts(value: Value) -> Iterator[Text]:
    """Yield the strings of a value that is a string or a list of them."""
    yield from (item for item in items(value) if isinstance(item, Text))


def operators(mapping: Mapping) -> Iterator[tuple[Entry, tuple[Entry, ...]]]:
    """Yield the condition operators of a statement, each with its keys."""
    condition = element(mapping, "Condition")
    if condition is None or not isinstance(condition.value, Mapping):
        return
    for name, block in condition.value.entries:
        keys = block.entries if isinstance(block, Mapping) else ()
        yield Entry(name, block), tuple(Entry(key, value) for key, value in keys)


def principals(mapping: Mapping) -> Iterator[tuple[Text, Text]]:
    """Yield type and name of the principals of a statement, those of NotPrincipal too."""
    for name in ("Principal", "NotPrincipal"):
        found = element(mapping, name)
        if found is not None and isinstance(found.value, Mapping):
            for kind, names in found.value.entries:
                yield from ((kind, one) for one in texts(names))
