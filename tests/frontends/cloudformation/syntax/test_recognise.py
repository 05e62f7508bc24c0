"""Which files are templates, and what is said of broken ones."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree


def load(text, path="stack.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return cloudformation.load(Root("cloudformation", path), MemoryTree({path: data}), Config())


def codes(project):
    return [(d.severity, d.code) for d in project.diagnostics]


TEMPLATE = b"Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\n"
CHART = b"kind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n"


def roots(files, named=()):
    tree = MemoryTree(files)
    found = cloudformation.roots(tree, tuple(files), named=frozenset(named))
    return [root.path for root in found]


def test_templates_are_known_by_their_words_not_their_names():
    files = {
        "a.yaml": TEMPLATE,
        "b.yml": b"AWSTemplateFormatVersion: 2010-09-09\n",
        "c.json": b'{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}',
        "d.template": TEMPLATE,
        "e.txt": TEMPLATE,
        "custom.yaml": b"Resources:\n  T: {Type: 'Custom::Thing'}\n",
        "f.yaml": CHART,
        "g.json": b'{"a": 1}',
        "serverless.yml": b"service: x\n",
    }
    found = ["a.yaml", "b.yml", "c.json", "d.template", "custom.yaml", "serverless.yml"]
    assert roots(files) == found
    named = ("e.txt", "f.yaml", "g.json")
    assert roots(files, named=named) == [
        name for name in files if name in found or name in ("e.txt", "f.yaml")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  t: |\n    Resources: {Q: {Type: 'AWS::X'}}\n",
        "- Resources\n- AWS::SQS::Queue\n",
        "Resources: [a]\n",
        "# Resources AWS::\n",
        "a: 1\na: 2\nResources: 'AWS::'\n",
        '{"Resources": "AWS::"}',
        "kind: A\n---\nkind: B\ndata: 'Resources AWS::'\n",
    ],
)
def test_a_file_that_turns_out_to_be_something_else_is_not_claimed(text):
    project = load(text)
    assert project.files == ()
    assert project.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Resources:\n  Q: {Type: 'AWS::SQS::Queue'\n", "yaml-syntax"),
        ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}', "json-syntax"),
        ("Resources: {Q: {Type: 'AWS::S'}}\n".encode("utf-16"), "encoding"),
        ("Resources: {Q: {Type: 'AWS::S'}}\n".encode("utf-32"), "encoding"),
    ],
)
def test_a_template_that_can_not_be_read_is_an_error_and_claimed(text, code):
    project = load(text)
    assert codes(project) == [("error", code)]
    assert project.files == ("stack.yaml",)
    assert project.policies == ()


ROLE = "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties: {RoleName: r}\n"
JSON_ROLE = '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}}'
BOMB = "".join(f"  b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ROLE + "  R:\n    Type: AWS::IAM::Role\n    Properties: {RoleName: r}\n", "duplicate-key"),
        (ROLE.replace("{", "{RoleName: x, "), "duplicate-key"),
        (ROLE + "---\na: 1\n", "multiple-documents"),
        ("a: 1\n---\n" + ROLE, "multiple-documents"),
        (ROLE + "Metadata: !!set {a}\n", "unknown-tag"),
        (ROLE + "Metadata: &m {a: *m}\n", "recursive-alias"),
        (ROLE + "Metadata: " + "[" * 100_000 + "]" * 100_000 + "\n", "too-deep"),
        (ROLE + "Metadata:\n  - " + "- " * 100_000 + "x\n", "too-deep"),
        (ROLE + "Metadata:\n  b0: &b0 [x, x, x]\n" + BOMB, "too-large"),
        (JSON_ROLE + ', "Metadata": 1, "Metadata": 2}', "duplicate-key"),
        (JSON_ROLE + ', "M": ' + "[" * 100_000 + "]" * 100_000 + "}", "too-deep"),
        (JSON_ROLE + ', "M": ' + '{"[": ' * 100_000 + '"]"' + "}" * 100_000 + "}", "too-deep"),
        (JSON_ROLE.replace('{"RoleName"', '{"RoleName": "x", "RoleName"') + "}", "duplicate-key"),
    ],
)
def test_what_is_wrong_in_a_template_is_an_error_and_the_rest_is_read(text, code):
    project = load(text)
    assert codes(project) == [("error", code)]
    assert project.files == ("stack.yaml",)
    assert [p.address for p in project.principals] == ["R"]


def test_json_is_accepted_in_a_yaml_file_and_flow_yaml_after_a_brace():
    for text in (
        '{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}',
        "{Resources: {R: {Type: 'AWS::IAM::Role'}}}",
    ):
        assert [p.address for p in load(text).principals] == ["R"]


def test_a_sam_template_without_resources_is_read():
    project = load("Transform: AWS::Serverless-2016-10-31\nResources: {}\n")
    assert project.files == ("stack.yaml",)
    assert project.diagnostics == ()


def test_large_json_of_something_else_is_left_by_its_keys():
    filler = '"x": "' + "Resources AWS:: " * 10_000 + '"'
    assert load("{" + filler + "}", "a.json").files == ()
    template = '"Resou\\u0072ces": {"Q": {"Type": "AWS::IAM::Role"}}'
    assert load("{" + filler + ", " + template + "}", "a.json").files == ("a.json",)
    assert codes(load("{" + filler + ", ", "a.json")) == [("error", "json-syntax")]
