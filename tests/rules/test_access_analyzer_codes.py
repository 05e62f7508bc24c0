"""Every check of IAM Access Analyzer is decided, and shown by an example and a near miss.

``data/access_analyzer_codes.csv`` names the rule that decides each check. In the file of that
rule a failing example lists the check in ``codes`` (those of all its findings, sorted), and a
passing example lists in ``codes`` the checks that it only just does not trigger.

Source: "Access Analyzer policy check reference", AWS IAM User Guide.
"""

import csv
from pathlib import Path

import pytest
from tests.rules.worked import rule_files

TABLE = Path(__file__).resolve().parents[1] / "data" / "access_analyzer_codes.csv"
ROWS = tuple(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
IN_USE = [row for row in ROWS if row["state"] == "in-use"]
WITHDRAWN = [row for row in ROWS if row["state"] == "withdrawn"]


def shown(row, expect):
    data = rule_files()[f"{row['rule']}.yaml"]
    return [
        example["name"]
        for example in data["examples"]
        if example["expect"] == expect and row["code"] in example.get("codes", ())
    ]


def test_table_holds_every_check_once():
    codes = [row["code"] for row in ROWS]
    assert codes == sorted(set(codes))
    assert (len(IN_USE), len(WITHDRAWN)) == (153, 4)


@pytest.mark.parametrize("row", IN_USE, ids=lambda row: row["code"])
def test_check_has_a_rule_with_an_example_and_a_near_miss(row):
    assert row["rule"], "no rule decides this check"
    assert f"access-analyzer:{row['code']}" in rule_files()[f"{row['rule']}.yaml"]["aliases"]
    assert shown(row, "fail")
    assert shown(row, "pass")


@pytest.mark.parametrize("row", WITHDRAWN, ids=lambda row: row["code"])
def test_withdrawn_check_is_known_by_name_and_never_made(row):
    assert f"access-analyzer:{row['code']}" in rule_files()[f"{row['rule']}.yaml"]["aliases"]
    assert shown(row, "fail") == []
