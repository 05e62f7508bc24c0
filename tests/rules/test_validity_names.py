"""What the checks on actions and resources make of text that nobody writes by hand."""

import json
from itertools import product

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.rules.python.validity.covers import covers
from leastwise.semantics.pattern import accepts, compile_glob, tokenize
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


def test_an_entry_is_only_redundant_when_another_matches_all_of_it():
    strings = ["".join(p) for size in range(4) for p in product("ab", repeat=size)]
    globs = ["".join(p) for size in (1, 2, 3) for p in product("a*?", repeat=size)]
    matched = {
        glob: {s for s in strings if accepts(compile_glob(tokenize((glob,)) or ()), (s,))}
        for glob in globs
    }
    pairs = [(wide, narrow) for wide in globs for narrow in globs if wide != narrow]
    told = {(w, n) for w, n in pairs if covers((w,), (n,), is_action=True)}
    assert {(w, n) for w, n in told if not matched[n] <= matched[w]} == set()
    assert len(told) > 200
