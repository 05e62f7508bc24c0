variable "name" {
  default = "base"
}
locals {
  list = ["base"]
  kept = "kept"
}
resource "terraform_data" "out" {
  count = 1
  input = { name = var.name, list = local.list, kept = local.kept }
}
module "child" {
  source = "./a"
  word   = "base"
}
