"""escalation/passrole-lambda-create-invoke: run code as another role through a new function.

Wanted: a role that the caller may pass to Lambda, that trusts Lambda and that may do what the
caller may not; a function name that the caller may create, and invoke. Roles of the project in
the same account are tried one by one; a pass that reaches roles not in view is a warning.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import cap
from leastwise.rules.python.escalation.targets import (
    UNKNOWN,
    Target,
    best_target,
    unseen_target,
)
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, RequestPattern

SERVICE = "lambda.amazonaws.com"

FULL = "{subject} can pass role {target} to a Lambda function that it creates and invokes"
HALF = "{subject} can pass role {target} to a Lambda function that it creates and others may invoke"


class Launch(NamedTuple):
    """Hold the answers that create and, if allowed, invoke one function."""

    create: Answer
    invoke: Answer | None


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit: of the target that gains most."""
    launch = _launch(case)
    if launch is None:
        return ()
    target = best_target(case, SERVICE) or unseen_target(case, SERVICE)
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
