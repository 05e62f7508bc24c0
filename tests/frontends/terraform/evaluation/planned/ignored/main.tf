terraform {
  required_version = ">= 1.5"
}
moved {
  from = terraform_data.old
  to   = terraform_data.out
}
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
check "health" {
  assert {
    condition     = terraform_data.out.input.a == 1
    error_message = "No."
  }
}
variable "password" {
  type      = string
  default   = "p"
  ephemeral = true
}
resource "terraform_data" "out" {
  input = { a = 1, workspace_known = true }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "echo ${self.input.a}"
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = all
    precondition {
      condition     = var.password != "x"
      error_message = "No."
    }
  }
}
output "with_dependency" {
  value      = terraform_data.out.input.a
  depends_on = [terraform_data.out]
}
output "ephemeral_null" {
  value = ephemeralasnull(var.password)
}
