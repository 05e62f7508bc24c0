"""validity/condition-style: a condition that says what it means in a roundabout way.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.addresses import all_private, edge, is_private
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    literals,
    of_key,
    of_value,
    shown,
    written,
)
from leastwise.semantics.condition_keys import is_claim
from leastwise.semantics.operators import parse_number

_ARN_OPERATOR = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}
_BOUNDS = {
    "NumericLessThan": "highest",
    "NumericLessThanEquals": "highest",
    "NumericGreaterThan": "lowest",
    "NumericGreaterThanEquals": "lowest",
}


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit, a note, for each condition that has a plainer form."""
    return reported([issue for found in written(case) for issue in _issues(found)], case)


def _issues(found: Written) -> Iterator[Issue]:
    yield from _presence(found)
    yield from _arn(found)
    yield from _audience(found)
    yield from _addresses(found)
    yield from _bounds(found)


def _presence(found: Written) -> Iterator[Issue]:
    """Find what only asks whether a key is there: a lone star without IfExists or qualifier."""
    operator = found.condition.operator
    if operator.if_exists or operator.quantifier is not None or found.has("always"):
        return
    if found.has("sensitive"):
        return  # a star that lets in is validity/weak-condition, one that keeps out is plain
    if not any(text == "*" for text, _ in literals(found.condition)):
        return
    if operator.name == "StringLike":
        message = f"{{subject}} asks with a lone star for {found.shown} to be there"
        yield of_key(found, "EQUIVALENT_TO_NULL_FALSE", "note", f"{message}; Null says it")
    elif operator.name == "StringNotLike":
        message = f"{{subject}} asks with a lone star for {found.shown} to be absent"
        yield of_key(found, "EQUIVALENT_TO_NULL_TRUE", "note", f"{message}; Null says it")


def _arn(found: Written) -> Iterator[Issue]:
    better = _ARN_OPERATOR.get(found.condition.operator.name)
    if better is None or found.key is None or found.key.type != "ARN":
        return
    values = [v for v in found.condition.values if v.literal != "*"]
    if any("*" in p or "?" in p for v in values for p in v.pieces if isinstance(p, str)):
        message = (
            f"{{subject}} compares the ARN in {found.shown} with"
            f" {found.condition.operator.name}, whose star crosses the colons between the parts"
            f" of an ARN; {better} keeps it inside"
        )
        code = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"
        yield of_key(found, code, "note", message)


def _audience(found: Written) -> Iterator[Issue]:
    operator = found.condition.operator
    if operator.quantifier is None or operator.name == "Null" or not found.name.endswith(":aud"):
        return
    if not is_claim(found.name):
        return
    if found.key is None:
        message = (
            f"{{subject}} tests {found.shown} with {operator.quantifier}, which is right only"
            " where this provider's tokens have several audiences"
        )
        yield of_key(found, "CONFIRM_AUDIENCE_CLAIM_TYPE", "note", message)
    elif operator.quantifier == "ForAnyValue" and not found.key.multivalued:
        message = (
            f"{{subject}} tests {found.shown} with ForAnyValue, but tokens have one audience:"
            " no qualifier is needed"
        )
        yield of_key(found, "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "note", message)


def _addresses(found: Written) -> Iterator[Issue]:
    name = found.condition.operator.name
    if name not in ("IpAddress", "NotIpAddress"):
        return
    private = [v for v in literals(found.condition) if is_private(v[0])]
    if found.has("public-ip") and private and not all_private(found.condition):
        code = (
            "PRIVATE_IP_ADDRESS_SUBSET" if name == "IpAddress" else "PRIVATE_NOT_IP_ADDRESS_SUBSET"
        )
        message = (
            f"{{subject}} lists the private block {shown(private[0][0])} in {found.shown}, which is"
            " always a public address"
        )
        yield of_value(found, code, "note", message, private[0])
    for value in literals(found.condition):
        better = edge(value[0])
        if better is not None:
            message = f"{{subject}} names the block {shown(value[0])}, which is {better!r}"
            yield of_value(found, "IMPROVE_IP_RANGE", "note", message, value)


def _bounds(found: Written) -> Iterator[Issue]:
    operator = found.condition.operator
    side = _BOUNDS.get(operator.name)
    numbers = {parse_number(text) for text, _ in literals(found.condition)} - {None}
    if side is not None and len(numbers) > 1:
        message = (
            f"{{subject}} compares {found.shown} with several numbers under {operator.name},"
            f" where the {side} alone decides"
        )
        yield of_key(found, "REDUNDANT_CONDITION_VALUE_NUM", "note", message)
