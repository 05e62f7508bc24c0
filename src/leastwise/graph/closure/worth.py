"""Say what the paths of a principal are worth: the best target of each, and what is gained there.

What a target can become counts as what it may do: a step to a weak role that may step on to an
administrator is worth that.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from leastwise.graph.calls.asking import Found
from leastwise.graph.calls.leads import PASS, Lead
from leastwise.graph.calls.people import Bits, bits_of, members_of
from leastwise.graph.closure.chains import step_of, way_to
from leastwise.graph.closure.proofs import path_by_step
from leastwise.graph.closure.reach import Edges, Graph, tried_paths
from leastwise.graph.gains.gain import STRENGTHS, Strength, gain
from leastwise.graph.model import Chain, Path, Step
from leastwise.semantics.model import Certainty

_MOST_TARGETS = 200
_MOST_FURTHER = 40
_MOST_ELSEWHERE = 20
_RANKS: tuple[Certainty, ...] = ("possible", "proven")


class Worth(NamedTuple):
    """Hold the best way of one path: its chain, what is gained at the end, how sure that is.

    ``target`` is the node that the path itself leads to, ``end`` the one that has what is gained.
    """

    path: Path
    chain: Chain
    strength: Strength
    certainty: Certainty
    target: int
    end: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order ways: the stronger, then the surer, then the shorter one is better."""
        strong = -STRENGTHS.index(self.strength)
        return strong, _RANKS.index(self.certainty), -len(self.chain.steps)


class _Value(NamedTuple):
    strength: Strength
    certainty: Certainty
    end: int


def worths(graph: Graph, number: int, edges: Edges | None = None) -> dict[str, Worth]:
    """Return the best way of each path that is open to a node and worth something, by path."""
    found: dict[str, Worth] = {}
    for lead, there in (edges or graph.edges(number)).leads:
        one = worth_of(graph, number, (lead, there))
        known = found.get(lead.path.id)
        if one is not None and (known is None or one.rank > known.rank):
            found[lead.path.id] = one
    if not any(one.strength == "strong" and one.certainty == "proven" for one in found.values()):
        joint = _joint(graph, number)
        if joint is not None:
            found[joint.path.id] = joint
    return found


def _joint(graph: Graph, number: int) -> Worth | None:
    """Return the sure chain to an administrator that several first steps make only together."""
    if not graph.edges(number).found.sure or graph.admin_certainty(number) != "proven":
        return None
    goals = bits_of(graph.admins_in(graph.reach(number)))
    way = way_to(graph, number, goals, possibly=False)
    if not way:
        return None
    path = path_by_step(graph, way[0])
    return Worth(path, Chain(way), "strong", "proven", way[0].target, way[-1].target)


def worths_elsewhere(graph: Graph, number: int) -> dict[str, Worth]:
    """Return the best pass to an administrator whose account may be the caller's, by path.

    Passes never cross accounts; of roots whose accounts are not known it is open whether they do.
    """
    actor = graph.known.actor(number)
    if actor is None or not graph.asking.may(actor, (PASS,)):
        return {}
    admins = graph.known.admins & graph.people.of_kind("role")
    if actor.account is not None:
        admins &= graph.people.in_account(actor.account, "unknown")
    few = bits_of(list(islice(members_of(admins), _MOST_ELSEWHERE)))
    found: dict[str, Worth] = {}
    for path, _ in tried_paths() if few else ():
        if path.gives == "role" and any(leg.action == PASS for way in path.ways for leg in way):
            for lead in islice(graph.leads.to_others(actor, path, few), 1):
                one = worth_of(graph, number, (lead, lead.found))
                if one is not None:
                    found[path.id] = one
    return found


