"""Answer what rules ask: is some request of a pattern allowed, are all of them.

``may`` is the wide reading of what allows without the narrow reading of what denies, ``must``
the narrow reading of what allows without the wide reading of what denies. What is found in
``must`` is *proven*, in ``may`` only *possible*. ``docs/semantics.md`` has the exact fragment
and every approximation.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.actions import data_date
from leastwise.semantics.decide import WHOLE_DOCUMENT, Unknowns
from leastwise.semantics.effort import Effort
from leastwise.semantics.model import Answer, Deciding, EffectiveAccess, Layer, RequestPattern
from leastwise.semantics.pattern import Pieces, action_matches, resource_matches
from leastwise.semantics.search import Found, asked_bits, find, names_known
from leastwise.semantics.space import Mentions, Space, mentioned, mentions_of, merged
from leastwise.semantics.terms import (
    NARROW,
    WIDE,
    Holder,
    Term,
    TermRow,
    allowing,
    denying,
    terms,
)
from leastwise.semantics.truth import Truth
from leastwise.semantics.witness import Search, Witness, confirm
from leastwise.semantics.worlds import World, worlds
from leastwise.source.value import Assumption, Symbol

BOUNDARY_NOT_IN_VIEW = "the permissions boundary is not in view and is taken to allow none of it"
POLICY_NOT_IN_VIEW = "a policy of the principal is not in view; it may allow or deny more"
ONLY_POSSIBLE = "depends on values that are not known, or on a reading that is not certain"
TEMPORARY_CREDENTIALS = "needs temporary credentials of the user (a session token)"
SOME_WORLDS = "holds only under the assumptions named"
MANY_WORLDS = "the assumptions span too many cases; they were taken together"
LIMIT_MET = "the search met its limit; whether there is such a request is not known"
_NO = Answer("no")
_TRIES = 12
"""Requests tried per combination of statements before the search gives up on a witness."""

_UNSEEN = Policy(
    address="",
    attribute="",
    kind="identity",
    document=PolicyDocument((), opaque=Symbol("unseen", "further policies")),
    resolution="opaque",
    span=None,
)


class _Layers(NamedTuple):
    """Hold the terms that grant, those that cap (None: no boundary), and all that deny."""

    grants: TermRow
    caps: TermRow | None
    denies: TermRow


class _Question(NamedTuple):
    """Hold a question with what is derived from it once."""

    access: EffectiveAccess
    pattern: RequestPattern
    holder: Holder
    mentions: Mentions
    effort: Effort

    def space(self) -> Space:
        """Return the requests to search; each phase narrows or widens them."""
        trust = self.access.trust is not None
        return Space(
            self.pattern, self.holder, trust, self.mentions, data_date(), effort=self.effort
        )


def allows(access: EffectiveAccess, pattern: RequestPattern) -> Answer:
    """Answer whether some request of the pattern is allowed.

    What the pattern leaves out favours the attacker. A boundary that is not in view answers
    ``no`` with the reason ``BOUNDARY_NOT_IN_VIEW`` where the policies alone would allow it.
    Where the search meets its limit the answer is ``possible`` without a witness, and
    ``LIMIT_MET`` is among the reasons.
    """
    if not _relevant(access, pattern):
        return _NO
    if access.boundary is not None and any(p.document.opaque for p in access.boundary):
        alone = allows(access._replace(boundary=None), pattern)
        reasons = (BOUNDARY_NOT_IN_VIEW,) if alone.certainty != "no" else ()
        return Answer("no", reasons=reasons)
    question = _question(access, pattern)
    everywhere = _worlds(question)
    proofs = [_proof(question, world) for world in everywhere]
    if all(proofs) and proofs[0] is not None:
        return proofs[0]
    for world, proof in zip(everywhere, proofs, strict=True):
        answer = proof or _possibility(question, world)
        if answer is not None:
            return _lowered(answer, world, question)
    return _NO


def _relevant(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    """Tell quickly when no statement can allow a known action."""
    if access.open or not names_known(pattern.actions):
        return True
    bits = asked_bits(pattern.actions)
    holder = Holder(access.caller_kind, access.caller_arn)
    layer: Layer = "trust" if access.trust is not None else "identity"
    return any(
        term.actions & bits
        for policy in _granting(access)
        for term in terms(policy, layer, holder, WIDE)
        if term.statement.effect != "Deny"
    )


def _granting(access: EffectiveAccess) -> tuple[Policy, ...]:
    return access.identity if access.trust is None else (access.trust,)


def _question(access: EffectiveAccess, pattern: RequestPattern) -> _Question:
    holder = Holder(access.caller_kind, access.caller_arn)
    found = [mentions_of(p) for p in (*_granting(access), *(access.boundary or ()))]
    arns = [*(pattern.resources or ())]
    if access.caller_arn is not None:
        arns.append(access.caller_arn)
    return _Question(
        access, pattern, holder, merged([*(mentioned(a.pieces) for a in arns), *found]), Effort()
    )


def _worlds(question: _Question) -> tuple[World, ...]:
    policies = (*_granting(question.access), *(question.access.boundary or ()))
    return worlds(a for p in policies for s in p.document.statements for a in s.when)


def _layers(question: _Question, world: World, *, grant_wide: bool, deny_wide: bool) -> _Layers:
    access, holder = question.access, question.holder

    def rows(policies: tuple[Policy, ...], layer: Layer, *, wide: bool) -> TermRow:
        found = (t for p in policies for t in terms(p, layer, holder, WIDE if wide else NARROW))
        return tuple(t for t in found if world.has(t))

    layer: Layer = "trust" if access.trust is not None else "identity"
    policies = _granting(access)
    if access.open and access.trust is None:
        policies = (*policies, _UNSEEN)
    grants = allowing(rows(policies, layer, wide=grant_wide))
    denies = denying(rows(policies, layer, wide=deny_wide))
    caps: TermRow | None = None
    if access.boundary is not None and access.trust is None:
        caps = allowing(rows(access.boundary, "boundary", wide=grant_wide))
        denies += denying(rows(access.boundary, "boundary", wide=deny_wide))
    known_first = sorted(grants, key=lambda t: t.index == WHOLE_DOCUMENT)
    return _Layers(tuple(known_first), caps, denies)


def _proof(question: _Question, world: World) -> Answer | None:
    layers = _layers(question, world, grant_wide=False, deny_wide=True)
    space = replace(question.space(), strict=True, closed=True)
    return _first(question, world, (space, layers), "against")


def _possibility(question: _Question, world: World) -> Answer | None:
    """Search the readings between must and may, those that decide confirms easily first."""
    if question.holder.kind in ("user", "group"):
        layers = _layers(question, world, grant_wide=False, deny_wide=True)
        answer = _first(
            question, world, (replace(question.space(), closed=True), layers), "against"
        )
        if answer is not None:
            return answer._replace(reasons=(TEMPORARY_CREDENTIALS,))
    for grant_wide, deny_wide in ((False, False), (True, True), (True, False)):
        layers = _layers(question, world, grant_wide=grant_wide, deny_wide=deny_wide)
        space = replace(question.space(), wide=grant_wide)
        answer = _first(question, world, (space, layers), "for")
        if answer is not None:
            return answer
    for positive, found in _candidates(space, layers):
        if found.limited:
            deciding = tuple(_deciding(t, found) for t in positive)
            return Answer("possible", None, deciding, reasons=(LIMIT_MET,))
    return None


def _first(
    question: _Question, world: World, phase: tuple[Space, _Layers], unknown: Unknowns
) -> Answer | None:
    for positive, found in _candidates(*phase):
        if found.limited:
            continue
        question.effort.spend(sum(map(_size, positive + phase[1].denies)))
        search = Search(
            question.access, question.pattern, positive, phase[1].denies, world.assumptions
        )
        witness = confirm(found, search, unknown)
        if witness is not None:
            return _answer(positive, found, witness)
    return None


def _candidates(space: Space, layers: _Layers) -> Iterator[tuple[TermRow, Found]]:
    for grant in layers.grants:
        pairs = [(grant,)] if layers.caps is None else [(grant, cap) for cap in layers.caps]
        for positive in pairs:
            for count, found in enumerate(find(space, positive, layers.denies)):
                if count >= _TRIES:
                    break
                yield positive, found
            if space.effort.spent:
                yield positive, Found(space.question.actions[0], "AWS", (), (), {}, limited=True)
                return


def _size(term: Term) -> int:
    """Return how many strings a statement holds, about: what trying a request on it costs."""
    statement = term.statement
    resources = () if statement.resources is None else statement.resources.globs
    return len(statement.actions.globs) + len(resources) + len(term.conditions) + 1


def _answer(positive: TermRow, found: Found, witness: Witness) -> Answer:
    deciding = tuple(_deciding(t, found) for t in positive if t.policy is not _UNSEEN)
    reasons = tuple(
        f"holds when ${{{symbol.reference}}} is {value!r}"
        for symbol, value in witness.bound.items()
    )
    return Answer("proven", witness.request, deciding, reasons=reasons)


def _deciding(term: Term, found: Found) -> Deciding:
    """Name the strings of a statement that match a request."""
    actions, resources = term.statement.actions, term.statement.resources
    action = None
    if not actions.negated and term.index != WHOLE_DOCUMENT:
        action = _best(actions.globs, lambda p: action_matches(p, found.action))
    resource = None
    if resources is not None and not resources.negated and term.index != WHOLE_DOCUMENT:
        resource = _best(
            resources.globs, lambda p: resource_matches(p, found.resource, term.lookup)
        )
    return Deciding(term.layer, term.policy, term.index, action, resource)


def _best(globs: tuple[Pattern, ...], match: Callable[[Pieces], Truth]) -> Pattern | None:
    verdicts = [(match(p.pieces), p) for p in globs]
    sure = [p for truth, p in verdicts if truth]
    unsure = [p for truth, p in verdicts if truth is None]
    return next(iter(sure + unsure), None)


def _lowered(answer: Answer, world: World, question: _Question) -> Answer:
    """Make an answer possible, and say on what it depends."""
    assumptions = _assumed(answer, world, question)
    reasons = [*answer.reasons, *([SOME_WORLDS] if assumptions else [])]
    policies = _granting(question.access)
    if question.access.open or any(p.document.opaque is not None for p in policies):
        reasons.append(POLICY_NOT_IN_VIEW)
    if world.merged:
        reasons.append(MANY_WORLDS)
    return answer._replace(
        certainty="possible",
        assumptions=assumptions,
        reasons=tuple(dict.fromkeys(reasons or (ONLY_POSSIBLE,))),
    )


def _assumed(answer: Answer, world: World, question: _Question) -> tuple[Assumption, ...]:
    """Return the outcomes of the tests that the deciding statements, else the Denies, name."""
    decided = [
        a.id
        for d in answer.deciding
        if d.statement != WHOLE_DOCUMENT
        for a in d.policy.document.statements[d.statement].when
    ]
    policies = (*_granting(question.access), *(question.access.boundary or ()))
    denied = [
        a.id for p in policies for s in p.document.statements if s.effect != "Allow" for a in s.when
    ]
    names = set(decided or denied)
    return tuple(a for a in world.assumptions if a.id in names)


def allows_all(access: EffectiveAccess, pattern: RequestPattern) -> Answer:
    """Answer whether every request of the pattern is allowed, whatever else it carries.

    A grant under a condition counts only where requests always meet the condition. The witness
    is one such request, ``deciding`` the smallest set of statements found to cover them all.
    An empty set of requests answers ``no``.
    """
    if not _relevant(access, pattern) or _leaves_actions(access, pattern):
        return _NO
    some = allows(access, pattern)
    if some.witness is None:
        return some
    question = _question(access, pattern)
    everywhere = _worlds(question)
    proven = [w for w in everywhere if _covered(question, w, wide=False)]
    if len(proven) == len(everywhere) and some.certainty == "proven":
        return some._replace(deciding=_cover(question, everywhere[0], wide=False))
    for world in proven or everywhere:
        if world in proven or _covered(question, world, wide=True):
            answer = some._replace(deciding=_cover(question, world, wide=world not in proven))
            return _lowered(answer, world, question)
    return _NO


def _leaves_actions(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    """Tell quickly when a question about actions alone holds one that nothing grants."""
    if pattern.resources is not None or pattern.context or pattern.principal or access.open:
        return False
    holder = Holder(access.caller_kind, access.caller_arn)
    layer: Layer = "trust" if access.trust is not None else "identity"
    granted = 0
    for policy in _granting(access):
        for term in allowing(terms(policy, layer, holder, WIDE)):
            granted |= term.actions
    return bool(asked_bits(pattern.actions) & ~granted) and access.trust is None


def _covered(question: _Question, world: World, *, wide: bool) -> bool:
    """Tell whether no request of the pattern escapes, in the narrow or the wide reading."""
    layers = _layers(question, world, grant_wide=wide, deny_wide=not wide)
    space = replace(question.space(), universal=True)
    # A search that met its limit proves nothing, and does not refute what is possible.
    if any(_some(space, (deny,), (), cautious=not wide) for deny in layers.denies):
        return False
    if _some(space, (), layers.grants, cautious=not wide):
        return False
    return layers.caps is None or not _some(space, (), layers.caps, cautious=not wide)


def _some(space: Space, positive: TermRow, negative: TermRow, *, cautious: bool = True) -> bool:
    return any(cautious or not f.limited for f in find(space, positive, negative))


def _cover(question: _Question, world: World, *, wide: bool) -> tuple[Deciding, ...]:
    """Return a smallest set of statements, layer by layer, that covers the pattern."""
    layers = _layers(question, world, grant_wide=wide, deny_wide=not wide)
    space = replace(question.space(), universal=True)
    kept = [*_smallest(space, layers.grants), *_smallest(space, layers.caps or ())]
    deciding = []
    for term in kept:
        found = next((f for f in find(question.space(), (term,), ()) if not f.limited), None)
        if found is not None and term.policy is not _UNSEEN:
            deciding.append(_deciding(term, found))
    return tuple(deciding)


def _smallest(space: Space, row: TermRow) -> TermRow:
    for term in row:
        if not _some(space, (), (term,)):
            return (term,)
    kept = row
    for term in row:
        fewer = tuple(t for t in kept if t is not term)
        if not _some(space, (), fewer):
            kept = fewer
    return kept
