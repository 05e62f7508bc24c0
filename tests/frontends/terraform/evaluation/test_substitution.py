"""What is said of partly known values holds for whatever the unknown part turns out to be.

Each expression is evaluated with ``var.u`` unset, and with values of it. The answer for the
unknown must have a reading that is the answer for the value: the symbol replaced by the value,
one alternative of each choice, anything that matches its glob for other unknowns.
"""

import re
import unicodedata
from collections.abc import Iterator

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.values.conversions import terraform_json
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

STRINGS = (
    "",
    "a",
    "A",
    "a/b",
    " x ",
    "1",
    "arn:aws:s3:::b",
    "\u00e9\u0301",
    "true",
    "-",
    "\u00e9l",
    "lo",
    "ab,c",
)
OF_STRING = (
    '"x${var.u}y"', 'upper("x${var.u}")', 'lower("X${var.u}Y")', 'title("x${var.u}")',
    'trimspace("  x${var.u}y ")', 'trimspace("  ${var.u} ")', 'trimprefix("a/${var.u}", "a")',
    'trimprefix("a/${var.u}", "a/b")', 'trimprefix(var.u, "a")', 'trimsuffix("${var.u}-x", "-x")',
    'trimsuffix("${var.u}x", "lox")', 'startswith("ab${var.u}", "abc")', 'startswith("ab${var.u}", "x")',
    'endswith("${var.u}ab", "b")', 'endswith("${var.u}ab", "cab")', 'strcontains("x/${var.u}", "/")',
    'strcontains("x${var.u}", "/")', 'substr("hello${var.u}", 0, 3)', 'substr("hello${var.u}", 0, 5)',
    'substr("hello${var.u}", 2, -1)', "substr(var.u, 0, 1)", 'replace("a.b${var.u}", ".", "-")',
    'replace("a/b${var.u}c/d", "/", "-")', 'replace(var.u, "a", "b")', 'replace("x-${var.u}", "x-a", "")',
    'split("/", "a/${var.u}/c")', 'split(",", var.u)', 'join("-", ["a", var.u])', 'join(var.u, ["a", "b"])',
    'format("%s-%s", "a", var.u)', 'format("%5s|", var.u)', 'format("%q", var.u)', 'format("%d", var.u)',
    'format("%v", [var.u])', 'formatlist("%s/x", [var.u, "b"])', 'formatlist("%s-%s", ["a"], var.u)',
    "jsonencode({a = var.u})", "jsondecode(jsonencode([var.u]))[0]", 'length("a${var.u}")', 'strrev("a${var.u}")',
    'concat(["a"], [var.u])', 'compact(["a", var.u, "", "x${var.u}"])', 'distinct(["a", var.u, "a"])',
    'contains(["a", "b"], var.u)', "contains([var.u], var.u)", 'index(["a", var.u], "a")', 'sort([var.u, "b"])',
    'toset(["b", var.u])', 'length(toset(["a", var.u]))', 'setunion(["a"], [var.u])', 'setsubtract(["a", "b"], [var.u])',
    'setintersection(["a", "b"], [var.u])', "merge({a = 1, b = 2}, {(var.u) = 3})", "lookup({a = 1}, var.u, 2)",
    "keys({(var.u) = 1})", "zipmap([var.u], [1])", 'coalesce(var.u, "d")', 'coalesce("", var.u, "d")', "try(tonumber(var.u), 0)",
    "can(tonumber(var.u))", 'var.u == "a" ? "x" : "y"', 'var.u != "" ? [var.u] : []', '[for x in ["a", var.u] : x if x != "a"]',
    '{for x in ["a", var.u] : x => 1...}', 'one(var.u == "a" ? ["z"] : [])', 'element(["a", var.u], 1)', 'slice(["a", var.u], 0, 1)',
    'flatten([["a"], [var.u]])', 'reverse(["a", var.u])', 'chunklist(["a", var.u], 1)', 'alltrue([false, var.u == "a"])',
    'anytrue([var.u == "a"])', 'regexall("a", var.u)', 'regex("^(.*)$", "x${var.u}")', 'indent(2, "a\n${var.u}")', "urlencode(var.u)",
    'base64encode("x${var.u}")', "md5(var.u)", "tostring(var.u)", "tolist([var.u])[0]", "yamlencode({a = var.u})", 'chomp("a${var.u}\\n")',
    'trim("/a${var.u}/", "/")', 'matchkeys(["x", "y"], ["a", "b"], [var.u])', "transpose({a = [var.u]})", 'provider::aws::arn_build("aws", "iam", "", "1", var.u)',
)  # fmt: skip
LISTS = ("[]", '["a"]', '["b"]', '["a", "b"]')
OF_LIST = (
    'concat(["x"], var.u)', 'concat(["x"], var.u)[0]', 'concat(var.u, ["x"])[0]', 'element(concat(var.u, ["x"]), 0)',
    'element(concat(["x"], var.u, ["y"]), 0)', 'length(concat(["x"], var.u)) > 0', 'contains(concat(["x"], var.u), "x")',
    'contains(concat(["x"], var.u), "b")', 'distinct(concat(["a", "a"], var.u))', 'compact(concat(["a", ""], var.u))',
    'flatten([["x"], var.u])', "one(var.u)", "one(var.u[*])", 'join("", var.u[*])', 'try(var.u[0], "d")', "length(var.u) > 0 ? var.u[0] : null",
    'toset(concat(["x"], var.u))', 'reverse(concat(["x"], var.u))', 'reverse(concat(var.u, ["x"]))[0]', 'setunion(["a"], var.u)',
    'coalescelist(var.u, ["d"])', '[for x in concat(["x"], var.u) : upper(x)]', "merge({a = 1}, {for x in var.u : x => 2})", "sort(var.u)",
    'formatlist("%s!", var.u)', 'jsonencode(concat(["x"], var.u))', "element(var.u, 0)", 'slice(concat(["x", "y"], var.u), 0, 1)', "values({a = var.u})[0]",
    'setproduct(["x"], var.u)', 'tolist(concat(["x"], var.u))[0]', 'concat(var.u, var.u, ["x"])[0]',
)  # fmt: skip


