"""leastwise inside cfn-lint, run as people run it: ``cfn-lint -a leastwise.cfn_lint_rules``."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROLE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess
"""
SAM = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13}
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess
  Handler:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, CodeUri: src/, Role: !GetAtt App.Arn}
"""
LOOP = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
    - Name
    - [First, Second]
    - "Topic${Name}":
        Type: AWS::SNS::Topic
""" + ROLE.partition("Resources:\n")[2]
POSSIBLE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Actions: {Type: String}
Resources:
  Held:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "*", Resource: "*"}
"""


PARENT = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters: {Policy: "arn:aws:iam::aws:policy/AdministratorAccess"}
"""
POLICY_LINE = "        - arn:aws:iam::aws:policy/AdministratorAccess"
IGNORING = "Metadata: {cfn-lint: {config: {ignore_checks: [E9501]}}}"
OTHER = f"  Other:\n    Type: AWS::SNS::Topic\n    {IGNORING}\n"
COMMENT = '        # leastwise: ignore[wildcard/admin] reason="break glass"\n'
JSON = json.dumps(
    {
        "Resources": {
            "Held": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
                    }
                },
            }
        }
    }
)
WIDE = (
    ROLE.partition("      ManagedPolicyArns:")[0]
    + """\
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "lambda:DeleteFunction", Resource: "*"}
              - {Effect: Allow, Action: ["dynamodb:DeleteTable", "dynamodb:PutItem"], Resource: "*"}
"""
)
LEVELS = 'rules = "rules"\n[levels]\n"wildcard/resource-on-write" = "error"\n'
OWN_RULE = """\
id: acme/no-delete
title: Somebody may delete functions
level: error
subject: policy
rationale: Functions are deleted by their stack.
remediation: Take the action away.
message: "{subject} may delete functions"
match: {allows: {action: "lambda:DeleteFunction"}}
examples:
  - name: any function
    expect: fail
    statements:
      - {Effect: Allow, Action: "lambda:*", Resource: "*"}
  - name: reading
    expect: pass
    statements:
      - {Effect: Allow, Action: "lambda:Get*", Resource: "*"}
"""
FILES = {
    "role.yaml": ROLE,
    "policy.json": JSON,
    "sam.yaml": SAM,
    "loop.yaml": LOOP,
    "possible.yaml": POSSIBLE,
    "macro.yaml": ROLE.replace("Resources:", "Transform: Own\nResources:"),
    "resource.yaml": ROLE.replace("    Properties:", f"    {IGNORING}\n    Properties:", 1),
    "template.yaml": f"{IGNORING}\n{ROLE}",
    "other.yaml": ROLE + OTHER,
    "comment.yaml": ROLE.replace(POLICY_LINE, COMMENT + POLICY_LINE),
    "nested/child.yaml": ROLE.replace(
        "Resources:", "Parameters: {Policy: {Type: String}}\nResources:"
    ).replace("arn:aws:iam::aws:policy/AdministratorAccess", "!Ref Policy"),
    "nested/parent.yaml": PARENT,
    "settings/leastwise.toml": 'ignore = ["wildcard", "escalation", "boundary"]\n',
    "settings/stack.yaml": ROLE,
    "wrong/leastwise.toml": 'ignore = ["no/such-rule"]\n',
    "wrong/stack.yaml": ROLE,
    "levels/leastwise.toml": LEVELS,
    "levels/rules/acme/no-delete.yaml": OWN_RULE,
    "levels/stack.yaml": WIDE,
    "broken.yaml": ROLE + "  App: [\n",
}


class Match(NamedTuple):
    id: str
    level: str
    line: int
    column: int
    path: tuple[str | int, ...]
    message: str


