"""Whole modules evaluate to instances whose values know where they were written."""

from typing import TYPE_CHECKING

import pytest

from leastwise.frontends.terraform.model import Evaluated
from leastwise.source.json_write import json_text
from leastwise.source.text import display, source_spans
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate


def value(evaluated: Evaluated, address: str, attribute: str = "a") -> Value:
    (instance,) = (i for i in evaluated.instances if i.address == address)
    return instance.body.attributes[attribute]


def spell(found: Value) -> str:
    """Spell a value for these tests: unknown parts as ``${reference}``."""
    match found:
        case Text():
            return display(found)
        case Unknown():
            return "${" + found.symbol.reference + "}"
        case Choice():
            cases = (f"{a.text}: {spell(v)}" for a, v in found.alternatives)
            return " | ".join(cases)
        case Sequence():
            items = [spell(item) for item in found.items]
            return "[" + ", ".join([*items, "..."] if found.tail else items) + "]"
        case Mapping():
            entries = [f"{spell(key)}={spell(item)}" for key, item in found.entries]
            return "{" + ", ".join([*entries, "..."] if found.tail else entries) + "}"
        case Scalar():
            return json_text(found).literal or ""


RESOURCE = 'variable "u" {}\nresource "t" "x" {\n  a = %s\n}\n'


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("var.u", "${var.u}"),
        ("var.u.name[0]", "${var.u.name[0]}"),
        ('"a-${var.u}"', "a-${var.u}"),
        ('upper("a-${var.u}")', "A-${upper(var.u)}"),
        ("timestamp( )", "${timestamp( )}"),
        ("terraform.workspace", "${terraform.workspace}"),
        ('var.u ? "a" : "b"', "var.u is true: a | var.u is false: b"),
        ('!var.u ? "a" : "b"', "var.u is true: b | var.u is false: a"),
        ('"x-${var.u ? "a" : "b"}"', "var.u is true: x-a | var.u is false: x-b"),
        ('var.u == 1 ? "a" : "b"', "var.u == 1 is true: a | var.u == 1 is false: b"),
        ("false && var.u", "false"),
        ("true || var.u", "true"),
        ('"${var.u}x" == null', "false"),
        ('"a${var.u}" == "b"', "false"),
        ('[for s in var.u : "b/${s}"]', "[...]"),
        ('concat(["a"], var.u)', "[a, ...]"),
        ('concat(["a"], var.u)[0]', "a"),
        ('concat(["a"], var.u)[1]', '${concat(["a"], var.u)[1]}'),
        ("merge({a = 1, b = 2}, var.u, {c = 3})", "{c=3, ...}"),
        ('join("-", ["a", var.u, "b"])', "a-${var.u}-b"),
        ('format("%s/%s", "a", var.u)', "a/${var.u}"),
        ('trimprefix("arn:x${var.u}", "arn:")', "x${var.u}"),
        ('startswith("ab${var.u}", "a")', "true"),
        ('startswith("${var.u}", "a")', '${startswith("${var.u}", "a")}'),
        ('replace("a${var.u}", "b", "c")', '${replace("a${var.u}", "b", "c")}'),
        ("jsondecode(jsonencode({a = var.u})).a", "${var.u}"),
        ('try({b = 1}.a, "c")', "c"),
        (
            'try(var.u.a, "c")',
            "var.u.a exists: ${var.u.a} | var.u.a does not exist: c",
        ),
        ('coalesce("", var.u)', "${var.u}"),
        ("distinct(concat(var.u, []))", "[...]"),
        ("{for k in [var.u] : k => 1}", "{...}"),
        ("self.arn", "${self.arn}"),
        ("each.key", "${each.key}"),
        ("path.module", "."),
        ("path.cwd", "${path.cwd}"),
    ],
)
def test_unknown_parts_stay_and_are_named(
    evaluate: "Evaluate", expression: str, expected: str
) -> None:
    assert spell(value(evaluate(RESOURCE % expression), "t.x")) == expected


