"""Tell where a statement is covered by the words of others, whatever those words mean.

The same glob, the same condition, the same principals say the same of one request, for every
value of what is not known and under every reading. So it needs no search to see a statement
covered whose words stand in others: all its actions in statements that have its resources too
(or all its resources in statements that have its actions), and no condition that it lacks.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern, Patterns, Principals, Statement
from leastwise.semantics.principals import is_nameless
from leastwise.semantics.terms import Term
from leastwise.source.value import Assumption, Symbol

_ANY: frozenset[object] = frozenset({"any"})


class _Words(NamedTuple):
    """Hold what a statement says: of alternatives and of conditions one entry each.

    Actions and condition keys are in lower case. A Not element, a list whose rest is not known,
    and conditions that are not known are one entry each.
    """

    actions: frozenset[object]
    resources: frozenset[object]
    conditions: frozenset[object]
    principals: Principals | None
    when: frozenset[Assumption]


def covered(term: Term, others: Iterable[Term]) -> bool:
    """Tell whether every request that a term's statement matches, one of the others matches too.

    False: their words do not show it.
    """
    words = _words(term.statement)
    actions, resources = words.actions, words.resources
    for other in others:
        known = _words(other.statement)
        if not _on_the_same(term, other) or not _weaker(known, words):
            continue
        if words.actions <= known.actions:
            resources -= known.resources
        if words.resources <= known.resources:
            actions -= known.actions
        if not actions or not resources:
            return True
    return False


def _on_the_same(term: Term, other: Term) -> bool:
    """Tell whether two statements judge the same request, with variables alike.

    An identity statement that is limited to some services does not count for others.
    """
    if other.only is not None and other.layer == "identity":
        return False
    if other.statement is not term.statement and is_nameless(other.statement.principals):
        return False
    return other.layer == term.layer and (other.lookup is None) == (term.lookup is None)


def _weaker(known: _Words, words: _Words) -> bool:
    """Tell whether nothing but its actions and resources restricts a statement further."""
    return (
        known.principals == words.principals
        and known.conditions <= words.conditions
        and known.when <= words.when
    )


@lru_cache(maxsize=8192)
def _words(statement: Statement) -> _Words:
    tail = statement.conditions_tail
    resources = statement.resources
    return _Words(
        _entries(statement.actions, map(_lower, statement.actions.globs)),
        _ANY if resources is None else _entries(resources, resources.globs),
        frozenset((*map(_condition, statement.conditions), *(() if tail is None else (tail,)))),
        statement.principals,
        frozenset(statement.when),
    )


def _entries(patterns: Patterns, globs: Iterable[Pattern]) -> frozenset[object]:
    entries = frozenset(globs)
    if patterns.negated or patterns.tail is not None:
        whole: tuple[bool, frozenset[Pattern], Symbol | None]
        whole = patterns.negated, entries, patterns.tail
        return frozenset((whole,))
    return entries


def _condition(condition: Condition) -> object:
    values = frozenset(condition.values)
    return condition.operator, _lower(condition.key), values, condition.tail


def _lower(pattern: Pattern) -> Pattern:
    return Pattern(tuple(p.lower() if isinstance(p, str) else p for p in pattern.pieces))
