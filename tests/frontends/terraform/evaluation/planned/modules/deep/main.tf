variable "word" {}
locals {
  where = basename(path.module)
}
resource "terraform_data" "deep" {
  input = { word = var.word, where = local.where, root = path.root, module = path.module }
}
output "word" {
  value = upper(var.word)
}
