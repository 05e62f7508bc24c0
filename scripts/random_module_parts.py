"""The modules in which random expressions stand, and the expressions they are made of."""

CHILD = """
variable "name" {
  type = string
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "sizes" {
  type    = set(string)
  default = ["b", "a"]
}
variable "rule" {
  type = object({
    id      = string
    days    = optional(number, 7)
    enabled = optional(bool)
    paths   = optional(list(string), ["x"])
  })
  default = { id = "r" }
}
resource "terraform_data" "each" {
  for_each = var.sizes
  input    = { name = "${var.name}-${each.key}", value = each.value }
}
output "name" {
  value = "child-${var.name}"
}
output "tags" {
  value = merge({ own = var.name }, var.tags)
}
output "sizes" {
  value = var.sizes
}
output "rule" {
  value = var.rule
}
output "each" {
  value = { for k, v in terraform_data.each : k => v.input.name }
}
"""

ROOT = """
variable "text" {
  default = "hello"
}
variable "number" {
  type    = number
  default = "4"
}
variable "list" {
  type    = list(string)
  default = ["b", "a", "c", "a"]
}
variable "set" {
  type    = set(string)
  default = ["z", "y", "y"]
}
variable "map" {
  type    = map(number)
  default = { b = "2", a = 1 }
}
variable "objects" {
  type = list(object({
    id   = string
    size = optional(number, 3)
    tags = optional(map(string), {})
  }))
  default = [{ id = "one" }, { id = "two", size = 5, tags = { k = "v" } }]
}
variable "nothing" {
  type    = string
  default = null
}
variable "any" {
  default = { a = [1, "two", true], b = { c = null } }
}
locals {
  flag    = true
  off     = false
  words   = ["alpha", "beta", "gamma"]
  empty   = []
  nested  = { x = { y = ["p", "q"] }, z = { y = [] } }
  numbers = [3, 1, 2]
}
resource "terraform_data" "plain" {
  input = { name = "plain", items = var.list }
}
resource "terraform_data" "none" {
  count = local.off ? 1 : 0
  input = "none"
}
resource "terraform_data" "three" {
  count = 3
  input = { index = count.index, word = local.words[count.index] }
}
resource "terraform_data" "keyed" {
  for_each = { for w in local.words : upper(w) => w if w != "beta" }
  input    = { key = each.key, value = each.value }
}
resource "terraform_data" "members" {
  for_each = toset(local.words)
  input    = "${each.key}=${each.value}"
}
module "one" {
  source = "./child"
  name   = "one"
  tags   = { a = "b" }
}
module "many" {
  source = "./child"
  count  = 2
  name   = "many-${count.index}"
  rule   = { id = count.index, enabled = "true" }
}
module "keyed" {
  source   = "./child"
  for_each = { p = ["1"], q = ["2", "1"] }
  name     = each.key
  sizes    = each.value
}
module "absent" {
  source = "./child"
  count  = 0
  name   = "absent"
}
"""

LEAVES: dict[str, list[str]] = {
    "string": ['"s"', '""', '"é-1"', "var.text", '"7"', "local.words[1]", "module.one.name",
               "terraform_data.plain.input.name", "terraform_data.three[1].input.word",
               'terraform_data.keyed["ALPHA"].input.value', "module.many[0].name",
               'module.keyed["p"].name', 'terraform_data.members["beta"].input',
               "var.objects[0].id", "module.many[1].rule.id", "path.module", "path.root"],
    "number": ["0", "1", "2.5", "-3", "var.number", "local.numbers[0]", "var.map.a", 'var.map["b"]',
               "terraform_data.three[2].input.index", "var.objects[0].size", "module.one.rule.days",
               "length(var.set)"],
    "bool": ["true", "false", "local.flag", "local.off", "module.many[0].rule.enabled",
             "var.nothing == null", "module.one.rule.enabled == null"],
    "strings": ["[]", '["a"]', '["x", "y"]', "var.list", "local.words", "local.empty",
                "terraform_data.three[*].input.word", "terraform_data.none[*].input",
                "module.many[*].name", "values(module.keyed)[*].name", "module.absent[*].name",
                "var.objects[*].id", "var.objects.*.id", "local.nested.x.y", "local.nested.z.y",
                "terraform_data.plain.input.items", "keys(terraform_data.keyed)",
                "module.one.rule.paths", "var.text[*]", "var.nothing[*]"],
    "set": ["var.set", "toset([])", 'toset(["q", "p"])', "toset(local.words)", "module.one.sizes",
            'module.keyed["q"].sizes'],
    "map": ["{}", '{ a = "1", b = "x" }', '{ "k-1" = "v" }', "module.one.tags", "module.one.each",
            'module.keyed["q"].each', "var.objects[1].tags",
            "{ for k, r in terraform_data.keyed : k => r.input.value }",
            "{ for k, m in module.keyed : k => m.name }"],
    "objects": ["var.objects", "[]",
                "[for r in terraform_data.three : { id = r.input.word, size = r.input.index }]"],
    "any": ["null", "var.any", "var.any.a", "var.any.b.c", "local.nested", "var.nothing",
            "module.many[*].rule", "terraform_data.plain.input", "local.numbers"],
}  # fmt: skip
LEAVES["maps"] = ["[]", '[{ a = "1" }, { b = "2" }]']
LEAVES["object"] = ["var.objects[1]", '{ id = "o", size = 1, tags = {} }']
