"""escalation/passrole-new-resource: have a service act as another role, in one of the ways we list.

The ways stand in ``data/passrole_launches.csv``: the service that takes the role, and the actions
that start something of the caller's making with it. Lambda has a rule of its own, since the
function that is created must be the one that is invoked.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVELS, cap
from leastwise.rules.python.escalation.targets import UNKNOWN, Target, best_target, unseen_target
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} can pass role {target} to {what}, and gains {gain} by it"
UNUSED = (
    "{subject} can pass role {target} to {service}, though nothing here lets it start something"
)
_WAYS = Path(__file__).parents[3] / "data" / "passrole_launches.csv"
LAMBDA = "lambda.amazonaws.com"


class Way(NamedTuple):
    """Hold one way to have a service act as a role; ``what`` acts, in words."""

    path_id: str
    service: str
    actions: tuple[str, ...]
    what: str


@cache
def ways() -> tuple[Way, ...]:
    """Return the ways that are known, read once."""
    with _WAYS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(
            Way(row["path"], row["service"], tuple(row["actions"].split()), row["what"])
            for row in rows
        )


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each service whose roles are gained, else one for a pass without use."""
    passes = allows(case.access, RequestPattern(actions=("iam:PassRole",)))
    if passes.certainty == "no":
        return ()
    found: dict[str, Hit] = {}
    tried: set[str] = set()
    for way in ways():
        answers = _answers(case, way) if way.service not in tried else None
        if answers is None:
            continue
        tried.add(way.service)
        target = best_target(case, way.service) or unseen_target(case, way.service)
        if target is not None:
            found[way.service] = _hit(way, answers, target)
    if found:
        best = max(found.values(), key=lambda hit: (LEVELS.index(hit.level), hit.certainty))
        return (best, *(hit for hit in found.values() if hit is not best))
    return _unused(case, tried)


def _answers(case: Case, way: Way) -> tuple[Answer, ...] | None:
    found = []
    for action in way.actions:
        answer = allows(case.access, RequestPattern(actions=(action,)))
        if answer.certainty == "no":
            return None
        found.append(answer)
    return tuple(found)


def _hit(way: Way, answers: tuple[Answer, ...], target: Target) -> Hit:
    every = (target.passed, *answers)
    proven = all(answer.certainty == "proven" for answer in every)
    level = target.level
    if not target.same_account:
        level, proven = cap(level, "warning"), False
    return Hit(
        level,
        "proven" if proven else "possible",
        every,
        MESSAGE,
        words={"target": target.name, "what": way.what, "gain": target.gained},
        assumptions=() if target.same_account else (UNKNOWN.replace("{target}", target.name),),
        is_chain=True,
        path_id=way.path_id,
    )


def _unused(case: Case, tried: set[str]) -> tuple[Hit, ...]:
    """Note a pass of a stronger role that somebody else, or a later grant, may put to use.

    ``tried`` are services to which no such role can be passed.
    """
    for service in dict.fromkeys((LAMBDA, *(way.service for way in ways()))):
        if service in tried:
            continue
        target = best_target(case, service, near=True)
        if target is not None and target.passed.certainty == "proven":
            words = {"target": target.name, "service": service}
            return (Hit("note", "proven", (target.passed,), UNUSED, words=words),)
    return ()
