"""The count of resolution classes accounts for every policy and every file of a folder."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "resolution_classes.py"
TEMPLATE = """\
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Name: {Type: String}, Stage: {Type: String, Default: prod}}
Resources:
  Data: {Type: 'AWS::S3::Bucket'}
"""
POLICY = """\
  P%d:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: %s}]
"""
RESOURCES = (
    "'arn:aws:s3:::b/*'",
    "!Sub 'arn:aws:s3:::${Stage}/*'",
    "!Sub 'arn:${AWS::Partition}:s3:::b/*'",
    "!Sub '${Data.Arn}/*'",
    "!Sub 'arn:aws:s3:::${AWS::StackName}/*'",
    "!Sub 'arn:aws:s3:::${Name}/*'",
)
EXPECTED = """\
  concrete 2, environment 1, symbolic 3, choice 0, action-unknown 0, opaque 0
  exact 50.0 % (1 of them on defaults)
  exact but for names of the own stack 83.3 %
  0 grants: {}
  opaque 0.00 %
"""


def test_policies_are_counted_by_what_is_known_of_them(tmp_path):
    policies = "".join(POLICY % pair for pair in enumerate(RESOURCES))
    (tmp_path / "t.yaml").write_text(TEMPLATE + policies, "utf-8")
    (tmp_path / "other.yaml").write_text("a: 1\n", "utf-8")
    (tmp_path / "broken.yaml").write_text(TEMPLATE + "  : [", "utf-8")
    command = [sys.executable, str(SCRIPT), str(tmp_path), "--files"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, *lines = told.splitlines(keepends=True)
    assert ": 6 documents, " in first
    assert all(f"'{name}': 1" in first for name in ("read", "refused", "no template"))
    assert "".join(lines[:5]) == EXPECTED
    assert lines[-1] == "  not read: broken.yaml\n"
