"""The rules that the catalogue of paths makes: one for each path that the graph tells.

What they say of themselves is compiled from ``paths/`` by ``scripts/compile_paths.py``; what is
common to a category of paths stands there once.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path as File
from typing import Any, NamedTuple

from leastwise.graph.catalogue import generic_path, paths
from leastwise.graph.model import Path
from leastwise.rules.format import Rule
from leastwise.rules.model import Level, RuleInfo

LESS_KNOWN = 0.5
"""By how much a path that no other catalogue lists is less severe than the others of its kind."""
_COMPILED = File(__file__).parent.parent / "data" / "path_rules.json"
MESSAGE = "{subject} can %s"


class Family(NamedTuple):
    """Say what the paths of a category have in common; ``name`` is cfn-lint's for all of them.

    ``default``: their rules run when nobody selects them.
    """

    name: str
    title: str
    level: Level
    security_severity: float
    rationale: str
    remediation: str
    references: tuple[str, ...]
    default: bool


@cache
def path_rules() -> tuple[Rule, ...]:
    """Return the rules of all paths but those that a rule about trust policies tells, by id."""
    from leastwise.rules.python.escalation.paths import decide_path

    known = {path.id: path for path in (*paths(), generic_path())}
    of_category = families()
    return tuple(
        Rule(
            info=_info(row, known[row["id"]], of_category),
            message=MESSAGE % known[row["id"]].does,
            decide=decide_path(row["id"]),
            path=known[row["id"]],
        )
        for row in _content()["rules"]
    )


def path_rule_count() -> int:
    """Count the rules, without the engine that decides them."""
    return len(_content()["rules"])


def families() -> Mapping[str, Family]:
    """Return what the paths of each category have in common, by category."""
    return {name: _family(data) for name, data in _content()["categories"].items()}


def _family(data: Mapping[str, Any]) -> Family:
    return Family(
        name=data["cfn_lint"],
        title=data["title"],
        level=data["level"],
        security_severity=data["security_severity"],
        rationale=data["rationale"],
        remediation=data["remediation"],
        references=tuple(data["references"]),
        default=data.get("default", True),
    )


def _info(row: Mapping[str, Any], path: Path, of_category: Mapping[str, Family]) -> RuleInfo:
    family = of_category[path.category]
    passes = path.category == "new-passrole"
    return RuleInfo(
        id=path.rule,
        title=row["title"],
        level="note" if path.retired else family.level,
        subject="principal",
        security_severity=family.security_severity - LESS_KNOWN * (path.tier == "extended"),
        rationale=family.rationale,
        remediation=family.remediation,
        references=(*family.references, *row.get("references", ())),
        cwe=("CWE-269",),
        tags=("privilege-escalation", *(("passrole",) if passes else ())),
        aliases=tuple(row["aliases"]),
        default=family.default,
    )


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_COMPILED.read_text(encoding="utf-8"))
    return content
