# A function that cleans up at night.

resource "aws_iam_role" "maintenance" {
  name = "${var.name}-maintenance"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "maintenance" {
  name = "cleanup"
  role = aws_iam_role.maintenance.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:Query", "dynamodb:BatchWriteItem"]
      Resource = "arn:aws:dynamodb:${var.region}:111122223333:table/${var.name}-carts"
    }]
  })
}
