variable "label" {}
module "deepest" {
  source = "../../deep"
  word   = var.label
}
output "label" {
  value = "<${var.label}>"
}
output "deepest" {
  value = module.deepest.word
}