def run(folder: Path, *arguments: str, text: str = "") -> dict[str, list[Match]]:
    """Run cfn-lint in a folder and return the matches by file."""
    command = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    command += ["--format", "json", "-a", "leastwise.cfn_lint_rules", *arguments]
    environment = {**os.environ, "HOME": str(folder), "USERPROFILE": str(folder)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    found: dict[str, list[Match]] = {}
    for one in json.loads(done.stdout or "[]"):
        start = one["Location"]["Start"]
        match = Match(
            one["Rule"]["Id"],
            one["Level"],
            start["LineNumber"],
            start["ColumnNumber"],
            tuple(one["Location"]["Path"] or ()),
            one["Message"],
        )
        found.setdefault(one["Filename"] or "", []).append(match)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    top = tmp_path_factory.mktemp("tree")
    (top / "inside" / ".git").mkdir(parents=True)
    for name, text in FILES.items():
        (top / "inside" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "inside" / name).write_text(text, encoding="utf-8", newline="\n")
    (top / "outside.yaml").write_text(ROLE, encoding="utf-8", newline="\n")
    with contextlib.suppress(OSError):  # some accounts may not make symbolic links
        (top / "inside" / "link.yaml").symlink_to(top / "outside.yaml")
    return top / "inside"


@pytest.fixture(scope="module")
def found(folder) -> Mapping[str, list[Match]]:
    """Return the matches of one run on all files."""
    files = (p.relative_to(folder).as_posix() for p in folder.rglob("*.[yj]*"))
    names = sorted(name for name in files if "/rules/" not in name)
    return run(folder, "--", *names)


ADMIN = Match(
    "E9501",
    "Error",
    13,
    11,
    ("Resources", "App", "Properties", "ManagedPolicyArns", 0),
    "Role App may call every action on every resource (wildcard/admin; for example"
    " iam:AttachRolePolicy on arn:aws:iam::123456789012:role/example)",
)


def test_finding_is_told_once_with_id_level_place_and_witness(found):
    assert found["role.yaml"] == [ADMIN]


def test_json_has_its_own_places(found):
    (match,) = found["policy.json"]
    document = ("Resources", "Held", "Properties", "PolicyDocument")
    assert (match.id, match.line) == ("W9501", 1)
    assert match.path == (*document, "Statement", 0, "Action")
    assert JSON[match.column - 1 :].startswith('"Action"')


@pytest.mark.parametrize("name", ["sam.yaml", "loop.yaml"])
def test_templates_that_cfn_lint_transforms_are_read_as_they_are_written(found, name):
    line = FILES[name].splitlines().index(POLICY_LINE) + 1
    matches = [m for m in found[name] if m.id == "E9501"]
    assert [(m.line, m.column, m.path) for m in matches] == [(line, 11, ADMIN.path)]


def test_same_number_tells_the_rule_at_every_level(found):
    assert [(m.id, m.level) for m in found["possible.yaml"] if m.id[1] == "9"] == [
        ("W9501", "Warning")
    ]


def test_what_is_not_analysed_is_told(found):
    (match,) = [m for m in found["macro.yaml"] if m.id.endswith("9400")]
    assert (match.id, match.level) == ("W9400", "Warning")
    assert "'Own'" in match.message


def test_nested_template_is_read_with_what_it_is_given(found):
    assert "E9501" not in [m.id for m in found.get("nested/child.yaml", ())]
    (match,) = [m for m in found["nested/parent.yaml"] if m.id == "E9501"]
    assert match.path == ("Resources", "Child", "Properties", "Parameters", "Policy")
    assert match.message.startswith("Role Child/App may call every action")


@pytest.mark.parametrize("name", ["resource.yaml", "template.yaml"])
def test_metadata_of_cfn_lint_counts(found, name):
    assert "ignore_checks" in FILES[name]
    assert name not in found


def test_metadata_of_another_resource_does_not_count(found):
    assert found["other.yaml"] == [ADMIN]


@pytest.mark.parametrize("name", ["comment.yaml", "settings/stack.yaml"])
def test_comments_and_settings_of_leastwise_count(found, name):
    assert name not in found


def test_settings_that_are_wrong_are_told(found):
    (match,) = found["wrong/stack.yaml"]
    assert (match.id, match.line) == ("E9400", 1)
    assert "no/such-rule" in match.message


def test_rules_of_a_team_have_an_id_together(found):
    (match,) = [m for m in found["levels/stack.yaml"] if m.id[1:] == "9001"]
    assert (match.id, match.level) == ("E9001", "Error")
    assert match.message.startswith("Role App may delete functions (acme/no-delete; ")


def test_a_level_is_never_raised_above_that_of_the_rule(found):
    (match,) = [m for m in found["levels/stack.yaml"] if m.id[1:] == "9503"]
    assert (match.id, match.level) == ("W9503", "Warning")


def test_broken_template_has_cfn_lints_own_error_only(found):
    assert [m.id for m in found["broken.yaml"]] == ["E0000"]


def test_what_leads_out_of_the_tree_is_not_read(found, folder):
    if not (folder / "link.yaml").is_symlink():
        pytest.skip("this account may not make symbolic links")
    (match,) = found["link.yaml"]
    assert match.id == "E9400"
    assert match.message.startswith("'link.yaml' lies outside the scanned tree")


def test_standard_input_is_judged_too(folder):
    assert run(folder, text=ROLE) == {"": [ADMIN]}


def test_group_of_rules_can_be_ignored_by_the_block_of_its_ids(folder):
    assert run(folder, "-i", "E95", "--", "role.yaml") == {}


def test_a_bug_of_ours_is_told_once(folder):
    code = (
        "import leastwise.api.check as check\n"
        "def broken(*_, **__): raise KeyError('ours')\n"
        "check.check = broken\n"
        "from cfnlint.runner import main; main()"
    )
    command = [sys.executable, "-c", code, "-a", "leastwise.cfn_lint_rules", "--", "role.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.count("E0002") == 1
    assert "ours" in done.stdout


def test_program_never_imports_the_module():
    code = (
        "import sys; from leastwise.cli.main import main; main(['rules']);"
        "raise SystemExit('leastwise.cfn_lint_rules' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
