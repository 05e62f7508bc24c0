"""List the rules: a table for people, JSON for programs."""

from collections.abc import Iterable
from itertools import groupby

from leastwise.reporters.escape import json_text, terminal
from leastwise.rules.model import RuleInfo

MAX_TOGETHER = 60
"""Rules of one group that are listed without a break."""


def as_text(rules: Iterable[RuleInfo]) -> str:
    """Return one line a rule: id, level, title; what is not stable or off says so.

    Groups are set apart by an empty line, and so are the families of a large one.
    """
    ordered = sorted(rules, key=lambda rule: rule.id)
    sizes: dict[str, int] = {}
    for rule in ordered:
        sizes[rule.group] = sizes.get(rule.group, 0) + 1
    large = {group for group, size in sizes.items() if size > MAX_TOGETHER}
    sections = groupby(ordered, key=lambda rule: _section(rule, large))
    return "\n".join(_lines(tuple(members)) for _, members in sections)


def _section(rule: RuleInfo, large: set[str]) -> str:
    """Return the group, of a large one with the first word of the name."""
    return rule.id.partition("-")[0] if rule.group in large else rule.group


def _lines(rules: tuple[RuleInfo, ...]) -> str:
    width = max(len(rule.id) for rule in rules)
    lines = [f"{rule.id:<{width}}  {rule.level:<7}  {rule.title}{_marks(rule)}" for rule in rules]
    return "".join(terminal(line) + "\n" for line in lines)


def _marks(rule: RuleInfo) -> str:
    marks: list[str] = [] if rule.status == "stable" else [rule.status]
    marks += [] if rule.default else ["off by default"]
    return f" ({', '.join(marks)})" if marks else ""


def as_json(rules: Iterable[RuleInfo]) -> str:
    """Return a list of objects, one a rule, in the order of ids."""
    return json_text([_rule(rule) for rule in sorted(rules, key=lambda rule: rule.id)])


def _rule(rule: RuleInfo) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "level": rule.level,
        "subject": rule.subject,
        "security_severity": rule.security_severity,
        "status": rule.status,
        "default": rule.default,
        "since": rule.since,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "references": list(rule.references),
        "cwe": list(rule.cwe),
        "tags": list(rule.tags),
        "aliases": list(rule.aliases),
        "help_uri": rule.help_uri,
    }
