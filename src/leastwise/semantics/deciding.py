"""Name the statements, and the very strings of them, that decide a request."""

from collections.abc import Callable

from leastwise.iam.policy import Pattern
from leastwise.semantics.decide import WHOLE_DOCUMENT
from leastwise.semantics.entries import entries_for
from leastwise.semantics.model import Deciding
from leastwise.semantics.pattern import Pieces
from leastwise.semantics.readings import action_matches, resource_matches
from leastwise.semantics.search import Found
from leastwise.semantics.terms import Term
from leastwise.semantics.truth import Truth


def deciding(term: Term, found: Found) -> Deciding:
    """Name the strings of a statement that match a request."""
    actions, resources = term.statement.actions, term.statement.resources
    action = None
    if not actions.negated and term.index != WHOLE_DOCUMENT:
        named = entries_for(actions, found.action)
        action = _best(named, lambda p: action_matches(p, found.action))
    resource = None
    if resources is not None and not resources.negated and term.index != WHOLE_DOCUMENT:
        resource = _best(
            resources.globs, lambda p: resource_matches(p, found.resource, term.lookup)
        )
    return Deciding(term.layer, term.policy, term.index, action, resource)


def _best(globs: tuple[Pattern, ...], match: Callable[[Pieces], Truth]) -> Pattern | None:
    """Return the first string that surely matches, else the first that may."""
    unsure: Pattern | None = None
    for glob in globs:
        truth = match(glob.pieces)
        if truth:
            return glob
        if truth is None and unsure is None:
            unsure = glob
    return unsure