def worth_of(graph: Graph, number: int, by: tuple[Lead, Found]) -> Worth | None:
    """Return the best target of a lead, or None where none is worth anything."""
    lead, there = by
    best: tuple[_Value, int, Certainty] | None = None
    rows: tuple[tuple[Certainty, Bits], ...] = (("proven", there.sure), ("possible", there.maybe))
    for certainty, targets in rows:
        for target in islice(_ordered(graph, targets), _MOST_TARGETS):
            wanted = _above(best, certainty)
            if not wanted:
                break
            value = _value(graph, number, lead, target, wanted)
            if value is None:
                continue
            surely: Certainty = "proven" if value.certainty == certainty == "proven" else "possible"
            value = value._replace(certainty=surely)
            if best is None or _rank(value) > _rank(best[0]):
                best = value, target, certainty
    return None if best is None else _worth(graph, number, lead, best)


def _rank(value: _Value) -> tuple[int, int]:
    return -STRENGTHS.index(value.strength), _RANKS.index(value.certainty)


def _above(best: tuple[_Value, int, Certainty] | None, step: Certainty) -> tuple[Strength, ...]:
    """Return what has to be gained for a target to be better than the best so far."""
    if best is None:
        return STRENGTHS
    value = best[0]
    sure = value.certainty == "proven" or step == "possible"
    return STRENGTHS[: STRENGTHS.index(value.strength) + (not sure)]


def _ordered(graph: Graph, targets: Bits) -> Iterator[int]:
    """Yield administrators first: nothing is worth more."""
    admins = targets & graph.known.admins
    yield from members_of(admins)
    rest = list(members_of(targets & ~admins))
    made = [n for n in rest if n >= graph.known.count]
    yield from made
    later = []
    for n in rest[: len(rest) - len(made)]:
        if graph.edges(n).found.every:
            yield n
        else:
            later.append(n)
    yield from later


def _value(
    graph: Graph, number: int, lead: Lead, target: int, wanted: tuple[Strength, ...]
) -> _Value | None:
    """Grade what a node and all that it can become have beyond the caller."""
    if lead.path.gives in ("permissions", "credentials"):
        return _Value(
            "strong" if lead.path.gives == "permissions" else "ordinary", "proven", target
        )
    for certainty in reversed(_RANKS):
        reached = graph.reach(target, possibly=certainty == "possible")
        ends = graph.admins_in(reached) if "strong" in wanted else []
        end = _nearest(graph, number, target, (ends, certainty)) if ends else None
        if end is not None:
            return _Value("strong", certainty, end)
    if graph.known.limit(target) is not None:
        return None  # what a boundary leaves that has to be set is meant; the way out of it is not
    actor = graph.known.actor(number)
    best: _Value | None = None
    nodes = (target, *(n for n in members_of(graph.reach(target)) if n != target))
    for node in nodes[:_MOST_FURTHER]:
        other = graph.known.actor(node)
        if other is None or actor is None or node == number:
            continue
        found = gain(other.access, actor.access, wanted, graph.config.sensitive)
        if found is None:
            continue
        sure = "possible" if other.unseen else found.certainty
        value = _Value(found.strength, sure, node)
        if best is None or _rank(value) > _rank(best):
            best = value
        if best.strength == wanted[0] and best.certainty == "proven":
            break
    return best


def _nearest(
    graph: Graph, number: int, target: int, goals: tuple[list[int], Certainty]
) -> int | None:
    """Return the nearest administrator that a target becomes before it comes to the caller again.

    What it makes of itself comes before what it makes of others.
    """
    ends, certainty = goals
    if target in ends:
        return target
    own = target + graph.known.count
    near = [own] if own in ends else ends
    for wanted in (near, ends):
        bits = 0
        for end in wanted:
            bits |= 1 << end
        way = way_to(graph, target, bits, possibly=certainty == "possible")
        if way and all(number not in (s.source, s.target) for s in way):
            return way[-1].target
    return None


def _worth(
    graph: Graph, number: int, lead: Lead, best: tuple[_Value, int, Certainty]
) -> Worth | None:
    value, target, certainty = best
    step = step_of(graph, number, target, (lead, certainty))
    rest: tuple[Step, ...] | None = ()
    if value.end != target:
        rest = way_to(graph, target, 1 << value.end, possibly=value.certainty == "possible")
        rest = rest or way_to(graph, target, 1 << value.end, possibly=True)
    chain = Chain((step, *(rest or ())))
    return Worth(lead.path, chain, value.strength, value.certainty, target, value.end)
