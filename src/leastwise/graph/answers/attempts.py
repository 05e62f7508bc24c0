"""Hold attempts at a path that are stopped, and sort them by how far they are off."""

from typing import NamedTuple

from leastwise.graph.answers.stops import SILENT, Stop
from leastwise.graph.calls.trusts import ASSUME
from leastwise.graph.calls.workloads import Workload
from leastwise.graph.model import Path
from leastwise.iam.project import Policy, Principal

_MISSING = 5
_NEAR = 4
"""How much further off than the nearest one an attempt may be and still be told."""


class Obstacle(NamedTuple):
    """Hold what stops one call, or in ``text`` what of the project is missing.

    ``holder`` is the principal whose policies are meant, ``policy`` one that stops it as a whole.
    ``alike`` is what texts that say the same of different things have in common.
    """

    stop: Stop | None = None
    text: str = ""
    holder: Principal | None = None
    policy: Policy | None = None
    alike: str = ""


class Attempt(NamedTuple):
    """Hold a path that is not open: who would go it, to whom, and what stops that.

    ``granted``: own policies allow so many of its calls on something. ``through`` is what runs as
    the target. ``also`` are paths that are stopped by the same, ``allowed`` calls that are not.
    """

    source: int
    path: Path
    way: int
    obstacles: tuple[Obstacle, ...]
    distance: int
    granted: int
    target: Principal | None = None
    through: Workload | None = None
    also: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Say whether it is but to assume the role that is asked about."""
        return all(leg.action == ASSUME for leg in self.path.ways[self.way])


def grouped(attempts: list[Attempt]) -> list[Attempt]:
    """Return what tells something, nearest first; what is stopped alike is told once."""
    groups: dict[frozenset[object], list[Attempt]] = {}
    for attempt in sorted(filter(_is_telling, attempts), key=rank):
        causes = frozenset(map(_cause, attempt.obstacles))
        # What is stopped by more than another path is, is no nearer by its own account.
        if not any(known < causes for known in groups):
            groups.setdefault(causes, []).append(attempt)
    found = [row[0]._replace(also=tuple(a.path.id for a in row[1:])) for row in groups.values()]
    return [a for a in found if a.distance <= found[0].distance + _NEAR or a.is_direct]


def _cause(obstacle: Obstacle) -> object:
    """Return what two obstacles have in common that the same thing makes."""
    stop = obstacle.stop
    if stop is None or stop.is_denied:
        denied = () if stop is None else stop.denying
        return obstacle.alike or obstacle.text, id(obstacle.policy), frozenset(denied)
    rows = ((id(s.deciding.policy), s.deciding.statement) for s in stop.standings)
    silent = tuple(layer for layer, _ in stop.silent)
    action = stop.action if "identity" in silent else ""
    return frozenset(rows), silent, action, bool(obstacle.text)


def distance_of(obstacle: Obstacle) -> int:
    """Say how much would have to change for an obstacle to be gone."""
    if obstacle.stop is not None:
        return obstacle.stop.distance
    return SILENT if obstacle.policy is not None else _MISSING


def _is_telling(attempt: Attempt) -> bool:
    """Leave out paths of which no call is allowed at all; a role's trust policy always tells."""
    return attempt.granted > 0 or attempt.is_direct


def rank(attempt: Attempt) -> tuple[int, int, int, bool, bool, str]:
    """Return what sorts attempts: the nearest first, then those that need nothing else."""
    missing = len(attempt.obstacles)
    on_target = any(leg.on in ("resource", "existing") for leg in attempt.path.ways[attempt.way])
    is_core = attempt.path.tier == "core"
    return attempt.distance, missing, -attempt.granted, on_target, not is_core, attempt.path.id
