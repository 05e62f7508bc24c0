
data "aws_iam_policy_document" "admin" {
  statement {
    sid       = "All"
    actions   = ["*"]
    resources = ["*"]
  }
}

output "json" {
  value = data.aws_iam_policy_document.admin.json
}