def values(expressions: tuple[str, ...], default: str | None) -> list[Value]:
    lines = "".join(f"  e{index} = {text}\n" for index, text in enumerate(expressions))
    variable = "" if default is None else f" default = {default} "
    text = f'variable "u" {{{variable}}}\nresource "t" "x" {{\n{lines}}}\n'
    tree = MemoryTree({"main.tf": text.encode()})
    evaluated = evaluate_root(Root("terraform", ""), tree, Config(), wanted=lambda _: True)
    attributes = evaluated.instances[0].body.attributes
    return [attributes[f"e{index}"] for index in range(len(expressions))]


def fits(open_value: Value, known: Value, given: str) -> bool:
    """Say whether a value with unknown parts may turn out to be a known one."""
    match open_value, known:
        case (Unknown(), _) | (_, Unknown()):
            return True
        case Choice(), _:
            return any(fits(value, known, given) for _, value in open_value.alternatives)
        case Text(), Text():
            return text_fits(open_value, known, given)
        case Sequence(), Sequence():
            return sequence_fits(open_value, known, given)
        case Mapping(), Mapping():
            return mapping_fits(open_value, known, given)
        case Scalar(), Scalar():
            return open_value == known
        case Text(), Scalar(value=None):
            return False
        case _:
            return terraform_json(open_value) == terraform_json(known)


def text_fits(open_value: Text, known: Text, given: str) -> bool:
    spelled = "".join(
        terraform_json(p.value) or "" if isinstance(p, Encoded) else p.text
        for p in known.pieces
        if not isinstance(p, Symbol)
    )
    parts = (pattern(piece, given) for piece in open_value.pieces)
    return re.fullmatch("".join(parts), spelled, re.DOTALL) is not None


