"""Documents that a template includes are judged through it, once."""

import pytest

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, open_workspace
from leastwise.config.model import Config

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Resources:
  R:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: doc.json}}}
"""
DOCUMENT = '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("names", "expected"),
    [((".",), ["t.yaml"]), (("doc.json", "t.yaml"), ["t.yaml", "doc.json"])],
)
def test_an_included_document_is_no_root_unless_it_is_named(names, expected, tmp_path):
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "doc.json").write_text(DOCUMENT)
    workspace = open_workspace(names, tmp_path)
    assert isinstance(workspace, Workspace)
    loaded = load_workspace(workspace, Config(), Options(jobs=1))
    found = [root.path.rpartition("/")[2] for p in loaded.projects for root in p.roots]
    assert found == expected
