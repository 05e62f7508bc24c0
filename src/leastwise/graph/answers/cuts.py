"""Find the least that has to go for one principal not to become another: statements, attachments.

Whatever ends every chain takes something from each. What chains rest on is taken from the proofs
of their steps; whether none is left is computed anew, on the project without what was taken. What
makes a target worth having is left alone, and so are boundaries and the policies of an
organization, without whose Allow statements others would lose what is theirs.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeAlias

from leastwise.graph.answers.hitting import MAX_MORE, MAX_ROUNDS, Ending, end_all
from leastwise.graph.answers.mastery import mastered
from leastwise.graph.answers.removal import Removable, Removals
from leastwise.graph.calls.trusts import service_named
from leastwise.graph.closure.chains import steps_from, way_to
from leastwise.graph.closure.proofs import path_by_step, prove
from leastwise.graph.closure.reach import Graph, graph_of
from leastwise.graph.model import Path, Proof, Step
from leastwise.iam.policy import Statement
from leastwise.iam.project import Principal, Project
from leastwise.semantics.access import allows_all
from leastwise.semantics.model import Deciding, RequestPattern
from leastwise.semantics.principals import principal_matches

MOST_WAYS = 4
"""Ways that are asked for at once."""
_FEW = 6
"""Rounds for each attempt in a project of many principals."""
_MANY = 400
_KINDS = 4


class Link(NamedTuple):
    """Hold a proved step; ``source`` and ``target`` are the numbers of principals, if they are."""

    proof: Proof
    path: Path | None = None
    source: int | None = None
    target: int | None = None


Finder: TypeAlias = "Callable[[Project], Iterable[tuple[Link, ...]]]"
"""Returns some of the ways that a project leaves open, none only if there is none."""


class Cuts(NamedTuple):
    """Hold the least that ends every way.

    ``kept`` is the least that takes no policy of the project away as a whole, None where the
    other one doesn't either.
    """

    least: Ending[Removable]
    kept: Ending[Removable] | None = None


def cheapest(project: Project, find: Finder) -> Cuts:
    """Return the least that ends every way that ``find`` finds; each was tried on the project."""
    search = _Search(project, find)
    least = search.run(whole=True)
    if least.chosen is None or not any(map(_takes_whole, least.chosen)):
        return Cuts(least)
    return Cuts(least, search.run(whole=False))


def cuts_between(graph: Graph, source: int, target: int | None) -> Cuts:
    """Return the least without which one node can't become another; None: have everything."""

    def find(project: Project) -> Iterator[tuple[Link, ...]]:
        left = graph if project is graph.project else graph_of(project, graph.config)
        if target is None and left.known.is_admin(source):
            everything = allows_all(left.known.access(source)._replace(scps=()), RequestPattern())
            step = Step(source, source, "", "proven")
            yield (Link(Proof(step, "", (everything,)), source=source),)
            return
        for steps in _ways(left, source, target):
            yield tuple(_link(left, step) for step in steps)

    return cheapest(graph.project, find)


def _ways(graph: Graph, source: int, target: int | None) -> Iterator[tuple[Step, ...]]:
    """Yield a shortest way, and others of one step; no more is worked out than that takes."""
    for found, _ in graph.spread(source, possibly=True):
        if target is not None and not found >> target & 1:
            for way in _by_admins(graph, source, target, graph.admins_in(found)):
                yield way
                return
            continue
        hit = graph.admins_in(found) if target is None else [target]
        if hit:
            yield way_to(graph, source, 1 << hit[0], possibly=True) or ()
            others = (s for s in steps_from(graph, source) if s.target in hit)
            yield from ((step,) for step in islice(_by_path(others), MOST_WAYS))
            return


def _by_admins(
    graph: Graph, source: int, target: int, admins: list[int]
) -> Iterator[tuple[Step, ...]]:
    """Yield ways that go by somebody who has every permission."""
    for number in admins:
        last = mastered(graph, number, target)
        if last is not None:
            yield (*(way_to(graph, source, 1 << number, possibly=True) or ()), last)


def _by_path(steps: Iterable[Step]) -> Iterator[Step]:
    seen: set[str] = set()
    for step in steps:
        if step.path not in seen:
            seen.add(step.path)
            yield step