def pattern(piece: object, given: str) -> str:
    match piece:
        case Chars(text=text):
            return re.escape(text)
        case Symbol(id=name) if name.endswith("|var.u"):
            return re.escape(given)
        case Symbol(glob=glob):
            return "".join(".*" if c == "*" else re.escape(c) for c in glob)
        case Encoded(value=value):
            spelled = terraform_json(value)
            return ".*" if spelled is None else re.escape(spelled)
        case _:
            raise AssertionError(piece)


def sequence_fits(open_value: Sequence, known: Sequence, given: str) -> bool:
    if open_value.is_set or open_value.tail is not None:
        return all(any(fits(o, k, given) for k in known.items) for o in open_value.items) and (
            open_value.tail is not None
            or all(any(fits(o, k, given) for o in open_value.items) for k in known.items)
        )
    if len(open_value.items) != len(known.items):
        return False
    pairs = zip(open_value.items, known.items, strict=True)
    return all(fits(one, other, given) for one, other in pairs)


def mapping_fits(open_value: Mapping, known: Mapping, given: str) -> bool:
    for key, value in open_value.entries:
        matching = [k for k in known.entries if text_fits(key, k[0], given)]
        if not any(fits(value, item, given) for _, item in matching):
            return False
    return open_value.tail is not None or len(open_value.entries) == len(known.entries)


def cases(
    expressions: tuple[str, ...], defaults: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, str, Value, Value, str]]:
    opened = values(expressions, None)
    for default, given in defaults:
        for text, one, other in zip(expressions, opened, values(expressions, default), strict=True):
            yield text, default, one, other, given


@pytest.mark.parametrize(("expressions", "defaults"), [(OF_STRING, "strings"), (OF_LIST, "lists")])
def test_every_value_of_the_unknown_fits(expressions: tuple[str, ...], defaults: str) -> None:
    given = (
        tuple((f'"{text}"', unicodedata.normalize("NFC", text)) for text in STRINGS)
        if defaults == "strings"
        else tuple((text, text) for text in LISTS)
    )
    wrong = [
        (text, default, one, other)
        for text, default, one, other, value in cases(expressions, given)
        if not fits(one, other, value)
    ]
    assert wrong == []


ENABLED = """
variable "n" {}
resource "aws_s3_bucket" "b" {
  count  = var.n
  bucket = "logs"
}
resource "t" "x" {
  one     = one(aws_s3_bucket.b[*].arn)
  joined  = join("", aws_s3_bucket.b[*].arn)
  tried   = try(aws_s3_bucket.b[0].arn, "none")
  element = element(concat(aws_s3_bucket.b[*].arn, ["none"]), 0)
  index   = concat(aws_s3_bucket.b[*].arn, ["none"])[0]
  tested  = length(aws_s3_bucket.b) > 0 ? aws_s3_bucket.b[0].arn : "none"
}
"""


@pytest.mark.parametrize(
    ("name", "otherwise"),
    [
        ("one", "null"),
        ("joined", '""'),
        ("tried", '"none"'),
        ("element", '"none"'),
        ("index", '"none"'),
        ("tested", '"none"'),
    ],
)
def test_a_resource_that_may_be_missing_is_there_or_not(name: str, otherwise: str) -> None:
    tree = MemoryTree({"main.tf": ENABLED.encode()})
    evaluated = evaluate_root(Root("terraform", ""), tree, Config(), wanted=lambda _: True)
    found = next(i for i in evaluated.instances if i.type == "t").body.attributes[name]
    assert isinstance(found, Choice)
    spelled = [terraform_json(value) for _, value in found.alternatives]
    assert len(spelled) == 2
    assert otherwise in spelled
    other = next(v for _, v in found.alternatives if terraform_json(v) != otherwise)
    assert isinstance(other, Text | Unknown)
