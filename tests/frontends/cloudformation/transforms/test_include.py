"""AWS::Include of files in the tree."""

import pytest
from tests.frontends.cloudformation.loaded import codes

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.source.text import source_spans
from leastwise.source.tree import MemoryTree

PATH = "stacks/app.yaml"


def load(text, files=()):
    tree = MemoryTree({PATH: text.encode(), **{k: v.encode() for k, v in dict(files).items()}})
    return cloudformation.load(Root("cloudformation", PATH), tree, Config())


POLICY = """
Resources:
  U: {Type: 'AWS::IAM::User'}
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}
"""
DOCUMENT = (
    '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": "U.Arn"}}]}'
)


def test_what_is_included_stands_in_place_of_the_call_with_the_places_of_its_file():
    project = load(POLICY % "../shared/doc.json", {"shared/doc.json": DOCUMENT})
    (policy,) = project.policies
    statement = policy.document.statements[0]
    (span,) = source_spans(statement.actions.globs[0].origin.pieces[0])
    assert (span.path, DOCUMENT[span.start : span.end]) == ("shared/doc.json", "s3:*")
    assert str(statement.resources.globs[0]).startswith("arn:${AWS::Partition}:iam::")
    assert (codes(project), project.not_in_view) == ([], ())
    assert "shared/doc.json" in project.read


def test_entries_are_put_beside_those_that_are_there():
    project = load(
        """
Resources:
  A: {Type: 'AWS::IAM::User'}
  Fn::Transform:
    - {Name: AWS::Include, Parameters: {Location: b.yaml}}
    - {Name: AWS::Include, Parameters: {Location: c.json}}
""",
        {
            "stacks/b.yaml": "B: {Type: 'AWS::IAM::User', Properties: {UserName: !Sub 'b'}}\n",
            "stacks/c.json": '{"C": {"Type": "AWS::IAM::Group"}}',
        },
    )
    assert [p.address for p in project.principals] == ["A", "B", "C"]


def test_the_transform_section_merges_whole_sections():
    project = load(
        """
Transform:
  - {Name: AWS::Include, Parameters: {Location: top.yaml}}
  - AWS::LanguageExtensions
Resources:
  A: {Type: 'AWS::IAM::User', Properties: {UserName: !FindInMap [M, a, name]}}
""",
        {
            "stacks/top.yaml": "Mappings: {M: {a: {name: ann}}}\n"
            "Resources: {B: {Type: 'AWS::IAM::User'}}\n"
        },
    )
    assert [(p.address, str(p.id.name)) for p in project.principals] == [
        ("A", "ann"),
        ("B", "${B}"),
    ]
    assert codes(project) == []


def test_an_included_file_includes_from_its_own_folder():
    project = load(
        POLICY % "inner/doc.yaml",
        {
            "stacks/inner/doc.yaml": "Statement:\n  - Effect: Allow\n    Action: s3:*\n"
            "    Fn::Transform: {Name: AWS::Include, Parameters: {Location: rest.yaml}}\n",
            "stacks/inner/rest.yaml": "Resource: '*'\n",
        },
    )
    assert plain(project.policies[0].value)["Statement"] == [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    ]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        (
            "s3://bucket/doc.json",
            "its Location 's3://bucket/doc.json' is not a path in the scanned tree",
        ),
        ("../../outside.json", "its Location '../../outside.json' is no file of the scanned tree"),
        ("/etc/passwd", "its Location '/etc/passwd' is no file of the scanned tree"),
        ("gone.json", "its Location 'gone.json' is no file of the scanned tree"),
        ("!Ref Where", "its Location is not known"),
        ("[]", "its Location is not known"),
    ],
)
def test_what_is_not_in_the_tree_is_listed_and_leaves_the_policy_open(location, why):
    project = load("Parameters: {Where: {Type: String}}" + POLICY % location)
    (found,) = project.not_in_view
    assert (found.kind, found.message) == (
        "template-include",
        f"what AWS::Include adds is not evaluated: {why}",
    )
    assert project.policies[0].document.opaque is not None


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"stacks/doc.yaml": "a: [\n"}, "yaml-syntax"),
        ({"stacks/doc.yaml": '{"a": '}, "json-syntax"),
        (
            {
                "stacks/doc.yaml": "Statement: []\n"
                "Fn::Transform: {Name: AWS::Include, Parameters: {Location: doc.yaml}}\n"
            },
            "include-cycle",
        ),
    ],
)
def test_what_is_wrong_in_an_included_file_is_an_error(files, code):
    assert ("error", code) in codes(load(POLICY % "doc.yaml", files))


def test_many_includes_are_bounded():
    twice = (
        "{a: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: %d.yaml}}}, "
        "b: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: %d.yaml}}}}\n"
    )
    files = {f"stacks/{i}.yaml": twice % (i + 1, i + 1) for i in range(30)}
    project = load(POLICY % "0.yaml", files)
    assert [c for c in codes(project) if c[0] == "error"] == [("error", "too-large")]


def test_nothing_of_an_included_file_is_taken_away_by_a_fix():
    project = load(
        """
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: props.yaml}}
""",
        {
            "stacks/props.yaml": "ManagedPolicyArns:\n"
            "  - arn:aws:iam::aws:policy/AdministratorAccess\n"
            "  - arn:aws:iam::aws:policy/ReadOnlyAccess\n"
        },
    )
    (role,) = project.principals
    assert len(role.attachments) == 2
    assert [a.removal for a in role.attachments] == [None, None]
