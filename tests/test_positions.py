"""For every literal that reaches a policy, the text at its place spells it."""

from pathlib import Path

import pytest
from tests.positions import misplaced_in

from leastwise.api.check import prepare
from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import open_workspace

ROOT = Path(__file__).parents[1]

ESCAPES = (
    "\ufeff"
    + r"""
locals { user = "$${aws:username}" }
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::h\u00e9/${local.user}/*" },
    { Effect = "Allow", Action = "s3:\U00000047etObject", Resource = "arn:aws:s3:::ø/%%{x}/$${aws:username}" },
  ] })
}
resource "aws_iam_policy" "q" {
  policy = <<-EOT
    {"Statement": [{"Effect": "Allow", "Action": "s3:\u0047et\/x",
      "Resource": "arn:aws:s3:::$${aws:username}/é/${local.user}"}]}
    EOT
}
resource "aws_iam_policy" "r" {
  policy = "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:\\u0047et\", \"Resource\": \"*\"}]}"
}
""".replace("\n", "\r\n")
)


def _measured(folder: Path, monkeypatch) -> tuple[int, int, list[str]]:
    monkeypatch.chdir(folder)
    workspace = open_workspace((".",), folder)
    setup = prepare(workspace, Options(), folder)
    project = load_workspace(setup.workspace, setup.config, setup.options).project

    def read(path: str) -> bytes:
        data = setup.workspace.tree.read(path)
        assert isinstance(data, bytes)
        return data

    return misplaced_in(project, read)


@pytest.mark.parametrize(
    "name", ["tests/data/encodings", "tests/data/template_encodings", "examples"]
)
def test_every_place_spells_its_literal(name, monkeypatch):
    texts, segments, wrong = _measured(ROOT / name, monkeypatch)
    assert wrong == []
    assert texts > 500
    assert segments > 500


YAML = (
    "\ufeff"
    + r"""
Resources:
  Ci:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Users: [u]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: "s3:\x47et\u004fbject", Resource: 'arn:aws:s3:::it''s/é/*'}
          - Effect: Allow
            Action: s3:Get*
            Resource: !Sub "arn:aws:s3:::ø/${AWS::Region}/\"x\"/${!aws:username}"
          - Effect: Allow
            Action: "s3:List\
              Bucket"
            Resource: >-
              arn:aws:s3:::folded
          - Effect: Allow
            Action: s3:Get
              Object
            Resource: |
              arn:aws:s3:::lit
  Text:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: q
      Users: [u]
      PolicyDocument: |
        {"Statement": [{"Effect": "Allow", "Action": "s3:\u0047et\/x",
          "Resource": "arn:aws:s3:::é/*"}]}
""".replace("\n", "\r\n")
)


def test_places_are_right_in_yaml(tmp_path, monkeypatch):
    tmp_path.joinpath("t.yaml").write_bytes(YAML.encode())
    texts, segments, wrong = _measured(tmp_path, monkeypatch)
    assert wrong == []
    assert (texts, segments) == (32, 53)


def test_places_are_right_among_escapes_and_line_ends(tmp_path, monkeypatch):
    tmp_path.joinpath("main.tf").write_bytes(ESCAPES.encode())
    texts, segments, wrong = _measured(tmp_path, monkeypatch)
    assert wrong == []
    assert (texts, segments) == (27, 48)
