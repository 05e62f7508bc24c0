"""Variables have the values that Terraform 1.11.4 gives them for their declared types."""

from typing import TYPE_CHECKING

import pytest

from leastwise.source.text import display
from leastwise.source.value import Text

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate


@pytest.mark.parametrize(
    ("declared", "default", "expected"),
    [
        ("bool", '"1"', "true"),
        ("bool", '"0"', "false"),
        ("bool", '"true"', "true"),
        ("number", '"007"', "7"),
        ("string", "1.50", "1.5"),
        ("string", "true", "true"),
    ],
)
def test_a_default_is_converted_to_the_declared_type(
    evaluate: "Evaluate", declared: str, default: str, expected: str
) -> None:
    text = (
        f'variable "v" {{\n  type    = {declared}\n  default = {default}\n}}\n'
        'resource "t" "x" {\n  a = "is ${var.v}"\n}\n'
    )
    (instance,) = evaluate(text).instances
    found = instance.body.attributes["a"]
    assert isinstance(found, Text)
    assert display(found) == f"is {expected}"
