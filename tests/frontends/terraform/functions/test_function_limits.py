"""Calls that ask for too much end quickly, unknown, and with a diagnostic where we gave up.

Regular expressions are matched in linear time: no pattern makes them explode.
"""

import time
from typing import TYPE_CHECKING

import pytest

from leastwise.source.value import Choice, Scalar, Sequence, Unknown

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate

LONG = '"' + "a" * 60_000 + '"'
COMMAS = '"' + "a," * 30_000 + '"'

REFUSED_OR_UNKNOWN = {
    "range(1000000000)": "",
    "range(0, 1, 0.0000001)": "",
    "pow(10, 100000)": "",
    "pow(1.0000001, 1e300)": "",
    "1e999999 * 1e999999": "",
    'parseint(join("", [for i in range(1000) : "99"]), 10)': "",
    'format("%999999999d", 1)': "",
    'format("%.999999999f", 1)': "",
    'indent(999999999, "a\\nb")': "too-large",
    f'regex("(a*)*b", {LONG})': "",
    f'regex("(a|aa)+$", "{"a" * 20_000}b")': "",
    'regex("((a{100}){100}){100}", "a")': "too-much-work",
    'regex("((((((((((a+)+)+)+)+)+)+)+)+)+)+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")': "",
    f'replace({LONG}, "/a/", {LONG})': "too-much-work",
    f'replace({LONG}, "a", {LONG})': "too-large",
    f"join({LONG}, range(1000))": "too-large",
    'join("", [for i in range(1000) : format("%4000s", i)])': "too-large",
    "setproduct(range(1000), range(1000))": "too-large",
    'yamldecode("a: &a [1,1,1,1,1,1,1,1,1,1]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\\n")': "",
}  # fmt: skip
QUICK = (
    f"length({LONG})",
    f"strrev({LONG})",
    f'regexall("(x+x+)+y", {LONG})',
    f"csvdecode({COMMAS})",
    f'length(distinct(split("", {COMMAS})))',
    f'length(distinct([for i in range(1000) : "${{i}}-{"x" * 20}"]))',
    f'toset(split(",", {COMMAS}))',
    f'setsubtract(split("", {COMMAS}), split(",", {COMMAS}))',
    f"title({LONG})",
    f'cidrsubnets("10.0.0.0/8", {", ".join(["16"] * 250)})',
    f'formatdate("{"YYYY-" * 2_000}", "2020-01-01T00:00:00Z")',
    'length("' + "e" + "\u0301" * 20_000 + '")',
)  # fmt: skip


@pytest.mark.parametrize("expression", REFUSED_OR_UNKNOWN)
def test_what_asks_for_too_much_is_unknown(evaluate: "Evaluate", expression: str) -> None:
    start = time.process_time()
    found = evaluate(f'resource "t" "x" {{\n  a = {expression}\n}}\n')
    assert time.process_time() - start < 8
    value = found.instances[0].body.attributes["a"]
    assert isinstance(value, Unknown | Choice) or (isinstance(value, Sequence) and value.tail)
    code = REFUSED_OR_UNKNOWN[expression]
    assert not code or code in {d.code for d in found.diagnostics}


@pytest.mark.parametrize("expression", QUICK)
def test_long_input_takes_no_long_time(evaluate: "Evaluate", expression: str) -> None:
    start = time.process_time()
    evaluate(f'resource "t" "x" {{\n  a = {expression}\n}}\n')
    assert time.process_time() - start < 8


def test_a_file_that_every_round_of_a_loop_renders_is_rendered_once(evaluate: "Evaluate") -> None:
    rules = ", ".join(f'"k{i}": "${{net}}{"x" * 100}"' for i in range(220))
    render = 'jsondecode(templatefile("rules.json", local.names))'
    text = f"""
locals {{
  names = {{ net = "10.0.0.0/8" }}
  rules = {{ for k in keys({render}) : k => {render}[k] }}
}}
resource "t" "x" {{
  a = length(local.rules)
}}
"""
    evaluated = evaluate({"main.tf": text, "rules.json": f"{{{rules}}}"})
    (instance,) = evaluated.instances
    assert instance.body.attributes["a"] == Scalar(220, instance.body.attributes["a"].span)
    assert evaluated.diagnostics == ()
