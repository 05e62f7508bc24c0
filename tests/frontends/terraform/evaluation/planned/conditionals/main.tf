variable "yes" {
  default = true
}
variable "no" {
  default = "false"
}
variable "map" {
  type    = map(string)
  default = { a = "x" }
}
resource "terraform_data" "out" {
  input = {
    number_to_string = var.yes ? 1 : "x"
    bool_to_string   = var.yes ? true : "x"
    other_arm        = var.no ? "x" : 2
    null_then        = var.yes ? null : "x"
    null_else        = var.no ? [1] : null
    tuples           = var.yes ? [1, 2] : ["a", "b"]
    lengths          = var.yes ? [1] : ["a", "b"]
    empty            = var.no ? ["a"] : []
    objects          = var.yes ? { a = 1, b = "x" } : { a = "y", b = 2 }
    to_map           = var.yes ? { a = 1 } : { b = "x" }
    map_and_object   = var.yes ? { z = 9 } : var.map
    set_and_tuple    = var.no ? [] : toset(["q", "p"])
    nested           = var.yes ? [{ a = [1] }] : [{ a = ["x"] }]
    list_of_lists    = var.yes ? [[1], []] : [["x"]]
    in_template      = "${var.yes ? 1 : "x"}-${var.no ? "a" : "b"}"
    lazily           = var.yes ? "fine" : var.map["absent"]
    from_null        = var.map["a"] == null ? "null" : "given"
  }
}