def test_equal_expressions_are_equal_and_bound_ones_are_not(evaluate: "Evaluate") -> None:
    text = 'variable "u" {}\nlocals {\n  l = ["a", "b"]\n}\nresource "t" "x" {\n  a = [%s]\n}\n'
    shared = value(evaluate(text % "uuidv5(var.u, 1), uuidv5(var.u,  1)"), "t.x")
    bound = value(evaluate(text % "[for x in local.l : uuidv5(x)]"), "t.x")
    assert isinstance(shared, Sequence)
    assert shared.items[0] == shared.items[1]
    assert isinstance(bound, Sequence)
    inner = bound.items[0]
    assert isinstance(inner, Sequence)
    assert inner.items[0] != inner.items[1]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ('resource "t" "x" {\n  count = 2\n}\n', ["t.x[0]", "t.x[1]"]),
        ('resource "t" "x" {\n  count = 0\n}\n', []),
        (
            'variable "on" { default = true }\nresource "t" "x" { count = var.on ? 1 : 0 }\n',
            ["t.x[0]"],
        ),
        ('variable "on" {}\nresource "t" "x" {\n  count = var.on ? 1 : 0\n}\n', ["t.x[0]?"]),
        ('variable "n" {}\nresource "t" "x" {\n  count = var.n\n}\n', ["t.x[*]?"]),
        (
            'resource "t" "x" {\n  for_each = toset(["b", "a"])\n}\n',
            ['t.x["a"]', 't.x["b"]'],
        ),
        (
            'variable "m" {}\nresource "t" "x" {\n  for_each = merge(var.m, {a = 1})\n}\n',
            ['t.x["a"]', "t.x[*]?"],
        ),
        ('data "t" "x" {}\n', ["data.t.x"]),
    ],
)
def test_count_and_for_each_make_instances(
    evaluate: "Evaluate", text: str, addresses: list[str]
) -> None:
    found = [i.address + ("?" if i.maybe else "") for i in evaluate(text).instances]
    assert found == addresses


MODULE = {
    "main.tf": """
variable "env" { default = "prod" }
module "app" {
  source   = "./modules/app"
  for_each = toset(["a"])
  name     = "${var.env}-${each.key}"
  providers = { aws = aws.west }
}
provider "aws" {
  alias = "west"
  allowed_account_ids = ["123456789012"]
}
resource "t" "x" {
  a = module.app["a"].arn
  b = [for m in module.app : m.arn]
  c = values(module.app)[*].arn
}
""",
    "modules/app/main.tf": """
variable "name" { type = string }
variable "size" { default = "5" }
variable "tags" {
  type    = object({ owner = optional(string, "us"), team = optional(string) })
  default = {}
}
resource "aws_iam_role" "r" {
  name = var.name
  a    = var.tags.owner
  b    = path.module
}
output "arn" { value = "arn:${aws_iam_role.r.name}" }
""",
}


def test_a_module_is_evaluated_per_instance(evaluate: "Evaluate") -> None:
    evaluated = evaluate(MODULE)
    role = next(i for i in evaluated.instances if i.type == "aws_iam_role")
    assert role.address == 'module.app["a"].aws_iam_role.r'
    assert (role.scope, role.provider) == ('|module.app["a"]', "aws.west")
    assert role.occurrence.module_call == 'module.app["a"]'
    assert spell(role.body.attributes["name"]) == "prod-a"
    assert spell(role.body.attributes["a"]) == "us"
    assert spell(role.body.attributes["b"]) == "modules/app"
    assert spell(value(evaluated, "t.x")) == "arn:prod-a"
    assert spell(value(evaluated, "t.x", "b")) == "[arn:prod-a]"
    assert spell(value(evaluated, "t.x", "c")) == "[arn:prod-a]"
    assert evaluated.accounts == {"aws.west": "123456789012"}
    assert evaluated.files == ("main.tf", "modules/app/main.tf")
    assert evaluated.diagnostics == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": 'variable "x" { default = "d" }\nresource "t" "x" { a = var.x }\n'}, "d"),
        (
            {
                "main.tf": 'variable "x" { default = "d" }\nresource "t" "x" { a = var.x }\n',
                "terraform.tfvars": 'x = "e"\n',
            },
            "e",
        ),
        (
            {
                "main.tf": 'variable "x" {}\nresource "t" "x" { a = var.x }\n',
                "terraform.tfvars": 'x = "e"\n',
                "z.auto.tfvars.json": '{"x": "f"}',
            },
            "f",
        ),
        (
            {
                "main.tf": 'variable "x" {\n  type = list(string)\n  default = [1, true]\n}\n'
                'resource "t" "x" { a = var.x }\n',
            },
            "[1, true]",
        ),
        (
            {
                "main.tf": 'resource "t" "x" {\n  a = "base"\n  b = 1\n}\n',
                "main_override.tf": 'resource "t" "x" {\n  a = "over"\n}\n',
            },
            "over",
        ),
        ({"main.tf": 'resource "t" "x" { a = file("p.json") }\n', "p.json": "{}"}, "{}"),
        (
            {
                "main.tf": 'resource "t" "x" { a = templatefile("p.tpl", {x = "1"}) }\n',
                "p.tpl": '%{ if true ~}\n\n  A\n%{ endif ~}\nx\\n$${y} "${x}"',
            },
            '\n  A\nx\\n${y} "1"',
        ),
        (
            {
                "main.tf": 'module "m" { source = "acme/m/aws" }\n'
                'resource "t" "x" { a = module.m.out }\n',
                ".terraform/modules/modules.json": '{"Modules": [{"Key": "m", '
                '"Source": "registry.terraform.io/acme/m/aws", "Version": "1.0.0", '
                '"Dir": ".terraform/modules/m"}]}',
                ".terraform/modules/m/main.tf": 'output "out" { value = "installed" }\n',
            },
            "installed",
        ),
    ],
)
def test_values_come_from_every_kind_of_file(
    evaluate: "Evaluate", files: dict[str, str], expected: str
) -> None:
    assert spell(value(evaluate(files), "t.x")) == expected


