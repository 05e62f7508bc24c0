"""wildcard/not-resource-allow: an Allow that names only the resources it leaves out."""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.gain import STRENGTHS, actions_of, bits_of
from leastwise.rules.hits import Hit
from leastwise.rules.known import only_statement, restored
from leastwise.rules.model import Level
from leastwise.rules.python.wildcard.shapes import Family, code_of
from leastwise.semantics.access import allows
from leastwise.semantics.actions import asked_bits, info
from leastwise.semantics.model import EffectiveAccess, RequestPattern

MESSAGE = "{subject} may call {action} on every resource that it does not leave out"
TRIES = 8
_LEVELS: dict[Level, Level] = {"error": "warning", "warning": "warning", "note": "note"}
_UNNAMED = (Pattern(("a-service-that-nobody-names.amazonaws.com",)),)
_CHECKED: tuple[tuple[Family, str, str, Level], ...] = (
    ("PASS_ROLE", "iam:PassRole", "iam:passedtoservice", "warning"),
    ("CREATE_SLR", "iam:CreateServiceLinkedRole", "iam:awsservicename", "note"),
)
"""What has a check of its own unless a condition names the service."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make the hits of each statement that leaves something open."""
    found: list[Hit] = []
    for policy in case.access.identity[:1]:
        for index, statement in enumerate(policy.document.statements):
            resources = statement.resources
            if statement.effect == "Allow" and resources is not None and resources.negated:
                found += _judge(case, policy, index, statement)
    return tuple(found)


def _judge(case: Case, policy: Policy, index: int, statement: Statement) -> list[Hit]:
    part = only_statement(policy, index)
    access = case.access._replace(identity=(part, *case.access.identity[1:]))
    checked = list(_checked(access, policy, statement))
    if any(hit.level == "warning" for hit in checked):
        return checked
    graded = {a: level for level in STRENGTHS for a in actions_of(statement, level, TRIES)}
    for action in sorted(graded, key=reads):
        answer = allows(access, RequestPattern(actions=(action,)))
        if answer.certainty != "no":
            answer = restored(answer, policy, part)
            serious = "note" if reads(action) else _LEVELS[graded[action]]
            hit = Hit(serious, answer.certainty, (answer,), MESSAGE, points_at="resource")
            return [hit, *checked]
    return checked


def _checked(access: EffectiveAccess, policy: Policy, statement: Statement) -> Iterator[Hit]:
    bits, part = bits_of(statement), access.identity[0]
    for family, action, key, level in _CHECKED:
        if not bits & asked_bits((action,)):
            continue
        answer = allows(access, RequestPattern(actions=(action,), context=((key, _UNNAMED),)))
        if answer.certainty != "no":
            answer = restored(answer, policy, part)
            code = code_of(family, answer)
            yield Hit(level, answer.certainty, (answer,), MESSAGE, points_at="resource", code=code)


def reads(action: str) -> bool:
    """Say whether an action only reads or lists."""
    known = info(action)
    return known is not None and known.access_level in ("Read", "List")
