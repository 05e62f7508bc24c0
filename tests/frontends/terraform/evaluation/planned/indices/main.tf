locals {
  list  = ["a", "b", "c"]
  map   = { "key-1" = "v1", "2" = "two", plain = { inner = [10, 20] } }
  index = 1
  name  = "key-1"
}
resource "terraform_data" "out" {
  input = {
    number         = local.list[0]
    by_local       = local.list[local.index]
    by_sum         = local.list[local.index + 1]
    string_index   = local.list["1"]
    legacy         = local.list.2
    attribute      = local.map.plain.inner[1]
    legacy_deep    = local.map.plain.inner.0
    by_key         = local.map["key-1"]
    by_name        = local.map[local.name]
    number_key     = local.map[2]
    template_key   = local.map["key-${local.index}"]
    of_literal     = ["x", "y"][1]
    of_object      = { a = { b = 1 } }["a"].b
    of_call        = split(",", "p,q")[1]
    of_parenthesis = (local.map).plain.inner
    of_conditional = (local.index == 1 ? local.list : [])[2]
    out_of_range   = try(local.list[9], "default")
    absent         = try(local.map.absent.deeper, local.map["also-absent"], "default")
    can            = [can(local.list[2]), can(local.list[3]), can(local.map.plain), can(local.map.none)]
    lookup         = [lookup(local.map, "plain", null) == null, lookup({ a = "1" }, "b", "d")]
    element        = [element(local.list, 4), element(local.list, 0)]
  }
}
