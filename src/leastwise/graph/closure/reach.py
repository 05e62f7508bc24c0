"""Who can become whom, over any number of hops: the graph of a project.

Nothing is worked out before it is asked for: the steps of one node, whom it reaches. Sets of nodes
are integers, see ``nodes``.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from itertools import islice
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.graph.calls.asking import Asking, Found
from leastwise.graph.calls.conditions import Conditions
from leastwise.graph.calls.grants import ActionBits, Actor
from leastwise.graph.calls.leads import MAKING, PASS, Lead, Leads, services_of
from leastwise.graph.calls.people import Bits, People, members_of
from leastwise.graph.calls.trusts import ASSUME, Trusts
from leastwise.graph.calls.workloads import Workload, by_kind
from leastwise.graph.catalogue import passed_to_others, path_of, paths
from leastwise.graph.closure.actors import ALL_ALLOWED
from leastwise.graph.closure.changing import Changing
from leastwise.graph.closure.nodes import Nodes
from leastwise.graph.closure.rewriting import Rewrites, rewritten
from leastwise.graph.model import Node, Path
from leastwise.iam.project import Project
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import Certainty

_MOST_GROUPS = 8
"""Groups that are looked at one by one; of more, only all together."""


_ASSUME = "sts/assume-role"
BLIND = "credential-access"
"""Paths to secrets and keys of whom nobody knows whose they are: what is read on every resource,
or rewritten, the rules about wildcards tell."""


_NOBODY = Rewrites()


class Edges(NamedTuple):
    """Hold the steps of one node: whom it can act as, and by which leads."""

    found: Found
    leads: tuple[tuple[Lead, Found], ...]


class Graph:
    """Hold who can become whom in one project."""

    def __init__(self, project: Project, config: Config) -> None:
        """Take the project in."""
        self.project = project
        self.config = config
        self.people = People(project)
        self.known = Nodes(project, self.people)
        self.asking = Asking(self.people)
        self.trusts = Trusts(self.people, self.asking)
        self._edges: dict[int, Edges] = {}
        self._rewrites: dict[int, Rewrites] = {}
        self._reach: dict[tuple[int, bool], Bits] = {}

    @cached_property
    def leads(self) -> Leads:
        """Return what tries the paths."""
        conditions = Conditions(self.project, self.people, self.trusts)
        managed = tuple(p for p in self.project.policies if not p.aws_managed)
        return Leads(self.asking, self.trusts, conditions, self.workloads, managed)

    @cached_property
    def workloads(self) -> Mapping[str, tuple[Workload, ...]]:
        """Return what runs as a role, by kind."""
        return by_kind(self.project)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Return the principals of the project, in order."""
        return tuple(self.known.node(number) for number in range(self.known.count))

    # --- steps ------------------------------------------------------------------------------------

    def edges(self, number: int) -> Edges:
        """Return the steps of a node."""
        if number not in self._edges:
            self._edges[number] = self._steps(number)
        return self._edges[number]

    def _steps(self, number: int) -> Edges:
        actor = self.known.actor(number)
        if actor is None or actor.kind == "group":
            return Edges(Found(), ())
        if self.known.is_admin(number):
            return self._abroad(actor)
        may = self.asking.statements.may(actor.access)
        found, leads = Found(), []
        for path, bits in tried_paths():
            if bits and not may & bits:
                continue
            for lead in self.leads.of(actor, path):
                there = self.there(number, actor, lead)
                leads.append((lead, there))
                found = found.also(there)
        for lead in self._passed_on(actor, may):
            leads.append((lead, lead.found))
            found = found.also(lead.found)
        return Edges(found.at_most("possible") if actor.unseen else found, tuple(leads))

    def _abroad(self, actor: Actor) -> Edges:
        """Return the steps of an administrator, who gains nothing but in other accounts."""
        others = 0 if actor.account is None else self.people.in_account(actor.account, "no")
        path = path_of(_ASSUME)
        if not others or path is None:
            return Edges(Found(), ())
        leads = [
            lead._replace(found=lead.found.both(Found(others)))
            for lead in self.leads.of(actor, path)
        ]
        leads = [lead for lead in leads if lead.found.every]
        found = leads[0].found if leads else Found()
        return Edges(found, tuple((lead, lead.found) for lead in leads))

    def _passed_on(self, actor: Actor, may: ActionBits) -> Iterator[Lead]:
        """Yield leads to roles passed to a service that takes one in a way of no path's own.

        What the service then does as the role is up to the action, so that none is more than
        possible.
        """
        if actor.account is None or not may & action_index().bits(PASS):
            return
        named = self.trusts.services
        for path, bits in generic_paths():
            if not named.isdisjoint(services_of(path)) and may & bits:
                for lead in islice(self.leads.of(actor, path), 1):
                    yield lead._replace(found=lead.found.at_most("possible"))

    def there(self, number: int, actor: Actor, lead: Lead) -> Found:
        """Return the nodes that a lead leads to."""
        count, known = self.known.count, self.known
        match lead.path.gives:
            case "role" | "user":
                return lead.found
            case "role-boundary" | "user-boundary":
                return Found(lead.found.sure << count, lead.found.maybe << count)
            case "role-without-boundary":
                return _each(lead.found, known.uncapped)
            case "group" if is_newcomer(lead):
                return _each(lead.found, lambda n: known.newcomer(actor, 1 << n, lead.limit))
            case "group":
                return self._joined(number, actor, lead.found)
        certainty = lead.certainty
        if lead.found.every and not lead.found.sure:
            certainty = "possible"
        own = known.changed(number, actor, lead.path.gives, lead.path.name, lead.limit)
        return Found(1 << own).at_most(certainty)

    def _joined(self, number: int, actor: Actor, found: Found) -> Found:
        """Return the nodes of a user in each of some groups, and in all of them.

        What it could have joined before is left out: who is in all of those is a node already.
        """
        known = self.known.joinable.get(number, 0)
        found = Found(found.sure & ~known, found.maybe & ~known)
        if not found.every or ALL_ALLOWED in actor.access.identity:
            return Found()  # who may do all that its boundary allows gains by no group

        def node(groups: Bits) -> int:
            made = self.known.joined(number, actor, groups)
            self.known.joinable[made] = known | found.every
            return made

        # Who is in groups of its choice already joins all others at once: each order, and each set
        # of them, would be a node otherwise.
        many = bool(known) or found.every.bit_count() > _MOST_GROUPS
        alone = Found() if many else _each(found, lambda n: node(1 << n))
        if found.sure:
            alone = alone.also(Found(1 << node(found.sure)))
        return alone.also(Found(0, 1 << node(found.every)))

    def rewrites(self, number: int) -> Rewrites:
        """Return the principals whose policies, boundaries and groups a node can change."""
        if number not in self._rewrites:
            found = self._rewritten(number)
            self._rewrites[number] = _NOBODY if found == _NOBODY else found
        return self._rewrites[number]

    def _rewritten(self, number: int) -> Rewrites:
        actor = self.known.actor(number)
        if actor is None or self.known.is_admin(number):
            return _NOBODY
        return rewritten(self.leads, actor)

    # --- over any number of hops ------------------------------------------------------------------

    def reach(self, number: int, *, possibly: bool = False) -> Bits:
        """Return whom a node can act as, over any number of hops, itself among them.

        ``possibly``: what is only possible counts, too.
        """
        key = number, possibly
        if key not in self._reach:
            reached = 0
            for found, _ in self.spread(number, possibly=possibly):
                reached |= found
            self._reach[key] = reached
        return self._reach[key]

    def spread(self, start: int, *, possibly: bool) -> Iterator[tuple[Bits, int]]:
        """Yield sets of nodes as they are reached, hop by hop, each with where from (-1: start).

        Whom a node of the reach changes is changed as soon as it is in the reach itself.
        """
        reached = frontier = 1 << start
        changing = Changing(self.known, self._joined, possibly=possibly)
        yield frontier, -1
        while frontier:
            following = 0
            for number in members_of(frontier):
                edges = self.edges(number).found
                rewrites = self.rewrites(number)
                if rewrites is not _NOBODY:
                    changing.add(number, rewrites)
                new = (edges.every if possibly else edges.sure) & ~reached
                if new:
                    yield new, number
                reached |= new
                following |= new
            for made, number in changing.follow(reached):
                new = made & ~reached
                if new:
                    yield new, number
                reached |= new
                following |= new
            frontier = following

    def admin_certainty(self, number: int) -> Certainty:
        """Say whether a node reaches every permission, over any number of hops."""
        if self.admins_in(self.reach(number)):
            return "proven"
        return "possible" if self.admins_in(self.reach(number, possibly=True)) else "no"

    def admins_in(self, reached: Bits) -> list[int]:
        """Return the nodes of a set that have every permission, principals as declared first."""
        known = reached & self.known.admins
        if known:
            return list(members_of(known))
        others = reached >> self.known.count << self.known.count
        return [n for n in members_of(others) if self.known.is_admin(n)]


