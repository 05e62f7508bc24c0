"""Override files merge as Terraform 1.11.4 merges them.

The values of arguments, names and counts are what ``terraform plan`` showed for these files; for
nested blocks: https://developer.hashicorp.com/terraform/language/files/override, and for dynamic
ones hashicorp/terraform, internal/configs/module_merge_body.go.
"""

from typing import TYPE_CHECKING

import pytest

from leastwise.source.json_write import json_text
from leastwise.source.text import display

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate

BASE = 'resource "t" "a" {\n  input = "base"\n}\n'


def inputs(evaluate: "Evaluate", files: dict[str, str]) -> dict[str, str]:
    return {
        i.address: display(json_text(i.body.attributes["input"])) for i in evaluate(files).instances
    }


@pytest.mark.parametrize(
    ("name", "merges"),
    [
        ("override.tf", True),
        ("x_override.tf", True),
        ("a.b_override.tf", True),
        ("_override.tf", True),
        ("override.x.tf", False),
        ("x-override.tf", False),
        ("x_override.y.tf", False),
    ],
)
def test_the_name_before_the_suffix_makes_an_override(
    evaluate: "Evaluate", name: str, merges: bool
) -> None:
    files = {"main.tf": BASE, name: 'resource "t" "a" {\n  input = "over"\n}\n'}
    assert inputs(evaluate, files) == {"t.a": '"over"' if merges else '"base"'}


@pytest.mark.parametrize("name", ["override.tf.json", "x_override.tf.json"])
def test_an_override_in_json_syntax_merges(evaluate: "Evaluate", name: str) -> None:
    files = {"main.tf": BASE, name: '{"resource": {"t": {"a": {"input": "over ${1}"}}}}'}
    assert inputs(evaluate, files) == {"t.a": '"over 1"'}


def test_files_whose_names_start_with_a_hash_are_read(evaluate: "Evaluate") -> None:
    assert inputs(evaluate, {"#x.tf": BASE, ".y.tf": "{", "z.tf~": "{"}) == {"t.a": '"base"'}


def test_overrides_apply_in_the_order_of_their_names(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": 'resource "t" "a" {\n  input = "base"\n}\n'
        'locals {\n  l = 1\n  m = 2\n}\nvariable "v" {\n  default = "base"\n}\n',
        "override.tf": 'resource "t" "a" {\n  input = "first ${local.l} ${var.v}"\n}\n'
        'locals {\n  l = "first"\n}\nvariable "v" {\n  default = "first"\n}\n',
        "z_override.tf.json": '{"locals": {"l": "json ${local.m}"},'
        ' "variable": {"v": {"default": "json"}}, "resource": {"t": {"a": {"other": 1}}}}',
    }
    assert inputs(evaluate, files) == {"t.a": '"first json 2 json"'}


@pytest.mark.parametrize(
    ("base", "change", "addresses"),
    [
        ("count = 2", 'for_each = toset(["k"])', ["t.a[0]", "t.a[1]"]),
        ('for_each = toset(["x", "y"])', "count = 1", ["t.a[0]"]),
        ("count = 2", "count = 1", ["t.a[0]"]),
    ],
)
def test_count_wins_over_for_each(
    evaluate: "Evaluate", base: str, change: str, addresses: list[str]
) -> None:
    files = {
        "main.tf": f'resource "t" "a" {{\n  {base}\n  input = "base"\n}}\n',
        "override.tf": f'resource "t" "a" {{\n  {change}\n}}\n',
    }
    assert list(inputs(evaluate, files)) == addresses


_BLOCK = 'resource "t" "a" {\n  %s\n}\n'


@pytest.mark.parametrize(
    ("base", "name", "change", "expected"),
    [
        ("b { k = 1 }\n  c { k = 9 }", "tf", "b { k = 2 }", ["c9", "b2"]),
        (
            'dynamic "b" {\n    for_each = [1]\n    content {\n      k = 1\n    }\n  }',
            "tf",
            "b { k = 2 }",
            ["b2"],
        ),
        (
            "b { k = 1 }",
            "tf",
            'dynamic "b" {\n    for_each = [1]\n    content {\n      k = 2\n    }\n  }',
            ["b2"],
        ),
        ("b { k = 1 }", "tf.json", '"b": [{"k": 2}, {"k": 3}]', ["b2", "b3"]),
        ("b { k = 1 }", "tf.json", '"b": []', ["b1"]),
        (
            "b { k = 1 }",
            "tf.json",
            '"dynamic": {"b": {"for_each": [1], "content": {"k": 2}}}',
            ["b2"],
        ),
    ],
)
def test_nested_blocks_replace_those_of_their_type(
    evaluate: "Evaluate", base: str, name: str, change: str, expected: list[str]
) -> None:
    over = _BLOCK % change if name == "tf" else '{"resource": {"t": {"a": {%s}}}}' % change  # noqa: UP031
    (instance,) = evaluate({"main.tf": _BLOCK % base, f"override.{name}": over}).instances
    found = [kind + display(json_text(body.attributes["k"])) for kind, body in instance.body.blocks]
    assert found == expected


def test_a_block_overrides_what_json_left_open(evaluate: "Evaluate") -> None:
    files = {
        "main.tf.json": '{"resource": {"t": {"a": {"b": [{"k": 1}]}, "x": {"input": "${t.a.b}"}}}}',
        "override.tf": _BLOCK % "b { k = 2 }",
    }
    found = {i.address: i.body for i in evaluate(files).instances}
    assert display(json_text(found["t.x"].attributes["input"])) == '[{"k":2,${t.a.b[0]}}]'


def test_the_default_provider_needs_no_base(evaluate: "Evaluate") -> None:
    evaluated = evaluate(
        {"main.tf": "", "override.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\n'}
    )
    assert evaluated.diagnostics == ()
