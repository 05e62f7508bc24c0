"""wildcard/not-resource-allow: an Allow that names only the resources it leaves out."""

from collections.abc import Iterator

from leastwise.graph.gains.gain import STRENGTHS, Strength, actions_of
from leastwise.graph.gains.granted import bits_of
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.wildcard.cuts import Cut, cut, statements
from leastwise.rules.python.wildcard.shapes import Family, code_of
from leastwise.semantics.access import allows
from leastwise.semantics.actions import asked_bits, info
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} {may} call {action} on every resource that it does not leave out"
TRIES = 8
_LEVELS: dict[Strength, Level] = {"strong": "warning", "ordinary": "warning", "weak": "note"}
_UNNAMED = (Pattern(("a-service-that-nobody-names.amazonaws.com",)),)
_CHECKED: tuple[tuple[Family, str, str, Level], ...] = (
    ("PASS_ROLE", "iam:PassRole", "iam:passedtoservice", "warning"),
    ("CREATE_SLR", "iam:CreateServiceLinkedRole", "iam:awsservicename", "note"),
)
"""What has a check of its own unless a condition names the service."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make the hits of each statement that leaves something open."""
    found: list[Hit] = []
    for index, statement in statements(case):
        if statement.resources is not None and statement.resources.negated:
            found += _judge(cut(case, index))
    return tuple(found)


def _judge(alone: Cut) -> list[Hit]:
    checked = list(_checked(alone))
    if any(hit.level == "warning" for hit in checked):
        return checked
    graded = {a: degree for degree in STRENGTHS for a in actions_of(alone.statement, degree, TRIES)}
    for action in sorted(graded, key=reads):
        answer = allows(alone.access, RequestPattern(actions=(action,)))
        if answer.certainty != "no":
            serious = "note" if reads(action) else _LEVELS[graded[action]]
            return [_hit(serious, alone.restored(answer), ""), *checked]
    return checked


def _checked(alone: Cut) -> Iterator[Hit]:
    bits = bits_of(alone.statement)
    for family, action, key, level in _CHECKED:
        if not bits & asked_bits((action,)):
            continue
        pattern = RequestPattern(actions=(action,), context=((key, _UNNAMED),))
        answer = alone.restored(allows(alone.access, pattern))
        if answer.certainty != "no":
            yield _hit(level, answer, code_of(family, answer))


def _hit(level: Level, answer: Answer, code: str) -> Hit:
    return Hit(level, answer.certainty, (answer,), MESSAGE, points_at="resource", code=code)


def reads(action: str) -> bool:
    """Say whether an action only reads or lists."""
    known = info(action)
    return known is not None and known.access_level in ("Read", "List")
