variable "enabled" {
  default = true
}
variable "disabled" {
  default = false
}
variable "names" {
  type    = set(string)
  default = ["beta", "alpha"]
}
locals {
  rules = {
    "read me" = { port = 80, cidrs = ["10.0.0.0/8"] }
    write     = { port = 443, cidrs = [] }
  }
}
resource "terraform_data" "on" {
  count = var.enabled ? 1 : 0
  input = "on"
}
resource "terraform_data" "off" {
  count = var.disabled ? 1 : 0
  input = "off"
}
resource "terraform_data" "string_count" {
  count = "2"
  input = count.index * 10
}
resource "terraform_data" "counted" {
  count = length(var.names)
  input = sort(var.names)[count.index]
}
resource "terraform_data" "set" {
  for_each = var.names
  input    = [each.key, each.value]
}
resource "terraform_data" "map" {
  for_each = local.rules
  input    = { key = each.key, port = each.value.port, cidrs = each.value.cidrs }
}
resource "terraform_data" "filtered" {
  for_each = { for k, v in local.rules : k => v if length(v.cidrs) > 0 }
  input    = each.value.port
}
resource "terraform_data" "quoted" {
  for_each = toset(["a\"b", "c\\d", "é"])
  input    = each.key
}
resource "terraform_data" "empty" {
  for_each = {}
  input    = each.key
}
resource "terraform_data" "chained" {
  for_each = terraform_data.set
  input    = "${each.key}: ${each.value.input[0]}"
}
resource "terraform_data" "out" {
  depends_on = [terraform_data.on]
  lifecycle {
    ignore_changes        = [input]
    create_before_destroy = true
  }
  input = {
    whole_list   = [for r in terraform_data.counted : r.input]
    whole_map    = { for k, r in terraform_data.map : k => r.input.port }
    values       = values(terraform_data.set)[*].input
    keys         = keys(terraform_data.map)
    by_key       = terraform_data.map["read me"].input.cidrs
    one          = one(terraform_data.on[*].input)
    off          = length(terraform_data.off)
    coalesced    = try(terraform_data.off[0].input, terraform_data.on[0].input)
    concatenated = concat(terraform_data.off[*].input, terraform_data.on[*].input)
    lengths      = [length(terraform_data.set), length(terraform_data.counted)]
    merged       = merge({ for k, r in terraform_data.set : k => r.input[1] }, { extra = "x" })
    splat_values = values({ for k, v in terraform_data.map : k => v })[*].input.port
  }
}
