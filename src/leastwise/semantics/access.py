"""Answer what rules ask: is some request of a pattern allowed, are all of them.

``may`` is the wide reading of what allows without the narrow reading of what denies, ``must``
the narrow reading of what allows without the wide reading of what denies. What is found in
``must`` is *proven*, in ``may`` only *possible*. ``docs/semantics.md`` has the exact fragment
and every approximation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, product
from typing import NamedTuple

from leastwise.semantics.actions import asked_bits, data_date
from leastwise.semantics.decide import WHOLE_DOCUMENT, Unknowns
from leastwise.semantics.deciding import deciding
from leastwise.semantics.effort import Effort
from leastwise.semantics.evaluation import UNSEEN, standing_of
from leastwise.semantics.granted import granted, may_name_any
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import Answer, Deciding, EffectiveAccess, RequestPattern
from leastwise.semantics.openactions import names_known
from leastwise.semantics.paths import (
    Readings,
    Way,
    Ways,
    granting,
    policies_of,
    refusals,
    ways_of,
)
from leastwise.semantics.search import Found, find
from leastwise.semantics.space import Mentions, Space, mentioned, mentions_of, merged
from leastwise.semantics.terms import (
    NARROW,
    WIDE,
    Term,
    TermRow,
)
from leastwise.semantics.witness import Search, Witness, allowed, confirm
from leastwise.semantics.worlds import World, within, worlds
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
    if _is_bounded_unseen(access):
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


def allows_surely(access: EffectiveAccess, pattern: RequestPattern) -> Answer:
    """Answer like ``allows`` where that is ``proven``, else ``no``: what is possible costs most."""
    if not _relevant(access, pattern) or _is_bounded_unseen(access):
        return _NO
    question = _question(access, pattern)
    first: Answer | None = None
    for world in _worlds(question):
        proof = _proof(question, world)
        if proof is None:
            return _NO
        first = first or proof
    return first or _NO


def _relevant(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    """Tell quickly when no statement can allow an action that is asked for."""
    holder = Holder(access.caller_kind, access.caller_arn)
    if access.open or _is_root(holder):
        return True
    if not names_known(pattern.actions):
        return may_name_any(granting(access), pattern.actions)
    bits = asked_bits(pattern.actions)
    return any(granted(policy).known & bits for policy in granting(access))


def _is_root(holder: Holder) -> bool:
    """Tell whether a root user asks, which needs no grant within its account."""
    return standing_of("AWS", holder.name) == "root"


def _question(access: EffectiveAccess, pattern: RequestPattern) -> _Question:
    holder = Holder(access.caller_kind, access.caller_arn)
    found = [mentions_of(p) for p in policies_of(access)]
    arns = [*(pattern.resources or ())]
    if access.caller_arn is not None:
        arns.append(access.caller_arn)
    return _Question(
        access, pattern, holder, merged([*(mentioned(a.pieces) for a in arns), *found]), Effort()
    )


def _worlds(question: _Question) -> tuple[World, ...]:
    return worlds(_assumptions(question))


def _assumptions(question: _Question) -> Iterator[Assumption]:
    policies = policies_of(question.access)
    return (a for p in policies for s in p.document.statements for a in s.when)


def _ways(question: _Question, world: World, *, grant_wide: bool, deny_wide: bool) -> Ways:
    """Return the ways that may be open; whether one is for a request, ``decide`` confirms."""
    readings = Readings(WIDE if grant_wide else NARROW, WIDE if deny_wide else NARROW)
    return ways_of(question.access, question.holder, readings, world, open_minded=True)


def asked_space(access: EffectiveAccess, pattern: RequestPattern) -> Space:
    """Return the requests that a question is about, symbols standing for whatever they may be."""
    return replace(_question(access, pattern).space(), wide=True)


def may_ways(access: EffectiveAccess, pattern: RequestPattern) -> tuple[Way, ...]:
    """Return the ways in which an access may allow a request of the pattern, in some world."""
    question = _question(access, pattern)
    merged_world = World(merged=True)
    return _ways(question, merged_world, grant_wide=True, deny_wide=False).ways


def _proof(question: _Question, world: World) -> Answer | None:
    ways = _ways(question, world, grant_wide=False, deny_wide=True)
    space = replace(question.space(), strict=True, closed=True)
    return _first(question, world, (space, ways), "against")


def _possibility(question: _Question, world: World) -> Answer | None:
    """Search the readings between must and may, those that decide confirms easily first."""
    if question.holder.kind in ("user", "group"):
        ways = _ways(question, world, grant_wide=False, deny_wide=True)
        answer = _first(question, world, (replace(question.space(), closed=True), ways), "against")
        if answer is not None:
            return answer._replace(reasons=(TEMPORARY_CREDENTIALS,))
    for grant_wide, deny_wide in ((False, False), (True, True), (True, False)):
        ways = _ways(question, world, grant_wide=grant_wide, deny_wide=deny_wide)
        space = replace(question.space(), wide=grant_wide)
        answer = _first(question, world, (space, ways), "for")
        if answer is not None:
            return answer
    for positive, found in _candidates(space, ways):
        if found.limited:
            decided = tuple(deciding(t, found) for t in positive)
            return Answer("possible", None, decided, reasons=(LIMIT_MET,))
    return None


def _first(
    question: _Question, world: World, phase: tuple[Space, Ways], unknown: Unknowns
) -> Answer | None:
    access, denies = question.access, phase[1].denies
    for positive, found in _candidates(*phase):
        every = _assumptions(question) if unknown == "for" else ()
        assumed = within(world, positive if unknown == "for" else (), every)
        if found.limited or assumed is None:
            continue
        question.effort.spend(sum(map(_size, positive + denies)))
        search = Search(
            (access,),
            allowed(access, unknown),
            question.pattern,
            positive,
            denies,
            assumed,
            whole=access.trust is not None,
        )
        witness = confirm(found, search)
        if witness is not None:
            return _answer(positive, found, witness)
    return None


def _candidates(space: Space, ways: Ways) -> Iterator[tuple[TermRow, Found]]:
    for positive in chain.from_iterable(map(_rows, ways.ways)):
        for count, found in enumerate(find(space, positive, ways.denies)):
            if count >= _TRIES:
                break
            yield positive, found
        if space.effort.spent:
            yield positive, Found(space.question.actions[0], "AWS", (), (), {}, limited=True)
            return


def _rows(way: Way) -> Iterator[TermRow]:
    """Yield one term per layer, known statements before what may be in unknown ones."""
    known_first = (sorted(row, key=lambda t: t.index == WHOLE_DOCUMENT) for row in way)
    return product(*known_first)


def _size(term: Term) -> int:
    """Return how many strings a statement holds, about: what trying a request on it costs."""
    statement = term.statement
    resources = () if statement.resources is None else statement.resources.globs
    return len(statement.actions.globs) + len(resources) + len(term.conditions) + 1


def _answer(positive: TermRow, found: Found, witness: Witness) -> Answer:
    decided = tuple(deciding(t, found) for t in positive if t.policy is not UNSEEN)
    return Answer("proven", witness.request, decided, reasons=held_when(witness.bound))


def held_when(bound: Mapping[Symbol, str]) -> tuple[str, ...]:
    """Say for which values of symbols an answer holds."""
    return tuple(f"holds when ${{{s.reference}}} is {value!r}" for s, value in bound.items())


def _lowered(answer: Answer, world: World, question: _Question) -> Answer:
    """Make an answer possible, and say on what it depends."""
    assumptions = _assumed(answer, world, question)
    reasons = [*answer.reasons, *([SOME_WORLDS] if assumptions else [])]
    policies = granting(question.access)
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
    if world.merged:
        return _together(answer)
    policies = policies_of(question.access)
    denied = [
        a.id for p in policies for s in p.document.statements if s.effect != "Allow" for a in s.when
    ]
    names = set(decided or denied)
    return tuple(a for a in world.assumptions if a.id in names)


def _together(answer: Answer) -> tuple[Assumption, ...]:
    """Return what the deciding statements assume, nothing where they exclude each other."""
    found: dict[str, Assumption] = {}
    for one in answer.deciding:
        when = () if one.statement == WHOLE_DOCUMENT else _when(one)
        if any(found.setdefault(a.id, a) != a for a in when):
            return ()
    return tuple(found.values())


def _when(one: Deciding) -> tuple[Assumption, ...]:
    return one.policy.document.statements[one.statement].when


def allows_all(access: EffectiveAccess, pattern: RequestPattern) -> Answer:
    """Answer whether every request of the pattern is allowed, whatever else it carries.

    A grant under a condition counts only where requests always meet the condition. The witness
    is one such request, ``deciding`` the smallest set of statements found to cover them all.
    An empty set of requests answers ``no``.
    """
    if not _relevant(access, pattern) or _leaves_actions(access, pattern):
        return _NO
    question = _question(access, pattern)
    everywhere = _worlds(question)
    # What the wide reading does not cover the narrow one does not either: most answers end here.
    possible = [w for w in everywhere if _covered(question, w, wide=True)]
    if not possible and not _is_bounded_unseen(access):
        return _NO
    some = allows(access, pattern)
    if some.witness is None:
        return some
    proven = [w for w in possible if _covered(question, w, wide=False)]
    if len(proven) == len(everywhere) and some.certainty == "proven":
        return some._replace(deciding=_cover(question, everywhere[0], wide=False))
    for world in proven or possible:
        answer = some._replace(deciding=_cover(question, world, wide=world not in proven))
        return _lowered(answer, world, question)
    return _NO


def _is_bounded_unseen(access: EffectiveAccess) -> bool:
    return access.boundary is not None and any(p.document.opaque for p in access.boundary)


def _leaves_actions(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    """Tell quickly when a question about actions alone holds one that nothing grants."""
    if pattern.resources is not None or pattern.context or pattern.principal or access.open:
        return False
    holder = Holder(access.caller_kind, access.caller_arn)
    if _is_root(holder):
        return False
    known = 0
    for policy in granting(access):
        known |= granted(policy).known
    return bool(asked_bits(pattern.actions) & ~known) and access.trust is None


def _covered(question: _Question, world: World, *, wide: bool) -> bool:
    """Tell whether no request of the pattern escapes, in the narrow or the wide reading."""
    readings = Readings(WIDE, NARROW) if wide else Readings(NARROW, WIDE)
    ways = ways_of(question.access, question.holder, readings, world, open_minded=wide)
    space = replace(question.space(), universal=True)
    # A search that met its limit proves nothing, and does not refute what is possible.
    if any(_some(space, (deny,), (), cautious=not wide) for deny in ways.denies):
        return False
    return not any(_some(space, (), row, cautious=not wide) for row in refusals(ways.ways))


def _some(space: Space, positive: TermRow, negative: TermRow, *, cautious: bool = True) -> bool:
    return any(cautious or not f.limited for f in find(space, positive, negative))


def _cover(question: _Question, world: World, *, wide: bool) -> tuple[Deciding, ...]:
    """Return a smallest set of statements, layer by layer, that covers the pattern."""
    ways = _ways(question, world, grant_wide=wide, deny_wide=not wide)
    space = replace(question.space(), universal=True)
    kept = [term for way in ways.ways for row in way for term in _smallest(space, row)]
    decided = []
    for term in dict.fromkeys(kept):
        found = next((f for f in find(question.space(), (term,), ()) if not f.limited), None)
        if found is not None and term.policy is not UNSEEN:
            decided.append(deciding(term, found))
    return tuple(decided)


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
