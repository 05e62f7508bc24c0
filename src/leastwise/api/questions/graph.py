"""Answer who can become whom in a tree: everybody, from one, to one, or from one to another.

Without a question there is one chain for everybody: to an administrator, or else to whoever has
most that it lacks. Who comes from outside by a trust policy counts, too.
"""

from collections.abc import Iterator

from leastwise.api.environment import bound
from leastwise.api.naming import Named, NoSuchName, find, principals_of
from leastwise.api.questions.can import environment_of
from leastwise.api.questions.drawing import Drawing, outsider_spot, workload_spot
from leastwise.api.questions.ways import (
    Start,
    Way,
    between,
    bits_of,
    gained,
    one_each,
    rank,
    to_any,
    tree,
    worst,
)
from leastwise.api.workspace import WrongUse
from leastwise.config.model import Config
from leastwise.graph.calls.people import members_of
from leastwise.graph.closure.reach import graph_of
from leastwise.graph.outsiders import entrances
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Project
from leastwise.reporters.graph.picture import Picture, Spot, Tally, Track, name_of

ADMIN = "admin"
MOST_CHAINS = 1_000
_SERVICE_LINKED = ":role/aws-service-role/"
"""Nobody but the service acts as these."""


def graph(project: Project, config: Config, source: str = "", goal: str = "") -> Picture | WrongUse:
    """Answer a question; ``source`` and ``goal`` are names, empty for all; ``admin`` is a goal."""
    named = [word for word in (source, goal) if word not in ("", ADMIN)]
    asked = _Asked(bound(project, environment_of(*named)), config)
    starts = asked.starts(source) if source else asked.everybody()
    if isinstance(starts, NoSuchName):
        return WrongUse(starts.message)
    ends = asked.ends(goal) if goal not in ("", ADMIN) else None
    if isinstance(ends, NoSuchName):
        return WrongUse(ends.message)
    found = asked.ways(starts, ends, whole=not source, goal=goal)
    ways = list(found) if source else one_each(found)
    picture = asked.picture(starts, ways)
    if source:
        begin = name_of(asked.spot_of(starts[0]))
        picture = picture._replace(source=begin, notes=tuple(asked.notes(starts)))
    if ends is not None:
        goal = name_of(asked.drawing.spot_of(ends[0]))
    return picture._replace(goal=goal)


