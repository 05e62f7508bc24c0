"""Source texts with attachments, and a run of the fix loop on them in memory."""

from pathlib import Path

from leastwise.api.check import Outcome, Setup, check, prepare
from leastwise.api.fix import Fixed, fix
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.source.edit import Applicability
from leastwise.source.tree import MemoryTree

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
POWER = "arn:aws:iam::aws:policy/PowerUserAccess"
IAM = "arn:aws:iam::aws:policy/IAMFullAccess"
BILLING = "arn:aws:iam::aws:policy/job-function/Billing"

TRUST = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })"""


def role(name: str, more: str = "") -> str:
    """Return a Terraform role; ``more`` are lines of its body."""
    return (
        f'resource "aws_iam_role" "{name}" {{\n  name = "{name}"\n'
        f"  assume_role_policy = {TRUST}\n{more}}}\n\n"
    )


def attachment(label: str, holder: str, arn: str, more: str = "") -> str:
    """Return the resource that attaches a managed policy to a role."""
    return (
        f'resource "aws_iam_role_policy_attachment" "{label}" {{\n'
        f"  role       = aws_iam_role.{holder}.name\n"
        f'  policy_arn = "{arn}"\n{more}}}\n\n'
    )


def template(arns: str) -> str:
    """Return a CloudFormation template of one role; ``arns`` spells its ManagedPolicyArns."""
    return f"""\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      ManagedPolicyArns:{arns}
"""


def checked(files: dict[str, str], options: Options | None = None) -> tuple[Setup, Outcome]:
    """Check files in memory."""
    names = tuple(sorted(files))
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    workspace = Workspace(tree, names, frozenset(names), frozenset(), "", None)
    setup = prepare(workspace, options or Options(), Path())
    assert isinstance(setup, Setup)
    return setup, check(setup)


def fixed(files: dict[str, str], required: Applicability = Applicability.UNSAFE) -> Fixed:
    """Run the fix loop on files in memory."""
    setup, outcome = checked(files)
    return fix(setup, outcome, required)


def texts(result: Fixed) -> dict[str, str]:
    """Return the changed files as text."""
    return {path: data.decode() for path, data in result.changed.items()}


def titles(result: Fixed) -> list[str]:
    """Return what was applied, in order."""
    return [one.fix.title for one in result.applied]
