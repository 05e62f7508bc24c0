variable "plain" {
  default = "p"
}
variable "typed_number" {
  type    = number
  default = "42"
}
variable "typed_string" {
  type    = string
  default = 7
}
variable "typed_bool" {
  type    = bool
  default = "true"
}
variable "list" {
  type    = list(string)
  default = [1, "two", true]
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "map" {
  type    = map(string)
  default = { n = 1, b = false }
}
variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}
variable "object" {
  type = object({
    name    = string
    size    = optional(number, 3)
    tags    = optional(map(string), { team = "none" })
    missing = optional(string)
    inner = optional(object({
      on   = optional(bool, true)
      list = optional(list(string), ["d"])
    }), {})
  })
  default = { name = "o", extra = "dropped" }
}
variable "objects" {
  type = map(object({
    actions = list(string)
    effect  = optional(string, "Allow")
  }))
  default = {
    read  = { actions = ["s3:Get*"] }
    write = { actions = ["s3:Put*"], effect = null }
    stop  = { actions = [], effect = "Deny" }
  }
}
variable "null_default" {
  type    = string
  default = null
}
variable "not_nullable" {
  type     = string
  default  = "kept"
  nullable = false
}
variable "from_tfvars" {
  default = "default"
}
variable "from_auto" {
  default = "default"
}
variable "from_json" {
  default = "default"
}
variable "validated" {
  default = "ok"
  validation {
    condition     = length(var.validated) > 0
    error_message = "Must not be empty."
  }
}
variable "secret" {
  default   = "hush"
  sensitive = true
}
resource "terraform_data" "out" {
  input = {
    plain        = var.plain
    number       = var.typed_number + 1
    string       = var.typed_string
    bool         = var.typed_bool
    list         = var.list
    set          = var.set
    map          = var.map
    tuple        = var.tuple
    object       = var.object
    objects      = var.objects
    null_default = var.null_default
    not_nullable = var.not_nullable
    from_tfvars  = var.from_tfvars
    from_auto    = var.from_auto
    from_json    = var.from_json
    validated    = var.validated
    secret       = nonsensitive(var.secret)
    list_is_list = var.list == tolist(["1", "two", "true"])
    list_is_not  = var.list == ["1", "two", "true"]
    map_is_not   = var.map == { n = "1", b = "false" }
    empty_is_not = var.set == []
  }
}
