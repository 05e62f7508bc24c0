stage = "dev"

report_actions = ["s3:*"]

workers = {
  orders   = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }
  invoices = { actions = ["dynamodb:GetItem"], debug = true }
}
