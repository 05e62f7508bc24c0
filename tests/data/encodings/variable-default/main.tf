resource "aws_iam_role" "ci" {
  name = "ci"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "admin" {
  name   = "admin"
  role   = aws_iam_role.ci.name
  policy = var.policy
}

variable "policy" {
  type    = string
  default = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [{ "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" }]
}
EOF
}

provider "aws" {
  region = "eu-west-1"
}
