locals {
  list = ["overridden", var.name]
}
resource "terraform_data" "out" {
  count = 2
}
