"""validity/dead-condition: a condition that no request meets, so that its statement does nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.addresses import all_private
from leastwise.rules.python.validity.emptiness import never_holds
from leastwise.rules.python.validity.ineffective_condition import LIKE
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_condition import (
    Written,
    literals,
    needs_key,
    of_key,
    written,
)
from leastwise.semantics.operators import NEGATED

_MOST_PROOFS = 20
"""Statements of one document whose conditions are held against each other."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each condition that is never met."""
    found = tuple(written(case))
    absent = {(one.number, one.name) for one in found if _asks_for_absence(one)}
    issues = [issue for one in found for issue in _issues(one)]
    issues += [issue for one in found for issue in _excluded(one, absent)]
    told = {issue.statement for issue in issues if issue.statement is not None}
    issues += _contradicting(case, found, told)
    return reported(issues, case)


def _issues(found: Written) -> Iterator[Issue]:
    condition = found.condition
    name = condition.operator.name
    if name == "IpAddress" and found.has("public-ip") and needs_key(condition):
        if all_private(condition):
            message = (
                f"{{subject}} asks for private addresses in {found.shown}, which is always a"
                f" public one, {_effect(found)}"
            )
            yield of_key(found, "PRIVATE_IP_ADDRESS", "warning", message)
    elif _refuses_all(found):
        message = (
            f"{{subject}} excludes every value of {found.shown} while it needs one,"
            f" {_effect(found)}"
        )
        code = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"
        yield of_key(found, code, "warning", message)


def _effect(found: Written) -> str:
    does = "denies" if found.statement.effect == "Deny" else "allows"
    return f"so that the statement never {does} anything"


def _refuses_all(found: Written) -> bool:
    """Say whether a negated operator excludes whatever value there is, and there has to be one."""
    operator = found.condition.operator
    if NEGATED.get(operator.name) not in LIKE or operator.if_exists:
        return False
    if not any(text == "*" for text, _ in literals(found.condition)):
        return False
    if operator.quantifier == "ForAnyValue":
        return True
    return operator.quantifier is None and found.has("always")


def _asks_for_absence(found: Written) -> bool:
    condition = found.condition
    values = {text.strip().lower() for text, _ in literals(condition)}
    unquantified = condition.operator.name == "Null" and condition.operator.quantifier is None
    return unquantified and condition.tail is None and values == {"true"}


def _excluded(found: Written, absent: set[tuple[int, str]]) -> Iterator[Issue]:
    if needs_key(found.condition) and (found.number, found.name) in absent:
        message = (
            f"{{subject}} asks for {found.shown} to be absent and to have a value at once,"
            f" {_effect(found)}"
        )
        yield of_key(found, "", "warning", message)


def _contradicting(case: Case, found: tuple[Written, ...], told: set[int]) -> Iterator[Issue]:
    """Find conditions on one key that no value meets together."""
    version = "" if case.policy is None else case.policy.document.version
    once: set[tuple[int, str]] = set()
    tried: set[int] = set()
    for one in found:
        if (one.number, one.name) not in once:
            once.add((one.number, one.name))
        elif one.number not in told | tried and len(tried) < _MOST_PROOFS:
            tried.add(one.number)
            if never_holds(one.statement, version):
                message = (
                    f"{{subject}} asks for {one.shown} in ways that no request meets at once,"
                    f" {_effect(one)}"
                )
                yield of_key(one, "", "warning", message)
