"""Terraform text through the whole front end: principals, policies, what holds what."""

from leastwise.config.model import Config
from leastwise.frontends.terraform import load
from leastwise.iam.project import Policy, Principal, Project, Root
from leastwise.iam.resolution import plain
from leastwise.source.tree import MemoryTree

PARTITION = "${data.aws_partition.partition}"
ACCOUNT = "${data.aws_caller_identity.account_id}"

TRUST = """
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
"""
DOCUMENT = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })"""
GETS = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]


def project(text: str, **more: str) -> Project:
    files = {"main.tf": text.encode()} | {
        name.replace("__", "/") + ".tf": its.encode() for name, its in more.items()
    }
    return load(Root("terraform", ""), MemoryTree(files), Config())


def principal(found: Project, address: str) -> Principal:
    (one,) = [p for p in found.principals if p.address == address]
    return one


def policy(found: Project, address: str) -> Policy:
    (one,) = [p for p in found.policies if p.address == address]
    return one


def statements(one: Policy) -> object:
    assert one.value is not None
    spelled = plain(one.value)
    assert isinstance(spelled, dict)
    return spelled["Statement"]


def held(one: Principal) -> list[tuple[str, str]]:
    return [(a.origin, str(a.policy.arn or a.policy.address)) for a in one.attachments]


def marked(text: str, one: Policy | Principal) -> str:
    assert one.span is not None
    return text.encode()[one.span.start : one.span.end].decode()


def test_a_role_has_its_name_arn_trust_and_tags() -> None:
    text = f"""
resource "aws_iam_role" "ci" {{
  name = "ci"
  path = "/app/"
{TRUST}
  tags = {{ team = "web" }}
}}
"""
    found = project(text)
    role = principal(found, "aws_iam_role.ci")
    assert str(role.arn) == f"arn:{PARTITION}:iam::{ACCOUNT}:role/app/ci"
    assert role.id.name.literal == "app/ci"
    assert role.id.account.id == "|aws|account"
    assert role.kind == "role"
    assert marked(text, role) == "ci"
    assert role.trust is not None
    assert role.trust.kind == "trust"
    assert marked(text, role.trust).startswith("jsonencode(")
    assert [(k.literal, v.literal) for k, v in role.tags] == [("team", "web")]
    assert found.files == ("main.tf",)


def test_what_a_role_itself_carries() -> None:
    found = project(f"""
resource "aws_iam_role" "ci" {{
  name                 = "ci"
  permissions_boundary = aws_iam_policy.limit.arn
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AdministratorAccess", aws_iam_policy.gets.arn]
{TRUST}
  inline_policy {{
    name   = "in"
    policy = {DOCUMENT}
  }}
  inline_policy {{}}
}}
resource "aws_iam_policy" "gets" {{
  name   = "gets"
  policy = {DOCUMENT}
}}
resource "aws_iam_policy" "limit" {{
  name   = "limit"
  policy = {DOCUMENT}
}}
""")
    role = principal(found, "aws_iam_role.ci")
    assert [(a.how, str(a.policy.arn or a.policy.attribute)) for a in role.attachments] == [
        ("inline", "inline_policy[0].policy"),
        ("managed", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("managed", f"arn:{PARTITION}:iam::{ACCOUNT}:policy/gets"),
    ]
    assert role.attachments[1].policy.aws_managed
    assert role.boundary is not None
    assert role.boundary.policy.address == "aws_iam_policy.limit"
    assert [(p.address, p.kind, p.consumption) for p in found.policies] == [
        ("aws_iam_policy.gets", "identity", "attached"),
        ("aws_iam_policy.limit", "boundary", "ignored"),
        ("aws_iam_role.ci", "trust", "attached"),
        ("aws_iam_role.ci", "identity", "attached"),
    ]


def test_policies_and_attachments_of_their_own() -> None:
    found = project(f"""
resource "aws_iam_user" "u" {{
  name = "u"
}}
resource "aws_iam_group" "g" {{
  name = "g"
}}
resource "aws_iam_user_policy" "u" {{
  user   = aws_iam_user.u.name
  policy = {DOCUMENT}
}}
resource "aws_iam_group_policy" "g" {{
  group  = aws_iam_group.g.id
  policy = {DOCUMENT}
}}
resource "aws_iam_group_policy_attachment" "g" {{
  group      = "g"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}}
