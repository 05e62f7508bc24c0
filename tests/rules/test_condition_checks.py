"""Checks of conditions hold up against whatever a condition may say."""

import json

import pytest
from tests.rules.worked import find_terraform, load

from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

ABOUT_CONDITIONS = tuple(
    rule for rule in catalogue() if rule.info.group == "validity" and "condition" in rule.info.tags
)
OPERATORS = (
    *("", "Null", "NullIfExists", "StringLike", "StringEquals", "Bool", "IpAddress", "ArnLike"),
    *("DateEquals", "BinaryEquals", "NotIpAddress", "ForAnyValue:NumericEquals", "ForAllValues:"),
    *("ForAllValues:ForAnyValue:StringLike", "X" * 300),
)
KEYS = (
    *("", "a", ":", "aws:", ":x", "aws:ResourceTag/", "aws:SourceIp", "aws:CurrentTime"),
    *("kms:ViaService", "aws:RequestedRegion", "dynamodb:Attributes", "s3:prefix", "ä:ö"),
    *("aws:userid", "aws:VpceOrgID", "x" * 500, "token.actions.githubusercontent.com:aud"),
)
VALUES = (
    *("", "*", "\x00", "ä", "${", "${}", "${aws:", "1e999999999", "9" * 200, "{subject}", "::::"),
    *("/", "10.0.0.0/-1", "fe80::1%eth0", "NaN", ":" * 1000, "*" * 2000, "vpc-", "us-east-1-"),
)


def found(conditions, kind="identity"):
    statement = {"Effect": "Allow", "Action": ["s3:*", "a", ""], "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement | {"Condition": conditions}]}
    tree = MemoryTree({"policy.json": json.dumps(document).encode()})
    project = load(tree, Config(), kind)
    return evaluate(project, Config(), ABOUT_CONDITIONS).findings


def test_all_rules_about_conditions_are_here():
    assert len(ABOUT_CONDITIONS) == 9


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("kind", ["identity", "resource", "trust", "scp"])
def test_no_condition_stops_the_checks(operator, kind):
    assert found({operator: dict.fromkeys(KEYS, VALUES)}, kind)


@pytest.mark.parametrize(
    "conditions",
    [None, 1, "x", [], {}, {"StringEquals": None}, {"StringEquals": {"s3:prefix": []}}],
)
def test_what_is_no_condition_is_left_to_others(conditions):
    assert found(conditions) == ()


def test_a_long_value_is_cut_in_the_message():
    (finding,) = found({"IpAddress": {"aws:SourceIp": "x" * 1000}})
    assert len(finding.message) < 300


def test_what_is_wrong_in_one_world_only_is_possible():
    text = """
variable "strict" {
  type = bool
}

resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "s3:GetObject"
      Resource  = "*"
      Condition = { IpAddress = { "aws:SourceIp" = var.strict ? "10.0.0.0/8" : "203.0.113.0/24" } }
    }]
  })
}
"""
    told = [f for f in find_terraform(text).findings if f.rule == "validity/dead-condition"]
    assert [(f.level, f.confidence) for f in told] == [("warning", "possible")]
