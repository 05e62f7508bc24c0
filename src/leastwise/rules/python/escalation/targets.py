"""Roles worth having: which of them a caller may pass to a service, and what it gains by it.

Roles of the project in the same account are tried one by one; a pass that reaches roles not in
view is a warning. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from leastwise.graph.gain import STRENGTHS, WORDS, Strength, gain, is_administrator, may_gain
from leastwise.iam.arns import Pieces, segments, sibling
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Account, Principal
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVEL_OF, LEVELS, Level
from leastwise.rules.python.escalation.reach import (
    addresses_of,
    is_of_others,
    is_out_of_reach,
    spelled_arns,
    taken_by,
)
from leastwise.rules.questions import NO, spellings
from leastwise.semantics.access import allows
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.known import has_words, is_unseen, known_part, rests_on_a_colon
from leastwise.semantics.model import Answer, Certainty, EffectiveAccess, RequestPattern

MAX_TARGETS = 200
_WORTH = {LEVEL_OF[s]: WORDS[s] for s in STRENGTHS}
ACTION = "iam:PassRole"
_UNSAID = (("iam:passedtoservice", None),)
UNKNOWN = "that role {target} is in the same account, which is not known here"


class Target(NamedTuple):
    """Hold a role that can be passed, and what is gained by it; None: it is not in view."""

    name: str
    passed: Answer
    level: Level
    gained: str
    same_account: bool = True


def _passed(case: Case, role: Pattern | None, service: str) -> Answer | None:
    """Ask for the pass, of any role if None is named.

    One that only a request without the service's name allows is possible.
    """
    resources = None if role is None else spellings(case, (role,))
    to_service = (("iam:passedtoservice", (Pattern((service,)),)),)
    for context in (to_service, _UNSAID):
        pattern = RequestPattern(actions=(ACTION,), resources=resources, context=context)
        answer = allows(case.access, pattern)
        if answer.certainty != "no":
            certain = answer.certainty if context is to_service else "possible"
            return answer._replace(certainty=certain)
    return None


def best_target(case: Case, service: str, *, near: bool = False) -> Target | None:
    """Return the role in view that is worth most when it is passed to a service, or None.

    ``near``: only roles that are surely in the caller's account count.
    """
    best: Target | None = None
    if is_administrator(case.access) or _passed(case, None, service) is None:
        return None
    for role, alike in islice(_roles(case, service), MAX_TARGETS):
        if near and not alike:
            break
        best = _target(case, role, service, best, alike=alike) or best
        if best is not None and best.level == "error":
            break
    return best


def _worth(level: Level, passed: Certainty) -> tuple[int, bool]:
    return LEVELS.index(level), passed == "proven"


def _roles(case: Case, service: str) -> Iterator[tuple[Principal, bool]]:
    """Yield the roles that a service may take, and whether each is surely in the caller's account.

    Those of the account come first: a tree of many roots has more roles than are tried.
    """
    own = None if case.principal is None else case.principal.id.account
    found = [
        (role, "unknown" if own is None else same_account(own, role.id.account))
        for role in taken_by(case.view.project.principals, service)
        if role is not case.principal
    ]
    for wanted in ("yes", "unknown"):
        for role, same in found:
            if same == wanted:
                yield role, same == "yes"


def same_account(first: Account, second: Account) -> str:
    """Say whether two accounts are the same: yes, no or unknown."""
    if first.number is not None and second.number is not None:
        return "yes" if first.number == second.number else "no"
    return "yes" if first.id == second.id else "unknown"


def _target(
    case: Case, role: Principal, service: str, best: Target | None, *, alike: bool
) -> Target | None:
    """Return the role as a target if it is worth more than the best one so far."""
    target = access_of_role(role)
    if is_out_of_reach(case, ACTION, role) or not may_gain(target, _above(best, "proven")):
        return None
    if is_of_others(case, ACTION, role, spellings(case, (role.arn,))):
        return None
    passed = _passed(case, role.arn, service)
    if passed is None or means_another_role(case, passed, role):
        return None
    found = gain(target, case.access, _above(best, passed.certainty))
    if found is None:
        return None
    elsewhere = "" if alike or role.span is None else f" ({role.span.path})"
    return Target(
        role.address + elsewhere, passed, LEVEL_OF[found.strength], WORDS[found.strength], alike
    )


def _above(best: Target | None, passed: Certainty) -> tuple[Strength, ...]:
    """Return what has to be gained through a pass for it to be worth more than another one."""
    if best is None:
        return STRENGTHS
    least = _worth(best.level, best.passed.certainty)
    return tuple(s for s in STRENGTHS if _worth(LEVEL_OF[s], passed) > least)


class Gained(NamedTuple):
    """Hold a role that the caller can become, the answer that says so, and what that is worth."""

    role: Principal
    answer: Answer
    level: Level


def best_gain(
    case: Case, roles: Iterable[Principal], way: Callable[[Principal], Answer]
) -> Gained | None:
    """Return the role that gains the caller most, of those that ``way`` leads to, or None."""
    best: Gained | None = None
    if is_administrator(case.access):
        return None
    for role in islice(roles, MAX_TARGETS):
        wanted = (
            STRENGTHS
            if best is None
            else tuple(s for s in STRENGTHS if LEVELS.index(LEVEL_OF[s]) > LEVELS.index(best.level))
        )
        target = access_of_role(role)
        answer = way(role) if may_gain(target, wanted) else NO
        if answer.certainty == "no" or means_another_role(case, answer, role):
            continue
        found = gain(target, case.access, wanted)
        best = best if found is None else Gained(role, answer, LEVEL_OF[found.strength])
        if best is not None and best.level == "error":
            break
    return best


def hit_of(best: Gained, message: str, path_id: str) -> Hit:
    """Make a hit of the best role: it is worth its level."""
    words = {"target": best.role.address, "gain": _WORTH[best.level]}
    certainty = best.answer.certainty
    return Hit(best.level, certainty, (best.answer,), message, words=words, path_id=path_id)


def roles_of_account(case: Case) -> Iterator[Principal]:
    """Yield the other roles that are surely in the caller's account."""
    if case.principal is None:
        return
    own = case.principal.id.account
    for role in case.view.project.principals:
        if role.kind != "role" or role is case.principal:
            continue
        if same_account(own, role.id.account) == "yes":
            yield role


