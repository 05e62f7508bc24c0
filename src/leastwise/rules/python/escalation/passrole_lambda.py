"""escalation/passrole-lambda-create-invoke: run code as another role through a new function.

Wanted: a role that the caller may pass to Lambda, that trusts Lambda and that may do what the
caller may not; a function name that the caller may create, and invoke. Roles of the project in
the same account are tried one by one; a pass that reaches roles not in view is a warning.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import Account, Policy, Principal
from leastwise.rules.arns import UNNAMED, Pieces, segments, sibling, spelled
from leastwise.rules.cases import Case
from leastwise.rules.gain import STRENGTHS, WORDS, gain
from leastwise.rules.hits import Hit
from leastwise.rules.known import has_words, is_unseen, known_part
from leastwise.rules.model import LEVELS, Level, cap
from leastwise.rules.questions import spellings
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, CallerPattern, EffectiveAccess, RequestPattern

SERVICE = "lambda.amazonaws.com"
MAX_TARGETS = 200
_TO_LAMBDA = (("iam:passedtoservice", (Pattern((SERVICE,)),)),)
_UNSAID = (("iam:passedtoservice", None),)

FULL = "{subject} can pass role {target} to a Lambda function that it creates and invokes"
HALF = "{subject} can pass role {target} to a Lambda function that it creates and others may invoke"
UNKNOWN = "that role {target} is in the same account, which is not known here"


class Launch(NamedTuple):
    """Hold the answers that create and, if allowed, invoke one function."""

    create: Answer
    invoke: Answer | None


class Target(NamedTuple):
    """Hold a role that can be passed, and what is gained by it; None: it is not in view."""

    name: str
    passed: Answer
    level: Level
    gained: str
    same_account: bool = True


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the target that gains most."""
    launch = _launch(case)
    if launch is None:
        return ()
    target = _best_target(case) or _unseen_target(case)
    return () if target is None else (_hit(launch, target),)


def _launch(case: Case) -> Launch | None:
    create = allows(case.access, RequestPattern(actions=("lambda:CreateFunction",)))
    if create.certainty == "no":
        return None
    for resources in _function_patterns(case):
        made = _allowed(case, "lambda:CreateFunction", resources)
        if made is None or made.witness is None:
            continue
        alike = _allowed(case, "lambda:InvokeFunction", resources)
        if alike is not None and _is_same_grant(made, alike):
            return Launch(made, alike)
        for same in ((Pattern((made.witness.resource,)),), resources):
            invoke = _allowed(case, "lambda:InvokeFunction", same)
            again = None if invoke is None else _allowed(case, "lambda:CreateFunction", _at(invoke))
            if invoke is not None and again is not None:
                return Launch(again, invoke)
    return Launch(create, None)


def _function_patterns(case: Case) -> list[tuple[Pattern, ...]]:
    found: dict[Pattern, None] = {}
    for policy in case.access.identity:
        for statement in policy.document.statements:
            resources = statement.resources
            if statement.effect == "Allow" and resources is not None and not resources.negated:
                found.update((replace(g, origin=None), None) for g in resources.globs)
    functions = [g for g in found if _names_function(g)]
    return [(Pattern(("arn:aws:lambda:*:*:function:*",)),), *((g,) for g in functions[:16])]


def _names_function(glob: Pattern) -> bool:
    parts = segments(glob)
    return len(parts) == 6 and spelled(parts[2]) == "lambda"


def _at(answer: Answer) -> tuple[Pattern, ...]:
    return (Pattern((answer.witness.resource,)),) if answer.witness is not None else ()


def _allowed(case: Case, action: str, resources: tuple[Pattern, ...]) -> Answer | None:
    answer = allows(case.access, RequestPattern(actions=(action,), resources=resources))
    return None if answer.certainty == "no" else answer


def _is_same_grant(first: Answer, second: Answer) -> bool:
    """Say whether two answers rest on one and the same Resource string."""
    if not first.deciding or not second.deciding:
        return False
    left, right = first.deciding[0], second.deciding[0]
    return (
        left.policy is right.policy
        and left.statement == right.statement
        and left.resource is not None
        and left.resource == right.resource
    )


def _passed(case: Case, role: Pattern) -> Answer | None:
    """Ask for the pass; one that only a request without the service's name allows is possible."""
    for context in (_TO_LAMBDA, _UNSAID):
        pattern = RequestPattern(
            actions=("iam:PassRole",), resources=spellings(case, (role,)), context=context
        )
        answer = allows(case.access, pattern)
        if answer.certainty != "no":
            certain = answer.certainty if context is _TO_LAMBDA else "possible"
            return answer._replace(certainty=certain)
    return None


