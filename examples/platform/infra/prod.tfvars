stage = "prod"

report_actions = ["s3:GetObject"]

workers = {
  orders   = { actions = ["dynamodb:GetItem", "dynamodb:PutItem"] }
  invoices = { actions = ["dynamodb:GetItem"] }
}
