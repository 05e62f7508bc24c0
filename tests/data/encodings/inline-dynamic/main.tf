resource "aws_iam_role" "ci" {
  name = "ci"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  dynamic "inline_policy" {
    for_each = { admin = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = "All", Effect = "Allow", Action = "*", Resource = "*" }]
    }) }
    content {
      name   = inline_policy.key
      policy = inline_policy.value
    }
  }
}
