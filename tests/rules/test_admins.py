"""Who is an administrator, or surely one call away from it."""

import json

import pytest
from tests.rules.worked import load

from leastwise.api.rule_examples import account_dump
from leastwise.rules.admins import is_admin_equivalent
from leastwise.source.tree import MemoryTree

SELF = "arn:aws:iam::111122223333:role/subject"


def judged(actions, resource="*", boundary=None, condition=None):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    if condition is not None:
        statement["Condition"] = condition
    dump = account_dump({"statements": [statement], "boundary": boundary}, is_trust=False)
    project = load(MemoryTree({"account.json": json.dumps(dump).encode()}))
    (principal,) = (p for p in project.principals if p.kind == "role")
    return is_admin_equivalent(principal)


NARROW = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]


@pytest.mark.parametrize(
    ("actions", "resource", "expected"),
    [
        ("*", "*", True),
        ("iam:*", "*", True),
        ("iam:PutRolePolicy", SELF, True),
        ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/*", True),
        ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/other", False),
        (["iam:CreateAccessKey", "iam:PutUserPolicy"], "*", True),
        (["iam:CreateUser", "iam:CreateLoginProfile", "iam:AttachUserPolicy"], "*", True),
        ("iam:CreateAccessKey", "*", False),
        ("s3:*", "*", False),
        (["iam:Get*", "iam:List*"], "*", False),
    ],
)
def test_what_makes_an_administrator(actions, resource, expected):
    assert judged(actions, resource) is expected


def test_a_boundary_stops_it():
    assert judged("*", boundary=NARROW) is False


def test_a_condition_that_may_fail_makes_none():
    assert judged("*", condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}) is False


@pytest.mark.parametrize(
    ("attachable", "expected"),
    [
        ("arn:aws:iam::aws:policy/*", True),
        ("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", False),
    ],
)
def test_who_may_attach_administrator_access_to_itself_is_one(attachable, expected):
    condition = {"ArnLike": {"iam:PolicyARN": attachable}}
    assert judged("iam:AttachRolePolicy", SELF, condition=condition) is expected


def test_tls_limits_nobody():
    assert judged("*", condition={"Bool": {"aws:SecureTransport": "true"}}) is True