resource "aws_iam_group_membership" "g" {{
  name  = "members"
  group = aws_iam_group.g.name
  users = [aws_iam_user.u.name]
}}
resource "aws_iam_policy_attachment" "all" {{
  name       = "all"
  users      = ["u"]
  groups     = ["g"]
  policy_arn = aws_iam_policy.p.arn
}}
resource "aws_iam_policy" "p" {{
  policy = {DOCUMENT}
}}
resource "aws_iam_policy" "nobody" {{
  policy = {DOCUMENT}
}}
""")
    shared = f"arn:{PARTITION}:iam::{ACCOUNT}:policy/${{aws_iam_policy.p.name}}"
    group = [
        ("aws_iam_group_policy.g", "aws_iam_group_policy.g"),
        ("aws_iam_group_policy_attachment.g", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("aws_iam_policy_attachment.all", shared),
    ]
    assert sorted(held(principal(found, "aws_iam_group.g"))) == group
    user = principal(found, "aws_iam_user.u")
    own = [
        ("aws_iam_policy_attachment.all", shared),
        ("aws_iam_user_policy.u", "aws_iam_user_policy.u"),
    ]
    assert sorted(held(user)) == sorted(own + group)
    assert {a.via for a in user.attachments} == {None, "aws_iam_group.g"}
    assert policy(found, "aws_iam_policy.nobody").consumption == "unattached"


def test_a_user_joins_groups() -> None:
    found = project("""
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_user_group_membership" "u" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}
resource "aws_iam_group_policy_attachments_exclusive" "g" {
  group_name  = aws_iam_group.g.name
  policy_arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]
}
""")
    assert held(principal(found, "aws_iam_user.u")) == [
        ("aws_iam_group_policy_attachments_exclusive.g", "arn:aws:iam::aws:policy/IAMFullAccess")
    ]


def test_a_document_of_a_data_source_points_at_its_strings() -> None:
    text = """
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "b"
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.p.json
}
"""
    found = project(text)
    (one,) = found.policies
    assert marked(text, one) == "data.aws_iam_policy_document.p.json"
    bucket = f"arn:{PARTITION}:s3:::b"
    assert statements(one) == [
        {"Effect": "Allow", "Action": "s3:*", "Resource": [bucket, f"{bucket}/*"]}
    ]
    assert one.resolution == "environment"
    (action,) = one.document.statements[0].actions.globs
    assert action.origin is not None
    assert action.origin.span is not None
    assert text.encode()[action.origin.span.start : action.origin.span.end] == b'"s3:*"'


def test_only_documents_that_nobody_uses_stand_alone() -> None:
    found = project("""
