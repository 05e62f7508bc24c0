# Beside it stand the files that the calls read.
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
