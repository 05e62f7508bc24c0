variable "create" {
  default = false
}
module "plain" {
  source = "./app"
  name   = "plain"
}
module "counted" {
  source = "./app"
  count  = 2
  name   = "c${count.index}"
  labels = ["l${count.index}", "m"]
}
module "keyed" {
  source   = "./app"
  for_each = { x = { n = 1 }, y = { n = 2, labels = ["own"] } }
  name     = "${each.key}${each.value.n}"
  labels   = try(each.value.labels, ["default"])
}
module "absent" {
  source = "./app"
  count  = var.create ? 1 : 0
  name   = "absent"
}
module "fed" {
  source  = "./app"
  name    = module.plain.name
  labels  = module.counted[*].name
  options = { size = "9" }
}
resource "terraform_data" "out" {
  input = {
    plain        = module.plain.name
    whole        = jsonencode(module.plain)
    whole_keys   = keys(module.plain)
    whole_loop   = [for k, v in module.plain : k]
    whole_merged = keys(merge(module.plain, { z = 1 }))
    by_index     = module.counted[1].name
    splat        = module.counted[*].name
    splat_deep   = module.counted[*].inner.label
    by_key       = module.keyed["y"].labels
    values       = values(module.keyed)[*].name
    for_object   = { for k, m in module.keyed : k => m.options.size }
    for_list     = [for m in module.counted : m.name]
    one          = one(module.absent[*].name)
    try          = try(module.absent[0].name, "none")
    joined       = join("", module.absent[*].name)
    length       = length(module.absent)
    fed          = jsonencode(module.fed)
    keys         = keys(module.keyed)
    flattened    = flatten([for m in module.counted : m.labels])
    null_argument = module.nulled.labels
  }
}
module "nulled" {
  source = "./app"
  name   = "nulled"
  labels = null
}
