"""A small account to ask about: a role, a user in a group, a bounded role, a bucket, a queue."""

from pathlib import Path

from leastwise.api.check import Setup, prepare
from leastwise.api.load import load_workspace, resources_of
from leastwise.api.options import Options
from leastwise.api.workspace import WrongUse, open_workspace
from leastwise.iam.project import Project, Resource

SHOP_TF = """\
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::999988887777:root" }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "sts:ExternalId" = "blue" } }
      },
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Read"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::logs/*"
      },
      {
        Sid       = "Mfa"
        Effect    = "Allow"
        Action    = "ec2:StopInstances"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      {
        Sid       = "Region"
        Effect    = "Allow"
        Action    = "ec2:StartInstances"
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } }
      },
      {
        Sid      = "Send"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = "*"
      },
      {
        Sid       = "NoPlainHttp"
        Effect    = "Deny"
        Action    = "sqs:*"
        Resource  = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid      = "Elsewhere"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole", "dynamodb:GetItem", "iam:ListRoles"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_group" "devs" {
  name = "devs"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.devs.name]
}

resource "aws_iam_group_policy" "devs" {
  group = aws_iam_group.devs.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.app.arn }]
  })
}

resource "aws_iam_policy" "fence" {
  name = "fence"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "fenced" {
  name                 = "fenced"
  permissions_boundary = aws_iam_policy.fence.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "fenced" {
  role       = aws_iam_role.fenced.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = "logs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "NoSecrets"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::logs/secret/*"
      },
      {
        Sid       = "Public"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::logs/public/*"
      },
      {
        Sid       = "Partner"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::999988887777:role/reader" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::logs/*"
      },
      {
        Sid       = "Ann"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:user/ann" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::logs/ann/*"
      },
    ]
  })
}
"""


def load(folder: Path) -> Project:
    """Load what lies in a folder."""
    setup = _setup(folder)
    return load_workspace(setup.workspace, setup.config, setup.options).project


def further(folder: Path) -> tuple[Resource, ...]:
    """List what can be named there although it carries no policy."""
    setup = _setup(folder)
    return resources_of(load(folder).roots, setup.workspace.tree, setup.config)


def _setup(folder: Path) -> Setup:
    workspace = open_workspace((str(folder),), folder)
    assert not isinstance(workspace, WrongUse)
    setup = prepare(workspace, Options(jobs=1), folder)
    assert not isinstance(setup, WrongUse)
    return setup
