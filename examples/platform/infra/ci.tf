# Modules from a registry, not installed here: what they are given is judged all the same.
module "release" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
  version = "5.60.0"

  create_role      = true
  role_name        = "release-${var.stage}"
  role_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

module "reader" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
  version = "5.60.0"

  create_role      = true
  role_name        = "reader-${var.stage}"
  role_policy_arns = ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
}
