"""Documents stay readable through functions that take encoded JSON or keys that are not known."""

from typing import TYPE_CHECKING

import pytest

from leastwise.frontends.terraform.values.conversions import literal
from leastwise.source.value import Choice

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate

ADMIN = 'jsonencode({Effect = "Allow", Action = "*"})'


@pytest.mark.parametrize(
    "expression",
    [
        f'join("", split("", {ADMIN}))',
        f'join("", flatten(chunklist(split("", {ADMIN}), 3)))',
        f'join("*", split("*", {ADMIN}))',
        f"format({ADMIN})",
        f"formatlist({ADMIN})[0]",
        'format(jsonencode({Effect = "Allow", Action = "%s"}), "*")',
        f"strrev(strrev({ADMIN}))",
        f'trimprefix({ADMIN}, "x")',
        f'trimsuffix({ADMIN}, "x")',
        f'trimprefix("x${{{ADMIN}}}", "x")',
        f'"{{${{trimprefix({ADMIN}, "{{")}}"',
        f'"${{trimsuffix({ADMIN}, "}}")}}}}"',
        f'startswith({ADMIN}, "{{") ? {ADMIN} : "x"',
        f'endswith("${{{ADMIN}}}", "}}") ? {ADMIN} : "x"',
        f'trim({ADMIN}, "x")',
        f'replace(replace({ADMIN}, "*", "#"), "#", "*")',
        f'element(split("#", "x#${{{ADMIN}}}"), 1)',
    ],
)
def test_encoded_json_can_be_cut_and_filled_in(evaluate: "Evaluate", expression: str) -> None:
    instance = evaluate(f'resource "t" "x" {{\n  a = {expression}\n}}\n').instances[0]
    assert literal(instance.body.attributes["a"]) == '{"Action":"*","Effect":"Allow"}'


@pytest.mark.parametrize(
    ("entries", "default", "expected"),
    [
        ('{p = "s3:GetObject"}', '"*"', ["s3:GetObject", "*"]),
        ('{p = "*", q = "x"}', '"y"', ["*", "x", "y"]),
        ('tomap({p = "*"})', '"y"', ["*", "y"]),
    ],
)
def test_a_key_that_is_not_known_leads_to_each_entry_or_the_default(
    evaluate: "Evaluate", entries: str, default: str, expected: list[str]
) -> None:
    text = f'resource "t" "x" {{\n  a = lookup({entries}, terraform.workspace, {default})\n}}\n'
    found = evaluate(text).instances[0].body.attributes["a"]
    assert isinstance(found, Choice)
    assert [literal(value) for _, value in found.alternatives] == expected


def test_of_an_empty_map_the_default_is_taken(evaluate: "Evaluate") -> None:
    text = 'resource "t" "x" {\n  a = lookup({}, terraform.workspace, "*")\n}\n'
    assert literal(evaluate(text).instances[0].body.attributes["a"]) == "*"


def test_an_index_that_is_not_known_leads_to_each_item(evaluate: "Evaluate") -> None:
    text = 'variable "i" {}\nresource "t" "x" {\n  a = ["s3:GetObject", "*"][var.i]\n}\n'
    found = evaluate(text).instances[0].body.attributes["a"]
    assert isinstance(found, Choice)
    assert [literal(value) for _, value in found.alternatives] == ["s3:GetObject", "*"]


def test_try_does_not_pass_over_structures_that_terraform_may_make_one_type(
    evaluate: "Evaluate",
) -> None:
    # terraform 1.11 drops ``tags`` and takes the first argument.
    first = 'true ? tolist([{id = "a"}]) : [{id = "b", tags = {}}]'
    text = f'resource "t" "x" {{\n  a = try({first}, "none")\n}}\n'
    found = evaluate(text).instances[0].body.attributes["a"]
    assert isinstance(found, Choice)
    assert [literal(value) for _, value in found.alternatives] == [None, "none"]
