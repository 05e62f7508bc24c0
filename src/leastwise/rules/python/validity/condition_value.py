"""validity/invalid-condition-value: a value that the key never has in a request.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html (kms:ViaService is a
service in a Region), https://docs.aws.amazon.com/vpc/latest/userguide/vpc-policy-examples.html.
"""

from collections.abc import Callable, Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    literals,
    of_value,
    shown,
    written,
)
from leastwise.semantics.condition_keys import is_claim
from leastwise.semantics.pattern import split_variables
from leastwise.semantics.places import nearest_region, standing_of_region
from leastwise.source.span import Span

_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu")
_HEX = frozenset("0123456789abcdef")
_ID_LENGTHS = (8, 17)
_PLAIN_LIKE = ("StringLike", "StringNotLike")
_TEXT = ("StringEquals", "StringNotEquals", *_PLAIN_LIKE)
_EXACT = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
)
_LIKE = {
    "StringEquals": "StringLike",
    "StringNotEquals": "StringNotLike",
    "StringEqualsIgnoreCase": "StringLike",
    "StringNotEqualsIgnoreCase": "StringNotLike",
}
Value = tuple[str, Span | None]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each value that no request can have, and each wildcard that is none."""
    return reported([issue for found in written(case) for issue in _issues(found)], case)


def _issues(found: Written) -> Iterator[Issue]:
    name = found.condition.operator.name
    checks = [check for trait, check in _CHECKS.items() if found.has(trait)]
    for value in literals(found.condition):
        if name in _EXACT and _has_wildcard(value[0]):
            # trust/oidc-dead-sub tells what it means for tokens
            if not is_claim(found.name):
                yield _literal_wildcard(found, value)
        elif _is_plain(name, value[0]):
            yield from (issue for check in checks for issue in check(found, value))


def _is_plain(name: str, text: str) -> bool:
    """Say whether a value stands for itself alone: no wildcard, no variable."""
    wild = name in _PLAIN_LIKE and _has_wildcard(text)
    return name in _TEXT and not wild and "${" not in text


def _has_wildcard(text: str) -> bool:
    return any(isinstance(part, str) and "*" in part for part in split_variables(text))


def _literal_wildcard(found: Written, value: Value) -> Issue:
    name = found.condition.operator.name
    message = (
        f"{{subject}} compares {found.shown} with {name}, to which the star of {shown(value[0])}"
        f" is a character like any other; {_LIKE[name]} reads it as a wildcard"
    )
    return of_value(found, "WILDCARD_WITHOUT_LIKE_OPERATOR", "warning", message, value)


def _service(found: Written, value: Value) -> Iterator[Issue]:
    text = value[0]
    # SOUND: partitions have domains of their own, so that any name of a host is taken.
    if not 0 < text.find(".") < len(text) - 1 or ":" in text or "/" in text:
        message = (
            f"{{subject}} asks for {shown(text)} in {found.shown}, which holds names of services"
            " such as 'ec2.amazonaws.com'"
        )
        yield of_value(found, "INVALID_SERVICE_PRINCIPAL_FORMAT", "warning", message, value)


def _regional_service(found: Written, value: Value) -> Iterator[Issue]:
    text = value[0]
    head = next((text.removesuffix(d) for d in _DOMAINS if text.endswith(d)), text)
    if "." not in head:
        message = (
            f"{{subject}} asks for {shown(text)} in {found.shown}, which holds names of services"
            " in a Region such as 's3.us-east-1.amazonaws.com'"
        )
        yield of_value(found, "INVALID_SERVICE_PRINCIPAL_FORMAT", "warning", message, value)


def _region(found: Written, value: Value) -> Iterator[Issue]:
    text = value[0]
    if standing_of_region(text) == "unknown":
        near = nearest_region(text)
        hint = f"; {near!r} is one" if near else ""
        message = f"{{subject}} asks for {shown(text)} in {found.shown}, which is no Region{hint}"
        yield of_value(found, "INVALID_REGION", "warning", message, value)


def _is_id(text: str, prefix: str) -> bool:
    rest = text.removeprefix(prefix)
    return rest != text and len(rest) in _ID_LENGTHS and set(rest) <= _HEX


def _vpc(found: Written, value: Value) -> Iterator[Issue]:
    if not _is_id(value[0], "vpc-"):
        yield _no_id(found, value, "INVALID_VPC_FORMAT", "the id of a VPC", "vpc-")


def _vpce(found: Written, value: Value) -> Iterator[Issue]:
    if not _is_id(value[0], "vpce-"):
        yield _no_id(found, value, "INVALID_VPCE_FORMAT", "the id of a VPC endpoint", "vpce-")


def _no_id(found: Written, value: Value, code: str, words: str, prefix: str) -> Issue:
    message = (
        f"{{subject}} asks for {shown(value[0])} in {found.shown}, which is not {words}:"
        f" {prefix!r} and 8 or 17 hexadecimal digits"
    )
    return of_value(found, code, "warning", message, value)


def _kms_key(found: Written, value: Value) -> Iterator[Issue]:
    parts = value[0].split(":")
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != "kms" or not parts[5].startswith("key/"):
        message = (
            f"{{subject}} asks for {shown(value[0])} in {found.shown}, which holds the ARN of a key"
        )
        yield of_value(found, "INVALID_KMS_KEY_VALUE", "warning", message, value)


_CHECKS: dict[str, Callable[[Written, Value], Iterator[Issue]]] = {
    "service": _service,
    "regional-service": _regional_service,
    "region": _region,
    "vpc": _vpc,
    "vpce": _vpce,
    "kms-key": _kms_key,
}