def is_newcomer(lead: Lead) -> bool:
    """Say whether a lead makes a principal, and does not change its caller."""
    return any(leg.action in MAKING for leg in lead.path.ways[lead.way])


def _each(found: Found, node: Callable[[int], int]) -> Found:
    sure = maybe = 0
    for n in members_of(found.sure):
        sure |= 1 << node(n)
    for n in members_of(found.maybe):
        maybe |= 1 << node(n)
    return Found(sure, maybe)


def graph_of(project: Project, config: Config) -> Graph:
    """Return the graph of a project; its steps are worked out when they are asked for."""
    return Graph(project, config)


@cache
def tried_paths() -> tuple[tuple[Path, ActionBits], ...]:
    """Return the paths that the graph tries, each with the actions that some way of it needs."""
    index, rows = action_index(), []
    for path in paths():
        if path.told_by or path.category == BLIND:
            continue
        bits = 0
        for action in {leg.action for way in path.ways for leg in way} - {ASSUME}:
            bits |= index.bits(action)
        rows.append((path, bits))
    return tuple(rows)


@cache
def generic_paths() -> tuple[tuple[Path, ActionBits], ...]:
    """Return the generic pass for each service, with the actions in which it takes a role."""
    index, rows = action_index(), []
    for path in passed_to_others():
        bits = 0
        for way in path.ways:
            bits |= index.bits(way[-1].action)
        rows.append((path, bits))
    return tuple(rows)
