"""Choose which chains of the graph answer a question; they are not drawn yet: that takes proofs."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from leastwise.graph.calls.people import Bits, members_of
from leastwise.graph.calls.workloads import Workload
from leastwise.graph.closure.chains import chains, step_to, way_to
from leastwise.graph.closure.reach import Graph
from leastwise.graph.closure.worth import worths
from leastwise.graph.gains.gain import STRENGTHS, WORDS, gain
from leastwise.graph.model import Step
from leastwise.graph.outsiders import Entrance
from leastwise.reporters.graph.picture import WORTHS, Worth
from leastwise.semantics.model import Certainty

_MOST_BETWEEN = 20
_MOST_COMPARED = 64
"""Whose access is looked at, of all that an outsider reaches."""


class Start(NamedTuple):
    """Hold where a chain begins: a node, with what lets an outsider or a workload in before it."""

    number: int
    entrance: Entrance | None = None
    workload: Workload | None = None

    @property
    def is_itself(self) -> bool:
        """Say whether the node is who is meant, and not somebody that acts as it."""
        return self.entrance is None and self.workload is None

    @property
    def certainty(self) -> Certainty:
        """Return how sure it is that who is meant acts as the node."""
        if self.entrance is not None:
            return self.entrance.certainty
        return "proven" if self.workload is None or self.workload.sure else "possible"


class Way(NamedTuple):
    """Hold a chain: its steps come after the one that its beginning takes, where it takes one.

    ``end`` is the node that has what is gained. ``more``: an outsider enters so many other roles,
    none of which leads it further.
    """

    start: Start
    steps: tuple[Step, ...]
    worth: Worth
    certainty: Certainty
    end: int = -1
    more: int = 0


def rank(way: Way) -> tuple[object, ...]:
    """Return what sorts the worst way first."""
    possible = way.certainty != "proven"
    entrance = way.start.entrance
    # Who has no name that is known may be one of the tree's own.
    outside = entrance is not None and "${" not in entrance.label
    return WORTHS.index(way.worth), possible, not outside, len(way.steps)


def one_each(ways: Iterable[Way]) -> list[Way]:
    """Keep the worst way of each outsider, and of everybody else all."""
    found: dict[object, Way] = {}
    for at, way in enumerate(ways):
        entrance = way.start.entrance
        key: object = at if entrance is None else (entrance.kind, entrance.label)
        known = found.get(key)
        if known is None:
            found[key] = way
        else:
            found[key] = min(known, way, key=rank)._replace(more=known.more + 1)
    return list(found.values())


def bits_of(numbers: Iterable[int]) -> Bits:
    """Return numbers of nodes as a set."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def worst(graph: Graph, start: Start) -> Way | None:
    """Return the way to an administrator, else to whoever has most that the beginning lacks."""
    if start.is_itself and graph.known.is_admin(start.number):
        return None
    return _to_admin(graph, start) or _to_stronger(graph, start)


def to_any(graph: Graph, start: Start, goals: Bits) -> Way | None:
    """Return the way to one of some nodes, the surest first."""
    if start.is_itself and goals >> start.number & 1:
        return None
    for possibly in (False, True):
        if graph.reach(start.number, possibly=possibly) & goals:
            return _way(graph, start, goals, "none", possibly=possibly)
    return None


def _to_admin(graph: Graph, start: Start) -> Way | None:
    certainty = graph.admin_certainty(start.number)
    if certainty == "no":
        return None
    possibly = certainty == "possible"
    goals = bits_of(graph.admins_in(graph.reach(start.number, possibly=possibly)))
    return _way(graph, start, goals, "admin", possibly=possibly)


def _way(graph: Graph, start: Start, goals: Bits, worth: Worth, *, possibly: bool) -> Way | None:
    steps = way_to(graph, start.number, goals, possibly=possibly)
    if steps is None or (start.is_itself and not steps):
        return None
    sure = not possibly and start.certainty == "proven"
    return Way(start, steps, worth, "proven" if sure else "possible")


def _to_stronger(graph: Graph, start: Start) -> Way | None:
    """Return the way to whoever has most that the beginning lacks; it reaches no administrator."""
    if not start.is_itself:
        return _through_the_door(graph, start)
    found = (w for w in worths(graph, start.number).values() if w.path.gives != "credentials")
    best = max(found, key=lambda one: one.rank, default=None)
    if best is None:
        return None
    sure = best.certainty == best.chain.certainty == "proven"
    steps = best.chain.steps
    return Way(start, steps, best.strength, "proven" if sure else "possible", best.end)


def _through_the_door(graph: Graph, start: Start) -> Way | None:
    """Return the way of an outsider, who may do nothing of its own."""
    for strength in STRENGTHS:
        for possibly in (False, True):
            reached = graph.reach(start.number, possibly=possibly)
            for number in islice(members_of(reached), _MOST_COMPARED):
                if gain(graph.known.access(number), None, (strength,)) is not None:
                    way = _way(graph, start, 1 << number, strength, possibly=possibly)
                    return None if way is None else way._replace(end=number)
    return None


def gained(graph: Graph, way: Way) -> str:
    """Say what a way to no administrator gains, with an action that shows it."""
    strength = next((s for s in STRENGTHS if s == way.worth), None)
    if strength is None:
        return ""
    own = graph.known.access(way.start.number) if way.start.is_itself else None
    found = gain(graph.known.access(way.end), own, (strength,)) if way.end >= 0 else None
    return WORDS[strength] + ("" if found is None else f" ({found.action})")


def between(graph: Graph, start: Start, end: int | None) -> Iterator[Way]:
    """Yield the shortest ways from one to another; None: to an administrator."""
    worth: Worth = "admin" if end is None else "none"
    is_there = end == start.number or (end is None and graph.known.is_admin(start.number))
    if is_there:
        if not start.is_itself:
            yield Way(start, (), worth, start.certainty)
        return
    for chain in chains(graph, start.number, end, _MOST_BETWEEN):
        sure = chain.certainty == start.certainty == "proven"
        yield Way(start, chain.steps, worth, "proven" if sure else "possible")


def tree(graph: Graph, start: Start) -> Iterator[Way]:
    """Yield the way to each node that one reaches, all of them in one tree, the surest first."""
    ways: dict[int, tuple[Step, ...]] = {start.number: ()}
    if not start.is_itself:
        yield Way(start, (), _worth(graph, start.number), start.certainty)
    for possibly in (False, True):
        certainty: Certainty = "possible" if possibly else start.certainty
        for found, origin in graph.spread(start.number, possibly=possibly):
            for number in members_of(found):
                step = None if number in ways else step_to(graph, origin, number)
                if step is not None and origin in ways:
                    ways[number] = (*ways[origin], step)
                    yield Way(start, ways[number], _worth(graph, number), certainty)


def _worth(graph: Graph, number: int) -> Worth:
    return "admin" if graph.known.is_admin(number) else "none"
