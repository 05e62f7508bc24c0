"""What a hostile case is: files that a stranger could send, and what the command must say of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TRUST = """\
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
"""

ROLE = f"""\
resource "aws_iam_role" "app" {{
  name = "app"
{TRUST}}}
"""

# Stands beside every case: whatever else is wrong, this must be found, and its patch made.
GOOD = f"""\
resource "aws_iam_role" "beside" {{
  name = "beside"
{TRUST}}}

resource "aws_iam_role_policy_attachment" "beside" {{
  role       = aws_iam_role.beside.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
"""

# An administrator that must not get through unseen.
ADMIN = f"""\
{ROLE}
resource "aws_iam_role_policy" "app" {{
  role = aws_iam_role.app.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "*", Resource = "*" }}]
  }})
}}
"""

ADMIN_JSON = """\
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""

ADMIN_TEMPLATE = """\
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
      Policies:
        - PolicyName: all
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "*", Resource: "*"}
"""


def inline(policy: str) -> str:
    """Return a role that holds a policy, given as an HCL expression."""
    return f"""\
{ROLE}
resource "aws_iam_role_policy" "app" {{
  role   = aws_iam_role.app.id
  policy = {policy}
}}
"""


def document(statement: str) -> str:
    """Return a role whose policy has the one statement, given as the inside of an HCL object."""
    return inline(
        f'jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", {statement} }}] }})'
    )


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one folder of hostile input.

    ``diagnostics`` are all that are expected, spelled ``error[code] file:line``; ``found`` are
    the files with findings beside ``good/main.tf``, which always has one. The exit code is 2
    when one of the diagnostics is an error, else 1. ``arrange`` makes what is no plain file.
    """

    name: str
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    diagnostics: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    arrange: Callable[[Path], None] | None = None

    @property
    def exit_code(self) -> int:
        """Return what ``leastwise check`` must exit with."""
        return 2 if any(text.startswith("error[") for text in self.diagnostics) else 1


def build(case: Case, folder: Path) -> None:
    """Write the files of a case below a folder."""
    for name, content in {"good/main.tf": GOOD, **case.files}.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    if case.arrange is not None:
        case.arrange(folder)
