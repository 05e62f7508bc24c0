"""wildcard/not-resource-allow: an Allow that names only the resources it leaves out."""

from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.gain import STRENGTHS, actions_of
from leastwise.rules.hits import Hit
from leastwise.rules.known import only_statement, restored
from leastwise.rules.model import Level
from leastwise.semantics.access import allows
from leastwise.semantics.actions import info
from leastwise.semantics.model import RequestPattern

MESSAGE = "{subject} may call {action} on every resource that it does not leave out"
TRIES = 8
_LEVELS: dict[Level, Level] = {"error": "warning", "warning": "warning", "note": "note"}


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that leaves something open."""
    found = []
    for policy in case.access.identity[:1]:
        for index, statement in enumerate(policy.document.statements):
            resources = statement.resources
            if statement.effect == "Allow" and resources is not None and resources.negated:
                hit = _judge(case, policy, index, statement)
                found += [] if hit is None else [hit]
    return tuple(found)


def _judge(case: Case, policy: Policy, index: int, statement: Statement) -> Hit | None:
    part = only_statement(policy, index)
    access = case.access._replace(identity=(part, *case.access.identity[1:]))
    graded = {a: level for level in STRENGTHS for a in actions_of(statement, level, TRIES)}
    for action in sorted(graded, key=reads):
        answer = allows(access, RequestPattern(actions=(action,)))
        if answer.certainty != "no":
            answer = restored(answer, policy, part)
            serious = "note" if reads(action) else _LEVELS[graded[action]]
            return Hit(serious, answer.certainty, (answer,), MESSAGE, points_at="resource")
    return None


def reads(action: str) -> bool:
    """Say whether an action only reads or lists."""
    known = info(action)
    return known is not None and known.access_level in ("Read", "List")
