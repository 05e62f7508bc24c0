module "worker" {
  source   = "./modules/worker"
  for_each = var.workers

  name    = "${each.key}-${var.stage}"
  actions = each.value.actions
  debug   = each.value.debug
  table   = "${local.tables}/${each.key}"
}
