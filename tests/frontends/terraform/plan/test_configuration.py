"""With the configuration at hand, what a plan says is placed where it is written."""

import json

from tests.frontends.terraform.plan.plans import (
    ADMIN,
    ROLE,
    TRUST,
    One,
    attachment,
    plan_of,
    policy,
    role,
    to,
)

ROLE_TF = """
resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
"""
POLICY_TF = """
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
"""
ATTACHMENT_TF = """
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.p.arn
}
"""


def globs(project, address, element):
    """Return the patterns of a policy's statements with the text at their places."""
    policy = next(p for p in project.policies if p.address == address)
    found = []
    for statement in policy.document.statements:
        found += getattr(statement, element).globs
    return found


def written(pattern, text):
    """Return the file and the text that a pattern points at."""
    span = pattern.origin.span
    assert span.path == "main.tf", span
    return text[span.start : span.end]


def test_places_are_those_of_the_configuration(read):
    text = ROLE_TF + POLICY_TF + ATTACHMENT_TF
    project = read(plan_of(policy(), role(), attachment()), main_tf=text)
    (action,) = globs(project, "aws_iam_policy.p", "actions")
    assert (str(action), written(action, text)) == ("*", '"*"')
    assert project.pointed == {"main.tf"}
    assert project.roots[0].module == ""
    (held,) = project.principals[0].attachments
    assert text[held.span.start : held.span.end] == "aws_iam_policy.p.arn"


def test_configuration_in_another_folder_is_found_by_what_it_declares(read):
    plan = plan_of(policy(), role(), attachment())
    project = read(plan, infra__main_tf=ROLE_TF + POLICY_TF + ATTACHMENT_TF, other__main_tf=ROLE_TF)
    assert project.roots[0].module == "infra"


def test_configuration_that_declares_something_else_is_not_used(read):
    project = read(plan_of(policy(), role(), attachment()), main_tf=ROLE_TF)
    assert project.roots[0].module is None
    assert project.pointed == frozenset()


def test_two_folders_that_declare_the_same_are_not_told_apart(read):
    project = read(plan_of(role()), dev__main_tf=ROLE_TF, prod__main_tf=ROLE_TF)
    assert project.roots[0].module is None


def test_what_only_the_plan_knows_stands_in_the_place_of_the_symbol(read):
    text = """
variable "bucket" {}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = <<-EOT
    {"Version": "2012-10-17",
     "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${var.bucket}/*"}}
  EOT
}
"""
    one = policy()
    one.values = {
        **one.values,
        "policy": '{"Version":"2012-10-17","Statement":{"Action":"s3:*","Effect":"Allow",'
        '"Resource":"arn:aws:s3:::data/*"}}',
    }
    plan = plan_of(one, variables={"bucket": {"value": "data"}})
    project = read(plan, main_tf=text)
    (resource,) = globs(project, "aws_iam_policy.p", "resources")
    assert str(resource) == "arn:aws:s3:::data/*"
    assert resource.origin.span.path == "main.tf"


def test_account_that_the_plan_read_is_known(read):
    text = """
data "aws_caller_identity" "me" {}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/*"
    }]
  })
}
"""
    known = "arn:aws:iam::111122223333:role/*"
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": known}],
    }
    one = policy()
    one.values = {**one.values, "policy": json.dumps(document)}
    caller = One("data.aws_caller_identity.me", {"account_id": "111122223333"})
    project = read(plan_of(one, prior=[caller]), main_tf=text)
    (resource,) = globs(project, "aws_iam_policy.p", "resources")
    assert (str(resource), resource.origin.span.path) == (known, "main.tf")


def test_policy_that_is_known_after_apply_is_what_the_configuration_says(read):
    text = """
resource "aws_s3_bucket" "b" {
  bucket_prefix = "data-"
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }]
  })
}
"""
    bucket = One("aws_s3_bucket.b", {"bucket_prefix": "data-"}, {"arn": True, "bucket": True})
    one = policy()
    one.values, one.unknown = {"name": "p", "path": "/"}, {"policy": True, "arn": True}
    one.expressions = {"policy": to("aws_s3_bucket.b.arn")}
    project = read(plan_of(bucket, one), main_tf=text)
    (action,) = globs(project, "aws_iam_policy.p", "actions")
    assert str(action) == "s3:GetObject"
    (resource,) = globs(project, "aws_iam_policy.p", "resources")
    assert str(resource).startswith("arn:${data.aws_partition.partition}:s3:::data-")


