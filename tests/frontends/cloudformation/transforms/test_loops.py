"""Fn::ForEach, unrolled before anything is evaluated."""

import time

import pytest
from tests.frontends.cloudformation.loaded import codes

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.source.text import span_of
from leastwise.source.tree import MemoryTree

PATH = "stack.yaml"


def load(text, **files):
    tree = MemoryTree({PATH: text.encode(), **{k: v.encode() for k, v in files.items()}})
    return cloudformation.load(Root("cloudformation", PATH), tree, Config())


def documents(project):
    found = (p for p in project.policies if p.kind == "identity")
    return {p.address: plain(p.value)["Statement"] for p in found}


HEAD = "AWSTemplateFormatVersion: 2010-09-09\nTransform: AWS::LanguageExtensions\n"

ROLES = (
    HEAD
    + """
Resources:
  'Fn::ForEach::Roles':
    - Team
    - [ops, web-shop]
    - 'Role&{Team}':
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub '${Team}-role'
          Path: /x/
      'Policy&{Team}':
        Type: AWS::IAM::Policy
        Properties:
          Roles: [!Ref 'Role&{Team}']
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: s3:*
                Resource:
                  - !Sub 'arn:aws:s3:::${Team}/*'
                  - !Sub 'arn:aws:s3:::${!Team}'
                  - !Ref Team
                  - !GetAtt 'Role&{Team}.Arn'
"""
)


def test_a_loop_makes_a_resource_of_each_item():
    project = load(ROLES)
    arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x/"
    assert codes(project) == []
    assert [(p.address, str(p.id.name)) for p in project.principals] == [
        ("Roleops", "x/ops-role"),
        ("Rolewebshop", "x/web-shop-role"),
    ]
    assert {name: s[0]["Resource"] for name, s in documents(project).items()} == {
        "Policyops": ["arn:aws:s3:::ops/*", "arn:aws:s3:::${Team}", "ops", f"{arn}ops-role"],
        "Policywebshop": [
            "arn:aws:s3:::web-shop/*", "arn:aws:s3:::${Team}", "web-shop", f"{arn}web-shop-role",
        ],
    }  # fmt: skip
    assert [[a.origin for a in p.attachments] for p in project.principals] == [
        ["Policyops"],
        ["Policywebshop"],
    ]


def test_what_a_loop_makes_points_to_its_body():
    project, data = load(ROLES), ROLES.encode()
    spelled = [data[p.span.start : p.span.end].decode() for p in project.principals]
    assert spelled == ["'Role&{Team}'", "'Role&{Team}'"]
    (policy,) = [p for p in project.policies if p.address == "Policyops"]
    resource = policy.document.statements[0].resources.globs[0]
    span = span_of(resource.origin)
    assert data[span.start : span.end].decode() == "!Sub 'arn:aws:s3:::${Team}/*'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Parameters: {Teams: {Type: CommaDelimitedList, Default: 'a, b'}}\nResources:\n"
            "  Fn::ForEach::L: [X, !Ref Teams, {'T${X}': {Type: 'AWS::IAM::User'}}]\n",
            ["Ta", "Tb"],
            id="a parameter's default",
        ),
        pytest.param(
            "Mappings: {M: {p: {names: [a, b]}}}\nResources:\n"
            "  Fn::ForEach::L: [X, !FindInMap [M, p, names], {'T${X}': {Type: 'AWS::IAM::User'}}]\n",
            ["Ta", "Tb"],
            id="a mapping",
        ),
        pytest.param(
            "Resources:\n  Fn::ForEach::L:\n    - X\n    - [a, b]\n    - Fn::ForEach::Inner:\n"
            "        - Y\n        - [1, '${X}z']\n"
            "        - 'T${X}${Y}': {Type: 'AWS::IAM::User'}\n",
            ["Ta1", "Taaz", "Tb1", "Tbbz"],
            id="nested loops, the inner list made of the outer item",
        ),
        pytest.param(
            "Resources:\n  Fn::ForEach::L: [X, [a, a], {'T${X}': {Type: 'AWS::IAM::User'}}]\n",
            ["Ta"],
            id="an item twice",
        ),
        pytest.param(
            "Conditions:\n  Fn::ForEach::C: [X, [a, b], {'Is${X}': !Equals ['${X}', a]}]\n"
            "Resources:\n  Fn::ForEach::L:\n    - X\n    - [a, b]\n"
            "    - 'T${X}': {Type: 'AWS::IAM::User', Condition: 'Is${X}'}\n",
            ["Ta"],
            id="conditions",
        ),
        pytest.param(
            "Resources:\n  A: {Type: 'AWS::IAM::User'}\n  Fn::ForEach::L: [X, [], {'T${X}': {}}]\n",
            ["A"],
            id="no items",
        ),
    ],
)
def test_the_collection_is(text, expected):
    project = load(HEAD + text)
    assert [p.address for p in project.principals] == expected
    assert (codes(project), project.not_in_view) == ([], ())


