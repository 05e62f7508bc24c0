# Beside it stand the files that the calls read.
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

# ``templatestring`` takes what a name stands for, and not a string that is spelled in the call.
locals {
  template_plain  = "no marks, 100%"
  template_name   = "Hello, $${name}! $$${x}"
  template_loop   = "%%{ for x in items ~}\n$${x},\n%%{ endfor ~}\nend"
  template_if     = "%%{ if on }yes%%{ else }no%%{ endif }"
  template_whole  = "$${name}"
  template_broken = "$${name"
  template_call   = "$${upper(name)} $${jsonencode({a = name})}"
  template_number = 12
}
