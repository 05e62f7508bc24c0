"""What is passed into a module that is not in view is judged, as far as its shape tells."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform import load
from leastwise.frontends.terraform.modules.module_sources import canonical, public_name
from leastwise.frontends.terraform.reading.module_table import inputs_of
from leastwise.iam.project import Policy, Project, Root
from leastwise.iam.resolution import plain
from leastwise.source.tree import MemoryTree

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
IAM = "terraform-aws-modules/iam/aws//modules/"
READS = """{
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  }"""
PUBLIC = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*", Principal = "*" }]
  })"""
TRUST = [
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": "*"},
        "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
    }
]
BUILDER = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
"""


def project(text: str, **more: str) -> Project:
    files = {"main.tf": text.encode()} | {n.replace("__", "/"): t.encode() for n, t in more.items()}
    return load(Root("terraform", ""), MemoryTree(files), Config())


def call(source: str, body: str) -> Project:
    return project(f'{BUILDER}module "m" {{\n  source = "{source}"\n  {body}\n}}\n')


def documents(found: Project) -> list[tuple[str, str]]:
    """Return attribute and kind of what is read of the call, whoever holds it."""
    held = [a.policy for p in found.principals for a in p.attachments if a.how == "inline"]
    every: dict[int, Policy] = {id(p): p for p in (*found.policies, *held)}
    return [(p.attribute, p.kind) for p in every.values() if p.address == "module.m"]


def attached(found: Project) -> list[str]:
    return [
        str(a.policy.arn) for p in found.principals for a in p.attachments if a.how == "managed"
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"p = {READS}", [("p", "identity")]),
        (f"p = jsonencode({READS})", [("p", "identity")]),
        (f"p = [jsonencode({READS})]", [("p[0]", "identity")]),
        (f"p = {{ a = {{ policy = {READS} }} }}", [('p["a"]["policy"]', "identity")]),
        ("p = data.aws_iam_policy_document.d.json", [("p", "identity")]),
        (f"p = {PUBLIC}", [("p", "resource")]),
        (
            'p = [{ effect = "Allow", actions = ["s3:*"], resources = ["*"] }]',
            [("p", "identity")],
        ),
        (f"permissions_boundary = {READS}", []),
        (f"scp = {{ all = {READS} }}", []),
        ('p = { Statement = "a sentence" }', []),
        ('actions = ["s3:*"]\n  resources = ["*"]', []),
        ('p = "{ not json"', []),
        ("p = var.nothing", []),
    ],
)
def test_documents_are_found_by_their_shape(body: str, expected: list[tuple[str, str]]) -> None:
    assert documents(call("acme/app/aws", body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'p = "{ADMIN}"', [ADMIN]),
        (f'p = ["{ADMIN}"]', [ADMIN]),
        (f'p = {{ a = {{ arns = ["{ADMIN}"] }} }}', [ADMIN]),
        (f'permissions_boundary_arn = "{ADMIN}"', []),
        ('p = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy"', []),
        ('p = "arn:aws:iam::aws:role/AdministratorAccess"', []),
        (f'p = "see {ADMIN}"', []),
    ],
)
def test_arns_of_policies_are_found_by_their_parts(body: str, expected: list[str]) -> None:
    assert attached(call("acme/app/aws", body)) == expected


def test_all_that_is_passed_holds_under_one_assumption() -> None:
    found = call("acme/app/aws", f'p = {READS}\n  q = {PUBLIC}\n  arns = ["{ADMIN}"]')
    policies = [p for p in found.policies if p.address == "module.m"]
    policies += [a.policy for p in found.principals for a in p.attachments]
    texts = {w.text for p in policies for s in p.document.statements for w in s.when}
    assert len(policies) == 3
    assert texts == {"module.m, which is not in view, grants what it is given"}


def test_a_document_with_principals_is_nothing_to_warn_of() -> None:
    found = call("acme/any/aws", f"policy = {PUBLIC}")
    assert documents(found) == [("policy", "resource")]
    assert found.diagnostics == ()


def test_a_document_that_is_passed_on_is_not_one_that_nobody_uses() -> None:
    found = call("acme/app/aws", "p = data.aws_iam_policy_document.d.json")
    assert [p.consumption for p in found.policies] == ["attached"]
    alone = call("acme/app/aws", 'p = "nothing"')
    assert [p.consumption for p in alone.policies] == ["builder"]


def test_an_input_points_at_the_literal_of_the_caller() -> None:
    text = f'module "m" {{\n  source = "acme/app/aws"\n  arns = ["{ADMIN}"]\n}}\n'
    (principal,) = project(text).principals
    (attachment,) = principal.attachments
    assert principal.address == "module.m"
    assert attachment.span is not None
    assert text[attachment.span.start : attachment.span.end] == ADMIN


@pytest.mark.parametrize(
    ("source", "body", "expected"),
    [
        (IAM + "iam-assumable-role", "attach_admin_policy = true", [ADMIN]),
        (IAM + "iam-assumable-role", "attach_admin_policy = false", []),
        (f"{IAM}iam-group-with-policies", f'custom_group_policy_arns = ["{ADMIN}"]', [ADMIN]),
        (IAM + "iam-group-with-assumable-roles-policy", f'assumable_roles = ["{ADMIN}"]', []),
        ("terraform-aws-modules/lambda/aws", f'policy = "{ADMIN}"', []),
        (
            "terraform-aws-modules/lambda/aws",
            f'policy = "{ADMIN}"\n  attach_policy = true',
            [ADMIN],
        ),
        (
            "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v8.8.1",
            f'policy = "{ADMIN}"\n  attach_policy = var.on',
            [ADMIN],
        ),
        ("cloudposse/iam-role/aws", f'managed_policy_arns_map = {{ a = "{ADMIN}" }}', [ADMIN]),
    ],
)
def test_a_table_says_what_inputs_of_public_modules_become(
    source: str, body: str, expected: list[str]
) -> None:
    assert attached(call(source, body)) == expected


def trust_of(found: Project) -> object:
    (trust,) = [p for p in found.policies if p.kind == "trust"]
    assert trust.value is not None
    document = plain(trust.value)
    assert isinstance(document, dict)
    return document["Statement"]


def test_principals_of_a_public_module_become_its_trust_policy() -> None:
    found = call(
        IAM + "iam-assumable-role",
        'trusted_role_arns = ["*"]\n  role_requires_mfa = false\n  role_sts_externalid = "x"',
    )
    assert trust_of(found) == TRUST


OPEN = """
}
variable "flag" {}
variable "more" {}
locals {
"""
ANYONE = 'trusted_role_arns = ["*"]\n'
ASSUMABLE = IAM + "iam-assumable-role"
OF_SERVICE = "cloudposse/iam-role/aws"


@pytest.mark.parametrize(
    ("source", "body", "expected"),
    [
        (ASSUMABLE, ANYONE, "AWS * if Bool true"),
        (ASSUMABLE, ANYONE + "role_requires_mfa = true", "AWS * if Bool true"),
        (ASSUMABLE, ANYONE + "role_requires_mfa = false", "AWS *"),
        (ASSUMABLE, ANYONE + 'role_requires_mfa = "false"', "AWS *"),
        (ASSUMABLE, ANYONE + "role_requires_mfa = var.flag", "AWS * if ?"),
        (ASSUMABLE, ANYONE + "role_requires_mfa = null", "AWS * if Bool true"),
        (
            ASSUMABLE,
            ANYONE + 'role_requires_mfa = false\n role_sts_externalid = ["x", "y"]',
            "AWS * if StringEquals x y",
        ),
        (ASSUMABLE, ANYONE + "role_requires_mfa = false\n role_sts_externalid = []", "AWS *"),
        (
            ASSUMABLE,
            ANYONE + "role_requires_mfa = false\n role_sts_externalid = var.more",
            "AWS * if ?",
        ),
        (
            ASSUMABLE,
            ANYONE + 'role_requires_mfa = false\n role_sts_externalid = var.flag == 1 ? ["x"] : []',
            "AWS * if ?",
        ),
        (
            ASSUMABLE,
            ANYONE + "role_requires_mfa = false\n trust_policy_conditions = "
            '[{ test = "StringLike", variable = "aws:PrincipalArn", values = ["a*"] }]',
            "AWS * if StringLike a*",
        ),
        (
            ASSUMABLE,
            ANYONE + "role_requires_mfa = false\n trust_policy_conditions = var.more",
            "AWS * if ?",
        ),
        (
            ASSUMABLE,
            'trusted_role_arns = concat(["arn:aws:iam::111122223333:root"], var.more)',
            "AWS arn:aws:iam::111122223333:root ? if Bool true",
        ),
        (
            ASSUMABLE,
            'trusted_role_services = ["ec2.amazonaws.com"]\n role_requires_mfa = false',
            "Service ec2.amazonaws.com",
        ),
        (OF_SERVICE, 'principals = { AWS = ["*"] }', "AWS *"),
        (OF_SERVICE, "principals = var.more", "?"),
        (OF_SERVICE, 'principals = merge({ AWS = ["*"] }, var.more)', "?"),
        (
            "terraform-aws-modules/lambda/aws",
            'trusted_entities = ["x.amazonaws.com", { type = "AWS", identifiers = ["*"] }]',
            "AWS * Service x.amazonaws.com",
        ),
        (
            "terraform-aws-modules/lambda/aws",
            'trusted_entities = concat(["x.amazonaws.com"], var.more)',
            "Service x.amazonaws.com ?",
        ),
    ],
)
def test_who_a_module_lets_in_is_never_less_than_what_it_may(
    source: str, body: str, expected: str
) -> None:
    found = call(source, body + OPEN)
    (statement,) = next(p for p in found.policies if p.kind == "trust").document.statements
    principals = statement.principals
    assert principals is not None
    said = [f"{entry.type} {entry.pattern}" for entry in principals.entries]
    said += ["?"] if principals.tail else []
    asked = [f"{c.operator.name} {' '.join(map(str, c.values))}" for c in statement.conditions]
    asked += ["?"] if statement.conditions_tail else []
    assert " ".join(said) + (f" if {' '.join(asked)}" if asked else "") == expected


def test_further_subjects_of_github_are_not_forgotten() -> None:
    found = call(IAM + "iam-github-oidc-role", 'subjects = concat(["acme/app:*"], var.more)' + OPEN)
    (statement,) = next(p for p in found.policies if p.kind == "trust").document.statements
    tails = {str(c.key): c.tail is not None for c in statement.conditions}
    assert tails == {
        "token.actions.githubusercontent.com:aud": False,
        "token.actions.githubusercontent.com:sub": True,
    }


def test_subjects_of_github_get_the_prefix_that_the_module_adds() -> None:
    found = call(IAM + "iam-github-oidc-role", 'subjects = ["acme/app:*", "repo:acme/web:*"]')
    (statement,) = trust_of(found)  # type: ignore[misc]
    assert statement["Condition"]["StringLike"] == {
        "token.actions.githubusercontent.com:sub": ["repo:acme/app:*", "repo:acme/web:*"]
    }


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("acme/m/aws", "acme/m/aws"),
        ("registry.terraform.io/acme/m/aws//modules/x", "acme/m/aws//modules/x"),
        ("github.com/acme/m", "github.com/acme/m"),
        ("git::https://github.com/acme/m.git?ref=v1", "github.com/acme/m?ref=v1"),
        ("git@github.com:acme/m.git", "github.com/acme/m"),
        ("git::ssh://git@github.com/acme/m.git//x", "github.com/acme/m//x"),
    ],
)
def test_sources_are_compared_without_their_spelling(spelled: str, expected: str) -> None:
    assert canonical(spelled) == expected


def test_a_repository_has_the_name_of_its_module_in_the_registry() -> None:
    source = "git::https://github.com/cloudposse/terraform-aws-iam-role.git//a?ref=1.0.0"
    assert public_name(source) == "cloudposse/iam-role/aws//a"
    assert inputs_of("cloudposse/iam-role/aws")["policy_documents"].becomes == "identity"


def test_calls_of_one_module_are_counted_together() -> None:
    text = "".join(f'module "m{n}" {{ source = "acme/app/aws" }}\n' for n in range(4))
    found = project(text + 'module "n" { source = "acme/other/aws" }\n')
    assert [(n.message, n.remedy, n.number) for n in found.not_in_view] == [
        (
            "module.m0 and 3 more calls (acme/app/aws): the module is not installed",
            "run 'terraform get'",
            4,
        ),
        ("module.n (acme/other/aws): the module is not installed", "run 'terraform get'", 1),
    ]


def manifest(entries: str) -> str:
    return f'{{"Modules": [{{"Key": "", "Source": "", "Dir": "."}}, {entries}]}}'


ENTRY = (
    '{"Key": "m", "Source": "registry.terraform.io/acme/m/aws", "Version": "1.2.0",'
    ' "Dir": ".terraform/modules/m"}'
)


@pytest.mark.parametrize(
    ("version", "entry", "installed"),
    [
        ("", ENTRY, True),
        ('version = "1.2.0"', ENTRY, True),
        ('version = "~> 1.0"', ENTRY, True),
        ('version = "1.3.0"', ENTRY, False),
        ("", ENTRY.replace("registry.terraform.io/", ""), True),
        ("", ENTRY.replace("acme/m/aws", "acme/other/aws"), False),
        ("", ENTRY.replace(".terraform/modules/m", "harmless"), False),
        ("", ENTRY.replace(".terraform/modules/m", ".terraform/modules/../../harmless"), False),
        ("", ENTRY.replace(".terraform/modules/m", "../../outside"), False),
        ("", ENTRY.replace(".terraform/modules/m", "/etc"), False),
        ("", ENTRY.replace('"m"', "7"), False),
        ("", "{}", False),
        ("", "[]", False),
    ],
)
def test_an_installed_module_is_the_one_that_is_called(
    version: str, entry: str, installed: bool
) -> None:
    """The manifest as Terraform 1.11 and, without the host, Terraform 0.12 write it."""
    inside = 'resource "aws_iam_user" "u" { name = "u" }\n'
    text = f'module "m" {{\n  source = "acme/m/aws"\n  {version}\n}}\n'
    files = {
        "main.tf": text,
        ".terraform/modules/modules.json": manifest(entry),
        ".terraform/modules/m/main.tf": inside,
        "harmless/main.tf": "",
    }
    tree = MemoryTree({path: content.encode() for path, content in files.items()})
    found = load(Root("terraform", ""), tree, Config())
    assert bool(found.principals) is installed
    assert bool(found.not_in_view) is not installed


def test_a_module_that_is_installed_into_itself_is_a_cycle() -> None:
    files = {
        "main.tf": 'module "m" { source = "acme/m/aws" }\n',
        ".terraform/modules/modules.json": manifest(ENTRY + "," + ENTRY.replace('"m"', '"m.m"', 1)),
        ".terraform/modules/m/main.tf": 'module "m" { source = "acme/m/aws" }\n',
    }
    tree = MemoryTree({path: content.encode() for path, content in files.items()})
    found = load(Root("terraform", ""), tree, Config())
    assert [d.code for d in found.diagnostics] == ["module-cycle"]
