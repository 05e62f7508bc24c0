"""Permissions boundaries that conditions choose: each binds in its own worlds."""

import json

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Root
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NONE = {"Ref": "AWS::NoValue"}


def statement(effect, actions):
    return {"Effect": effect, "Action": actions, "Resource": "*"}


def template(boundary):
    everything = {"Version": "2012-10-17", "Statement": [statement("Allow", "s3:*")]}
    limit = {"Version": "2012-10-17", "Statement": [statement("Allow", "s3:Get*")]}
    role = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "Policies": [{"PolicyName": "all", "PolicyDocument": everything}],
        "PermissionsBoundary": boundary,
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "App": {"Type": "AWS::IAM::Role", "Properties": role},
            "Limit": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": limit},
            },
        },
    }


def load(body):
    tree = MemoryTree({"t.json": json.dumps(body).encode()})
    return cloudformation.load(Root("cloudformation", "t.json"), tree, Config())


CASES = [
    ({"Fn::If": ["Prod", {"Ref": "Limit"}, NONE]}, "proven", "possible"),
    ({"Fn::If": ["Prod", {"Ref": "Limit"}, {"Ref": "Limit"}]}, "proven", "no"),
    ({"Fn::If": ["Prod", {"Ref": "Limit"}, ADMIN]}, "proven", "possible"),
    ({"Fn::If": ["Prod", READ, ADMIN]}, "proven", "possible"),
    ({"Fn::If": ["Prod", NONE, NONE]}, "proven", "proven"),
]


@pytest.mark.parametrize(("boundary", "get", "put"), CASES)
def test_a_boundary_that_a_condition_chooses_binds_where_it_is_chosen(boundary, get, put):
    project = load(template(boundary))
    (role,) = project.principals
    found = []
    for action in ("s3:GetObject", "s3:PutObject"):
        resources = (Pattern(("arn:aws:s3:::data/x",)),)
        found.append(allows(access_of(role), RequestPattern((action,), resources)).certainty)
    assert found == [get, put]
    assert project.not_in_view == ()


def test_a_policy_that_is_a_boundary_under_a_condition_grants_nothing():
    project = load(template({"Fn::If": ["Prod", {"Ref": "Limit"}, NONE]}))
    (limit,) = [p for p in project.policies if p.address == "Limit"]
    assert (limit.kind, limit.consumption) == ("boundary", "ignored")