def test_a_loop_inside_a_property_makes_its_entries():
    project = load(
        HEAD
        + """
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: s3:*
            Resource: '*'
            Condition:
              StringEquals:
                Fn::ForEach::Tags:
                  - Tag
                  - [team, cost]
                  - 'aws:ResourceTag/${Tag}': !Sub '${Tag}-x'
"""
    )
    assert documents(project)["P"][0]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/team": "team-x", "aws:ResourceTag/cost": "cost-x"}
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (("Parameters: {Teams: {Type: CommaDelimitedList}}\nResources:\n"
          "  Fn::ForEach::L: [X, !Ref Teams, {'T${X}': {Type: 'AWS::IAM::User'}}]\n"),
         "its collection is not known"),
        ("Resources:\n  Fn::ForEach::L: [X, !GetAZs '', {'T${X}': {Type: 'AWS::IAM::User'}}]\n",
         "its collection is not known"),
        ("Resources:\n  Fn::ForEach::L: [X, [a]]\n",
         "it is not an identifier, a collection and a fragment"),
        ("Resources:\n  Fn::ForEach::L: x\n",
         "it is not an identifier, a collection and a fragment"),
    ],
)  # fmt: skip
def test_a_loop_that_is_not_known_is_listed(text, why):
    (found,) = load(HEAD + text).not_in_view
    assert (found.kind, found.message) == (
        "template-loop",
        f"what the loop L makes is not evaluated: {why}",
    )


def test_a_loop_needs_the_language_extensions():
    version = HEAD.partition("Transform")[0]
    project = load(
        f"{version}Resources:\n"
        "  Fn::ForEach::L: [X, [a], {'T${X}': {Type: 'AWS::IAM::User'}}]\n"
    )
    assert codes(project) == [("warning", "language-extensions")]
    assert [p.address for p in project.principals] == ["Ta"]


def test_a_key_without_the_identifier_is_made_twice_which_is_an_error():
    text = HEAD + "Resources:\n  Fn::ForEach::L: [X, [a, b], {T: {Type: 'AWS::IAM::User'}}]\n"
    assert codes(load(text)) == [("error", "duplicate-key")]


def test_loops_in_loops_are_bounded():
    items = ", ".join(f"v{i}" for i in range(60))
    body = "{'T${A}${B}${C}${D}': {Type: 'AWS::IAM::User'}}"
    for name in "DCBA":
        body = f"{{'Fn::ForEach::L{name}': [{name}, [{items}], {body}]}}"
    started = time.process_time()
    project = load(HEAD + f"Resources: {body}\n")
    assert ("error", "too-large") in codes(project)
    assert time.process_time() - started < 10


def test_a_given_parameter_takes_the_place_of_the_default():
    child = (
        HEAD + "Parameters: {Teams: {Type: CommaDelimitedList, Default: a}}\nResources:\n"
        "  Fn::ForEach::L: [X, !Ref Teams, {'T${X}': {Type: 'AWS::IAM::User'}}]\n"
    )
    parent = (
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: child.yaml, Parameters: {Teams: 'b,c'}}\n"
    )
    project = load(parent, **{"child.yaml": child})
    assert ([p.address for p in project.principals], project.not_in_view) == (["N/Tb", "N/Tc"], ())
