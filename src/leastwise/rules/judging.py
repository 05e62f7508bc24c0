"""Put a rule to a case: its questions, or its Python part, become hits."""

from leastwise.graph.gains.gain import ceiling
from leastwise.rules.cases import Case
from leastwise.rules.format import Rule
from leastwise.rules.hits import Hit
from leastwise.rules.matching import evaluate_match
from leastwise.rules.model import LEVEL_OF, Level, cap


def hits(rule: Rule, case: Case) -> tuple[Hit, ...]:
    """Put a rule to a case."""
    if case.policy is not None and case.policy.aws_managed and not rule.judges_aws_managed:
        return ()
    found = _hits(rule, case)
    if rule.given_level is None:
        return found
    return tuple(hit._replace(level=_given(hit.level, rule)) for hit in found)


def _given(level: Level, rule: Rule) -> Level:
    """Return the level that a team wants: all hits of a rule that it names have it.

    Where it names the group, only those of each rule's own level do; others have at most that.
    What limits a level in one case (a value that is not known) still does, see ``drafts``.
    """
    given = rule.given_level or level
    if rule.named_itself or level == rule.info.level:
        return given
    return cap(level, given)


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
        found = _at_most(found, LEVEL_OF[limit])
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
