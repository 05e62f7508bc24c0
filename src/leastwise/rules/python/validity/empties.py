"""validity/empty-element: lists and objects with nothing in them.

Source: "Access Analyzer policy check reference", AWS IAM User Guide (empty array, empty object).
"""

from collections.abc import Iterator

from leastwise.iam.elements import Notes, operator_of
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import (
    Entry,
    element,
    operators,
    statements,
)
from leastwise.source.span import Span
from leastwise.source.text import display
from leastwise.source.value import Mapping, Sequence, Text, Value

_LISTS = (
    ("Action", "EMPTY_ARRAY_ACTION"),
    ("NotAction", "EMPTY_ARRAY_ACTION"),
    ("Resource", "EMPTY_ARRAY_RESOURCE"),
    ("NotResource", "EMPTY_ARRAY_RESOURCE"),
)


def decide(case: Case) -> tuple[Hit, ...]:
    """Report what is there but empty."""
    found = (
        issue._replace(statement=written.number)
        for written in statements(case)
        for issue in _issues(written.mapping)
    )
    return reported(found, case)


def _issues(mapping: Mapping) -> Iterator[Issue]:
    for name, code in _LISTS:
        found = element(mapping, name)
        if found is not None and _is_empty_list(found.value):
            yield _issue(code, f"the {name} of a statement of {{subject}} is an empty list", found)
    for name in ("Principal", "NotPrincipal"):
        found = element(mapping, name)
        if found is not None:
            yield from _principal(name, found)
    yield from _condition(mapping)


def _principal(name: str, found: Entry) -> Iterator[Issue]:
    if _is_empty_object(found.value):
        yield _issue("EMPTY_OBJECT_PRINCIPAL", f"the {name} of {{subject}} names nobody", found)
    for kind, names in found.value.entries if isinstance(found.value, Mapping) else ():
        if _is_empty_list(names):
            message = f"the {name} of {{subject}} has no {display(kind)} in its list"
            yield _issue("EMPTY_ARRAY_PRINCIPAL", message, Entry(kind, names), display(kind))


def _condition(mapping: Mapping) -> Iterator[Issue]:
    condition = element(mapping, "Condition")
    if condition is not None and _is_empty_object(condition.value):
        yield _issue("EMPTY_OBJECT_CONDITION", "a Condition of {subject} is empty", condition)
    for operator, keys in operators(mapping):
        name = display(operator.key)
        if _is_empty_object(operator.value):
            message = f"the operator {name!r} of {{subject}} has no condition keys"
            yield _issue("EMPTY_OBJECT_CONDITION", message, operator, name)
        for key in keys:
            if _is_empty_list(key.value):
                code, then = _without_values(operator.key)
                message = (
                    f"the condition key {display(key.key)!r} of {{subject}} has no values under"
                    f" {name!r}: {then}"
                )
                yield _issue(code, message, key, name, display(key.key))


def _without_values(operator: Text) -> tuple[str, str]:
    parsed = operator_of(operator, Notes(Span("", 0, 0)))
    if parsed.quantifier == "ForAllValues":
        return "EMPTY_ARRAY_CONDITION_FORALLVALUES", "it holds only where a request has no such key"
    if parsed.quantifier == "ForAnyValue":
        return "EMPTY_ARRAY_CONDITION_FORANYVALUE", "it never holds"
    if parsed.if_exists:
        return "EMPTY_ARRAY_CONDITION_IFEXISTS", "it holds only where a request has no such key"
    return "EMPTY_ARRAY_CONDITION", "there is nothing to compare with"


def _is_empty_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not value.items and value.tail is None


def _is_empty_object(value: Value) -> bool:
    return isinstance(value, Mapping) and not value.entries and value.tail is None


def _issue(code: str, message: str, found: Entry, *key: str) -> Issue:
    return Issue(code, "note", message, found.place, key=key)
