resource "aws_s3_bucket" "reports" {
  bucket = "platform-reports-${var.stage}"
}

resource "aws_kms_key" "reports" {}

resource "aws_iam_role" "reports" {
  name = "reports-${var.stage}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "glue.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "reports" {
  role = aws_iam_role.reports.name

  policy = templatefile("${path.module}/templates/reports.json.tftpl", {
    actions = var.report_actions
    bucket  = aws_s3_bucket.reports.arn
    key     = aws_kms_key.reports.arn
    stage   = var.stage
  })
}

# An administrator, if it were: no stage sets break_glass.
resource "aws_iam_role_policy_attachment" "break_glass" {
  count = var.break_glass ? 1 : 0

  role       = aws_iam_role.reports.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
