resource "aws_iam_role_policy" "admin" {
  name   = "admin"
  role   = aws_iam_role.ci.name
  policy = local.doc
}
