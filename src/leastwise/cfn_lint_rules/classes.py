"""One cfn-lint rule for each rule and level of leastwise, with ids that never change.

cfn-lint leaves the ids from 9000 on to others (https://github.com/aws-cloudformation/cfn-lint,
docs/rules.md: "User Rules"). A rule has one number under all three letters, so that the number
tells what is wrong and the letter how serious it is here; groups have a hundred numbers each, so
that ``--ignore-checks W95`` leaves out a group.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from leastwise.cfn_lint_rules.judging import ANALYSIS, TEAM, told
from leastwise.rules.catalogue import catalogue
from leastwise.rules.model import LEVELS, Level, RuleInfo

_IDS = Path(__file__).parent.parent / "data" / "cfn_lint_ids.csv"
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
    """Report what leastwise finds of one rule at one level; the parent of all made here."""

    source_rule = ""
    level: Level = "error"

    def match(self, cfn: Any) -> list[Any]:
        """Return the findings in a template, which is judged once for all rules."""
        found = told(cfn)
        if isinstance(found, Exception):
            if (self.source_rule, self.level) == (ANALYSIS, "error"):
                raise found
            return []
        return [
            RuleMatch(one.path, one.message, **one.place)
            for one in found
            if (one.rule, one.level) == (self.source_rule, self.level)
        ]


def rule_classes() -> Iterator[type[LeastwiseRule]]:
    """Make the classes, named as their ids."""
    numbers = numbered_rules()
    for info in (_NOT_ANALYSED, _OF_TEAM, *(rule.info for rule in catalogue())):
        # Levels are only ever lowered from the rule's own.
        for level in LEVELS[: LEVELS.index(info.level) + 1]:
            yield _class_of(info, level, f"{_LETTERS[level]}{numbers[info.id]}")


def numbered_rules() -> dict[str, int]:
    """Return the number of each rule that has one."""
    with _IDS.open(encoding="utf-8", newline="") as rows:
        return {row["rule"]: int(row["number"]) for row in csv.DictReader(rows)}


def _class_of(info: RuleInfo, level: Level, name: str) -> type[LeastwiseRule]:
    is_rule = "/" in info.id
    said = {
        "__doc__": info.title,
        "id": name,
        "shortdesc": info.title,
        "description": f"{info.rationale} {info.remediation}",
        "source_url": info.help_uri,
        "tags": ["leastwise", *([info.group] if is_rule else []), *info.tags],
        "source_rule": info.id,
        "level": level,
    }
    return type(name, (LeastwiseRule,), said)
