"""Cut resource policies to what an outsider is sure to have, and ask what is left.

What is not known of a condition or a principal is taken to keep outsiders out: a finding that
rests on nothing but an unknown value would be made of every policy that a variable guards.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from leastwise.entry.strangers import Stranger, strangers
from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Condition, Pattern, Principals, Statement
from leastwise.iam.project import Policy, Resource
from leastwise.rules.cases import Case
from leastwise.semantics.access import allows
from leastwise.semantics.callers import STRANGER
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Context,
    EffectiveAccess,
    RequestPattern,
)
from leastwise.semantics.valuation import Valuation
from leastwise.source.value import Symbol

NO = Answer("no")
TRIES = 16
"""Ways of a stranger that are tried; SOUND: under-approximates what strangers may do."""
_SOMEBODY = "888888888888"
"""Stands for the account of a stranger where a policy names it, as AWS's examples do."""


def settled(policy: Policy, kept: Callable[[Statement], bool]) -> Policy:
    """Return the Allow statements that are ``kept`` and all others, nothing of it unknown.

    Statement indexes stay as they are.
    SOUND: under-approximates; an Allow under further conditions that are not known is left out,
    a Deny under such counts without them, and unknown strings are none of a stranger's.
    """
    statements = tuple(
        _settled(s) if s.effect == "Deny" or kept(s) else _without_grant(s)
        for s in policy.document.statements
    )
    return replace(policy, document=replace(policy.document, statements=statements, opaque=None))


class Cut(NamedTuple):
    """Hold a policy with few of the statements of another, and their indexes there."""

    policy: Policy
    indexes: tuple[int, ...]


def alone(policy: Policy, *chosen: int) -> Cut:
    """Return some Allow statements of a policy with all its Deny statements."""
    statements = policy.document.statements
    kept = tuple(n for n, s in enumerate(statements) if s.effect == "Deny" or n in chosen)
    few = tuple(statements[n] for n in kept)
    return Cut(replace(policy, document=replace(policy.document, statements=few)), kept)


def _without_grant(statement: Statement) -> Statement:
    """Return a statement that allows nothing."""
    return replace(
        statement, actions=replace(statement.actions, globs=(), negated=False), conditions_tail=None
    )


def those_outside(cut: Cut) -> Iterator[Stranger]:
    """Yield ways in which strangers may come to a policy, as many as are tried."""
    return islice(strangers(cut.policy.document), TRIES)


def _settled(statement: Statement) -> Statement:
    open_ended = statement.conditions_tail is not None or any(
        c.operator.name == "Unknown" or c.key.literal is None for c in statement.conditions
    )
    if open_ended and statement.effect != "Deny":
        return _without_grant(statement)
    return replace(
        statement,
        principals=_named(statement.principals),
        conditions=tuple(_condition(c) for c in statement.conditions if c.key.literal is not None),
        conditions_tail=None,
    )


def _named(principals: Principals | None) -> Principals | None:
    if principals is None:
        return None
    entries = tuple(e._replace(pattern=_sample(e.pattern)) for e in principals.entries)
    return replace(principals, entries=entries, tail=None)


def _condition(condition: Condition) -> Condition:
    return replace(condition, values=tuple(map(_sample, condition.values)), tail=None)


def _sample(pattern: Pattern) -> Pattern:
    """Return a pattern with a value in place of what is not known, the same in all places."""
    known = all(isinstance(piece, str) for piece in pattern.pieces)
    text = str(pattern) if known else Valuation().spell(pattern.pieces)
    if known and STRANGER not in text:
        return pattern
    return replace(pattern, pieces=(text.replace(STRANGER, _SOMEBODY),))


def asked(
    case: Case, cut: Cut, actions: Iterable[str], who: CallerPattern, context: Context
) -> Answer:
    """Answer whether a caller may call one of the actions, on the resource itself if it can be.

    ``cut`` is one of the policy of the case; the answer names that.
    """
    chosen = tuple(actions)
    whole = case.access.trust
    if not chosen or whole is None:
        return NO
    access = EffectiveAccess(trust=cut.policy)
    for resources in _own(carrier(case)):
        answer = allows(access, RequestPattern(chosen, resources, who, context))
        if answer.certainty == "proven" or (answer.certainty != "no" and answer.assumptions):
            return _restored(answer, whole, cut)
    return NO


def _restored(answer: Answer, whole: Policy, cut: Cut) -> Answer:
    found = (d._replace(policy=whole, statement=cut.indexes[d.statement]) for d in answer.deciding)
    return answer._replace(deciding=tuple(found))


def _own(resource: Resource | None) -> list[tuple[Pattern, ...] | None]:
    """List the resources to ask for: that which carries the policy, then any."""
    arn = None if resource is None else resource.arn
    if arn is None or any(isinstance(p, Symbol) and not p.environment for p in arn.pieces):
        return [None]
    return [(arn, replace(arn, pieces=(*arn.pieces, "/*"))), None]


def carrier(case: Case) -> Resource | None:
    """Return the resource that carries the policy of a case, if one is in view."""
    policy = case.policy
    if policy is None:
        return None
    found = case.view.carriers.get(id(policy))
    if found is not None:
        return found
    alike = (r for r in case.view.carriers.values() if r.address == policy.address)
    return next(alike, None)


def is_in_vpc(case: Case) -> bool | None:
    """Say whether only a network reaches what carries the policy of a case; None: not known.

    A policy that is a resource of its own is that of the resource with the same ARN.
    """
    own = carrier(case)
    if own is None or own.in_vpc is not None or own.arn is None:
        return None if own is None else own.in_vpc
    alike = (r.in_vpc for r in case.view.project.resources if r.arn == own.arn)
    return next((told for told in alike if told is not None), None)


def service_of(resource: Resource | None) -> str | None:
    """Return the service prefix of a resource by its ARN, or None where it is not known."""
    parts = segments(resource.arn) if resource is not None and resource.arn is not None else []
    return spelled(parts[2]) if len(parts) == 6 else None
