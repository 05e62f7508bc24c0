"""Grade what somebody gains: permissions and credentials, data and changes, or little.

*Strong*: permissions management, credentials. *Ordinary*: other writes, data read, parameters of
Systems Manager, most of which are plain configuration. *Weak*: lists,
logs, metrics. Coarse by design: for each statement of the stronger side, a few actions of each
strength are asked of both sides.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.actions import action_index, info
from leastwise.semantics.known import only_statement
from leastwise.semantics.model import EffectiveAccess, RequestPattern

Strength: TypeAlias = Literal["strong", "ordinary", "weak"]
TRIES = 6
_EVERYTHING = RequestPattern()
_CREDENTIALS = frozenset(
    (
        "secretsmanager:GetSecretValue",
        "sts:AssumeRole",
        "lambda:AddPermission",
        "kms:CreateGrant",
        "redshift:GetClusterCredentials",
        "ecr:GetAuthorizationToken",
    )
)
_MANAGING = frozenset(("iam", "organizations", "sso", "sso-directory", "identitystore"))
_TELEMETRY = frozenset(
    (
        "logs",
        "cloudwatch",
        "xray",
        "application-signals",
        "ssmmessages",
        "ec2messages",
        "synthetics",
    )
)
STRENGTHS: tuple[Strength, ...] = ("strong", "ordinary", "weak")
"""What a gain is worth, the strongest first."""

WORDS: dict[Strength, str] = {
    "strong": "control over permissions or credentials",
    "ordinary": "other data or resources",
    "weak": "logs, metrics or lists only",
}


class Gain(NamedTuple):
    """Hold the strongest gain and an action that shows it."""

    strength: Strength
    action: str


def strength(action: str) -> Strength:
    """Grade one known action; its level is AWS's own, from the Service Authorization Reference."""
    service, _, _ = action.partition(":")
    known = info(action)
    kind = known.access_level if known is not None else "Write"
    if service in _TELEMETRY:
        return "weak"
    if service in _MANAGING:
        return "weak" if kind in ("List", "Read") else "strong"
    if action in _CREDENTIALS or kind == "Permissions management":
        return "strong"
    return "weak" if kind == "List" else "ordinary"


def ceiling(access: EffectiveAccess) -> Strength | None:
    """Grade what the own permissions boundary leaves to gain; None: nothing.

    SOUND: over-approximates; what the boundary allows counts even where it is held already.
    """
    if access.boundary is None:
        return "strong"
    found = gain(access._replace(identity=access.boundary, boundary=None), None)
    return None if found is None else found.strength


def gain(
    target: EffectiveAccess,
    caller: EffectiveAccess | None,
    wanted: tuple[Strength, ...] = STRENGTHS,
) -> Gain | None:
    """Return the strongest thing that ``target`` may do and ``caller`` may not, or None.

    ``wanted``: which strengths are of interest, the strongest first. Others are not looked for.
    """
    if caller is not None and is_administrator(caller):
        return None
    if is_administrator(target):
        return Gain("strong", "*")
    within = _within(target)
    for degree in wanted:
        for policy, index, statement in _allow_statements(target):
            part = target._replace(identity=_part(target.identity, policy, index))
            for action in _graded(bits_of(statement) & within, degree, TRIES):
                if _gained(part, caller, action, statement):
                    return Gain(degree, action)
    return None


def may_gain(target: EffectiveAccess, wanted: tuple[Strength, ...]) -> bool:
    """Refute quickly that ``target`` may do something of one of these strengths."""
    return is_administrator(target) or not _strengths_of(target).isdisjoint(wanted)


@lru_cache(maxsize=8192)
def _strengths_of(target: EffectiveAccess) -> frozenset[Strength]:
    within = _within(target)
    found = (_strengths(bits_of(s) & within) for _, _, s in _allow_statements(target))
    return frozenset().union(*found)


@lru_cache(maxsize=4096)
def _strengths(bits: int) -> frozenset[Strength]:
    found: set[Strength] = set()
    for action in action_index().names(bits):
        found.add(strength(action))
        if len(found) == len(STRENGTHS):
            break
    return frozenset(found)


@lru_cache(maxsize=8192)
def is_administrator(access: EffectiveAccess) -> bool:
    """Say whether an access allows everything for certain, so that nothing can be gained."""
    return allows_all(access, _EVERYTHING).certainty == "proven"


def _part(policies: tuple[Policy, ...], policy: Policy, index: int) -> tuple[Policy, ...]:
    return tuple(
        only_statement(p, index) if p is policy else only_statement(p, -1) for p in policies
    )


def _allow_statements(access: EffectiveAccess) -> Iterator[tuple[Policy, int, Statement]]:
    for policy in access.identity:
        for index, statement in enumerate(policy.document.statements):
            if statement.effect == "Allow":
                yield policy, index, statement


def actions_of(statement: Statement, degree: Strength, count: int) -> list[str]:
    """List at most ``count`` known actions of a statement of one strength, spread over services."""
    return _graded(bits_of(statement), degree, count)


def bits_of(statement: Statement) -> int:
    """Return the known actions of a statement as a bit set; what is unknown matches none."""
    index = action_index()
    bits = 0
    for glob in statement.actions.globs:
        bits |= index.bits(glob.literal) if glob.literal is not None else 0
    return index.everything & ~bits if statement.actions.negated else bits


def _graded(bits: int, degree: Strength, count: int) -> list[str]:
    names = _spread(action_index().names(bits))
    return list(islice((action for action in names if strength(action) == degree), count))


def _within(access: EffectiveAccess) -> int:
    """Return the actions that boundary and blanket Denies leave, so that tries are not wasted."""
    within = action_index().everything
    if access.boundary is not None:
        allowed = (s for p in access.boundary for s in p.document.statements if s.effect == "Allow")
        within = 0
        for statement in allowed:
            within |= bits_of(statement)
    for policy in (*access.identity, *(access.boundary or ())):
        for statement in policy.document.statements:
            if statement.effect == "Deny" and _is_blanket(statement):
                within &= ~bits_of(statement)
    return within


def _is_blanket(statement: Statement) -> bool:
    resources = statement.resources
    everywhere = resources is not None and any(g.literal == "*" for g in resources.globs)
    return everywhere and not statement.conditions and not statement.when


def is_telemetry(service: str) -> bool:
    """Say whether a service holds logs, metrics and traces, and nothing else."""
    return service in _TELEMETRY


def _spread(actions: list[str]) -> list[str]:
    """Put what tells most first: permissions, then one action of each service in turn."""
    turns: dict[str, int] = {}
    order: list[tuple[bool, int, str]] = []
    for action in actions:
        service = action.partition(":")[0]
        turns[service] = turns.get(service, 0) + 1
        order.append((service not in _MANAGING, turns[service], action))
    return [action for _, _, action in sorted(order)]


def _gained(
    target: EffectiveAccess, caller: EffectiveAccess | None, action: str, statement: Statement
) -> bool:
    answer = allows(target, RequestPattern(actions=(action,), resources=_where(statement)))
    if answer.certainty == "no" or answer.witness is None:
        return False
    if caller is None:
        return True
    same = RequestPattern(
        actions=(action,), resources=(Pattern((answer.witness.resource,)),), context=()
    )
    return allows(caller, same).certainty == "no"


def _where(statement: Statement) -> tuple[Pattern, ...] | None:
    resources = statement.resources
    if resources is None or resources.negated or any(_is_live(g) for g in resources.globs):
        return None
    return tuple(replace(g, origin=None) for g in resources.globs) or None


def _is_live(glob: Pattern) -> bool:
    return any(isinstance(p, str) and "${" in p for p in glob.pieces)
