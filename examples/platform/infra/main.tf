terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {}
}

provider "aws" {
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

locals {
  tables = "arn:aws:dynamodb:eu-central-1:${data.aws_caller_identity.current.account_id}:table"
}