class _Asked:
    """Hold what one question is asked of, and draw what it is answered with."""

    def __init__(self, project: Project, config: Config) -> None:
        self.project = project
        self.graph = graph_of(project, config)
        self.drawing = Drawing(self.graph)
        self.entrances = entrances(project, config)

    # --- names ------------------------------------------------------------------------------------

    def everybody(self) -> tuple[Start, ...]:
        """Return all principals, and all that enter from outside but AWS's own services."""
        people = enumerate(self.project.principals)
        inside = [Start(n) for n, one in people if _SERVICE_LINKED not in str(one.arn)]
        outside = (start for _, start in self._outside())
        return (*inside, *(s for s in outside if s.entrance and s.entrance.kind != "service"))

    def starts(self, text: str) -> tuple[Start, ...] | NoSuchName:
        """Return who is meant: principals, what runs as a role, or somebody from outside."""
        rows = [(thing, Start(n)) for n, thing in enumerate(principals_of(self.project))]
        rows += self._workloads()
        rows += self._outside()
        found = find([thing for thing, _ in rows], text, "principal")
        if isinstance(found, NoSuchName):
            return found
        wanted = set(map(id, found))
        return tuple(start for thing, start in rows if id(thing) in wanted)

    def _workloads(self) -> Iterator[tuple[Named, Start]]:
        for one in (w for row in self.graph.workloads.values() for w in row):
            number = None if one.role is None else self.graph.people.number(one.role)
            if number is not None:
                spot = workload_spot(self.graph, one)
                yield Named(spot.label, one.resource.arn, spot.span), Start(number, workload=one)

    def _outside(self) -> Iterator[tuple[Named, Start]]:
        for one in self.entrances:
            number = self.graph.people.number(one.role)
            if number is not None:
                yield Named(one.label, Pattern((one.label,)), None), Start(number, one)

    def ends(self, text: str) -> tuple[int, ...] | NoSuchName:
        """Return the principals of a name; nobody becomes a group."""
        things = principals_of(self.project)
        found = find(things, text, "principal")
        if isinstance(found, NoSuchName):
            return found
        wanted = set(map(id, found))
        numbers = tuple(n for n, thing in enumerate(things) if id(thing) in wanted)
        if any(self.project.principals[n].kind == "group" for n in numbers):
            name = found[0].address
            return NoSuchName(f"nobody becomes a group; a member has what {name} grants")
        return numbers

    # --- chains -----------------------------------------------------------------------------------

    def ways(
        self, starts: tuple[Start, ...], ends: tuple[int, ...] | None, *, whole: bool, goal: str
    ) -> Iterator[Way]:
        """Yield the ways that answer the question; ``whole``: it is about everybody."""
        for start in starts:
            if whole and ends is not None:
                way = to_any(self.graph, start, bits_of(ends))
                yield from () if way is None else (way,)
            elif whole:
                way = worst(self.graph, start)
                if way is not None and (not goal or way.worth == "admin"):
                    yield way
            elif goal:
                for end in ends if ends is not None else (None,):
                    yield from between(self.graph, start, end)
            else:
                yield from tree(self.graph, start)

    # --- the picture ------------------------------------------------------------------------------

    def picture(self, starts: tuple[Start, ...], ways: list[Way]) -> Picture:
        """Draw the worst chains, and count all."""
        ways.sort(key=rank)
        tracks = tuple(map(self._drawn, ways[:MOST_CHAINS]))
        known = self.graph.known
        return Picture(
            spots=tuple(self.drawing.spots),
            arrows=tuple(self.drawing.arrows),
            tracks=tracks,
            tally=self._tally(starts, ways),
            administrators=tuple(map(self.drawing.spot_of, members_of(known.admins))),
            left_out=len(ways) - len(tracks),
            not_in_view=tuple((one.message, one.remedy) for one in self.project.not_in_view),
        )

    def _drawn(self, way: Way) -> Track:
        entrance, workload = way.start.entrance, way.start.workload
        before: list[int] = []
        if entrance is not None:
            before = [self.drawing.entering(entrance, way.start.number)]
        elif workload is not None:
            before = [self.drawing.running(workload, way.start.number)]
        arrows = (*before, *map(self.drawing.arrow, way.steps))
        return Track(arrows, way.worth, way.certainty, gained(self.graph, way), way.more)

    def spot_of(self, start: Start) -> Spot:
        """Return the spot of who is meant."""
        if start.entrance is not None:
            return outsider_spot(start.entrance)
        if start.workload is not None:
            return workload_spot(self.graph, start.workload)
        return self.drawing.spot_of(start.number)

    def _tally(self, starts: tuple[Start, ...], ways: list[Way]) -> Tally:
        inside = [w for w in ways if w.worth == "admin" and w.start.is_itself]
        able = sum(1 for way in inside if way.certainty == "proven")
        reached = 0
        for start in starts:
            reached |= self.graph.reach(start.number, possibly=True)
        return Tally(
            principals=len(self.project.principals),
            workloads=sum(map(len, self.graph.workloads.values())),
            steps=sum(self.graph.edges(n).found.every.bit_count() for n in members_of(reached)),
            able=able,
            perhaps=len(inside) - able,
        )

    def notes(self, starts: tuple[Start, ...]) -> Iterator[str]:
        """Say what a person should know of those it asked about."""
        if any(self.project.principals[s.number].kind == "group" for s in starts):
            yield "a group makes no calls: ask for one of its members"
        if any(self.graph.known.is_admin(s.number) for s in starts):
            yield "it has every permission itself, and so that of anybody in its account"
