"""validity/weak-condition: a condition that keeps out less than it seems to.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
(sensitive keys, in which no wildcard has a use; aws:Referer and aws:UserAgent, which callers set at
will; aws:VpcSourceIp, sound only with its VPC),
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
(attributes need dynamodb:Select), and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html (s3:prefix).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    is_negated,
    literals,
    of_key,
    of_value,
    shown,
    written,
)
from leastwise.semantics.actions import asked_bits
from leastwise.semantics.pattern import Variable, split_variables

if TYPE_CHECKING:
    from leastwise.rules.model import Level

_LEAST = 6
"""Characters that have to stand before a wildcard in aws:userid, as Access Analyzer counts."""
_CHOSEN = ("aws:principaltag/", "aws:requesttag/", "aws:username", "aws:userid", "aws:referer")
"""Variables whose values callers choose, or those who name and tag them."""
_WITH_ATTRIBUTES = ("dynamodb:Query", "dynamodb:Scan")
_CALLERS = ("resource", "rcp", "endpoint")


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each condition that somebody it is to keep out can meet."""
    found = tuple(written(case))
    named = frozenset((one.number, one.name) for one in found)
    return reported([i for one in found for i in _issues(one, case, named)], case)


def _issues(found: Written, case: Case, named: frozenset[tuple[int, str]]) -> Iterator[Issue]:
    if not _lets_in(found):
        return
    yield from _wildcards(found)
    yield from _variables(found)
    yield from _spoofable(found, case)
    yield from _unpaired(found, named)
    if found.name == "dynamodb:attributes":
        yield from _attributes(found, named)
    yield from _prefix(found)


def _lets_in(found: Written) -> bool:
    """Say whether the condition decides who or what is let in: presence alone does not."""
    effect, name = found.statement.effect, found.condition.operator.name
    return effect != "Unknown" and name not in ("Null", "Unknown")


def _is_opening(found: Written) -> bool:
    """Say whether a value lets requests in: named in an Allow, or spared by a Deny."""
    return (found.statement.effect == "Deny") == is_negated(found.condition)


def _wildcards(found: Written) -> Iterator[Issue]:
    if not _is_opening(found) or found.condition.operator.name not in (
        "StringLike",
        "StringNotLike",
    ):
        return
    for value in literals(found.condition):
        if value[0] == "*" and found.has("always"):
            continue  # it restricts nothing: validity/ineffective-condition
        if found.has("sensitive") and _wild(value[0]):
            yield of_value(found, "WILDCARD_USAGE_TOO_PERMISSIVE", "warning", _any(found), value)
        elif found.name == "aws:userid" and value[0] != "*" and _is_short(value[0]):
            message = (
                f"{{subject}} lets in every user id that {shown(value[0])} matches;"
                " begin it with the id of a role or user (AROA... or AIDA...)"
            )
            yield of_value(found, "WILDCARD_USAGE_TOO_PERMISSIVE", "warning", message, value)


def _any(found: Written) -> str:
    return (
        f"{{subject}} has a wildcard in {found.shown}, which lets in accounts, organizations or"
        " networks that nobody named"
    )


def _wild(text: str) -> bool:
    return any(isinstance(p, str) and ("*" in p or "?" in p) for p in split_variables(text))


def _is_short(text: str) -> bool:
    head = text.replace("?", "*").partition("*")[0]
    return _wild(text) and "${" not in text and len(head) < _LEAST


def _variables(found: Written) -> Iterator[Issue]:
    if not found.has("sensitive"):
        return
    for value in literals(found.condition):
        parts = split_variables(value[0])
        if any(isinstance(p, Variable) and p.key.startswith(_CHOSEN) for p in parts):
            message = (
                f"{{subject}} compares {found.shown} with {shown(value[0])}, a value that callers"
                " or those who tag them choose"
            )
            yield of_value(found, "VARIABLE_USAGE_TOO_PERMISSIVE", "warning", message, value)


def _spoofable(found: Written, case: Case) -> Iterator[Issue]:
    kind = "" if case.policy is None else case.policy.kind
    if kind == "trust":
        return  # trust/caller-controlled-condition tells who gets in
    if _is_for_services(found):
        return  # the service sets the key: Amazon SES names the account in AWS:Referer
    if found.has("spoofable") and _is_opening(found) and not found.condition.operator.if_exists:
        level: Level = "warning" if kind in _CALLERS else "note"
        message = f"{{subject}} relies on {found.shown}, which every caller can set at will"
        yield of_key(found, "UNTRUSTWORTHY_CONDITION_KEY", level, message)


def _is_for_services(found: Written) -> bool:
    """Say whether a statement lets in AWS services only.

    https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html
    """
    principals = found.statement.principals
    if principals is None or principals.negated or principals.tail is not None:
        return False
    return all(entry.type == "Service" for entry in principals.entries)


def _unpaired(found: Written, named: frozenset[tuple[int, str]]) -> Iterator[Issue]:
    replaced = found.has("gone") or found.has("deprecated")
    partners = () if found.key is None or replaced else found.key.partners
    if partners and not any((found.number, p.lower()) in named for p in partners):
        message = (
            f"{{subject}} tests {found.shown} without {partners[0]},"
            " so that the same address in any other network passes"
        )
        yield of_key(found, "MISSING_PAIRED_CONDITION_KEYS", "warning", message)


def _attributes(found: Written, named: frozenset[tuple[int, str]]) -> Iterator[Issue]:
    if found.statement.effect != "Allow" or (found.number, "dynamodb:select") in named:
        return
    actions = found.statement.actions
    asked = asked_bits(tuple(g.literal for g in actions.globs if g.literal is not None))
    covered = ~asked if actions.negated else asked
    if covered & asked_bits(_WITH_ATTRIBUTES):
        message = (
            "{subject} names the attributes that may be read, but not dynamodb:Select, so that a"
            " query that asks for all of them names none and passes"
        )
        yield of_key(found, "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", "warning", message)


def _prefix(found: Written) -> Iterator[Issue]:
    if found.name != "s3:prefix" or _is_opening(found):
        return
    like = found.condition.operator.name in ("StringLike", "StringNotLike")
    if like and any(_wild(text) for text, _ in literals(found.condition)):
        message = (
            "{subject} excludes prefixes of S3 by name, so that a shorter one, or none at all,"
            " lists what is below them"
        )
        yield of_key(found, "S3_PREFIX_IN_NEGATIVE_CONTEXT", "warning", message)
