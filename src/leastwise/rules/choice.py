"""Choose the rules of a run, and the levels that a team gives them."""

from collections.abc import Iterator

from leastwise.config.model import Config
from leastwise.rules.catalogue import is_named, select, unknown_name
from leastwise.rules.format import Rule


def chosen(rules: tuple[Rule, ...], config: Config) -> tuple[Rule, ...] | str:
    """Return the rules that run, with their levels; a name that nobody knows gives a message.

    What is off by default runs where it is selected, or where the configuration says what it asks
    for (``enabled_by``).
    """
    for key, name in _names(config):
        if not any(is_named(rule, name) for rule in rules):
            return f"{key}: {unknown_name(rules, name)}"
    asked = frozenset(rule.info.id for rule in rules if _is_configured(rule, config))
    wanted = select(rules, config.select, config.ignore, preview=config.preview, turned_on=asked)
    if isinstance(wanted, str):
        return wanted
    return tuple(found for rule in wanted if (found := _levelled(rule, config)) is not None)


def unread_previews(rules: tuple[Rule, ...], config: Config) -> tuple[str, ...]:
    """List the rules in preview that were selected by their ids, but not asked for."""
    if config.preview:
        return ()
    names = [n for n in config.select if "/" in n or ":" in n]
    found = [r for r in rules if r.info.status == "preview"]
    return tuple(r.info.id for r in found if any(is_named(r, name) for name in names))


def _names(config: Config) -> Iterator[tuple[str, str]]:
    """List what names rules beside ``select`` and ``ignore``, each with its key."""
    for override in config.levels:
        yield "levels", override.rule
    for ignore in config.per_path_ignores:
        for name in ignore.rules:
            yield "per-path-ignores", name


def _is_configured(rule: Rule, config: Config) -> bool:
    match rule.enabled_by:
        case "required-boundary":
            return config.required_boundary is not None
        case "forbidden-actions":
            return bool(config.forbidden_actions)
        case "sensitive":
            return bool(config.sensitive)
        case _:
            return False


def _levelled(rule: Rule, config: Config) -> Rule | None:
    """Return the rule with the level given to it, or to its group; None where that is off."""
    given = {override.rule: override.level for override in config.levels}
    names = sorted((n for n in given if is_named(rule, n)), key=lambda n: _distance(rule, n))
    level = given[names[0]] if names else None
    if level == "off":
        return None
    if level is None:
        return rule
    return rule._replace(given_level=level, named_itself=names[0] != rule.info.group)


def _distance(rule: Rule, name: str) -> int:
    """Tell how exactly a name means a rule: its id, another name of it, its group."""
    return 0 if name == rule.info.id else 2 if name == rule.info.group else 1
