"""Answer how one principal of a tree can become another, or have every permission; or why not.

Who is asked about stands in the tree. Of what lies between, everything counts that the graph
knows: roles, users, and what runs as a role.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.environment import bound
from leastwise.api.questions.can import environment_of
from leastwise.api.questions.requester import requester_of
from leastwise.api.workspace import WrongUse
from leastwise.config.model import Config
from leastwise.graph.answers.cuts import Cuts, cuts_between
from leastwise.graph.answers.mastery import mastered
from leastwise.graph.answers.obstacles import Nearest, nearest
from leastwise.graph.calls.people import members_of
from leastwise.graph.closure.chains import chains, steps_from
from leastwise.graph.closure.proofs import path_by_step
from leastwise.graph.closure.reach import Graph, graph_of
from leastwise.graph.model import Chain, Step
from leastwise.iam.project import Policy, Principal, Project
from leastwise.reporters.why import Outcome
from leastwise.semantics.access import allows_all
from leastwise.semantics.known import has_words, known_part
from leastwise.semantics.model import Answer, RequestPattern

ADMIN = "admin"
MOST_SHOWN = 3
MOST_NEAR = 5
_MOST_CHAINS = 1_000


class Explanation(NamedTuple):
    """Hold how one principal becomes another (None: has every permission), or what stops it.

    ``held``: it has every permission itself, by what this answer rests on. ``others`` counts the
    chains beside those that are told, ``admins`` whoever has every permission.
    """

    graph: Graph
    source: Principal
    target: Principal | None
    outcome: Outcome
    chains: tuple[Chain, ...] = ()
    others: int = 0
    held: Answer | None = None
    cuts: Cuts | None = None
    nearest: Nearest | None = None
    unknown: tuple[str, ...] = ()
    """Policies that nothing was found by, and of which some part is not known."""


def why(project: Project, config: Config, source: str, target: str) -> Explanation | WrongUse:
    """Answer a question; ``target`` is a principal of the tree, or ``admin``."""
    ends = _ends(project, source, target)
    if isinstance(ends, WrongUse):
        return ends
    named = [word for word in (source, target) if word != ADMIN]
    project = bound(project, environment_of(*named))
    ends = _ends(project, source, target)
    if isinstance(ends, WrongUse):
        return ends
    return _explained(graph_of(project, config), *ends)


def _ends(
    project: Project, source: str, target: str
) -> tuple[Principal, Principal | None] | WrongUse:
    begin = _principal(project, source)
    if isinstance(begin, WrongUse):
        return begin
    if begin.kind == "group":
        return WrongUse(f"a group makes no calls: ask for a member of {begin.address}")
    if target == ADMIN:
        return begin, None
    end = _principal(project, target)
    if isinstance(end, WrongUse):
        return end
    if end.kind == "group":
        return WrongUse(f"nobody becomes a group; a member has what {end.address} grants")
    if end is begin:
        return WrongUse(f"{begin.address} is that principal: name another one, or admin")
    return begin, end


def _principal(project: Project, text: str) -> Principal | WrongUse:
    found = requester_of(project, text)
    if isinstance(found, WrongUse):
        return found
    if found.principal is None:
        return WrongUse(f"{text!r} is no principal of the tree: only those have chains to tell")
    return found.principal


def _explained(graph: Graph, source: Principal, target: Principal | None) -> Explanation:
    begin = graph.people.number(source) or 0
    end = None if target is None else graph.people.number(target)
    if target is None and graph.known.is_admin(begin):
        held = allows_all(graph.known.access(begin)._replace(scps=()), RequestPattern())
        cuts = cuts_between(graph, begin, end)
        return Explanation(graph, source, target, "reachable", held=held, cuts=cuts)
    found = _direct(graph, begin, end) or chains(graph, begin, end, most=_MOST_CHAINS)
    if end is not None and (not found or found[0].certainty != "proven"):
        found = _sorted((*found, *_by_admins(graph, begin, end)))
    if not found:
        tried = nearest(graph, begin, end, MOST_NEAR)
        unknown = tuple(dict.fromkeys(_unknown(graph, begin, target)))
        outcome: Outcome = "depends" if unknown else "not-reachable"
        return Explanation(graph, source, target, outcome, nearest=tried, unknown=unknown)
    outcome = "reachable" if found[0].certainty == "proven" else "depends"
    more = max(len(found) - MOST_SHOWN, 0)
    cuts = cuts_between(graph, begin, end)
    return Explanation(graph, source, target, outcome, found[:MOST_SHOWN], more, cuts=cuts)


def _unknown(graph: Graph, begin: int, target: Principal | None) -> Iterator[str]:
    """Yield the policies of whom a node can act as of which some part is not known.

    And the target's trust policy, if whom it lets in is not known.
    """
    for number in members_of(graph.reach(begin, possibly=True)):
        principal = graph.known.node(number).principal
        held = () if principal is None else (a.policy for a in principal.attachments)
        yield from (p.address for p in held if known_part(p) is not p)
    trust = None if target is None else target.trust
    if trust is not None and _lets_in_unknown(trust):
        yield trust.address


def _lets_in_unknown(trust: Policy) -> bool:
    rows = [s.principals for s in trust.document.statements if s.principals is not None]
    names = (entry.pattern for principals in rows for entry in principals.entries)
    is_open = any(principals.tail is not None for principals in rows)
    return is_open or known_part(trust) is not trust or not all(map(has_words, names))


def _direct(graph: Graph, begin: int, end: int | None) -> tuple[Chain, ...]:
    """Return the chains of one step, if there are enough that nobody asks for longer ones."""
    steps = steps_from(graph, begin)
    reached = 0
    for step in steps:
        reached |= 1 << step.target
    goals = graph.admins_in(reached) if end is None else [end]
    found = [s for s in steps if s.target in goals]
    if sum(s.certainty == "proven" for s in found) < MOST_SHOWN:
        return ()

    def order(step: Step) -> tuple[bool, bool, int]:
        path = path_by_step(graph, step)
        return step.certainty != "proven", path.tier != "core", len(path.ways[step.way])

    return tuple(Chain((step,)) for step in sorted(found, key=order))


def _by_admins(graph: Graph, begin: int, end: int) -> Iterator[Chain]:
    """Yield the chains that go by somebody with every permission, who can become anybody."""
    first = (Chain(()),) if graph.known.is_admin(begin) else ()
    for chain in first or chains(graph, begin, None, most=_MOST_CHAINS):
        number = chain.steps[-1].target if chain.steps else begin
        last = mastered(graph, number, end)
        if last is not None:
            yield Chain((*chain.steps, last))


def _sorted(found: tuple[Chain, ...]) -> tuple[Chain, ...]:
    return tuple(sorted(found, key=lambda c: (c.certainty != "proven", len(c.steps))))