def test_a_literal_is_placed_where_it_was_written(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": """
locals {
  bucket  = "arn:aws:s3:::logs"
  actions = ["s3:Get*"]
}
resource "t" "x" {
  a = jsonencode({ Resource = "${local.bucket}/*", Action = local.actions })
  b = <<-EOT
    {"Resource": "${local.bucket}"}
  EOT
  c = file("p.json")
  d = split(",", "s3:a,s3:b")
}
""",
        "p.json": '{"Action": "s3:*"}',
    }
    evaluated = evaluate(files)
    encoded = value(evaluated, "t.x")
    assert isinstance(encoded, Text)
    (piece,) = encoded.pieces
    assert isinstance(piece, Encoded)
    assert isinstance(piece.value, Mapping)
    resource, actions = piece.value.get("Resource"), piece.value.get("Action")
    assert written(files, resource) == [("main.tf", "arn:aws:s3:::logs"), ("main.tf", "/*")]
    assert isinstance(actions, Sequence)
    assert written(files, actions.items[0]) == [("main.tf", "s3:Get*")]
    assert written(files, value(evaluated, "t.x", "b")) == [
        ("main.tf", '{"Resource": "'),
        ("main.tf", "arn:aws:s3:::logs"),
        ("main.tf", '"}\n'),
    ]
    assert written(files, value(evaluated, "t.x", "c")) == [("p.json", '{"Action": "s3:*"}')]
    parts = value(evaluated, "t.x", "d")
    assert isinstance(parts, Sequence)
    assert [written(files, part) for part in parts.items] == [
        [("main.tf", "s3:a")],
        [("main.tf", "s3:b")],
    ]
    assert evaluated.read == {"p.json"}


def written(files: dict[str, str], found: Value | None) -> list[tuple[str, str]]:
    assert isinstance(found, Text)
    spans = [s for p in found.pieces if isinstance(p, Chars) for s in source_spans(p)]
    return [(s.path, files[s.path].encode()[s.start : s.end].decode()) for s in spans]


def test_dynamic_blocks_are_expanded(evaluate: "Evaluate") -> None:
    evaluated = evaluate("""
variable "u" {}
resource "t" "x" {
  dynamic "statement" {
    for_each = ["a", "b"]
    iterator = it
    content {
      sid = "${it.key}-${it.value}"
      dynamic "inner" {
        for_each = var.u
        content {
          v = inner.value
        }
      }
    }
  }
}
""")
    blocks = evaluated.instances[0].body.blocks
    assert [(kind, spell(body.attributes["sid"]), body.maybe) for kind, body in blocks] == [
        ("statement", "0-a", False),
        ("statement", "1-b", False),
    ]
    ((kind, inner),) = blocks[0][1].blocks
    assert (kind, inner.maybe, spell(inner.attributes["v"])) == ("inner", True, "${var.u[*]}")


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        ({"main.tf": 'resource "t" "x" { a = var.no }\n'}, ["dangling-reference var.no"]),
        ({"main.tf": "output o { value = local.no }\n"}, ["dangling-reference local.no"]),
        (
            {"main.tf": 'resource "t" "x" { depends_on = [aws_iam_role.no] }\n'},
            ["dangling-reference aws_iam_role.no"],
        ),
        ({"main.tf": "output o { value = data.t.no.a }\n"}, ["dangling-reference data.t.no"]),
        ({"main.tf": "output o { value = [for x in [] : x] }\n"}, []),
        ({"main.tf": 'resource "t" "x" {\n  lifecycle { ignore_changes = [tags] }\n}\n'}, []),
        ({"main.tf": 'variable "x" { type = list(string) }\n'}, []),
        ({"main.tf": "locals {\n a = local.b\n b = local.a\n}\n"}, []),
        (
            {
                "main.tf": 'locals {\n  a = local.b\n  b = local.a\n}\nresource "t" "x" { a = local.a }\n'
            },
            ["cycle local.a"],
        ),
        ({"main.tf": 'module "m" { source = "./no" }\n'}, ["module-not-found there"]),
        ({"main.tf": 'module "m" { source = "./" }\n'}, ["module-cycle this"]),
        ({"main.tf": 'resource "t" "x" { a = file("../x") }\n'}, ["outside-root '../x'"]),
        ({"main.tf": 'resource "t" "x" { a = file("x") }\n'}, ["file-not-read there"]),
        ({"main.tf": 'resource "t" "x" { a = filebase64sha256("x.zip") }\n'}, []),
        ({"main.tf": 'resource "t" "x" { a = filebase64("x") }\n'}, ["file-not-read there"]),
        ({"main.tf": 'resource "t" "x" { count = 1000000 }\n'}, ["too-many-instances t.x"]),
        ({"main.tf.json": '{"resource": 1}'}, ["syntax-error 'resource'"]),
        ({"x_override.tf": 'resource "t" "x" {}\n'}, ["override-without-base this"]),
    ],
)
def test_what_is_wrong_is_said(
    evaluate: "Evaluate", files: dict[str, str], codes: list[str]
) -> None:
    found = evaluate(files).diagnostics
    assert [f"{d.code} {d.message.split(' ')[0]}" for d in found] == codes


def test_a_module_that_is_not_installed_is_not_in_view(evaluate: "Evaluate") -> None:
    evaluated = evaluate(
        'module "m" { source = "acme/m/aws" }\nresource "t" "x" { a = module.m.out }\n'
    )
    (entry,) = evaluated.not_in_view
    assert (entry.message, entry.remedy) == (
        "module.m (acme/m/aws): the module is not installed",
        "run 'terraform get'",
    )
    assert spell(value(evaluated, "t.x")) == "${module.m.out}"


def test_a_broken_file_leaves_the_others(evaluate: "Evaluate") -> None:
    evaluated = evaluate({"a.tf": 'resource "t" {\n', "b.tf": 'resource "t" "x" { a = local.z }\n'})
    assert [d.code for d in evaluated.diagnostics] == ["syntax-error"]
    assert [i.address for i in evaluated.instances] == ["t.x"]


def bomb(first: str, link: str) -> str:
    links = "".join(f"  l{i} = {link.replace('@', f'local.l{i - 1}')}\n" for i in range(1, 10))
    return f'locals {{\n  l0 = {first}\n{links}}}\nresource "t" "x" {{\n  a = local.l9\n}}\n'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (bomb('["a"]', "[" + ", ".join(["@"] * 10) + "]"), "too-large"),
        (bomb('["a"]', "concat(" + ", ".join(["@"] * 10) + ")"), "too-large"),
        (bomb('"aaaaaaaaaa"', '"' + "${@}" * 10 + '"'), "too-large"),
        (bomb('"a"', "jsonencode([" + ", ".join(["@"] * 10) + "])"), "too-large"),
        (
            'locals {\n  l0 = "a"\n'
            + "".join(f"  l{i} = local.l{i - 1}\n" for i in range(1, 2000))
            + '}\nresource "t" "x" { a = local.l1999 }\n',
            "too-deep",
        ),
        (
            'resource "t" "x0" { a = "a" }\n'
            + "".join(f'resource "t" "x{i}" {{ a = t.x{i - 1}.a }}\n' for i in range(1, 300))
            + 'resource "t" "z" { count = t.x299.a == "b" ? 1 : 0 }\n',
            None,
        ),
        (
            "".join(f'resource "t" "x{i}" {{ a = t.x{i + 1}.a }}\n' for i in range(300))
            + 'resource "t" "x300" { a = "a" }\n',
            "too-deep",
        ),
    ],
)
def test_hostile_text_stays_within_the_budget(
    evaluate: "Evaluate", text: str, code: str | None
) -> None:
    found = {diagnostic.code for diagnostic in evaluate(text).diagnostics}
    assert found == ({code} if code else set())
