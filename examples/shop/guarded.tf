# Look-alikes: each resembles a finding in another file, and nothing here may be reported.

# 1. A boundary stops it: the policy would let it pass the maintenance role to a function, but
#    the permissions boundary grants no iam:PassRole.
resource "aws_iam_policy" "builder_boundary" {
  name = "${var.name}-builder-boundary"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:*", "logs:*", "s3:GetObject"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role" "builder" {
  name                 = "${var.name}-builder"
  permissions_boundary = aws_iam_policy.builder_boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codebuild.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "builder" {
  name = "build"
  role = aws_iam_role.builder.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["lambda:CreateFunction", "lambda:InvokeFunction", "iam:PassRole"]
      Resource = [
        "arn:aws:lambda:${var.region}:111122223333:function:${var.name}-*",
        "arn:aws:iam::111122223333:role/${var.name}-*",
      ]
    }]
  })
}

# 2. A Deny stops it: roles may be created and given policies, but every such call is denied
#    unless the role carries the boundary.
data "aws_iam_policy_document" "bounded_delegation" {
  statement {
    actions   = ["iam:CreateRole", "iam:AttachRolePolicy"]
    resources = ["arn:aws:iam::111122223333:role/${var.name}-web-*"]
  }

  statement {
    effect    = "Deny"
    actions   = ["iam:CreateRole", "iam:AttachRolePolicy"]
    resources = ["*"]

    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.builder_boundary.arn]
    }
  }
}

resource "aws_iam_role" "web_lead" {
  name = "${var.name}-web-lead"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:role/sso-web-leads" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "web_lead" {
  name   = "delegate"
  role   = aws_iam_role.web_lead.name
  policy = data.aws_iam_policy_document.bounded_delegation.json
}

# 3. A condition pins it: the role may be passed to ECS tasks only, so the right to create
#    functions gains nothing; and the trust names one branch of one repository.
resource "aws_iam_role" "release" {
  name = "${var.name}-release"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:acme-shop/web:ref:refs/heads/main"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "release" {
  name = "release"
  role = aws_iam_role.release.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["lambda:CreateFunction", "lambda:InvokeFunction"]
        Resource = "arn:aws:lambda:${var.region}:111122223333:function:${var.name}-*"
      },
      {
        Effect   = "Allow"
        Action   = "iam:PassRole"
        Resource = "arn:aws:iam::111122223333:role/${var.name}-*"
        Condition = {
          StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" }
        }
      },
    ]
  })
}