locals {
  actions = ["s3:GetObject"]
}
data "aws_iam_policy_document" "source" {
  statement {
    actions = local.actions
  }
}
data "aws_iam_policy_document" "used" {
  source_policy_documents = [data.aws_iam_policy_document.source.json]
  statement {
    actions = local.actions
  }
}
data "aws_iam_policy_document" "unused" {
  statement {
    actions = local.actions
  }
}
data "aws_iam_policy_document" "trusts" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
data "aws_iam_policy_document" "bucket" {
  statement {
    actions = ["s3:GetObject"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.used.json
}
""")
    assert [(p.address, p.kind) for p in found.policies if p.consumption == "builder"] == [
        ("data.aws_iam_policy_document.unused", "identity"),
        ("data.aws_iam_policy_document.trusts", "trust"),
        ("data.aws_iam_policy_document.bucket", "resource"),
    ]


def test_an_unused_document_of_one_instance_stands_alone() -> None:
    found = project("""
data "aws_iam_policy_document" "p" {
  for_each = toset(["a", "b"])
  statement {
    actions = ["s3:Get${each.key}"]
  }
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.p["a"].json
}
""")
    builders = [p.address for p in found.policies if p.consumption == "builder"]
    assert builders == ['data.aws_iam_policy_document.p["b"]']


def test_policies_of_resources_are_read_and_look_alikes_are_not() -> None:
    found = project(f"""
resource "aws_s3_bucket_policy" "b" {{
  bucket = "b"
  policy = {DOCUMENT}
}}
resource "aws_ecr_lifecycle_policy" "r" {{
  repository = "r"
  policy     = jsonencode({{ rules = [] }})
}}
resource "aws_sqs_queue" "q" {{
  name           = "q"
  redrive_policy = jsonencode({{ maxReceiveCount = 1 }})
}}
resource "aws_vpc_endpoint" "e" {{
  policy = {DOCUMENT}
}}
resource "aws_organizations_policy" "s" {{
  content = {DOCUMENT}
}}
resource "aws_organizations_policy" "r" {{
  type    = "RESOURCE_CONTROL_POLICY"
  content = {DOCUMENT}
}}
resource "aws_organizations_policy" "t" {{
  type    = "TAG_POLICY"
  content = jsonencode({{ tags = {{}} }})
}}
resource "aws_s3control_multi_region_access_point_policy" "m" {{
  details {{
    name   = "m"
    policy = {DOCUMENT}
  }}
}}
""")
    assert [(p.address, p.attribute, p.kind, p.consumption) for p in found.policies] == [
        ("aws_s3_bucket_policy.b", "policy", "resource", "attached"),
        ("aws_vpc_endpoint.e", "policy", "endpoint", "ignored"),
        ("aws_organizations_policy.s", "content", "scp", "ignored"),
        ("aws_organizations_policy.r", "content", "rcp", "ignored"),
        (
            "aws_s3control_multi_region_access_point_policy.m",
            "details[0].policy",
            "resource",
            "attached",
        ),
    ]
    assert [(r.type, r.arn and str(r.arn)) for r in found.resources] == [
        ("aws_s3_bucket_policy", f"arn:{PARTITION}:s3:::b"),
        ("aws_vpc_endpoint", None),
        ("aws_s3control_multi_region_access_point_policy", None),
    ]


def test_a_policy_that_may_be_null_has_worlds() -> None:
    found = project(f"""
variable "open" {{
  type = bool
}}
resource "aws_s3_bucket" "b" {{
  bucket = "b"
  policy = var.open ? {DOCUMENT} : null
}}
""")
    (one,) = found.policies
    assert one.resolution == "choice"
    assert one.document.opaque is None
    assert [[a.text for a in s.when] for s in one.document.statements] == [["var.open is true"]]
    assert [d.message for d in found.diagnostics] == ["the statement has no Principal"]


def test_an_instance_that_may_not_exist_says_so_in_each_statement() -> None:
    found = project(f"""
variable "names" {{
  type = set(string)
}}
resource "aws_iam_role" "r" {{
  name = "r"
{TRUST}
}}
resource "aws_iam_role_policy" "p" {{
  for_each = var.names
  role     = aws_iam_role.r.name
  policy   = {DOCUMENT}
}}
resource "aws_iam_role_policy_attachment" "a" {{
  for_each   = var.names
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
""")
    role = principal(found, "aws_iam_role.r")
    assert [
        [assumption.text for s in a.policy.document.statements for assumption in s.when]
        for a in role.attachments
    ] == [
        ["aws_iam_role_policy.p[*] exists"],
        ["aws_iam_role_policy_attachment.a[*] exists"],
    ]


def test_a_choice_of_policies_is_attached_in_each_of_its_worlds() -> None:
    found = project(f"""
variable "admin" {{
  type = bool
}}
resource "aws_iam_role" "r" {{
  name                = "r"
  managed_policy_arns = var.admin ? ["arn:aws:iam::aws:policy/AdministratorAccess"] : []
{TRUST}
}}
resource "aws_iam_user" "u" {{
  name = "u"
}}
resource "aws_iam_user_policy_attachment" "u" {{
  user       = aws_iam_user.u.name
  policy_arn = "arn:aws:iam::aws:policy/${{var.admin ? "AdministratorAccess" : "ReadOnlyAccess"}}"
}}
""")
    role = principal(found, "aws_iam_role.r")
    (attachment,) = role.attachments
    assert [[a.text for a in s.when] for s in attachment.policy.document.statements] == [
        ["var.admin is true"]
    ]
    assert not role.attachments_open
    assert [str(a.policy.arn) for a in principal(found, "aws_iam_user.u").attachments] == [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ]


def test_an_unknown_list_leaves_the_attachments_open() -> None:
    found = project(f"""
variable "arns" {{
  type = list(string)
}}
resource "aws_iam_role" "r" {{
  name                = "r"
  managed_policy_arns = concat(["arn:aws:iam::aws:policy/ReadOnlyAccess"], var.arns)
{TRUST}
}}
""")
    role = principal(found, "aws_iam_role.r")
    assert role.attachments_open
    assert [str(a.policy.arn) for a in role.attachments] == [
        "arn:aws:iam::aws:policy/ReadOnlyAccess"
    ]


def test_a_boundary_that_may_be_null_binds_nobody() -> None:
    found = project("""
variable "limit" {
  type = bool
}
resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = var.limit ? "arn:aws:iam::aws:policy/ReadOnlyAccess" : null
}
resource "aws_iam_user" "v" {
  name                 = "v"
  permissions_boundary = "arn:aws:iam::111122223333:policy/limit"
}
""")
    assert principal(found, "aws_iam_user.u").boundary is None
    boundary = principal(found, "aws_iam_user.v").boundary
    assert boundary is not None
    assert boundary.policy.document.opaque is not None


def test_a_known_account_is_written_everywhere() -> None:
    found = project(f"""
provider "aws" {{
  allowed_account_ids = ["111122223333"]
}}
data "aws_caller_identity" "me" {{}}
resource "aws_iam_role" "r" {{
  name = "r"
{TRUST}
}}
resource "aws_iam_user_policy" "u" {{
  user   = "u"
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = [aws_iam_role.r.arn, "arn:aws:iam::${{data.aws_caller_identity.me.account_id}}:role/r"]
    }}]
  }})
}}
""")
    role = principal(found, "aws_iam_role.r")
    assert role.id.account.number == "111122223333"
    assert str(role.arn) == f"arn:{PARTITION}:iam::111122223333:role/r"
    (statement,) = policy(found, "aws_iam_user_policy.u").document.statements
    assert statement.resources is not None
    assert [str(glob) for glob in statement.resources.globs] == [
        f"arn:{PARTITION}:iam::111122223333:role/r",
        "arn:aws:iam::111122223333:role/r",
    ]


def test_modules_are_read_with_their_addresses() -> None:
    found = project(
        """
