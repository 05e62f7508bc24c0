"""exposure/scp-lockout: an organization policy denies everything to its own.

- Every action to everyone: as is done to accounts that are out of use.
- Those of the organization, because a perimeter compares the wrong way around.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, PolicyKind, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.denials import denied, each, literals, reported
from leastwise.semantics.actions import action_index
from leastwise.semantics.valuation import ACCOUNT

EVERYTHING = "{subject} denies every action to everyone whom it binds"
INVERTED = "{subject} denies the members of {organization}, and not those outside of it"
_KINDS: frozenset[PolicyKind] = frozenset({"scp", "rcp"})
_ORGANIZATION = "aws:principalorgid"
_EQUAL = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike"})
_MEMBER = f"arn:aws:iam::{ACCOUNT}:role/that-nobody-names"
_PROBE = "s3:GetObject"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each Deny that locks out."""
    return each(case, _KINDS, _check)


def _check(case: Case, index: int, statement: Statement) -> Iterator[Hit]:
    if _is_everything(statement):
        yield reported(statement, index, "note", EVERYTHING)
        return
    named = next(literals(statement, _ORGANIZATION, _EQUAL), None)
    if named is None:
        return
    organization, span = named
    action = _probe(statement)
    inside = ((_ORGANIZATION, (Pattern((organization,)),)),)
    outside = ((_ORGANIZATION, (Pattern(("o-astranger0",)),)),)
    if denied(case, index, _MEMBER, action, inside).certainty != "proven":
        return
    if denied(case, index, _MEMBER, action, outside).certainty == "no":
        hit = reported(statement, index, "warning", INVERTED, {"organization": organization})
        yield hit._replace(span=span or statement.span)


def _is_everything(statement: Statement) -> bool:
    resources, actions = statement.resources, statement.actions
    if statement.conditions or actions.negated or resources is None or resources.negated:
        return False
    return any(g.literal == "*" for g in actions.globs) and any(
        g.literal == "*" for g in resources.globs
    )


def _probe(statement: Statement) -> str:
    """Return an action that the statement is about."""
    for glob in statement.actions.globs if not statement.actions.negated else ():
        found = action_index().matching(glob.literal or "")
        if found:
            return found[0]
    return _PROBE
