"""Follow the graph from one node to another, and show each step by the requests that make it."""

from collections.abc import Iterator

from leastwise.graph.calls.leads import Lead
from leastwise.graph.calls.people import Bits, members_of
from leastwise.graph.closure.reach import Graph, tried_paths
from leastwise.graph.closure.rewriting import Target, best_writing
from leastwise.graph.model import Chain, Gives, Step
from leastwise.semantics.model import Certainty

_MOST_FIRST_STEPS = 400


def steps_from(graph: Graph, number: int) -> tuple[Step, ...]:
    """Return the steps of a node: for each target and path the surest, in the catalogue's order."""
    found: dict[tuple[int, str], Step] = {}
    for step in _steps(graph, number):
        known = found.get((step.target, step.path))
        if known is None or (known.certainty, step.certainty) == ("possible", "proven"):
            found[step.target, step.path] = step
    return tuple(found.values())


def _steps(graph: Graph, number: int) -> Iterator[Step]:
    actor = graph.known.actor(number)
    for lead, there in graph.edges(number).leads:
        for target in members_of(there.every):
            sure = there.sure >> target & 1 and not (actor is not None and actor.unseen)
            yield step_of(graph, number, target, (lead, "proven" if sure else "possible"))


def step_of(graph: Graph, source: int, target: int, by: tuple[Lead, Certainty]) -> Step:
    """Return a step by a lead, as sure as given."""
    lead, certainty = by
    aim = _aim(graph, target, lead)
    workload = lead.through.get(aim)
    through = None if workload is None else workload.resource
    return Step(source, target, lead.path.id, certainty, lead.way, through, aim)


def _aim(graph: Graph, target: int, lead: Lead) -> int:
    """Return whom the calls of a lead name, for the node that it leads to."""
    if not lead.found.every:
        return -1
    match lead.path.gives:
        case "role" | "user":
            return target
        case "role-boundary" | "user-boundary":
            return target - graph.known.count
    if lead.path.gives == "role-without-boundary":
        for number in members_of(lead.found.every):
            if graph.known.uncapped(number) == target:
                return number
    if lead.path.gives == "group":
        return graph.known.group_of(target)
    return next(members_of(lead.found.every))


def step_to(graph: Graph, source: int, target: int) -> Step | None:
    """Return the best step from one node straight to another, or None.

    A sure one is better than one that is possible, then one of fewer calls, then of the core.
    """
    best: tuple[tuple[object, ...], Lead, Certainty] | None = None
    for lead, there in graph.edges(source).leads:
        if there.every >> target & 1:
            sure = bool(there.sure >> target & 1)
            way = lead.path.ways[lead.way]
            rank = (not sure, lead.path.tier != "core", len(way), len(lead.path.where))
            if best is None or rank < best[0]:
                best = rank, lead, "proven" if sure else "possible"
    if best is not None:
        return step_of(graph, source, target, best[1:])
    return _rewriting(graph, source, target)


def _rewriting(graph: Graph, source: int, target: int) -> Step | None:
    """Return the step by which a node changes somebody that is in its reach already."""
    origin, actor = graph.known.origin(target), graph.known.actor(source)
    one = graph.known.base(target)
    if origin is None or actor is None or one < 0:
        return None
    found = graph.rewrites(source).of(origin[0])
    if not found.every >> one & 1:
        return None
    certainty: Certainty = "proven" if found.sure >> one & 1 else "possible"
    whom = changed_by(graph, target)
    if whom.group is not None:
        groups = graph.rewrites(source).groups
        sure = groups.sure >> (graph.people.number(whom.group) or 0) & 1
        certainty = certainty if sure else "possible"
    writing = best_writing(graph.leads, actor, whom)
    return Step(source, target, writing.path.id, certainty, writing.number, aim=one)


def changed_by(graph: Graph, node: int) -> Target:
    """Return whom a step to a node changes, and how."""
    origin, principals = graph.known.origin(node), graph.project.principals
    group = graph.known.group_of(node)
    gives: Gives = "own-boundary" if origin is None else origin[0]
    joined = None if group < 0 else principals[group]
    return Target(principals[graph.known.base(node)], gives, joined)


def way_to(graph: Graph, source: int, goals: Bits, *, possibly: bool) -> tuple[Step, ...] | None:
    """Return the steps of a shortest way from a node to one of some others, or None.

    A principal that is changed on the way is entered by steps of its own, which come first.
    """
    history: list[tuple[Bits, int]] = []
    for found, origin in graph.spread(source, possibly=possibly):
        history.append((found, origin))
        hit = found & goals
        if hit:
            return _told(graph, history, next(members_of(hit)))
    return None


def _told(graph: Graph, history: list[tuple[Bits, int]], goal: int) -> tuple[Step, ...]:
    steps: dict[int, tuple[int, Step]] = {}
    wanted = [goal]
    while wanted:
        node = wanted.pop()
        place = next(n for n, (found, _) in enumerate(history) if found >> node & 1)
        origin = history[place][1]
        step = None if origin < 0 or node in steps else step_to(graph, origin, node)
        if step is None:
            continue
        steps[node] = place, step
        wanted.append(origin)
        made = graph.known.origin(node)
        is_own = any(there.every >> node & 1 for _, there in graph.edges(origin).leads)
        if made is not None and not is_own:  # somebody else changes it: it is entered, too
            wanted.append(made[1])
    return tuple(step for _, step in sorted(steps.values(), key=lambda row: row[0]))


def chains(graph: Graph, source: int, target: int | None, most: int = 3) -> tuple[Chain, ...]:
    """Return the shortest chains from a node to another, proven ones first; None: to an admin.

    At most one chain for each first step, so that they differ where the caller itself acts.
    """
    found: list[Chain] = []
    for step in steps_from(graph, source)[:_MOST_FIRST_STEPS]:
        goals = _goals(graph, step.target, target)
        for possibly in (False, True):
            rest = way_to(graph, step.target, goals, possibly=possibly)
            if rest is not None:
                if all(source not in (s.source, s.target) for s in rest):
                    found.append(Chain((step, *rest)))
                break
    found.sort(key=lambda c: (c.certainty != "proven", len(c.steps), _calls(c)))
    if not found:
        found = _whole(graph, source, target)
    return tuple(found[:most])


def _whole(graph: Graph, source: int, target: int | None) -> list[Chain]:
    """Return the one chain that several steps of the source make together, if there is one."""
    goals = _goals(graph, source, target) & ~(1 << source)
    for possibly in (False, True):
        way = way_to(graph, source, goals, possibly=possibly)
        if way:
            return [Chain(way)]
    return []


def _goals(graph: Graph, start: int, target: int | None) -> Bits:
    if target is not None:
        return 1 << target
    found = 0
    for number in graph.admins_in(graph.reach(start, possibly=True)):
        found |= 1 << number
    return found


def _calls(chain: Chain) -> int:
    known = {path.id: path for path, _ in tried_paths()}
    return sum(len(known[s.path].ways[s.way]) for s in chain.steps if s.path in known)
