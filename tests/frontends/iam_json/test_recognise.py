import json
from pathlib import Path

import pytest

from leastwise.frontends.iam_json import roots
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

DUMP = (Path(__file__).parent / "dump.json").read_bytes()
POLICY = (
    b'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)
ONE = [Root("iam-json", "x.json")]


def found(data, *, named=False, kind=None):
    names = frozenset({"x.json"}) if named else frozenset()
    return list(roots(MemoryTree({"x.json": data}), ("x.json",), kind=kind, named=names))


def wrapped(**wrapper):
    return json.dumps(wrapper).encode()


@pytest.mark.parametrize(
    "data",
    [
        POLICY,
        b"\xef\xbb\xbf" + POLICY,
        b'{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
        b"[" + POLICY + b"," + POLICY + b"]",
        wrapped(PolicyVersion={"Document": json.loads(POLICY), "VersionId": "v1"}),
        wrapped(RoleName="ci", PolicyName="p", PolicyDocument=json.loads(POLICY)),
        wrapped(Role={"RoleName": "ci", "AssumeRolePolicyDocument": json.loads(POLICY)}),
        wrapped(Policy=POLICY.decode()),
        wrapped(PolicyDocument="%7B%22Statement%22%3A%5B%5D%2C%22Effect%22%3A0%7D"),
    ],
)
def test_policy_documents_are_claimed(data):
    assert found(data) == ONE


def test_account_dumps_are_claimed_whatever_is_missing():
    assert found(DUMP) == [Root("account-dump", "x.json")]
    assert found(b'{"RoleDetailList": []}') == [Root("account-dump", "x.json")]
    policies = {"Policies": [{"Arn": "a", "PolicyVersionList": []}]}
    assert found(wrapped(**policies)) == [Root("account-dump", "x.json")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"name": "package", "version": "1.0.0"}',
        b'{"Resources": {"R": {"Type": "AWS::IAM::Role", "Statement": [{"Effect": "Allow"}]}}}',
        b'{"Resources": {}, "Statement": [{"Effect": "Allow"}]}',
        b'{"docs": "a Statement has an Effect"}',
        b'{"Statement": "Effect"}',
        b'{"Statement": [1], "Effect": 1}',
        b'{"type": "Program", "Statement": [{"kind": "Effect"}]}',
        b'["Statement", "Effect"]',
        b'"Statement Effect"',
        b'{"RoleDetailList": "no list"}',
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_other_json_is_left_alone(data, named):
    if data == b"" and named:
        assert found(data, named=True) == ONE
    else:
        assert found(data, named=named) == []


def test_an_empty_policy_is_claimed_when_named():
    assert found(b'{"Version": "2012-10-17", "Statement": []}', named=True) == ONE


@pytest.mark.parametrize(
    ("data", "named", "claimed"),
    [
        (POLICY[:-1], False, True),
        (b'{"broken": ', False, False),
        (b'{"broken": ', True, True),
        (b"Statement of Effect {{", False, False),
        (b'{"UserDetailList": [', False, True),
        (b'{"Resources": {"R": "AWS::IAM::Role", "Statement" "Effect"', False, False),
        (b'{"AWSTemplateFormatVersion": ', True, False),
        (b"\xff\xfe{\x00", True, True),
        (b"[" * 100_000 + b'"Statement" "Effect"', False, True),
    ],
)
def test_broken_json_is_claimed_when_named_or_with_a_policys_words(data, named, claimed):
    assert found(data, named=named) == (ONE if claimed else [])


def test_a_template_word_inside_a_policy_does_not_hide_it():
    data = POLICY.replace(b'"Effect"', b'"Sid": "AWS::Resources", "Effect"')
    assert found(data) == ONE


def test_the_kind_that_the_user_names_is_kept():
    assert found(POLICY, kind="scp") == [Root("iam-json", "x.json", entered_as="scp")]


def test_a_named_file_that_cannot_be_read_is_claimed():
    assert list(roots(MemoryTree({}), ("gone.json",), named=frozenset({"gone.json"}))) == [
        Root("iam-json", "gone.json")
    ]
    assert list(roots(MemoryTree({}), ("gone.json",))) == []
