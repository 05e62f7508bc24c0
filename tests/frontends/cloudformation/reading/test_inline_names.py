"""Inline policies of one name: AWS keeps one of them, so that none is sure to deny."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Root
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

ALLOW = '{Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}'
DENY = '{Version: 2012-10-17, Statement: [{Effect: Deny, Action: "s3:*", Resource: "*"}]}'
HEAD = """AWSTemplateFormatVersion: 2010-09-09
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, x]}
Resources:
"""
ROLE = "  App:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies: "


def inline(name, document):
    return f"{{PolicyName: {name}, PolicyDocument: {document}}}"


def apart(kind, holder, name, document):
    found = f"{{PolicyName: {name}, {holder}, PolicyDocument: {document}}}"
    return f"\n  Pol:\n    Type: AWS::IAM::{kind}\n    Properties: {found}\n"


CASES = [
    (f"[{inline('x', DENY)}, {inline('x', ALLOW)}]", "possible"),
    (f"[{inline('x', DENY)}, {inline('y', ALLOW)}]", "no"),
    (f"[{inline('x', DENY)}]" + apart("Policy", "Roles: [!Ref App]", "x", ALLOW), "possible"),
    (f"[{inline('x', DENY)}]" + apart("Policy", "Roles: [!Ref App]", "y", ALLOW), "no"),
    (f"[{inline('x', DENY)}]" + apart("RolePolicy", "RoleName: !Ref App", "x", ALLOW), "possible"),
    (f"[!If [C, {inline('x', DENY)}, {inline('x', DENY)}], {inline('y', ALLOW)}]", "no"),
]


@pytest.mark.parametrize(("policies", "certainty"), CASES)
def test_a_policy_that_another_of_its_name_replaces_denies_nothing(policies, certainty):
    tree = MemoryTree({"t.yaml": f"{HEAD}{ROLE}{policies}\n".encode()})
    project = cloudformation.load(Root("cloudformation", "t.yaml"), tree, Config())
    (app,) = project.principals
    asked = RequestPattern(("s3:GetObject",), (Pattern(("arn:aws:s3:::data/x",)),))
    assert allows(access_of(app), asked).certainty == certainty