def _link(graph: Graph, step: Step) -> Link:
    principal = graph.known.node(step.source).principal
    number = None if principal is None else graph.people.number(principal)
    aim = step.aim if step.aim >= 0 else None
    return Link(prove(graph, step), path_by_step(graph, step), number, aim)


def _takes_whole(removable: Removable) -> bool:
    return removable.statement is None and not removable.policy.aws_managed


class _Search:
    """Remember what is ranked how; nearest to the beginning of the ways comes first."""

    def __init__(self, project: Project, find: Finder) -> None:
        self.removals = Removals(project)
        self.find = find
        self.ranks: dict[Removable, int] = {}

    def run(self, *, whole: bool) -> Ending[Removable]:
        """Search the least; ``whole``: policies may be taken away as a whole."""
        few = len(self.removals.project.principals) > _MANY
        return end_all(
            lambda gone: self._ways(gone, whole=whole),
            self.ranks.__getitem__,
            rounds=_FEW if few else MAX_ROUNDS,
            more=_FEW if few else MAX_MORE,
        )

    def _ways(self, gone: frozenset[Removable], *, whole: bool) -> Iterator[frozenset[Removable]]:
        left = self.removals.without(gone) if gone else self.removals.project
        for way in self.find(left):
            found: dict[Removable, None] = {}
            for hop, link in enumerate(way):
                for one in self._rests_on(link, left):
                    found[one] = None
                    self._rank(one, hop)
            yield frozenset(r for r in found if whole or not _takes_whole(r))

    def _rank(self, one: Removable, hop: int) -> None:
        kind = 2 if one.statement is None else int(one.policy.kind != "identity")
        place = len(self.ranks)
        self.ranks.setdefault(one, ((hop * _KINDS + kind) << 20) + place)

    def _rests_on(self, link: Link, left: Project) -> Iterator[Removable]:
        """Yield what a step rests on; as long as all of it stays, the step does."""
        for answer in link.proof.answers:
            for deciding in answer.deciding:
                yield from self._of_deciding(deciding, link, left)
        for condition in () if link.path is None else link.path.where:
            if condition.predicate == "trusts-service" and link.target is not None:
                yield from self._of_trust(left.principals[link.target], condition.among)
            elif condition.predicate == "attached-to" and link.source is not None:
                yield from self._of_attached(link, left)

    def _of_deciding(self, deciding: Deciding, link: Link, left: Project) -> Iterator[Removable]:
        if deciding.layer not in ("identity", "resource", "trust") or deciding.statement < 0:
            return
        one = self.removals.of_statement(deciding)
        if one is not None:
            yield one
        if deciding.layer == "identity" and link.source is not None:
            held = left.principals[link.source]
            tie = self.removals.of_attachment(link.source, held, deciding.policy)
            if tie is not None and not _is_alone(tie):
                yield tie

    def _of_trust(self, role: Principal, services: tuple[str, ...]) -> Iterator[Removable]:
        """Yield the statement of a role's trust policy that lets a service in."""
        statements = () if role.trust is None else role.trust.document.statements
        for index, statement in enumerate(statements):
            if role.trust is not None and _lets_in(statement, services):
                one = self.removals.of_statement(Deciding("trust", role.trust, index))
                if one is not None:
                    yield one
                    return

    def _of_attached(self, link: Link, left: Project) -> Iterator[Removable]:
        """Yield what ties the policy that is rewritten to whom it gives more."""
        for number in (link.source, link.target):
            if number is None:
                continue
            held = left.principals[number]
            named = {a.witness.resource for a in link.proof.answers if a.witness is not None}
            for attachment in held.attachments:
                arn = attachment.policy.arn
                if arn is not None and arn.literal in named:
                    tie = self.removals.of_attachment(number, held, attachment.policy)
                    if tie is not None:
                        yield tie
                    return


def _is_alone(tie: Removable) -> bool:
    """Say whether an inline policy is one statement only: taking that is the same."""
    held = tie.holder is not None and any(
        a.policy is tie.policy and a.how == "inline" for a in tie.holder.attachments
    )
    return held and len(tie.policy.document.statements) == 1


def _lets_in(statement: Statement, services: tuple[str, ...]) -> bool:
    if statement.effect == "Deny" or not statement.actions.globs:
        return False
    entries = statement.principals.entries if statement.principals else ()
    if any(e.type == "Service" and service_named(e.pattern) in services for e in entries):
        return True
    return any(principal_matches(statement, "Service", (s,)) is not False for s in services)
