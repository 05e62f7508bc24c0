variable "name" {
  type = string
}
variable "labels" {
  type     = list(string)
  default  = ["std"]
  nullable = false
}
variable "options" {
  type    = object({ size = optional(number, 1), mode = optional(string) })
  default = {}
}
module "inner" {
  source = "./inner"
  label  = "${var.name}-inner"
}
resource "terraform_data" "this" {
  for_each = toset(var.labels)
  input    = "${var.name}/${each.key}"
}
output "name" {
  value = "app-${var.name}"
}
output "labels" {
  value = var.labels
}
output "options" {
  value = var.options
}
output "inner" {
  value = module.inner
}
output "resources" {
  value = { for k, r in terraform_data.this : k => r.input }
}