def _best_target(case: Case) -> Target | None:
    best: Target | None = None
    for role, alike in islice(_roles(case), MAX_TARGETS):
        best = _target(case, role, alike, best) or best
        if best is not None and best.level == "error":
            break
    return best


def _worth(level: Level, passed: Answer) -> tuple[int, bool]:
    return LEVELS.index(level), passed.certainty == "proven"


def _roles(case: Case) -> Iterator[tuple[Principal, bool]]:
    """Yield the roles that Lambda may take, and whether each is surely in the caller's account.

    Those of the account come first: a tree of many roots has more roles than are tried.
    """
    own = None if case.principal is None else case.principal.id.account
    found = [
        (role, "unknown" if own is None else _same(own, role.id.account))
        for role in case.view.project.principals
        if role.kind == "role" and role is not case.principal
    ]
    for wanted in ("yes", "unknown"):
        for role, same in found:
            if same == wanted and _trusts_lambda(role):
                yield role, same == "yes"


def _same(first: Account, second: Account) -> str:
    if first.number is not None and second.number is not None:
        return "yes" if first.number == second.number else "no"
    return "yes" if first.id == second.id else "unknown"


def _target(case: Case, role: Principal, alike: bool, best: Target | None) -> Target | None:
    """Return the role as a target if it is worth more than the best one so far."""
    passed = _passed(case, role.arn)
    if passed is None or _means_another_role(case, passed, role):
        return None
    found = gain(_access(role), case.access, _above(best, passed))
    if found is None:
        return None
    elsewhere = "" if alike or role.span is None else f" ({role.span.path})"
    return Target(role.address + elsewhere, passed, found.level, WORDS[found.level], alike)


def _above(best: Target | None, passed: Answer) -> tuple[Level, ...]:
    """Return what has to be gained through a pass for it to be worth more than another one."""
    if best is None:
        return STRENGTHS
    least = _worth(best.level, best.passed)
    return tuple(level for level in STRENGTHS if _worth(level, passed) > least)


def _trusts_lambda(role: Principal) -> bool:
    return role.trust is not None and _lets_lambda_in(role.trust)


@lru_cache(maxsize=4096)
def _lets_lambda_in(policy: Policy) -> bool:
    trust = known_part(policy)
    pattern = RequestPattern(
        actions=("sts:AssumeRole",), principal=CallerPattern("Service", Pattern((SERVICE,)))
    )
    return allows(EffectiveAccess(trust=trust), pattern).certainty != "no"


def _means_another_role(case: Case, passed: Answer, role: Principal) -> bool:
    """Say whether the pass is possible only because another role's ARN is not spelled out."""
    if passed.certainty == "proven":
        return False
    named = {d.resource for d in passed.deciding if d.resource is not None}
    others = {p.arn for p in case.view.project.principals if p is not role}
    return bool(named) and all(n in others or not has_words(n) for n in named)


@lru_cache(maxsize=4096)
def _access(role: Principal) -> EffectiveAccess:
    boundary = None if role.boundary is None else role.boundary.policy
    seen = boundary is not None and not is_unseen(boundary.document)
    return EffectiveAccess(
        identity=tuple(known_part(a.policy) for a in role.attachments),
        boundary=(boundary,) if boundary is not None and seen else None,
        caller_kind="role",
        caller_arn=role.arn,
    )


def _unseen_target(case: Case) -> Target | None:
    """Find a pass that reaches roles which are not in view: any name, or one not declared."""
    declared = {str(p.arn) for p in case.view.project.principals}
    for role in _passable(case):
        if str(role) in declared:
            continue
        passed = _passed(case, role)
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


def _hit(launch: Launch, target: Target) -> Hit:
    level = target.level
    answers: tuple[Answer, ...] = (target.passed, launch.create)
    if launch.invoke is None:
        level = cap(level, "warning")
    else:
        answers = (*answers, launch.invoke)
    proven = all(a.certainty == "proven" for a in answers)
    if not target.same_account:
        level, proven = cap(level, "warning"), False
    return Hit(
        level,
        "proven" if proven else "possible",
        answers,
        f"{HALF if launch.invoke is None else FULL}, and gains {target.gained} by it",
        words={"target": target.name},
        assumptions=() if target.same_account else (UNKNOWN.replace("{target}", target.name),),
        is_chain=True,
    )
