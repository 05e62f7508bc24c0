# Team leads create roles for their applications themselves.

resource "aws_iam_role" "team_lead" {
  name = "${var.name}-team-lead"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:role/sso-team-leads" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# Found: a role created here may be given any policy, and nothing makes it carry a boundary.
resource "aws_iam_role_policy" "team_lead" {
  name = "delegate"
  role = aws_iam_role.team_lead.name

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "DelegateRoles",
          "Effect": "Allow",
          "Action": ["iam:CreateRole", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"],
          "Resource": "arn:aws:iam::111122223333:role/${var.name}-app-*"
        }
      ]
    }
  EOT
}