def test_choice_of_the_configuration_is_settled_by_the_plan(read):
    text = """
variable "wide" { type = bool }
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.wide ? "*" : "s3:Get*", Resource = "*" }]
  })
}
"""
    project = read(plan_of(policy()), main_tf=text)
    (action,) = globs(project, "aws_iam_policy.p", "actions")
    assert (str(action), written(action, text)) == ("*", '"*"')


def test_statement_order_of_a_set_does_not_matter(read):
    text = """
resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = "TRUST"
  inline_policy {
    name   = "b"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
  }
  inline_policy {
    name   = "a"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
  }
}
""".replace('"TRUST"', json.dumps(TRUST))
    read_all = ADMIN.replace('"Action":"*"', '"Action":"s3:Get*"')
    one = role(
        values={
            "inline_policy": [{"name": "a", "policy": ADMIN}, {"name": "b", "policy": read_all}]
        }
    )
    one.unknown = {"arn": True}
    one.expressions = {"inline_policy": [{}, {}], "assume_role_policy": {}}
    project = read(plan_of(one), main_tf=text)
    places = {}
    for found in project.policies:
        if found.attribute.startswith("inline_policy"):
            (action,) = found.document.statements[0].actions.globs
            places[str(action)] = written(action, text)
    assert places == {"*": '"*"', "s3:Get*": '"s3:Get*"'}


def test_attribute_the_configuration_does_not_settle_points_at_it(read):
    text = """
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.external.p.result.policy
}
data "external" "p" { program = ["x"] }
"""
    external = One("data.external.p", {"result": {"policy": ADMIN}})
    project = read(plan_of(policy(), prior=[external]), main_tf=text)
    (action,) = globs(project, "aws_iam_policy.p", "actions")
    assert (str(action), written(action, text)) == ("*", "data.external.p.result.policy")


def test_for_each_of_modules_is_placed(read):
    module = """
variable "name" {}
resource "aws_iam_role" "ci" {
  name               = var.name
  assume_role_policy = "TRUST"
}
""".replace('"TRUST"', json.dumps(TRUST))
    root = 'module "m" {\n  source   = "./m"\n  for_each = var.names\n  name     = each.key\n}\nvariable "names" {}\n'
    one = {
        **role().planned,
        "address": 'module.m["x"].aws_iam_role.ci',
        "values": {**ROLE, "name": "x"},
    }
    data = plan_of(
        configuration={
            "root_module": {
                "module_calls": {
                    "m": {"source": "./m", "module": {"resources": [role().block]}},
                }
            }
        },
        variables={"names": {"value": {"x": "1"}}},
    )
    data["planned_values"]["root_module"] = {
        "child_modules": [{"address": 'module.m["x"]', "resources": [one]}]
    }
    (principal,) = read(data, main_tf=root, m__main_tf=module).principals
    assert principal.address == 'module.m["x"].aws_iam_role.ci'
    assert str(principal.id.name) == "x"
    assert principal.span.path == "m/main.tf"


def test_unknown_item_of_a_list_is_the_one_that_is_left(read):
    text = """
resource "aws_s3_bucket" "b" {
  bucket_prefix = "data-"
}
resource "aws_iam_role" "ci" {
  name                = "ci"
  assume_role_policy  = "TRUST"
  managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", aws_iam_policy.p.arn]
}
""".replace('"TRUST"', json.dumps(TRUST))
    one = role(values={"managed_policy_arns": [None, "arn:aws:iam::aws:policy/ReadOnlyAccess"]})
    one.unknown = {"arn": True, "managed_policy_arns": [True, False]}
    one.expressions = {"managed_policy_arns": to("aws_iam_policy.p.arn")}
    bucket = One("aws_s3_bucket.b", {"bucket_prefix": "data-"})
    project = read(plan_of(one, policy(), bucket), main_tf=text + POLICY_TF)
    assert sorted(a.policy.address for a in project.principals[0].attachments) == [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "aws_iam_policy.p",
    ]


def test_sensitive_text_that_stands_in_no_file_stays_hidden(read):
    text = """
variable "bucket" {}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = sensitive(jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::${var.bucket}" }]
  }))
}
"""
    one = policy(sensitive={"policy": True})
    one.values = {**one.values, "policy": ADMIN.replace('"Resource":"*"', '"Resource":"hush"')}
    plan = plan_of(one, variables={"bucket": {"value": "hush"}})
    (found,) = read(plan, main_tf=text).policies
    assert "hush" not in repr(found)
    assert "hush" not in repr(found.document)
    assert "hush" not in repr(found.value)
