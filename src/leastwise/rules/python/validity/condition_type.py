"""validity/condition-type-mismatch: an operator or a value that does not fit the key's type.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

SOUND: keys of type String may carry anything, and strings compare with what AWS spells of any
type, so that what may match as it stands is a note at most.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import OperatorName
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.raw_conditions import Values, condition_values
from leastwise.rules.python.validity.written_condition import (
    Written,
    literals,
    of_key,
    of_value,
    shown,
    written,
)
from leastwise.semantics.condition_keys import KeyType, is_claim
from leastwise.semantics.operators import parse_date, parse_network, parse_number
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Text

Family: TypeAlias = Literal["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn"]
Spelled: TypeAlias = tuple[str, Span | None]

_OF_TYPE: dict[Family, frozenset[KeyType]] = {
    "String": frozenset({"String", "ARN"}),
    "Numeric": frozenset({"Numeric"}),
    "Date": frozenset({"Date"}),
    "Bool": frozenset({"Bool"}),
    "Binary": frozenset(),
    "IpAddress": frozenset({"IPAddress"}),
    "Arn": frozenset({"ARN"}),
}
_IN_WORDS: dict[KeyType, str] = {
    "String": "a string",
    "ARN": "an ARN",
    "Bool": "true or false",
    "Numeric": "a number",
    "Date": "a date",
    "IPAddress": "an IP address",
    "Unknown": "something",
}
_ARN_PARTS = 6


class Value(NamedTuple):
    """Say what a value of an operator family has to be, and the code where it is not."""

    is_one: Callable[[str], bool]
    code: str
    words: str


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each operator that does not fit its key, and each value that is not one."""
    issues = [issue for found in written(case) for issue in _issues(found)]
    if case.policy is not None and case.policy.value is not None:
        issues += [i for values in condition_values(case.policy.value) for i in _mixed(values)]
    return reported(issues, case)


def _issues(found: Written) -> Iterator[Issue]:
    family = family_of(found.condition.operator.name)
    values = tuple(literals(found.condition))
    if found.condition.operator.name == "Null":
        yield from _values(found, VALUES["Bool"], values)
    if family is None:
        return
    if family in VALUES:
        yield from _values(found, VALUES[family], values)
    if family == "Bool":
        yield from _both(found, values)
    if family == "Date":
        yield from _epochs(found, values)
    yield from _mismatch(found, family, values)


def family_of(name: OperatorName) -> Family | None:
    """Return what an operator compares, or None for Null and what is no operator."""
    families: tuple[Family, ...] = tuple(_OF_TYPE)
    return next((f for f in families if name.removeprefix("Not").startswith(f)), None)


def _mismatch(found: Written, family: Family, values: tuple[Spelled, ...]) -> Iterator[Issue]:
    if found.key is None or found.key.type == "Unknown" or is_claim(found.name):
        return
    kind = found.key.type
    if kind in _OF_TYPE[family] or (found.name == "aws:epochtime" and family == "Numeric"):
        return
    level = _level(family, kind, values)
    if level is not None:
        message = (
            f"{{subject}} compares {found.shown} with {found.condition.operator.name},"
            f" but its value is {_IN_WORDS[kind]}"
        )
        yield of_key(found, "TYPE_MISMATCH", level, message)


def _level(family: Family, kind: KeyType, values: tuple[Spelled, ...]) -> Level | None:
    """Grade a mismatch: a warning where no value that AWS sends can compare as meant."""
    if family == "Arn" and kind == "String":
        # services type many keys that hold ARNs as strings
        shaped = all(_may_be_arn(text) for text, _ in values)
        return None if shaped else "warning"
    if family == "String":
        ranges = kind == "IPAddress" and any("/" in text for text, _ in values)
        return "warning" if ranges else "note"
    return "note" if kind == "String" or {family, kind} == {"Numeric", "Date"} else "warning"


def _may_be_arn(text: str) -> bool:
    return text.startswith(("arn:", "*", "?", "${")) or text.count(":") >= _ARN_PARTS - 1


def _is_bool(text: str) -> bool:
    return text.strip().lower() in ("true", "false")


def _is_base64(text: str) -> bool:
    from base64 import b64decode

    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


VALUES: dict[Family, Value] = {
    "Numeric": Value(lambda t: parse_number(t) is not None, "TYPE_MISMATCH_NUMBER", "number"),
    "Date": Value(lambda t: parse_date(t) is not None, "TYPE_MISMATCH_DATE", "date"),
    "Bool": Value(_is_bool, "TYPE_MISMATCH_BOOLEAN", "'true' or 'false'"),
    "Binary": Value(_is_base64, "TYPE_MISMATCH_STRING", "base64"),
    "IpAddress": Value(
        lambda t: parse_network(t) is not None, "TYPE_MISMATCH_IP_RANGE", "IP address or CIDR block"
    ),
}
"""What the values of operators are, apart from text."""


def _values(found: Written, wanted: Value, values: tuple[Spelled, ...]) -> Iterator[Issue]:
    for value in values:
        if "${" not in value[0] and not wanted.is_one(value[0]):
            message = (
                f"{{subject}} compares {found.shown} with {found.condition.operator.name},"
                f" but {shown(value[0])} is no {wanted.words}"
            )
            yield of_value(found, wanted.code, "warning", message, value)


def _both(found: Written, values: tuple[Spelled, ...]) -> Iterator[Issue]:
    if len({text.strip().lower() for text, _ in values if _is_bool(text)}) > 1:
        message = (
            f"{{subject}} lets {found.shown} be true and false alike,"
            " so that it only asks for the key to be there"
        )
        yield of_key(found, "INVALID_CONDITION_MULTIPLE_BOOLEAN", "warning", message)


def _epochs(found: Written, values: tuple[Spelled, ...]) -> Iterator[Issue]:
    for value in values:
        text = value[0].strip()
        if text.isascii() and text.isdigit() and len(text) > len("2026"):
            message = (
                f"{{subject}} has the date {shown(value[0])} in seconds, where ISO 8601 is safer"
            )
            yield of_value(found, "INVALID_DATE_VALUE", "note", message, value)


def _mixed(values: Values) -> Iterator[Issue]:
    """Find values of several JSON types under one key, and values that are objects."""
    items = values.value.items if isinstance(values.value, Sequence) else (values.value,)
    kinds = {_kind(item) for item in items} - {None}
    if len(kinds) <= 1 and "object" not in kinds:
        return
    worst: Level = "warning" if "object" in kinds else "note"
    names = " and ".join(sorted(kind for kind in kinds if kind))
    message = f"{{subject}} has values of the type {names} under one condition key"
    key = (values.operator, values.key, names)
    place = span_of(values.value)
    yield Issue("INVALID_CONDITION_DATA_TYPE", worst, message, place, key=key)


def _kind(item: object) -> str | None:
    match item:
        case Text():
            return "string"
        case Scalar(value=bool()):
            return "boolean"
        case Scalar(value=None):
            return None
        case Scalar():
            return "number"
        case Mapping():
            return "object"
        case _:
            return None