def means_another_role(case: Case, passed: Answer, role: Principal) -> bool:
    """Say whether the pass is possible only because another role's ARN is not spelled out."""
    if passed.certainty == "proven":
        return False
    if rests_on_a_colon(passed):
        return True
    named = {d.resource for d in passed.deciding if d.resource is not None}
    known = addresses_of(case.view.project.principals)
    others = {n for n in named if any(p is not role for p in known.get(n, ()))}
    return bool(named) and all(n in others or not has_words(n) for n in named)


@lru_cache(maxsize=4096)
def access_of_role(role: Principal) -> EffectiveAccess:
    """Return what a role may do, as far as its policies are known."""
    boundary = None if role.boundary is None else role.boundary.policy
    seen = boundary is not None and not is_unseen(boundary.document)
    return EffectiveAccess(
        identity=tuple(known_part(a.policy) for a in role.attachments),
        boundary=(boundary,) if boundary is not None and seen else None,
        caller_kind="role",
        caller_arn=role.arn,
    )


def unseen_target(case: Case, service: str) -> Target | None:
    """Find a pass that reaches roles which are not in view: any name, or one not declared."""
    declared = spelled_arns(case.view.project.principals)
    for role in _passable(case):
        if str(role) in declared:
            continue
        passed = _passed(case, role, service)
        if passed is not None:
            full = any(r.kind == "account-dump" for r in case.view.project.roots)
            level: Level = "note" if full else "warning"
            return Target(_shown(role), passed, level, "what that role may do")
    return None


def _passable(case: Case) -> list[Pattern]:
    """List the roles that iam:PassRole grants name beside a role that none names."""
    found = [sibling(case.self_arn, f"role/a-role-{UNNAMED}")]
    own = segments(case.self_arn)
    for policy in case.access.identity:
        for statement in policy.document.statements:
            resources = statement.resources
            if statement.effect != "Allow" or resources is None or resources.negated:
                continue
            for glob in resources.globs:
                parts = segments(glob)
                if len(parts) == 6 and _is_one_role(parts, own):
                    found.append(replace(glob, origin=None))
    return found


def _is_one_role(parts: list[Pieces], own: list[Pieces]) -> bool:
    path = "".join(p for p in parts[5] if isinstance(p, str))
    first = parts[5][0] if parts[5] else ""
    if not isinstance(first, str) or not first.startswith("role/"):
        return False
    return "*" not in path and "?" not in path and len(own) == 6 and parts[4] == own[4]


def _shown(role: Pattern) -> str:
    return "of any name" if UNNAMED in str(role) else str(role)