module "a" {
  source = "./role"
  name   = "a"
}
""",
        role__main=f"""
variable "name" {{}}
resource "aws_iam_role" "this" {{
  name = var.name
{TRUST}
}}
resource "aws_iam_role_policy_attachment" "admin" {{
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
output "arn" {{
  value = aws_iam_role.this.arn
}}
""",
    )
    role = principal(found, "module.a.aws_iam_role.this")
    assert role.id.name.literal == "a"
    assert held(role) == [
        (
            "module.a.aws_iam_role_policy_attachment.admin",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        )
    ]
    assert set(found.files) == {"main.tf", "role/main.tf"}


def test_permission_sets_hold_policies_by_their_arn() -> None:
    found = project(f"""
resource "aws_ssoadmin_permission_set" "p" {{
  name         = "ops"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}}
resource "aws_ssoadmin_permission_set_inline_policy" "p" {{
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.p.arn
  inline_policy      = {DOCUMENT}
}}
resource "aws_ssoadmin_managed_policy_attachment" "p" {{
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.p.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}}
""")
    found_set = principal(found, "aws_ssoadmin_permission_set.p")
    assert found_set.kind == "permission-set"
    assert [a.how for a in found_set.attachments] == ["inline", "managed"]


def test_a_place_is_that_of_the_use_not_of_the_definition() -> None:
    text = f"""
locals {{
  admin = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_iam_role" "r" {{
  name                = "r"
  managed_policy_arns = [
    local.admin,
    "arn:aws:iam::aws:policy/IAMFullAccess",
  ]
{TRUST}
}}
"""
    role = principal(project(text), "aws_iam_role.r")
    spans = [a.span for a in role.attachments]
    assert [text.encode()[s.start : s.end].decode() for s in spans if s is not None] == [
        "local.admin",
        "arn:aws:iam::aws:policy/IAMFullAccess",
    ]


def test_broken_terraform_is_an_error_and_claimed() -> None:
    found = project('resource "aws_iam_role" "r" {\n')
    assert [d.severity for d in found.diagnostics] == ["error"]
    assert found.files == ("main.tf",)


def test_a_directory_without_aws_is_claimed() -> None:
    assert project('variable "x" {}\n').files == ("main.tf",)


def test_a_policy_without_a_readable_document_is_opaque() -> None:
    found = project("""
resource "aws_iam_policy" "absent" {}
resource "aws_iam_policy" "list" {
  policy = ["x"]
}
resource "aws_iam_policy" "text" {
  policy = "{"
}
""")
    assert [p.resolution for p in found.policies] == ["opaque", "opaque", "opaque"]
