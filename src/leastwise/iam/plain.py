"""Lower JSON data that is a policy of the usual shape, quickly: no places, no symbols, no choices.

What is unusual in any way is left to ``lower``, which tells what is wrong with it; so the two
agree wherever this one answers (a test compares them). Cases by the hundred thousand need it.
"""

from functools import lru_cache
from typing import Any, TypeAlias

from leastwise.iam.elements import Notes, operator_of
from leastwise.iam.policy import (
    WITH_PRINCIPAL,
    Condition,
    Operator,
    Pattern,
    Patterns,
    PolicyDocument,
    PolicyKind,
    PrincipalEntry,
    Principals,
    PrincipalType,
    Statement,
)
from leastwise.source.span import Span
from leastwise.source.value import Chars, Text

Object: TypeAlias = dict[str, Any]

_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_OF_RESOURCE = _STATEMENT | {"Principal", "NotPrincipal"}
_VERSIONS = frozenset({"2012-10-17", "2008-10-17"})
_PRINCIPAL_TYPES: dict[str, PrincipalType] = {
    "AWS": "AWS",
    "Service": "Service",
    "Federated": "Federated",
    "CanonicalUser": "CanonicalUser",
}


class _UnusualError(Exception):
    """Leave the policy to ``lower``; never leaves this module."""


def lower_plain(data: Object, kind: PolicyKind) -> PolicyDocument | None:
    """Lower a policy of any kind but ``trust``; None: it is not of the usual shape."""
    listed = data.get("Statement")
    version = data.get("Version", "2008-10-17")
    if not data.keys() <= _DOCUMENT or not isinstance(version, str) or version not in _VERSIONS:
        return None
    if not isinstance(data.get("Id", ""), str):
        return None
    try:
        statements = [listed] if isinstance(listed, dict) else _objects(listed)
        return PolicyDocument(tuple([_statement(s, kind) for s in statements]), version)
    except _UnusualError:
        return None


def _objects(value: object) -> list[Object]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _UnusualError


def _statement(data: Object, kind: PolicyKind) -> Statement:
    of_resource = kind in WITH_PRINCIPAL
    sid, effect = data.get("Sid", ""), data.get("Effect")
    if not data.keys() <= (_OF_RESOURCE if of_resource else _STATEMENT):
        raise _UnusualError
    if effect not in ("Allow", "Deny") or not isinstance(sid, str):
        raise _UnusualError
    without = kind == "resource" and "Resource" not in data and "NotResource" not in data
    return Statement(
        effect="Allow" if effect == "Allow" else "Deny",
        actions=_patterns(data, "Action"),
        resources=None if without else _patterns(data, "Resource"),
        principals=_principals(data) if of_resource else None,
        conditions=_conditions(data["Condition"]) if "Condition" in data else (),
        sid=sid if "Sid" in data else None,
    )


def _one_of(data: Object, name: str) -> tuple[Any, bool]:
    negative = f"Not{name}"
    if (name in data) == (negative in data):
        raise _UnusualError
    return (data[name], False) if name in data else (data[negative], True)


def _patterns(data: Object, name: str) -> Patterns:
    value, negated = _one_of(data, name)
    return Patterns(tuple([_pattern(text) for text in _strings(value)]), negated)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise _UnusualError


def _pattern(text: str) -> Pattern:
    # What is remembered is short, so that hostile input cannot fill the memory.
    return _short_pattern(text) if len(text) < 1000 else Pattern((text,))


@lru_cache(maxsize=4096)
def _short_pattern(text: str) -> Pattern:
    return Pattern((text,) if text else ())


def _principals(data: Object) -> Principals:
    value, negated = _one_of(data, "Principal")
    if value == "*":
        return Principals((PrincipalEntry("*", _pattern("*")),), negated)
    if not isinstance(value, dict) or not value.keys() <= _PRINCIPAL_TYPES.keys():
        raise _UnusualError
    entries = [
        PrincipalEntry(_PRINCIPAL_TYPES[kind], _pattern(text))
        for kind, names in value.items()
        for text in _strings(names)
    ]
    return Principals(tuple(entries), negated)


def _conditions(block: object) -> tuple[Condition, ...]:
    if not isinstance(block, dict):
        raise _UnusualError
    found: list[Condition] = []
    for name, keys in block.items():
        operator = _operator(name)
        if operator is None or not isinstance(keys, dict):
            raise _UnusualError
        for key, values in keys.items():
            listed = values if isinstance(values, list) else [values]
            globs = tuple([_pattern(_spelled(value)) for value in listed])
            found.append(Condition(operator, _pattern(key), globs))
    return tuple(found)


def _spelled(value: object) -> str:
    """Spell a boolean or integer as IAM does where it expects a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise _UnusualError


@lru_cache(maxsize=512)
def _operator(name: str) -> Operator | None:
    notes = Notes(Span("", 0, 0))
    operator = operator_of(Text((Chars(name),) if name else ()), notes)
    return None if notes.found else operator
