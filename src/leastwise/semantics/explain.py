"""Say which statements, if they were removed, would end an access.

Each explanation is a minimal set: with all of it removed no request of the question is allowed,
with any one kept some request is. There is one per choice of a layer for each way of being
allowed, because a way closes when one of its layers has nothing left that allows.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows, asked_space, may_ways
from leastwise.semantics.decide import WHOLE_DOCUMENT
from leastwise.semantics.deciding import deciding
from leastwise.semantics.evaluation import UNSEEN
from leastwise.semantics.model import Deciding, EffectiveAccess, RequestPattern
from leastwise.semantics.paths import refusals, with_each
from leastwise.semantics.search import find
from leastwise.semantics.terms import Term, TermRow

_MOST_LAYERS = 16
_MOST_STATEMENTS = 64


def explain(access: EffectiveAccess, pattern: RequestPattern) -> tuple[tuple[Deciding, ...], ...]:
    """Return minimal sets of statements whose removal ends what ``allows`` finds, shortest first.

    Empty when nothing is allowed, or when what allows it is not known. Statements are named with
    the strings that match some request of the pattern. At most 16 choices of layers and 64
    statements are looked at, so that some explanation may be missing; none is wrong.
    """
    if allows(access, pattern).certainty == "no":
        return ()
    found: dict[frozenset[tuple[int, int]], tuple[Deciding, ...]] = {}
    for row in islice(refusals(may_ways(access, pattern)), _MOST_LAYERS):
        taking_part = tuple(t for t in row if _takes_part(t, access, pattern))
        if len(taking_part) > _MOST_STATEMENTS or any(_is_unseen(t) for t in taking_part):
            continue
        ending = _minimal(access, pattern, taking_part)
        if ending:
            key = frozenset((id(t.policy), t.index) for t in ending)
            found[key] = tuple(_named(t, access, pattern) for t in ending)
    return tuple(sorted(found.values(), key=len))


def _is_unseen(term: Term) -> bool:
    return term.policy is UNSEEN or term.index == WHOLE_DOCUMENT


def _takes_part(term: Term, access: EffectiveAccess, pattern: RequestPattern) -> bool:
    return next(find(asked_space(access, pattern), (term,), ()), None) is not None


def _named(term: Term, access: EffectiveAccess, pattern: RequestPattern) -> Deciding:
    found = next(find(asked_space(access, pattern), (term,), ()))
    return deciding(term, found)


def _minimal(access: EffectiveAccess, pattern: RequestPattern, row: TermRow) -> TermRow:
    """Return a smallest part of the terms whose removal ends the access; empty: none does."""

    def ends(removed: Iterable[Term]) -> bool:
        return allows(without(access, removed), pattern).certainty == "no"

    if not ends(row):
        return ()
    kept = row
    for term in row:
        fewer = tuple(t for t in kept if t is not term)
        if ends(fewer):
            kept = fewer
    return kept


def without(access: EffectiveAccess, removed: Iterable[Term]) -> EffectiveAccess:
    """Return an access without some of its statements; denying ones among them stay."""
    gone: dict[int, set[int]] = {}
    for term in removed:
        gone.setdefault(id(term.policy), set()).add(term.index)

    def cut(policy: Policy) -> Policy:
        indices = gone.get(id(policy))
        return policy if indices is None else replace(policy, document=_cut(policy, indices))

    return with_each(access, cut)


def _cut(policy: Policy, indices: set[int]) -> PolicyDocument:
    statements = policy.document.statements
    kept = tuple(s for i, s in enumerate(statements) if i not in indices)
    return replace(policy.document, statements=kept)
