"""Parts of a wrong shape are said and left, and the rest is read."""

import json

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}
TEMPLATE = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": ROLE}}
WRONG = [None, 3, True, "x", [], ["a"]]


def load(**sections):
    data = json.dumps({**TEMPLATE, **sections}).encode()
    tree = MemoryTree({"stack.json": data})
    return cloudformation.load(Root("cloudformation", "stack.json"), tree, Config())


def said(project):
    return [(d.severity, d.code) for d in project.diagnostics]


@pytest.mark.parametrize("value", WRONG, ids=str)
@pytest.mark.parametrize("name", ["Parameters", "Mappings", "Conditions", "Outputs"])
def test_a_section_or_a_part_of_one_that_is_no_mapping_is_a_warning(name, value):
    for project in (load(**{name: value}), load(**{name: {"X": value}})):
        assert said(project) == [("warning", "invalid-template")]
        assert [p.address for p in project.principals] == ["R"]


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_a_resource_that_can_not_be_read_is_an_error_and_the_others_are_read(value):
    for project in (
        load(Resources={"X": value, "R": ROLE}),
        load(Resources={"X": {"Properties": {}}, "R": ROLE}),
    ):
        assert said(project) == [("error", "invalid-template")]
        assert [p.address for p in project.principals] == ["R"]
    project = load(Resources={"X": {"Type": "AWS::SQS::Queue", "Properties": value}, "R": ROLE})
    assert said(project) == [("warning", "invalid-template")]


@pytest.mark.parametrize("value", [3, True, "x", [], ["a"]], ids=str)
def test_resources_that_are_no_mapping_are_an_error(value):
    project = load(Resources=value)
    assert said(project) == [("error", "invalid-template")]
    assert project.files == ("stack.json",)


def test_a_template_without_resources_is_a_warning():
    assert said(load(Resources=None)) == [("warning", "invalid-template")]


def test_what_another_program_or_a_macro_replaces_is_no_error():
    assert said(load(Resources={"X": {"Type": {"Rain::Module": "m"}}})) == [
        ("warning", "invalid-template")
    ]
    assert said(load(Transform="Mine", Resources={"X": 3, "R": ROLE})) == [("warning", "macro")]


def test_a_name_of_a_parameter_and_a_resource_is_a_warning():
    assert said(load(Parameters={"R": {"Type": "String"}})) == [("warning", "invalid-template")]


@pytest.mark.parametrize(
    "sections",
    [
        {"Resources": {"R": {**ROLE, "Condition": "C"}}},
        {"Outputs": {"O": {"Value": "x", "Condition": "C"}}},
        {"Conditions": {"D": {"Fn::Not": [{"Condition": "C"}]}}},
    ],
    ids=["resource", "output", "condition"],
)
def test_a_condition_that_is_not_declared_is_said_wherever_it_is_named(sections):
    assert said(load(**sections)) == [("warning", "dangling-reference")]
    declared = {"C": {"Fn::Equals": ["a", "b"]}, **sections.get("Conditions", {})}
    assert said(load(**{**sections, "Conditions": declared})) == []


def test_a_resource_inside_of_a_module_is_not_dangling():
    module = {"M": {"Type": "My::S3::Bucket::MODULE"}, "R": ROLE}
    outputs = {"O": {"Value": {"Ref": "MBucket"}}, "P": {"Value": {"Ref": "Bucket"}}}
    assert said(load(Resources=module, Outputs=outputs)) == [("warning", "dangling-reference")]
