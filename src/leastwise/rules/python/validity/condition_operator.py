"""validity/invalid-condition-operator: an operator that AWS does not have, or that misses its key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from leastwise.iam.policy import Condition, OperatorName, Quantifier, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import Written, of_key, shown, written
from leastwise.semantics.spelling import nearest
from leastwise.source.text import span_of

if TYPE_CHECKING:
    from leastwise.rules.model import Level

_NAMES = {name.lower(): name for name in get_args(OperatorName) if name != "Unknown"}
_QUANTIFIERS = {name.lower(): name for name in get_args(Quantifier)}
_IF_EXISTS = "ifexists"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each operator that is none, and for each that does not go with its key."""
    if case.policy is None:
        return ()
    issues = [
        issue
        for index, statement in enumerate(case.policy.document.statements)
        for issue in _of_statement(index, statement)
    ]
    issues += [issue for found in written(case) for issue in _of_key(found)]
    return reported(issues, case)


def _of_statement(index: int, statement: Statement) -> Iterator[Issue]:
    for condition in statement.conditions:
        text = None if condition.written is None else condition.written.literal
        if text is None or condition.written is None or condition.operator.name != "Unknown":
            continue
        place = span_of(condition.written) or condition.span
        yield _no_operator(text)._replace(span=place, statement=index)


def _no_operator(text: str) -> Issue:
    prefix, _, bare = text.lower().rpartition(":")
    name = bare.removesuffix(_IF_EXISTS)
    if name == "null" and bare != name:
        # SOUND: the guide excludes it, but nobody says that IAM refuses it.
        message = "{subject} has IfExists on Null, which tests itself whether the key is there"
        return Issue("NULL_WITH_IF_EXISTS", "warning", message, None, key=(text,))
    meant = _meant(prefix, name, "IfExists" if bare != name else "")
    hint = f"; {meant!r} is one" if meant else ""
    message = f"{{subject}} is refused by AWS: {shown(text)} is no condition operator{hint}"
    return Issue("INVALID_CONDITION_OPERATOR", "error", message, None, key=(text,))


def _meant(prefix: str, name: str, suffix: str) -> str | None:
    near = name if name in _NAMES else nearest(name, _NAMES)
    if near is None:
        return None
    if not prefix:
        return f"{_NAMES[near]}{suffix}"
    quantifier = prefix if prefix in _QUANTIFIERS else nearest(prefix, _QUANTIFIERS)
    return None if quantifier is None else f"{_QUANTIFIERS[quantifier]}:{_NAMES[near]}{suffix}"


def _of_key(found: Written) -> Iterator[Issue]:
    operator = found.condition.operator
    if operator.name == "Null" and operator.quantifier is not None:
        message = (
            f"{{subject}} tests with {operator.quantifier}:Null whether {found.shown} is there;"
            " a qualifier makes the answer the same for every request, Null alone is meant"
        )
        yield of_key(found, "NULL_WITH_QUALIFIER", "note", message)
    elif _misses_qualifier(found, found.condition):
        # SOUND: of many services' keys the reference says list where requests carry one value.
        level: Level = "warning" if found.name.startswith("aws:") else "note"
        message = (
            f"{{subject}} compares {found.shown}, of which requests carry several values,"
            " without ForAnyValue or ForAllValues"
        )
        yield of_key(found, "MISSING_QUALIFIER", level, message)


def _misses_qualifier(found: Written, condition: Condition) -> bool:
    operator = condition.operator
    listed = found.key is not None and found.key.multivalued
    return listed and operator.quantifier is None and operator.name not in ("Null", "Unknown")
