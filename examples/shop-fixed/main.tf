# The shop: a small web shop on AWS. What leastwise should say about it stands in README.md.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = ["111122223333"]
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "name" {
  description = "Prefix of everything the shop owns."
  type        = string
  default     = "shop"
}

data "aws_caller_identity" "current" {}
