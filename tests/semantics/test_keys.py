"""Spell condition keys as policies and AWS's reference do."""

import pytest

from leastwise.semantics.keys import spell_key

SPELLINGS = [
    ("iam:passedtoservice", "iam:PassedToService"),
    ("s3:x-amz-acl", "s3:x-amz-acl"),
    ("kms:encryptioncontext:purpose", "kms:encryptioncontext:purpose"),
    ("aws:principalorgid", "aws:PrincipalOrgID"),
    ("aws:principaltag/team", "aws:PrincipalTag/team"),
    ("aws:userid", "aws:userid"),
    ("aws:notyetknown/x", "aws:notyetknown/x"),
    ("iam:resourcetag/team", "iam:ResourceTag/team"),
    ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub"),
    ("nosuch:key", "nosuch:key"),
    ("100%_:key/x", "100%_:key/x"),
    ("", ""),
    ("/", "/"),
    ("iam:\ud800", "iam:\ud800"),
]


@pytest.mark.parametrize(("key", "spelled"), SPELLINGS)
def test_keys_are_spelled_as_in_the_reference(key, spelled):
    assert spell_key(key) == spelled


def test_the_spelling_of_a_policy_comes_first():
    assert spell_key(
        "aws:principaltag/team", {"aws:principaltag/team": "aws:principalTag/Team"}
    ) == ("aws:principalTag/Team")
