"""One cfn-lint rule for each rule and level of leastwise, with ids that never change.

cfn-lint leaves the ids from 9000 on to others (https://github.com/aws-cloudformation/cfn-lint,
docs/rules.md: "User Rules"). A rule has one number under all three letters, so that the number
tells what is wrong and the letter how serious it is here; groups have a hundred numbers each, so
that ``--ignore-checks W95`` leaves out a group. The paths to more access share numbers: one for
each category of them, beside those that some had before.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from leastwise.cfn_lint_rules.judging import ANALYSIS, TEAM, told
from leastwise.rules.catalogue import catalogue
from leastwise.rules.format import Rule
from leastwise.rules.model import LEVELS, Level, RuleInfo
from leastwise.rules.path_rules import families

_IDS = Path(__file__).parent.parent / "data" / "cfn_lint_ids.csv"
_PATHS_PAGE = "https://github.com/leastwise/leastwise/blob/main/docs/rules/README.md"
_LETTERS: dict[Level, str] = {"error": "E", "warning": "W", "note": "I"}

_NOT_ANALYSED = RuleInfo(
    id=ANALYSIS,
    title="Part of the template is not analysed",
    level="error",
    subject="policy",
    security_severity=0.0,
    rationale="What leastwise can't read or does not have in view may grant anything.",
    remediation="Do what the message says.",
    page="https://github.com/leastwise/leastwise/blob/main/docs/cfn-lint.md",
)
_OF_TEAM = RuleInfo(
    id=TEAM,
    title="A rule of your team finds something",
    level="error",
    subject="policy",
    security_severity=0.0,
    rationale="Your team has rules of its own; the message names the one that found this.",
    remediation="Do what the rule says, see leastwise explain.",
    page="https://github.com/leastwise/leastwise/blob/main/docs/team-rules.md",
)


class LeastwiseRule(CloudFormationLintRule):  # type: ignore[misc] # cfn-lint has no types
    """Report what leastwise finds of some rules at one level; the parent of all made here."""

    number_name = ""
    source_rules: frozenset[str] = frozenset()
    level: Level = "error"

    def match(self, cfn: Any) -> list[Any]:
        """Return the findings in a template, which is judged once for all rules."""
        found = told(cfn)
        if isinstance(found, Exception):
            if ANALYSIS in self.source_rules and self.level == "error":
                raise found
            return []
        return [
            RuleMatch(one.path, one.message, **one.place)
            for one in found
            if one.rule in self.source_rules and one.level == self.level
        ]


def rule_classes() -> Iterator[type[LeastwiseRule]]:
    """Make the classes, named as their ids."""
    numbers = numbered_rules()
    shared: dict[str, list[RuleInfo]] = {ANALYSIS: [_NOT_ANALYSED], TEAM: [_OF_TEAM]}
    for rule in catalogue():
        shared.setdefault(number_name(rule, numbers), []).append(rule.info)
    for name, infos in shared.items():
        about = infos[0] if name == infos[0].id else _about(name, infos)
        rules = frozenset(info.id for info in infos)
        # Levels are only ever lowered from the rule's own.
        highest = max(LEVELS.index(info.level) for info in infos)
        for level in LEVELS[: highest + 1]:
            yield _class_of(about, rules, level, f"{_LETTERS[level]}{numbers[name]}")


def number_name(rule: Rule, numbers: Mapping[str, int]) -> str:
    """Return the name under which a rule has its number: of a path, maybe that of its category."""
    former = [name for name in rule.info.aliases if ":" not in name]
    own = [name for name in (rule.info.id, *former) if name in numbers]
    if rule.path is None or own:
        return own[0] if own else rule.info.id
    return families()[rule.path.category].name


def _about(name: str, infos: list[RuleInfo]) -> RuleInfo:
    """Say what rules of one number have in common."""
    title = next((f.title for f in families().values() if f.name == name), infos[0].title)
    return infos[0]._replace(id=name, title=title, page=_PATHS_PAGE)


def numbered_rules() -> dict[str, int]:
    """Return the number of each rule, or category of paths, that has one."""
    with _IDS.open(encoding="utf-8", newline="") as rows:
        return {row["rule"]: int(row["number"]) for row in csv.DictReader(rows)}


def _class_of(
    info: RuleInfo, rules: frozenset[str], level: Level, name: str
) -> type[LeastwiseRule]:
    is_rule = "/" in info.id
    said = {
        "__doc__": info.title,
        "id": name,
        "shortdesc": info.title,
        "description": f"{info.rationale} {info.remediation}",
        "source_url": info.help_uri,
        "tags": ["leastwise", *([info.group] if is_rule else []), *info.tags],
        "number_name": info.id,
        "source_rules": rules,
        "level": level,
    }
    return type(name, (LeastwiseRule,), said)
