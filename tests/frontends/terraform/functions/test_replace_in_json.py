"""A placeholder in encoded JSON is replaced where it stands, or the result is not known."""

from typing import TYPE_CHECKING

import pytest

from leastwise.source.json_write import json_text
from leastwise.source.text import display
from leastwise.source.value import Encoded, Text, Unknown, Value

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate

MODULE = """
variable "u" {{}}
data "aws_caller_identity" "me" {{}}
locals {{
  json = jsonencode({{
    "_KEY_" = ["arn:_ARN_/*", "plain"], n = 12, flag = true
    account = "arn:${{data.aws_caller_identity.me.account_id}}:_ARN_", free = "x${{var.u}}"
  }})
}}
resource "t" "x" {{
  a = {expression}
}}
"""


def replaced(evaluate: "Evaluate", expression: str) -> Value:
    evaluated = evaluate(MODULE.format(expression=expression))
    (found,) = (i for i in evaluated.instances if i.address == "t.x")
    return found.body.attributes["a"]


def spelled(value: Value) -> str:
    if isinstance(value, Unknown):
        return "unknown"
    assert isinstance(value, Text)
    (piece,) = value.pieces
    assert isinstance(piece, Encoded)
    return display(json_text(piece.value))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            'replace(local.json, "_ARN_", "here")',
            (
                '{"_KEY_":["arn:here/*","plain"],"n":12,"flag":true,'
                '"account":"arn:${data.aws_caller_identity.account_id}:here","free":"x${var.u}"}'
            ),
        ),
        (
            'replace(local.json, "_KEY_", var.u)',
            (
                '{"${var.u}":["arn:_ARN_/*","plain"],"n":12,"flag":true,'
                '"account":"arn:${data.aws_caller_identity.account_id}:_ARN_","free":"x${var.u}"}'
            ),
        ),
    ],
)
def test_a_placeholder_is_replaced_in_strings_and_keys(
    evaluate: "Evaluate", expression: str, expected: str
) -> None:
    assert spelled(replaced(evaluate, expression)) == expected


def test_a_symbol_that_may_hold_the_placeholder_becomes_another_one(evaluate: "Evaluate") -> None:
    before, after = (
        replaced(evaluate, f"jsondecode({text}).free")
        for text in ("local.json", 'replace(local.json, "_ARN_", "here")')
    )
    assert isinstance(before, Text)
    assert isinstance(after, Text)
    assert before.pieces[0] == after.pieces[0]
    assert before.pieces[1] != after.pieces[1]


@pytest.mark.parametrize(
    "expression",
    [
        'replace(local.json, "true", "false")',
        'replace(local.json, "12", "13")',
        'replace(local.json, "\\"", "\'")',
        'replace(local.json, "},{", ",")',
        'replace(local.json, "_ARN_", "a\\"b")',
        'replace(local.json, "_ARN_", "a\\nb")',
    ],
)
def test_what_may_change_the_json_itself_is_not_replaced_in_strings(
    evaluate: "Evaluate", expression: str
) -> None:
    found = replaced(evaluate, expression)
    assert isinstance(found, Unknown) or not any(
        isinstance(piece, Encoded) for piece in getattr(found, "pieces", ())
    )
