"""The quick reader of plain policies and the full one must say the same."""

import json
import random

import pytest
from tests.semantics import random_cases

from leastwise.iam.lower import lower_document
from leastwise.iam.plain import lower_plain
from leastwise.source.json_scan import parse_json
from leastwise.source.value import Chars, Text

ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
NAMED = {**ALLOW, "Principal": {"AWS": ["111122223333"], "Service": "ec2.amazonaws.com"}}
FIELDS = {
    "identityPolicies": "identity",
    "boundaries": "boundary",
    "endpointPolicies": "endpoint",
}


def full(data, kind):
    value = parse_json(Text((Chars(json.dumps(data)),)), path="policy.json")
    return lower_document(value, kind, scope="test")


def random_policies(number):
    chance = random.Random(7)  # noqa: S311 - cases, not keys
    for one in random_cases.cases(chance, number):
        for field, kind in FIELDS.items():
            yield from ((policy, kind) for policy in one.get(field, ()))
        for kind in ("scp", "rcp"):
            levels = one.get(f"{kind}s", ())
            yield from ((policy, kind) for level in levels for policy in level["policies"])
        if "resourcePolicy" in one:
            yield one["resourcePolicy"], "resource"


def test_random_policies_are_read_alike():
    read = 0
    for policy, kind in random_policies(600):
        found = lower_plain(policy, kind)
        assert found is not None
        assert found == full(policy, kind).document
        read += 1
    assert read > 1_000


USUAL = [
    ("identity", {"Statement": ALLOW}),
    ("identity", {"Version": "2012-10-17", "Id": "x", "Statement": [{**ALLOW, "Sid": "A"}]}),
    ("identity", {"Statement": []}),
    ("identity", {"Statement": {**ALLOW, "Action": [], "Condition": {}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"Bool": {"k": [True, "false"]}}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"numericequals": {"k": 10}}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"StringEquals": {"": ["", "a"]}}}}),
    ("resource", {"Statement": NAMED}),
    ("resource", {"Statement": {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*"}}),
    ("rcp", {"Statement": {**ALLOW, "Principal": "*"}}),
]


@pytest.mark.parametrize(("kind", "policy"), USUAL)
def test_usual_shapes_are_read_alike(kind, policy):
    found = lower_plain(policy, kind)
    whole = full(policy, kind)
    assert found == whole.document
    assert whole.diagnostics == ()


UNUSUAL = [
    ("identity", {}),
    ("identity", {"Statement": "x"}),
    ("identity", {"Statement": [ALLOW, [ALLOW]]}),
    ("identity", {"statement": ALLOW}),
    ("identity", {"Version": "2020-01-01", "Statement": ALLOW}),
    ("identity", {"Version": 2012, "Statement": ALLOW}),
    ("identity", {"Id": 1, "Statement": ALLOW}),
    ("identity", {"Statement": {**ALLOW, "Effect": "allow"}}),
    ("identity", {"Statement": {**ALLOW, "Effect": ["Allow"]}}),
    ("identity", {"Statement": {**ALLOW, "Sid": 1}}),
    ("identity", {"Statement": {**ALLOW, "NotAction": "s3:*"}}),
    ("identity", {"Statement": {**ALLOW, "Action": [1]}}),
    ("identity", {"Statement": {**ALLOW, "Action": None}}),
    ("identity", {"Statement": {"Effect": "Allow", "Action": "*"}}),
    ("identity", {"Statement": NAMED}),
    ("identity", {"Statement": {**ALLOW, "Condition": []}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"StringEqual": {"k": "a"}}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"": {"k": "a"}}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"Bool": "true"}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"Bool": {"k": [None]}}}}),
    ("identity", {"Statement": {**ALLOW, "Condition": {"Bool": {"k": {}}}}}),
    ("resource", {"Statement": ALLOW}),
    ("resource", {"Statement": {**NAMED, "Principal": ["*"]}}),
    ("resource", {"Statement": {**NAMED, "Principal": {"aws": "*"}}}),
    ("resource", {"Statement": {**NAMED, "NotPrincipal": "*"}}),
]


@pytest.mark.parametrize(("kind", "policy"), UNUSUAL)
def test_unusual_shapes_are_left_to_the_full_reader(kind, policy):
    assert lower_plain(policy, kind) is None
