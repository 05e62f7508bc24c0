"""What is told once: ways to break a delegation beside the ways up that they open."""

import json

from tests.rules.worked import find

from leastwise.api.rule_examples import account_dump
from leastwise.source.tree import MemoryTree

PINNED = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}
ROLES = "arn:aws:iam::111122223333:role/"
USERS = "arn:aws:iam::111122223333:user/"


def findings(*statements, **more):
    dump = account_dump({"statements": list(statements), **more}, is_trust=False)
    return find(MemoryTree({"account.json": json.dumps(dump).encode()})).findings


def allow(actions, resource, condition=None):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return statement if condition is None else {**statement, "Condition": condition}


def told(*statements, **more):
    return [(f.rule, f.level) for f in findings(*statements, **more)]


def test_unguarded_creation_is_told_as_a_way_up():
    assert told(allow(["iam:CreateRole", "iam:PutRolePolicy"], ROLES + "x/*")) == [
        ("escalation/iam-create-role-inline", "error")
    ]
    users = ["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"]
    rules = [rule for rule, _ in told(allow(users, USERS + "x/*"))]
    assert "boundary/missing-on-create" not in rules


def test_the_message_says_which_condition_fails():
    loose = {"StringEqualsIfExists": PINNED["StringEquals"]}
    (one, *_) = findings(allow(["iam:CreateRole", "iam:PutRolePolicy"], ROLES + "app/*", loose))
    assert one.rule == "boundary/missing-on-create"
    assert one.message.endswith("StringEqualsIfExists also holds when the call names no boundary")
    anything = {"StringLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/*"}}
    (one, *_) = findings(allow(["iam:CreateRole", "iam:PutRolePolicy"], ROLES + "app/*", anything))
    assert one.rule == "boundary/missing-on-create"
    assert one.message.endswith("matches 'arn:aws:iam::*:policy/*'")


def test_a_sound_delegation_as_aws_documents_it_is_silent():
    delegate = allow(
        [
            "iam:AttachUserPolicy",
            "iam:CreateUser",
            "iam:DeleteUserPolicy",
            "iam:DetachUserPolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
        ],
        "*",
        PINNED,
    )
    others = allow(["iam:CreatePolicy", "iam:DeleteUser", "iam:Get*", "iam:List*"], "*")
    edits = ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"]
    protected = ["arn:aws:iam::111122223333:policy/b", "arn:aws:iam::111122223333:policy/boundary*"]
    boundary = [
        delegate,
        others,
        {"Effect": "Deny", "Action": [*edits, "iam:SetDefault*"], "Resource": protected},
        {"Effect": "Deny", "Action": "iam:DeleteUserPermissionsBoundary", "Resource": "*"},
    ]
    found = told(allow("iam:*", "*"), principal="user", boundary=boundary)
    assert [rule for rule, _ in found if rule.startswith("boundary/")] == []
