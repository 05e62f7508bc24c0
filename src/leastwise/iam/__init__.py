"""The neutral model of IAM: policies, principals, attachments, and lowering values into them."""
