"""The published paths to more access, as the package's compiled table holds them.

They are written in ``paths/`` of the repository and compiled by ``scripts/compile_paths.py``, which
holds each action and condition key to the index of actions.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path as File
from typing import Any

from leastwise.graph.model import Condition, Leg, Path, Way

_COMPILED = File(__file__).parent.parent / "data" / "paths.json"


@cache
def paths() -> tuple[Path, ...]:
    """Return all paths by id, those too that another rule tells; read once."""
    content: dict[str, Any] = json.loads(_COMPILED.read_text(encoding="utf-8"))
    return tuple(_path(data) for data in content["paths"])


@cache
def path_of(name: str) -> Path | None:
    """Return the path of an id (``passrole/ecs-runtask``) or of its rule, or None."""
    for path in paths():
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
