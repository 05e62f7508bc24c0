"""Calls of functions that Terraform does not have are said at their place, used or not."""

from collections.abc import Callable

import pytest

from leastwise.frontends.terraform.model import Evaluated


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("locals { a = jsonencod({}) }\n", "jsonencod({})", "did you mean 'jsonencode'?"),
        ("locals { a = [for x in [1] : uper(x)] }\n", "uper(x)", "did you mean 'upper'?"),
        ("locals { a = {for x in [1] : uper(x) => 1 if true} }\n", "uper(x)", None),
        ('locals { a = "a${uper("b")}" }\n', 'uper("b")', None),
        ('locals { a = "%{ if uper(1) == 2 }x%{ endif }" }\n', "uper(1)", None),
        ('locals { a = "%{ for x in [1] }${uper(x)}%{ endfor }" }\n', "uper(x)", None),
        ("locals { a = {b = 1}[uper(2)] }\n", "uper(2)", None),
        ("locals { a = [{b = 1}][*][uper(2)] }\n", "uper(2)", None),
        ("locals { a = -(1 + uper(2)) }\n", "uper(2)", None),
        ("locals { a = true ? 1 : uper(2) }\n", "uper(2)", None),
        ("locals { a = upper(uper(2)) }\n", "uper(2)", None),
        ("locals { a = JSONEncode({}) }\n", "JSONEncode({})", "did you mean 'jsonencode'?"),
        ("locals { a = core::uper(2) }\n", "core::uper(2)", "did you mean 'upper'?"),
        ("locals { a = zzz() }\n", "zzz()", "call one of Terraform's built-in functions"),
        ('resource "t" "x" {\n  b {\n    c = uper(1)\n  }\n}\n', "uper(1)", None),
        ('check "x" {\n  assert {\n    condition = uper(1) == 1\n  }\n}\n', "uper(1)", None),
        ('variable "x" {\n  default = list("a")\n}\n', 'list("a")', None),
    ],
)
def test_an_unknown_function_is_an_error_at_the_call(
    evaluate: Callable[[str], Evaluated], text: str, place: str, remedy: str | None
) -> None:
    (found,) = evaluate(text).diagnostics
    assert (found.severity, found.code) == ("error", "unknown-function")
    assert text[found.span.start : found.span.end] == place
    assert place.partition("(")[0] in found.message
    assert remedy in (None, found.remedy)


@pytest.mark.parametrize(
    "text",
    [
        'variable "x" {\n  type = object({ a = optional(list(string), []) })\n}\n',
        "locals { a = core::upper(1) }\n",
        "locals { a = try(can(1), provider::acme::uper(2)) }\n",
        'locals { a = urldecode("x") }\n',
        "locals { a = [max([1, 2]...), timestamp(), uuid(), nonsensitive(sensitive(1))] }\n",
    ],
)
def test_functions_of_terraform_of_providers_and_of_opentofu_pass(
    evaluate: Callable[[str], Evaluated], text: str
) -> None:
    assert evaluate(text).diagnostics == ()


def test_an_unknown_function_in_json_is_said(
    evaluate: Callable[[dict[str, str]], Evaluated],
) -> None:
    text = '{"locals": {"a": "${uper(1)}"}, "variable": {"b": {"type": "list(string)"}}}'
    (found,) = evaluate({"main.tf.json": text}).diagnostics
    assert (found.code, text[found.span.start : found.span.end]) == ("unknown-function", "uper(1)")
