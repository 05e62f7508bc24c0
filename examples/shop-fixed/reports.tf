# Reports read sales data; the policies come from JSON files.

resource "aws_iam_role" "reports" {
  name = "${var.name}-reports"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_policy" "reports" {
  name   = "${var.name}-reports"
  policy = file("${path.module}/policies/reports.json")
}

resource "aws_iam_role_policy_attachment" "reports" {
  role       = aws_iam_role.reports.name
  policy_arn = aws_iam_policy.reports.arn
}
