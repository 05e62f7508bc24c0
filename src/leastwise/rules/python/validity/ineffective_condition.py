"""validity/ineffective-condition: a condition that holds for every request, or almost.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
(ForAllValues holds where the key is not there); a lone star matches whatever value there is.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.addresses import all_private
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    is_negated,
    needs_key,
    of_key,
    written,
)
from leastwise.semantics.condition_keys import is_claim

if TYPE_CHECKING:
    from leastwise.rules.model import Level

LIKE = ("StringLike",)
"""Operators to which a lone star is any value: StringEquals reads a character, ARNs have parts."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each condition that restricts nothing."""
    found = tuple(written(case))
    asked = frozenset((one.number, one.name) for one in found if needs_key(one.condition))
    return reported([issue for one in found for issue in _issues(one, asked)], case)


def _issues(found: Written, asked: frozenset[tuple[int, str]]) -> Iterator[Issue]:
    if _is_always_true(found):
        message = f"{{subject}} tests {found.shown} in a way that every request passes"
        code = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"
        yield of_key(found, code, _restricting(found), message)
    elif found.condition.operator.quantifier == "ForAllValues":
        if (found.number, found.name) not in asked and _is_single_valued(found):
            message = (
                f"{{subject}} tests {found.shown} with ForAllValues, which holds for every"
                " request that does not carry the key; requests carry one value of it at most"
            )
            code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY"
            yield of_key(found, code, _restricting(found), message)
    elif _excludes_private(found):
        message = (
            f"{{subject}} excludes private addresses only in {found.shown},"
            " which is always a public one, so that the condition always holds"
        )
        yield of_key(found, "PRIVATE_NOT_IP_ADDRESS", "warning", message)


def _restricting(found: Written) -> "Level":
    """Grade what always holds: it opens an Allow, of a Deny it only makes the words longer."""
    return "warning" if found.statement.effect == "Allow" else "note"


def _is_always_true(found: Written) -> bool:
    condition = found.condition
    operator = condition.operator
    if operator.name not in LIKE or not any(v.literal == "*" for v in condition.values):
        return False
    if operator.quantifier == "ForAnyValue":
        return False
    return operator.if_exists or operator.quantifier is not None or found.has("always")


def _is_single_valued(found: Written) -> bool:
    """Say whether AWS documents the key as one with a single value.

    SOUND: claims of identity providers may be lists, so that they are not judged here unless the
    reference knows them.
    """
    if found.condition.operator.name == "Null" or found.key is None or found.key.multivalued:
        return False
    return found.key.type != "Unknown" or not is_claim(found.name)


def _excludes_private(found: Written) -> bool:
    condition = found.condition
    if condition.operator.name != "NotIpAddress" or not found.has("public-ip"):
        return False
    return is_negated(condition) and all_private(condition)
