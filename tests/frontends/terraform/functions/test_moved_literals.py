"""What functions only move keeps its place: the bytes at its span spell it."""

from typing import TYPE_CHECKING

import pytest

from leastwise.source.value import Chars, Choice, Encoded, Mapping, Sequence, Text, Value

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate

ACTION = "s3:GetObject"
MOVES = (
    'join(",", ["s3:GetObject", "x"])',
    'join(",", ["x"], ["s3:GetObject"])',
    'format("%s/%s", "x", "s3:GetObject")',
    'format("s3:GetObject%s", var.u)',
    'formatlist("%s", ["s3:GetObject"])',
    'concat(["x"], ["s3:GetObject"])',
    'merge({a = 1}, {b = "s3:GetObject"})',
    'lookup({a = "s3:GetObject"}, "a", "x")',
    'lookup({}, "a", "s3:GetObject")',
    'element(["x", "s3:GetObject"], 1)',
    'replace("s3:GetObject/ACCOUNT", "ACCOUNT", "1")',
    'replace("NAME", "NAME", "s3:GetObject")',
    'trimspace("  s3:GetObject\\n")',
    'trimprefix("aws:s3:GetObject", "aws:")',
    'trimsuffix("s3:GetObject*", "*")',
    'jsonencode({a = "s3:GetObject"})',
    'jsondecode(jsonencode({a = "s3:GetObject"}))',
    'jsondecode("[\\"s3:GetObject\\"]")',
    'split(",", "x,s3:GetObject")',
    'substr("s3:GetObject!", 0, 12)',
    'sort(["x", "s3:GetObject"])',
    'distinct(["s3:GetObject", "s3:GetObject"])',
    'compact(["", "s3:GetObject"])',
    'flatten([["x"], ["s3:GetObject"]])',
    'reverse(["x", "s3:GetObject"])',
    'slice(["x", "s3:GetObject"], 1, 2)',
    'toset(["x", "s3:GetObject"])',
    'setunion(["x"], ["s3:GetObject"])',
    'tolist(["s3:GetObject", 1])',
    'values({a = "s3:GetObject"})',
    'keys({"s3:GetObject" = 1})',
    'zipmap(["a"], ["s3:GetObject"])',
    'coalesce("", "s3:GetObject")',
    'try(null.a, "s3:GetObject")',
    'one(["s3:GetObject"])',
    'chunklist(["x", "s3:GetObject"], 1)',
    'lower("s3:GetObject") == "" ? "x" : "s3:GetObject"',
    'nonsensitive(sensitive("s3:GetObject"))',
    'templatestring(local.t, {x = "s3:GetObject"})',
    '"${upper("x")}s3:GetObject"',
)


def texts(value: Value) -> list[Text]:
    match value:
        case Text():
            inner = [t for p in value.pieces if isinstance(p, Encoded) for t in texts(p.value)]
            return [value, *inner]
        case Sequence():
            return [text for item in value.items for text in texts(item)]
        case Mapping():
            return [t for key, item in value.entries for t in (key, *texts(item))]
        case Choice():
            return [text for _, item in value.alternatives for text in texts(item)]
        case _:
            return []


@pytest.mark.parametrize("expression", MOVES)
def test_a_literal_that_is_moved_keeps_its_place(evaluate: "Evaluate", expression: str) -> None:
    source = (
        'variable "u" {}\nlocals {\n  t = "[$${x}]"\n}\n'
        f'resource "t" "x" {{\n  a = {expression}\n}}\n'
    )
    value = evaluate(source).instances[0].body.attributes["a"]
    spelled = set()
    for text in texts(value):
        for piece in text.pieces:
            if isinstance(piece, Chars) and ACTION in piece.text:
                start = piece.text.index(ACTION)
                inside = [s for s in piece.segments if s.start <= start and s.end > start]
                data = source.encode()
                spelled |= {data[s.span.start : s.span.end].decode() for s in inside}
    assert any(ACTION in found for found in spelled), spelled
