"""Whom a trust policy lets in that asks for more of its callers than their names."""

import json

import pytest
from tests.rules.worked import find

from leastwise.source.tree import MemoryTree

ROOT = "arn:aws:iam::111122223333:root"
ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
BY_TAG = ASSUME | {"Condition": {"StringEquals": {"aws:ResourceTag/team": "ops"}}}
TAG_ROLES = {"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*"}
IN_UNIT = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a/*/ou-b/*"]}}
IN_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}
OF_OPS = {"StringEquals": {"aws:PrincipalTag/Team": "ops"}}
NOT_OF_OPS = {"StringNotEquals": {"aws:PrincipalTag/Team": "ops"}}


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def trusting(condition=None, effect="Allow"):
    statement = {"Effect": effect, "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    return statement if condition is None else statement | {"Condition": condition}


def level(trust, statements=(ASSUME,), user_tags=(), role_tags=()):
    """Return the level at which it is told that a user may assume the administrator."""
    user = {
        "UserName": "dev",
        "Arn": "arn:aws:iam::111122223333:user/dev",
        "Path": "/",
        "Tags": list(user_tags),
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(*statements)}],
    }
    role = {
        "RoleName": "admin",
        "Arn": "arn:aws:iam::111122223333:role/admin",
        "Path": "/",
        "Tags": list(role_tags),
        "AssumeRolePolicyDocument": policy(*trust),
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(ADMIN)}],
    }
    account = json.dumps({"UserDetailList": [user], "RoleDetailList": [role]}).encode()
    findings = find(MemoryTree({"account.json": account})).findings
    rows = [f for f in findings if f.rule == "escalation/sts-assume-role" and "dev" in f.message]
    return next((f.level for f in rows), None)


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("condition", "user_tags", "expected"),
    [
        (None, (), "error"),
        (IN_ORGANIZATION, (), "error"),
        (IN_UNIT, (), "warning"),
        (OF_OPS, (), "warning"),
        (OF_OPS, tags(team="ops"), "error"),
        (OF_OPS, tags(team="web"), "note"),
        (NOT_OF_OPS, tags(team="web"), "error"),
        (NOT_OF_OPS, tags(team="ops"), "note"),
    ],
    ids=[
        "no condition",
        "the organization",
        "a unit of which nobody knows whether the caller is in it",
        "a tag, which the caller may carry",
        "the tag that the caller carries",
        "a tag that the caller carries with another value",
        "any tag but one, which the caller does not carry",
        "any tag but the one that the caller carries",
    ],
)
def test_what_no_caller_chooses_is_held_to_what_is_known(condition, user_tags, expected):
    assert level([trusting(condition)], user_tags=user_tags) == expected


@pytest.mark.parametrize(("value", "expected"), [("web", "note"), ("ops", "error")])
def test_a_deny_by_tag_hits_who_carries_another(value, expected):
    trust = [trusting(), trusting(NOT_OF_OPS, "Deny")]
    assert level(trust, user_tags=tags(team=value)) == expected


@pytest.mark.parametrize(
    ("statements", "role_tags", "expected"),
    [
        ([BY_TAG], tags(team="ops"), "error"),
        ([BY_TAG], tags(team="web"), None),
        ([BY_TAG], (), "warning"),
        ([BY_TAG, TAG_ROLES], tags(team="web"), "warning"),
    ],
    ids=["it carries the tag", "it carries another", "nothing is known", "it is tagged first"],
)
def test_a_role_is_assumed_by_its_tags(statements, role_tags, expected):
    opened = trusting() | {"Principal": {"AWS": ROOT}}
    assert level([opened], statements, role_tags=role_tags) == expected
