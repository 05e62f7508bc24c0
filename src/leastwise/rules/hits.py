"""What a rule reports of one case, before it is worded, capped and grouped."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from leastwise.rules.cases import Case
from leastwise.rules.format import PointsAt, Rule
from leastwise.rules.gain import ceiling
from leastwise.rules.matching import evaluate_match
from leastwise.rules.model import Level, cap
from leastwise.semantics.model import Answer, Certainty
from leastwise.source.span import Span


class Hit(NamedTuple):
    """Hold one find: ``answers`` with their witnesses, and words that fill the message.

    ``span`` is the narrowest string that decides, where the rule knows better than its
    ``points_at``. ``assumptions`` are sentences beside those of the answers. ``grade`` is the
    number of the grade that speaks, the most serious is 0. ``is_chain``: the answers are steps
    of one way, not several ways. ``path_id`` is the escalation path in the catalogue of paths.

    Where no request decides, ``span`` is the place and ``key`` what tells the find from others of
    its rule in the same document, whatever the lines; ``statements`` are indexes of those that it
    is about. ``code`` is the Access Analyzer check that this is.
    """

    level: Level
    certainty: Certainty
    answers: tuple[Answer, ...]
    message: str
    words: Mapping[str, str] = MappingProxyType({})
    points_at: PointsAt = "action"
    span: Span | None = None
    assumptions: tuple[str, ...] = ()
    grade: int = 0
    is_chain: bool = False
    path_id: str | None = None
    key: tuple[str, ...] = ()
    statements: tuple[int, ...] = ()
    code: str = ""


def hits(rule: Rule, case: Case) -> tuple[Hit, ...]:
    """Put a rule to a case."""
    if case.policy is not None and case.policy.aws_managed and not rule.judges_aws_managed:
        return ()
    found = _hits(rule, case)
    if rule.given_level is None:
        return found
    return tuple(hit._replace(level=_given(hit.level, rule)) for hit in found)


def _given(level: Level, rule: Rule) -> Level:
    """Return the level that a team wants: a hit of the rule's own has it, others at most that.

    What limits a level in one case (a value that is not known) still does, see ``drafts``.
    """
    given = rule.given_level or level
    return given if level == rule.info.level else cap(level, given)


def _hits(rule: Rule, case: Case) -> tuple[Hit, ...]:
    if rule.decide is not None:
        return rule.decide(case)
    found = _graded(rule, case)
    if found is None:
        return ()
    if rule.own_ceiling:
        limit = ceiling(case.access)
        if limit is None:
            return ()
        found = _at_most(found, limit)
    return (found,)


def _graded(rule: Rule, case: Case) -> Hit | None:
    for number, grade in enumerate(rule.grades):
        outcome = evaluate_match(grade.match, case)
        if outcome.certainty != "no":
            return Hit(
                grade.level,
                outcome.certainty,
                outcome.answers,
                grade.message,
                points_at=rule.points_at,
                grade=number,
                code=grade.code,
                is_chain=case.kind == "principal" and len(outcome.answers) > 1,
            )
    return None


def _at_most(hit: Hit, limit: Level) -> Hit:
    return hit._replace(level=cap(hit.level, limit))
