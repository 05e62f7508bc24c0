"""validity/unknown-condition-key: a condition tests a key that AWS does not have.

A request never carries such a key, so that a condition on it is always false, or always true
where it is negated. Keys of identity providers are not judged: they are the provider's claims.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

SOUND: the reference may be older than the key, so that only what looks misspelled is a warning.
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    literals,
    of_key,
    of_value,
    written,
)
from leastwise.semantics.actions import action_index, data_date
from leastwise.semantics.condition_keys import condition_key, is_claim, known_keys
from leastwise.semantics.pattern import Variable, split_variables
from leastwise.semantics.spelling import nearest

_GONE = "aws:arn"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each key that is none."""
    return reported([issue for found in written(case) for issue in _issues(found)], case)


def _issues(found: Written) -> Iterator[Issue]:
    yield from _gone_variables(found)
    prefix, colon, rest = found.name.partition(":")
    if not colon or not prefix or not rest:
        message = (
            f"{{subject}} has the condition key {found.shown}, which has no name"
            " of the form 'prefix:name'"
        )
        yield of_key(found, "INVALID_CONDITION_KEY_FORMAT", "warning", message)
    elif is_claim(found.name):
        return
    elif found.has("gone"):
        message = (
            f"{{subject}} tests {found.shown}, which AWS no longer documents;"
            " 'aws:PrincipalArn' is the ARN of the caller, 'aws:SourceArn' that of the source"
        )
        # SOUND: where it still works nobody says, and nobody says that it does not.
        yield of_key(found, "UNSUPPORTED_GLOBAL_CONDITION_KEY", "note", message)
    elif found.has("deprecated") and found.key is not None:
        message = f"{{subject}} tests {found.shown}; {found.key.partners[0]!r} has replaced it"
        yield of_key(found, "DEPRECATED_GLOBAL_CONDITION_KEY", "note", message)
    elif _misses_tag(found.name):
        message = f"{{subject}} tests {found.shown} without the key of the tag"
        yield of_key(found, "MISSING_TAG_KEY_IN_CONDITION", "warning", message)
    elif found.key is None:
        yield _unknown(found, prefix)


def _misses_tag(name: str) -> bool:
    """Say whether a key ends where that of a tag has to follow, with or without the slash."""
    whole = f"{name.removesuffix('/')}/"
    known = condition_key(whole)
    return known is not None and known.name.lower() == whole and "tag" in whole


def _unknown(found: Written, prefix: str) -> Issue:
    known = known_keys(prefix)
    if prefix != "aws" and not known and prefix not in action_index().services:
        return _unknown_service(found, prefix)
    code = "INVALID_GLOBAL_CONDITION_KEY" if prefix == "aws" else "INVALID_SERVICE_CONDITION_KEY"
    near = nearest(found.name, (name.lower() for name in known))
    if near is not None:
        spelled = next(name for name in known if name.lower() == near)
        message = f"{{subject}} tests {found.shown}, which is no condition key; {spelled!r} is"
        return of_key(found, code, "warning", message)
    return of_key(found, code, "note", _newer(found, "condition key"))


def _unknown_service(found: Written, prefix: str) -> Issue:
    near = nearest(prefix, action_index().services)
    if near is not None:
        message = (
            f"{{subject}} tests {found.shown}, but no service has the prefix {prefix!r};"
            f" {near!r} is one"
        )
        return of_key(found, "INVALID_SERVICE", "warning", message)
    return of_key(found, "INVALID_SERVICE", "note", _newer(found, "service's key"))


def _newer(found: Written, what: str) -> str:
    return (
        f"{{subject}} tests {found.shown}, which is no {what} that AWS documented by {data_date()}"
    )


def _gone_variables(found: Written) -> Iterator[Issue]:
    for value in literals(found.condition):
        parts = split_variables(value[0])
        if any(isinstance(part, Variable) and part.key == _GONE for part in parts):
            message = "{subject} has the variable ${aws:ARN}; ${aws:PrincipalArn} has replaced it"
            yield of_value(found, "DEPRECATED_GLOBAL_CONDITION_KEY", "note", message, value)
