"""Conditions as they are written, each with what AWS documents of its key."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue
from leastwise.semantics.condition_keys import ConditionKey, condition_key
from leastwise.semantics.operators import NEGATED
from leastwise.source.span import Span

_SOMETHING = "x"
_LONGEST = 120


class Written(NamedTuple):
    """Hold one condition of one statement, of which ``number`` is the index.

    ``name`` is the key in lower case; a free part that is not known is an ``x`` in it. ``key``
    is what is known of it.
    """

    number: int
    statement: Statement
    condition: Condition
    name: str
    key: ConditionKey | None

    @property
    def shown(self) -> str:
        """Quote the key as it is written."""
        return shown(str(self.condition.key))

    def has(self, trait: str) -> bool:
        """Say whether the key is known to have a trait."""
        return self.key is not None and trait in self.key.traits


def written(case: Case) -> Iterator[Written]:
    """List the conditions of a document whose keys are known, in order."""
    if case.policy is None:
        return
    for index, statement in enumerate(case.policy.document.statements):
        for condition in statement.conditions:
            name = _name(condition.key)
            if name is not None:
                yield Written(index, statement, condition, name, condition_key(name))


def _name(key: Pattern) -> str | None:
    if key.literal is not None:
        return key.literal.lower()
    first = key.pieces[0] if key.pieces else None
    head, slash, _ = first.partition("/") if isinstance(first, str) else ("", "", "")
    if slash and ":" in head:
        return f"{head}/{_SOMETHING}".lower()
    return None


def is_negated(condition: Condition) -> bool:
    """Say whether the operator is one that holds when no value matches."""
    return condition.operator.name in NEGATED


def needs_key(condition: Condition) -> bool:
    """Say whether the condition is false for every request that does not carry the key.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    operator = condition.operator
    if operator.name == "Unknown" or operator.if_exists:
        return False
    if operator.name == "Null":
        return condition.tail is None and {v.literal for v in condition.values} == {"false"}
    if operator.quantifier is not None:
        return operator.quantifier == "ForAnyValue"
    return not is_negated(condition)


def literals(condition: Condition) -> Iterator[tuple[str, Span | None]]:
    """List the values that are wholly known, with their places."""
    for value in condition.values:
        if value.literal is not None:
            yield value.literal, value.span


def shown(text: str) -> str:
    """Quote a string of a policy for a message; of a long one only the start."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def of_key(found: Written, code: str, level: Level, message: str) -> Issue:
    """Make an issue that points at the key of a condition."""
    key = (str(found.condition.operator.name), found.name)
    return Issue(code, level, message, found.condition.span, found.number, key)


def of_value(
    found: Written, code: str, level: Level, message: str, value: tuple[str, Span | None]
) -> Issue:
    """Make an issue that points at one value of a condition."""
    text, span = value
    key = (str(found.condition.operator.name), found.name, text)
    return Issue(code, level, message, span or found.condition.span, found.number, key)
