variable "policies" {
  type = map(object({
    effect     = optional(string, "Allow")
    actions    = list(string)
    resources  = optional(list(string), ["*"])
    conditions = optional(list(object({ test = string, variable = string, values = list(string) })), [])
  }))
  default = {
    logs = { actions = ["logs:PutLogEvents"] }
    s3 = {
      actions    = ["s3:GetObject", "s3:ListBucket"]
      resources  = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
      conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = ["true"] }]
    }
  }
}
variable "context" {
  type    = any
  default = { enabled = true, namespace = "eg", stage = null, attributes = [], delimiter = null }
}
variable "enabled" {
  type    = bool
  default = null
}
variable "principals" {
  type    = list(string)
  default = ["arn:aws:iam::111122223333:root"]
}
locals {
  input = {
    enabled    = var.enabled == null ? var.context.enabled : var.enabled
    delimiter  = var.context.delimiter == null ? "-" : var.context.delimiter
    attributes = compact(distinct(concat(coalesce(var.context.attributes, []), ["x", "", "x"])))
  }
  id_parts = [for p in [var.context.namespace, var.context.stage, "app"] : p if p != null && p != ""]
  id       = lower(join(local.input.delimiter, concat(local.id_parts, local.input.attributes)))
  defaults = { Effect = "Allow", Resource = "*" }
  statements = [
    for sid in sort(keys(var.policies)) : merge(local.defaults, {
      Sid      = title(sid)
      Action   = sort(var.policies[sid].actions)
      Resource = length(var.policies[sid].resources) == 1 ? var.policies[sid].resources[0] : jsonencode(var.policies[sid].resources)
    })
  ]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.statements, length(var.principals) > 0 ? [{ Sid = "P", Principal = { AWS = var.principals } }] : [])
  })
  tree = { for pair in flatten([
    for k, p in var.policies : [for a in p.actions : { key = "${k}.${replace(a, ":", "_")}", action = a }]
  ]) : pair.key => pair.action }
}
resource "terraform_data" "this" {
  for_each = local.input.enabled ? { for k, v in var.policies : k => v if v.effect == "Allow" } : {}
  input    = { id = "${local.id}-${each.key}", conditions = { for c in each.value.conditions : c.test => { (c.variable) = c.values }... } }
}
resource "terraform_data" "out" {
  count = local.input.enabled ? 1 : 0
  input = {
    input  = local.input
    id     = local.id
    policy = jsondecode(local.policy)
    tree   = local.tree
    first  = try(terraform_data.this["logs"].input.id, "")
    by     = { for k, v in { for s in local.statements : s.Resource => s.Sid... } : k => sort(v) }
  }
}
