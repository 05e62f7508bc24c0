"""Anyone with an AWS account can assume the role: four rules, by why that is.

Whether an outsider gets in, the engine says. Why, is what would have kept it out: the same
statement is asked again with one condition put right.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

from leastwise.entry.asked_trust import ASSUME, asked, outsider
from leastwise.entry.attackers import WayIn
from leastwise.iam.policy import Condition, Operator, OperatorName, Pattern, Quantifier, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.trust.ways import condition_span, granting, ways_of
from leastwise.semantics.known import only_statement
from leastwise.semantics.model import Answer, CallerPattern, RequestPattern

ANYONE = "{subject} can be assumed by anyone with an AWS account"
CONTROLLED = f"{ANYONE}: whoever calls chooses {{keys}}"
INVERTED = f"{ANYONE}, except for what the condition on {{keys}} names"
ABSENT = f"{ANYONE}: who has no {{keys}} meets the condition on it"
ORGANIZATION = "{subject} can be assumed by every principal of the organization {organization}"
FOREIGN = f"{ORGANIZATION}, which is not one of yours"
NETWORK = (
    "{subject} can be assumed by any AWS principal that meets its conditions;"
    " the accounts are not named"
)

Why: TypeAlias = Literal["open", "controlled", "inverted", "absent", "not-principal"]
_POSITIVE: dict[OperatorName, OperatorName] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
}
_CONTROLLED = frozenset(
    {
        "aws:referer",
        "aws:tagkeys",
        "aws:useragent",
        "sts:durationseconds",
        "sts:externalid",
        "sts:rolesessionname",
        "sts:sourceidentity",
        "sts:transitivetagkeys",
    }
)
_CONTROLLED_PREFIXES = ("aws:principaltag/", "aws:requesttag/")


class _Reason(NamedTuple):
    """Say why an outsider gets in, and by which conditions."""

    why: Why
    conditions: tuple[Condition, ...] = ()


def wildcard_principal(case: Case) -> tuple[Hit, ...]:
    """Report outsiders that nothing keeps out, and wildcards that an organization limits."""
    found = [_hit(way, ANYONE, "error") for way, _ in _outsiders(case, "open")]
    for way in ways_of(case):
        if way.kind == "organization":
            level: Level = "warning" if way.own is False else "note"
            text = FOREIGN if way.own is False else ORGANIZATION
            found.append(_hit(way, text, level)._replace(words={"organization": way.who}, grade=1))
        elif way.kind == "network":
            found.append(_hit(way, NETWORK, "note")._replace(grade=1))
    return tuple(found)


def caller_controlled_condition(case: Case) -> tuple[Hit, ...]:
    """Report outsiders that only keys of their own choice are to keep out."""
    return _worded(case, "controlled", CONTROLLED)


def inverted_condition(case: Case) -> tuple[Hit, ...]:
    """Report outsiders that a negated operator lets in and its opposite would keep out."""
    return _worded(case, "inverted", INVERTED)


def condition_met_by_absence(case: Case) -> tuple[Hit, ...]:
    """Report outsiders that ForAllValues or IfExists lets in, as they have not got the key."""
    return _worded(case, "absent", ABSENT)


def _worded(case: Case, why: Why, message: str) -> tuple[Hit, ...]:
    return tuple(
        _hit(way, message, "error")._replace(
            words={"keys": " and ".join(dict.fromkeys(str(c.key) for c in reason.conditions))},
            points_at="condition",
            span=condition_span(reason.conditions[0]),
        )
        for way, reason in _outsiders(case, why)
    )


def _hit(way: WayIn, message: str, level: Level) -> Hit:
    return Hit(level, way.answer.certainty, (way.answer,), message, points_at="principal")


def _outsiders(case: Case, why: Why) -> Iterator[tuple[WayIn, _Reason]]:
    for way in ways_of(case):
        if way.kind == "anyone":
            reason = _reason(way.answer)
            if reason.why == why:
                yield way, reason


def _reason(answer: Answer) -> _Reason:
    statement = granting(answer)
    if statement is None:
        return _Reason("open")
    if statement.principals is not None and statement.principals.negated:
        return _Reason("not-principal")
    for condition in statement.conditions:
        if _keeps_out(answer, statement, condition, _straight(condition)):
            return _Reason("inverted", (condition,))
    for condition in statement.conditions:
        if _keeps_out(answer, statement, condition, _required(condition)):
            return _Reason("absent", (condition,))
    chosen = tuple(c for c in statement.conditions if is_chosen(c.key_name))
    return _Reason("controlled", chosen) if chosen else _Reason("open")


def is_chosen(key: str) -> bool:
    """Say whether a caller chooses the value of a key (lower case)."""
    return key in _CONTROLLED or key.startswith(_CONTROLLED_PREFIXES)


def _straight(condition: Condition) -> Condition | None:
    operator = condition.operator
    name = _POSITIVE.get(operator.name)
    return None if name is None else replace(condition, operator=operator._replace(name=name))


def _required(condition: Condition) -> Condition | None:
    operator = condition.operator
    if not operator.if_exists and operator.quantifier != "ForAllValues":
        return None
    quantifier: Quantifier | None = "ForAnyValue" if operator.quantifier is not None else None
    return replace(condition, operator=Operator(operator.name, quantifier))


def _keeps_out(
    answer: Answer, statement: Statement, condition: Condition, repaired: Condition | None
) -> bool:
    """Say whether the outsider of an answer would be refused with a condition put right."""
    if repaired is None or answer.witness is None:
        return False
    deciding = answer.deciding[0]
    conditions = tuple(repaired if c is condition else c for c in statement.conditions)
    changed = replace(statement, conditions=conditions)
    policy = deciding.policy
    rows = tuple(changed if s is statement else s for s in policy.document.statements)
    policy = replace(policy, document=replace(policy.document, statements=rows))
    caller = answer.witness.principal
    pattern = RequestPattern(
        (ASSUME,),
        principal=CallerPattern(caller.type, Pattern((caller.name,))),
        context=outsider(caller.name),
    )
    return asked(only_statement(policy, deciding.statement), pattern) is None
