variable "nothing" {
  default = null
}
variable "one" {
  default = { id = "single", parts = [{ n = 1 }, { n = 2 }] }
}
locals {
  objects = [{ id = "a", parts = [{ n = 1 }] }, { id = "b", parts = [{ n = 2 }, { n = 3 }] }]
  set     = toset(["t", "s"])
}
resource "terraform_data" "none" {
  count = 0
  input = "none"
}
resource "terraform_data" "two" {
  count = 2
  input = { name = "n${count.index}", list = ["l${count.index}"] }
}
resource "terraform_data" "out" {
  input = {
    full           = local.objects[*].id
    attribute_only = local.objects.*.id
    deep           = local.objects[*].parts[*].n
    deep_index     = local.objects[*].parts[0].n
    legacy_index   = local.objects.*.id[0]
    full_then      = local.objects[*].parts[0]
    on_null        = var.nothing[*]
    on_null_deep   = var.nothing[*].id
    on_scalar      = "x"[*]
    on_object      = var.one[*].id
    on_object_deep = var.one.parts[*].n
    on_set         = local.set[*]
    none           = terraform_data.none[*].input
    none_legacy    = terraform_data.none.*.input
    two            = terraform_data.two[*].input.name
    two_legacy     = terraform_data.two.*.input.name
    two_lists      = flatten(terraform_data.two[*].input.list)
    one_of_none    = one(terraform_data.none[*].input)
    join_none      = join("", terraform_data.none[*].input)
    length_none    = length(terraform_data.none)
    try_none       = try(terraform_data.none[0].input, "absent")
    in_for         = [for o in local.objects[*] : o.id]
    concat_both    = concat(terraform_data.none[*].input, terraform_data.two[*].input.name)
  }
}
