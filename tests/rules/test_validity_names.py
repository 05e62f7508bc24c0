"""What the checks on actions and resources make of text that nobody writes by hand."""

import json

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

NAMES = (
    "validity/invalid-arn",
    "validity/redundant",
    "validity/resource-mismatch",
    "validity/unknown-action",
    "validity/wildcard-in-service",
)
RULES = tuple(rule for rule in catalogue() if rule.info.id in NAMES)


def found(action, resource):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    tree = MemoryTree({"policy.json": json.dumps(policy).encode()})
    findings = evaluate(load(tree), Config(), RULES).findings
    return sorted((f.rule.partition("/")[2], f.level) for f in findings)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:" + "a" * 100_000, "*", []),
        ("s3:" + "*a" * 50_000, "*", []),
        ("s3:GetObject", "arn:aws:" + "x" * 100_000 + ":::b", []),
        ("s3:GetObject", "arn:aws:s3:::" + "*a" * 50_000, []),
        ("s3:GetObject", "arn:aws:%:::b", []),
        ("s3:GetObject", "arn:aws:a_b:::b", [("invalid-arn", "note")]),
        ("s3:\0", "*", [("unknown-action", "note")]),
        ("\u00fc:x", "*", [("unknown-action", "error")]),
        (":", "*", [("unknown-action", "note")]),
        ("s3:GetObject", "\0", [("invalid-arn", "error")]),
        ("s3:GetObject", "::::::", [("invalid-arn", "error")]),
        ("s3:GetObject", "arn:::::", [("invalid-arn", "error")]),
        ("s3:GetObject", "${aws:username}${", []),
        ("s3:GetObject", "arn:aws:s3:::${aws:username}/${*}", []),
        ([], [], []),
    ],
)
def test_odd_text_is_told_or_let_be(action, resource, expected):
    assert found(action, resource) == expected


def test_long_lists_are_judged_in_time():
    actions = [f"ec2:Describe{number}Thing*" for number in range(200)]
    resources = [f"arn:aws:ec2:eu-west-1:111122223333:things/{number}*" for number in range(200)]
    assert len(found(actions, resources)) == 400
