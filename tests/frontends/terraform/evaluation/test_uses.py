"""Policies name the values of root variables that they rest on, and how they are reached."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform import load
from leastwise.iam.project import Policy, Project, Root
from leastwise.source.tree import MemoryTree

DEPLOYED = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
ROLE = 'resource "aws_iam_role" "r" { name = "r" }\n'


def project(**files: str) -> Project:
    named = {name.replace("__", "/") + ".tf": text.encode() for name, text in files.items()}
    return load(Root("terraform", ""), MemoryTree(named), Config())


def inline(actions: str, more: str = "") -> str:
    return f"""{ROLE}
resource "aws_iam_role_policy" "p" {{
  {more}
  role   = aws_iam_role.r.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "*" }}]
  }})
}}
"""


def inlined(found: Project) -> Policy:
    (policy,) = [p for p in found.policies if p.kind == "identity"]
    return policy


def rests_on(found: Project) -> list[tuple[str, str]]:
    return [(use.name, use.text) for use in inlined(found).rests_on]


A = 'variable "a" { default = ["s3:*"] }\n'
B = 'variable "b" { default = true }\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (inline('"s3:*"'), []),
        (inline("var.a"), [("a", '["s3:*"]')]),
        ("locals { x = var.a }\n" + inline("local.x"), [("a", '["s3:*"]')]),
        (inline('var.b ? "s3:*" : "s3:GetObject"'), [("b", "true")]),
        (inline("var.a[0]", "count = var.b ? 1 : 0"), [("a", '["s3:*"]'), ("b", "true")]),
        (inline('"s3:*"', "for_each = toset(var.a)"), [("a", '["s3:*"]')]),
        (inline("[for x in var.a : x]"), [("a", '["s3:*"]')]),
        (inline('"s3:*"', "name = var.a[0]"), []),
    ],
)
def test_a_policy_rests_on_what_its_value_and_its_being_there_use(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert rests_on(project(main=DEPLOYED + A + B + text)) == expected


def test_a_value_that_is_worked_out_once_counts_each_time() -> None:
    text = DEPLOYED + A + "locals { x = var.a }\n" + ROLE
    body = (
        'policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",'
        ' Action = local.x, Resource = "*" }] })'
    )
    for name in ("one", "two"):
        text += f'resource "aws_iam_policy" "{name}" {{\n  name = "{name}"\n  {body}\n}}\n'
    found = project(main=text)
    assert [[use.name for use in p.rests_on] for p in found.policies if p.arn] == [["a"], ["a"]]


def test_a_document_rests_on_what_its_blocks_use() -> None:
    text = """
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.b ? [1] : []
    content {
      actions   = var.a
      resources = ["*"]
    }
  }
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.d.json
}
"""
    found = project(main=DEPLOYED + A + B + ROLE + text)
    assert [name for name, _ in rests_on(found)] == ["a", "b"]


def test_a_module_passes_on_what_its_arguments_rest_on() -> None:
    found = project(
        main=DEPLOYED
        + A
        + B
        + 'module "m" {\n  source = "./m"\n  count = var.b ? 1 : 0\n  x = var.a\n}\n',
        m__main='variable "x" {}\nvariable "y" { default = "s3:GetObject" }\n'
        + inline("concat(var.x, [var.y])"),
    )
    assert rests_on(found) == [("a", '["s3:*"]'), ("b", "true")]


def test_a_given_value_is_told_from_a_default() -> None:
    files = {
        "main.tf": (A + inline("var.a")).encode(),
        "terraform.tfvars": b'a = ["iam:*"]\n',
    }
    found = load(Root("terraform", ""), MemoryTree(files), Config())
    (use,) = inlined(found).rests_on
    assert (use.origin, use.text, use.alone) == ("given", '["iam:*"]', False)
    assert use.span is not None
    assert use.span.path == "terraform.tfvars"


def test_defaults_of_a_module_judged_alone_are_not_certain() -> None:
    (use,) = inlined(project(main=A + inline("var.a"))).rests_on
    assert use.alone
    (use,) = inlined(project(main=DEPLOYED + A + inline("var.a"))).rests_on
    assert not use.alone


@pytest.mark.parametrize("flag", ["sensitive = true", "ephemeral = true", "sensitive = var.x"])
def test_a_sensitive_default_is_not_told(flag: str) -> None:
    text = f'variable "a" {{\n  default = "s3:*"\n  {flag}\n}}\n'
    assert rests_on(project(main=DEPLOYED + text + inline("var.a"))) == [("a", "")]


def test_an_attachment_rests_on_the_arn_it_names() -> None:
    text = """
variable "arn" { default = "arn:aws:iam::aws:policy/AdministratorAccess" }
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = var.arn
}
"""
    (role,) = project(main=DEPLOYED + ROLE + text).principals
    (attachment,) = role.attachments
    assert [use.name for use in attachment.rests_on] == ["arn"]


def test_the_calls_that_lead_to_a_policy_are_named_from_the_root() -> None:
    main = 'module "a" {\n  source = "./a"\n  for_each = toset(["x"])\n}\n'
    middle = "# first line\n" + 'module "b" { source = "./b" }\n'
    found = project(main=DEPLOYED + main, a__main=middle, a__b__main=inline('"s3:*"'))
    occurrence = inlined(found).occurrence
    assert occurrence is not None
    texts = {"main.tf": DEPLOYED + main, "a/main.tf": middle}
    assert [
        (call.name, texts[call.span.path][call.span.start : call.span.end])
        for call in occurrence.calls
    ] == [('module.a["x"]', 'module "a"'), ("module.b", 'module "b"')]


def test_modules_nest_to_any_depth_that_a_root_has() -> None:
    files = {f"{'m__' * n}main": 'module "m" { source = "./m" }\n' for n in range(10)}
    files[f"{'m__' * 10}main"] = inline('"s3:*"')
    occurrence = inlined(project(**files)).occurrence
    assert occurrence is not None
    assert len(occurrence.calls) == 10
