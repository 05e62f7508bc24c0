"""The data source aws_iam_policy_document, as the AWS provider renders it."""
