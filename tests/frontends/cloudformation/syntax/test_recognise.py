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
        "f.yaml": CHART,
        "g.json": b'{"a": 1}',
        "serverless.yml": b"service: x\n",
    }
    assert roots(files) == ["a.yaml", "b.yml", "c.json", "d.template", "serverless.yml"]
    assert roots(files, named=("e.txt", "f.yaml", "g.json")) == [
        "a.yaml",
        "b.yml",
        "c.json",
        "d.template",
        "e.txt",
        "f.yaml",
        "serverless.yml",
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
        "kind: A\n---\nResources:\n  Q: {Type: 'AWS::SQS::Queue'}\n",
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
        ("Resources:\n  Q: {Type: 'AWS::S'}\n  Q: {Type: 'AWS::T'}\n", "duplicate-key"),
        ("Resources:\n  Q: {Type: 'AWS::S'}\n---\na: 1\n", "multiple-documents"),
        ("Resources:\n  Q: {Type: 'AWS::S', Properties: !!set {a}}\n", "unknown-tag"),
    ],
)
def test_a_template_that_can_not_be_read_is_an_error_and_claimed(text, code):
    project = load(text)
    assert codes(project) == [("error", code)]
    assert project.files == ("stack.yaml",)
    assert project.policies == ()


def test_json_is_accepted_in_a_yaml_file_and_flow_yaml_after_a_brace():
    for text in (
        '{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}',
        "{Resources: {R: {Type: 'AWS::IAM::Role'}}}",
    ):
        assert [p.address for p in load(text).principals] == ["R"]
