variable "stage" {
  type = string
}

variable "workers" {
  description = "What each worker may do, on its own table."
  type = map(object({
    actions = list(string)
    debug   = optional(bool, false)
  }))
}

# Wide on purpose: both stages say what they need, so that nothing rests on it.
variable "report_actions" {
  type    = list(string)
  default = ["*"]
}

variable "break_glass" {
  type    = bool
  default = false
}
