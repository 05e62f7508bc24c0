"""exposure/lost-exemption: a Deny denies the very principal that it was to spare.

A StringNotEquals with a wildcard spares nobody, for it takes the wildcard as a character. Neither
does the ARN of a session: for one, aws:PrincipalArn holds the ARN of its role.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterator

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.policy import PolicyKind, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.denials import NEGATED_ARN, denied, each, literals, reported
from leastwise.semantics.actions import action_index
from leastwise.semantics.valuation import ACCOUNT

MESSAGE = "{subject} denies {spared}, which it names as an exception, what it denies all others"
_KINDS: frozenset[PolicyKind] = frozenset({"scp", "rcp", "resource"})
_KEY = "aws:principalarn"
_NAME = "example"
_SESSION = "assumed-role/"
_VALUES = 20


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each Deny whose exceptions do not hold."""
    return each(case, _KINDS, _check)


def _check(case: Case, index: int, statement: Statement) -> Iterator[Hit]:
    action = next(iter(action_index().names(bits_of(statement))), None)
    for value, span in list(literals(statement, _KEY, NEGATED_ARN))[:_VALUES]:
        caller = _meant(value)
        if caller is None or action is None:
            continue
        if denied(case, index, caller, action).certainty == "proven":
            hit = reported(statement, index, "warning", MESSAGE, {"spared": value})
            yield hit._replace(span=span or statement.span)
            return


def _meant(value: str) -> str | None:
    """Return the ARN of a principal that a value is meant for, or None where it names none."""
    parts = value.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    partition, account = (_filled(parts[1], "aws"), _filled(parts[4], ACCOUNT))
    kind, slash, name = parts[5].partition("/")
    if not slash or not name.strip("*/"):
        return None
    if parts[2] == "sts" and parts[5].startswith(_SESSION):
        return f"arn:{partition}:iam::{account}:role/{_filled(name.partition('/')[0], _NAME)}"
    if parts[2] != "iam" or kind not in ("role", "user"):
        return None
    return f"arn:{partition}:iam::{account}:{kind}/{_filled(name, _NAME)}"


def _filled(text: str, fill: str) -> str:
    if text in ("*", ""):
        return fill
    return text.replace("*", _NAME).replace("?", "x")
