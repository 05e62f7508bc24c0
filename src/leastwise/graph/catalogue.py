"""The published paths to more access, as the package's compiled table holds them.

They are written in ``paths/`` of the repository and compiled by ``scripts/compile_paths.py``, which
holds each action and condition key to the index of actions.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path as File
from typing import Any

from leastwise.graph.model import Condition, Leg, Path, Way

_DATA = File(__file__).parent.parent / "data"


@cache
def paths() -> tuple[Path, ...]:
    """Return all paths by id, those too that another rule tells; read once."""
    return tuple(_path(data) for data in _compiled() if "each" not in data)


@cache
def generic_path() -> Path:
    """Return the path ``passrole/other``: pass a role to a service that takes one, by any action.

    Its one way has only the pass; see ``passed_to_others``.
    """
    (generic,) = (_path(data) for data in _compiled() if "each" in data)
    return generic


@cache
def passed_to_others() -> tuple[Path, ...]:
    """Return the generic path ``passrole/other`` once for each service that takes a role.

    Its ways are the actions in which the service takes one, but for those that a path of their own
    has, which says what else it takes.
    """
    generic = generic_path()
    return tuple(
        generic._replace(
            does=generic.does.replace("{service}", service),
            ways=tuple((*generic.ways[0], Leg(action, "any")) for action in actions),
            where=(Condition("trusts-service", "role", (service,)),),
        )
        for service, actions in _taking().items()
    )


@cache
def kinds_of_workloads() -> Mapping[str, str]:
    """Return what people call each kind of workload: ``function`` is "a Lambda function"."""
    kinds: dict[str, str] = _content()["kinds"]
    return kinds


def _taking() -> dict[str, list[str]]:
    """Return the actions in which each service takes a role and that no path of its own has."""
    named = {leg.action for path in paths() for way in path.ways for leg in way}
    taking: dict[str, list[str]] = {}
    with (_DATA / "passrole_actions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["action"] not in named:
                for service in row["services"].split():
                    taking.setdefault(service, []).append(row["action"])
    return dict(sorted(taking.items()))


def _compiled() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _content()["paths"]
    return found


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_DATA / "paths.json").read_text(encoding="utf-8"))
    return content


@cache
def path_of(name: str) -> Path | None:
    """Return the path of an id (``passrole/ecs-runtask``) or of its rule, or None."""
    for path in (*paths(), generic_path()):
        if name in (path.id, path.rule):
            return path
    return None


def _path(data: Mapping[str, Any]) -> Path:
    return Path(
        id=data["id"],
        name=data["name"],
        tier=data["tier"],
        category=data["category"],
        does=data["does"],
        ways=tuple(_way(legs) for legs in data["ways"]),
        where=tuple(_condition(*condition) for condition in data["where"]),
        gives=data["gives"],
        guards=tuple(data.get("guards", ())),
        told_by=data.get("told_by", ""),
        retired=data.get("retired", ""),
    )


def _way(legs: Sequence[Sequence[Any]]) -> Way:
    return tuple(Leg(*leg) for leg in legs)


def _condition(predicate: Any, of: Any, among: Sequence[str] = ()) -> Condition:
    return Condition(predicate, of, tuple(among))
