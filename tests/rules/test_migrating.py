"""docs/migrating.md and the ids of other tools that rules carry say the same."""

from pathlib import Path

import pytest

from leastwise.rules.catalogue import catalogue, select

MANY = 8
"""Paths named for one id; of more, the page names the group."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "migrating.md"
TOOLS = {
    "Checkov": "checkov",
    "Cloudsplaining": "cloudsplaining",
    "Parliament": "parliament",
    "Trivy (and tfsec)": "trivy",
    "cfn-lint": "cfn-lint",
    "cfn_nag": "cfn-nag",
    "Prowler": "prowler",
    "iam-policy-validator": "iam-policy-validator",
    "pathfinding.cloud": "pathfinding",
}


def rows():
    """Return the rules that the page names for each id of each tool."""
    named = {}
    tool = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            tool = TOOLS[line.removeprefix("## ")]
        elif line.startswith("| `"):
            _, ids, rules, _, _ = (cell.strip() for cell in line.split("|"))
            found = [part.split("]")[0] for part in rules.split("[")[1:]]
            for foreign in ids.split(", "):
                name = f"{tool}:{foreign.strip('`')}"
                assert name not in named, f"{name} stands in two rows"
                named[name] = sorted(found)
    return named


def test_page_names_the_rules_that_carry_an_id_and_no_others():
    carried = {}
    for rule in catalogue():
        for alias in rule.info.aliases:
            tool = alias.partition(":")[0]
            if tool in TOOLS.values():
                carried.setdefault(alias, []).append(rule.info.id)
    listed = {name: rules for name, rules in rows().items() if rules}
    assert listed == {name: sorted(grouped(rules)) for name, rules in carried.items()}


def grouped(rules):
    """Put the group in the place of many paths."""
    paths = [rule for rule in rules if rule.startswith("escalation/")]
    return {*rules} - {*paths} | {"escalation"} if len(paths) > MANY else rules


def test_no_rule_carries_an_id_of_a_tool_that_the_page_leaves_out():
    tools = {
        alias.partition(":")[0]
        for rule in catalogue()
        for alias in rule.info.aliases
        if ":" in alias
    }
    assert tools == {*TOOLS.values(), "access-analyzer"}


@pytest.mark.parametrize(
    ("foreign", "rule"),
    [
        ("CKV_AWS_111", "wildcard/resource-on-write"),
        ("CKV2_AWS_40", "wildcard/admin"),
        ("AVD-AWS-0342", "wildcard/passrole-any"),
        ("ServiceWildcard", "wildcard/service-admin"),
        ("UNKNOWN_ACTION", "validity/unknown-action"),
        ("W3037", "validity/unknown-action"),
        ("kms_key_not_publicly_accessible", "exposure/public-resource"),
    ],
)
def test_ids_of_other_tools_choose_our_rules(foreign, rule):
    assert [chosen.info.id for chosen in select(catalogue(), (foreign,), ())] == [rule]
