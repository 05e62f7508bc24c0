"""The rules that this program knows, and the choice of those that run."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leastwise.rules.format import Rule

_SHOWN = 120
"""Characters told of a name that nobody knows."""
_COMPILED = Path(__file__).parent.parent / "data" / "rules.json"


@cache
def catalogue() -> "tuple[Rule, ...]":
    """Return all rules by id, those of the catalogue of paths too, read once.

    Raises:
        ValueError: a rule says that it is decided in Python and none of that id is listed (a
            bug of the package, never of the input).

    """
    from leastwise.rules.format import rule_from
    from leastwise.rules.path_rules import path_rules
    from leastwise.rules.python import PYTHON_RULES

    deciders = dict(PYTHON_RULES)
    compiled = _compiled()
    in_python = {data["id"] for data in compiled if "decide" in data}
    if not in_python <= set(deciders):
        raise ValueError(f"rules without their Python part: {in_python - set(deciders)}")
    written = (rule_from(data, deciders.get(data["id"])) for data in compiled)
    return tuple(sorted((*written, *path_rules()), key=lambda rule: rule.info.id))


def rule_count() -> int:
    """Count the rules, without the engine that decides them."""
    from leastwise.rules.path_rules import path_rule_count

    return len(_compiled()) + path_rule_count()


def catalogue_date() -> str:
    """Return how old the rules are, YYYY-MM-DD."""
    date: str = _file()["date"]
    return date


def _compiled() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = _file()["rules"]
    return rules


def _file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_COMPILED.read_text(encoding="utf-8"))
    return content


def select(
    rules: "tuple[Rule, ...]",
    chosen: Iterable[str],
    ignored: Iterable[str],
    *,
    preview: bool = False,
    turned_on: frozenset[str] = frozenset(),
) -> "tuple[Rule, ...] | str":
    """Choose rules by ids, groups and aliases; a name nobody knows gives a message.

    Without ``chosen`` all rules that run by default are chosen, and those ``turned_on``, by id;
    ``ignored`` wins. A group means its rules that are on. Rules in preview count with
    ``preview`` only.
    """
    chosen, ignored = tuple(chosen), tuple(ignored)
    for name in (*chosen, *ignored):
        if not any(is_named(rule, name) for rule in rules):
            return unknown_name(rules, name)
    return tuple(
        rule
        for rule in rules
        if (_is_chosen(rule, chosen, turned_on) if chosen else _runs(rule, turned_on))
        and not any(is_named(rule, n) for n in ignored)
        and (preview or rule.info.status != "preview")
    )


def _is_chosen(rule: "Rule", chosen: tuple[str, ...], turned_on: frozenset[str]) -> bool:
    """Say whether a rule is named; a group means those of it that run without being named."""
    names = [name for name in chosen if is_named(rule, name)]
    named_itself = any(name != rule.info.group for name in names)
    return named_itself or (bool(names) and _runs(rule, turned_on))


def _runs(rule: "Rule", turned_on: frozenset[str]) -> bool:
    return rule.info.default or rule.info.id in turned_on


def is_named(rule: "Rule", name: str) -> bool:
    """Say whether a name means a rule: its id, group or alias, or the id of another tool."""
    info = rule.info
    return name in (info.id, info.group, *info.aliases) or name in _foreign(info.aliases)


def _foreign(aliases: Iterable[str]) -> list[str]:
    """Return the ids of other tools without the tool: ``CKV_AWS_1`` of ``checkov:CKV_AWS_1``."""
    return [alias.partition(":")[2] for alias in aliases if ":" in alias]


def unknown_name(rules: "tuple[Rule, ...]", name: str) -> str:
    """Say that there is no rule or group of a name, and which names are near."""
    from difflib import get_close_matches

    known = [rule.info.id for rule in rules]
    known += sorted({rule.info.group for rule in rules})
    known += [alias for rule in rules for alias in rule.info.aliases]
    close = get_close_matches(name, known, n=3, cutoff=0.6)
    close += [k for k in known if k.endswith(f"/{name}") and k not in close]
    hint = f"; did you mean {' or '.join(close)}?" if close else "; see 'leastwise rules'"
    shown = name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"
    return f"there is no rule or group {shown!r}{hint}"
