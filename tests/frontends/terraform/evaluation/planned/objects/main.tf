locals {
  key  = "dynamic"
  base = { a = 1, nested = { x = 1, y = 2 } }
}
resource "terraform_data" "out" {
  input = {
    colon         = { a : 1, "b" : 2 }
    computed      = { (local.key) = 1, "${local.key}-2" = 2, "q" = 3 }
    same_line     = { a = 1, b = 2, }
    repeated      = { a = 1, "a" = 2 }
    number_key    = { 1 = "one", true = "yes" }
    merged        = merge(local.base, { a = 2, b = null })
    shallow       = merge(local.base, { nested = { x = 9 } })
    null_merged   = merge(local.base, null)
    equal         = { a = 1, b = [2] } == { b = [2], a = 1 }
    keys          = keys({ z = 1, a = 2 })
    values        = values({ z = 1, a = 2 })
    lookup        = lookup(local.base, "nope", "d")
    zipmap        = zipmap(["a", "b"], [1, 2])
    trailing      = [1, 2, 3, ]
    spread        = max([3, 1, 2]...)
    contains      = contains(["a"], "a")
    nulls         = { a = null, b = [null] }
    nested_access = local.base.nested["y"]
    type_of_map   = tomap({ a = 1, b = "x" })
    tolist        = tolist(["a", 1])
    toset         = toset(["b", "a", "b", 1])
    set_of_lists  = toset([["b"], ["a"]])
    coalesce      = coalesce("", null, "third")
    self_named    = { for k in ["a"] : k => { k = k } }
  }
}
