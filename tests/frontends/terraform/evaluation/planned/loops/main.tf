locals {
  list    = ["b", "a", "c"]
  set     = toset(["y", "x"])
  map     = { two = 2, one = 1 }
  objects = [{ id = "i", on = true }, { id = "j", on = false }]
  nested  = { a = ["x", "y"], b = [] }
}
resource "terraform_data" "out" {
  input = {
    tuple         = [for v in local.list : upper(v)]
    with_index    = [for i, v in local.list : "${i}:${v}"]
    over_set      = [for v in local.set : v]
    set_keys      = [for k, v in local.set : "${k}=${v}"]
    over_map      = [for k, v in local.map : "${k}=${v}"]
    map_values    = [for v in local.map : v]
    filtered      = [for o in local.objects : o.id if o.on]
    object        = { for i, v in local.list : v => i }
    from_set      = { for v in local.set : v => upper(v) }
    grouped       = { for v in ["a", "b", "a"] : v => upper(v)... }
    number_keys   = { for i, v in local.list : i => v }
    nested        = [for k, vs in local.nested : [for v in vs : "${k}/${v}"]]
    flattened     = flatten([for k, vs in local.nested : [for v in vs : { k = k, v = v }]])
    shadowing     = [for v in local.list : [for v in [v, "z"] : v]]
    product       = [for p in setproduct(local.list, ["1", "2"]) : join("", p)]
    merged        = merge([for v in local.list : { (v) = 1 }]...)
    over_string   = try([for c in "abc" : c], "no")
    over_object   = [for k, v in { a = 1, b = "x" } : k]
    over_nothing  = [for v in [] : v]
    object_in_map = { for k, v in local.map : k => { doubled = v * 2, name = k } if v > 1 }
    null_values   = [for v in [null, "a"] : v if v != null]
    template      = "%{for k, v in local.map}${k}:${v};%{endfor}"
    set_template  = "%{for i, v in local.set}${i}:${v};%{endfor}"
    stripped      = <<-EOT
      %{~for v in local.list~}
        - ${v}
      %{~if v == "a"~}
        (a)
      %{~else~}
        (other)
      %{~endif~}
      %{~endfor~}
    EOT
  }
}
