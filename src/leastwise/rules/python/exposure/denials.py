"""Turn Deny statements around, to ask whom and what they deny.

A Deny denies what an Allow of the same words would allow.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from leastwise.iam.policy import Condition, Pattern, PolicyKind, Statement
from leastwise.iam.project import Policy, PrincipalKind
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.exposure.asking import settled
from leastwise.semantics.access import allows
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Context,
    EffectiveAccess,
    RequestPattern,
)
from leastwise.source.span import Span

STATEMENTS = 60
"""Deny statements of one policy that are looked at."""
_NONE: Mapping[str, str] = MappingProxyType({})
NEGATED = frozenset({"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike"})
NEGATED_ARN = NEGATED | {"ArnNotEquals", "ArnNotLike"}


def denials(case: Case, kinds: frozenset[PolicyKind]) -> Iterator[tuple[int, Statement]]:
    """Yield the Deny statements of a document, if it is of one of the kinds.

    Statements under conditions that are not known are left out.
    """
    if case.policy is None or case.policy.kind not in kinds:
        return
    count = 0
    for index, statement in enumerate(case.policy.document.statements):
        known = statement.conditions_tail is None and all(map(_is_known, statement.conditions))
        if statement.effect == "Deny" and known and count < STATEMENTS:
            count += 1
            yield index, statement


def _is_known(condition: Condition) -> bool:
    return condition.key.literal is not None and condition.operator.name != "Unknown"


def literals(
    statement: Statement, key: str, operators: frozenset[str]
) -> Iterator[tuple[str, Span | None]]:
    """Yield the known values that conditions of some operators hold a key against, and places."""
    for condition in statement.conditions:
        if condition.key_name == key and condition.operator.name in operators:
            for value in condition.values:
                if value.literal is not None:
                    yield value.literal, value.span


def denied(
    case: Case,
    index: int,
    caller: str,
    action: str,
    context: Context = (),
) -> Answer:
    """Answer whether a statement denies some call of an action by a role or user."""
    policy = case.policy
    if policy is None:
        return Answer("no")
    turned = _turned(policy, index)
    name = Pattern((caller,))
    if policy.kind == "scp":
        kind: PrincipalKind = "user" if ":user/" in caller else "role"
        access = EffectiveAccess(identity=(turned,), caller_kind=kind, caller_arn=name)
        return allows(access, RequestPattern((action,), context=context))
    access = EffectiveAccess(trust=turned)
    who = CallerPattern("AWS", name)
    return allows(access, RequestPattern((action,), principal=who, context=context))


def _turned(policy: Policy, index: int) -> Policy:
    only = replace(policy.document.statements[index], effect="Allow")
    if policy.kind == "scp":
        only = replace(only, principals=None)
    kind: PolicyKind = "identity" if policy.kind == "scp" else "resource"
    document = replace(policy.document, statements=(only,), opaque=None)
    return settled(replace(policy, document=document, kind=kind), _every)


def _every(_: Statement) -> bool:
    return True


def reported(
    statement: Statement, index: int, level: Level, message: str, words: Mapping[str, str] = _NONE
) -> Hit:
    """Make a hit of what is wrong with a Deny."""
    certain = not statement.when
    return Hit(
        level,
        "proven" if certain else "possible",
        (),
        message,
        words=words,
        span=statement.span,
        assumptions=tuple(assumed.text for assumed in statement.when),
        key=(statement.sid or "", *words.values()),
        statements=(index,),
    )


Check = Callable[[Case, int, Statement], Iterator[Hit]]


def each(case: Case, kinds: frozenset[PolicyKind], check: Check) -> tuple[Hit, ...]:
    """Put a check to each Deny of a document."""
    return tuple(hit for index, one in denials(case, kinds) for hit in check(case, index, one))
