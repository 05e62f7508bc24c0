"""The parts of Fn::Sub strings, and dynamic references."""

import time

import pytest

from leastwise.frontends.cloudformation.evaluation.substitution import (
    Placeholder,
    dynamic_references,
    substitution_parts,
)
from leastwise.source.span import Span
from leastwise.source.text import display, literal_text
from leastwise.source.value import Chars, Segment, Symbol, Text


def written(text):
    span = Span("t.yaml", 10, 10 + len(text))
    return literal_text(text, (Segment(0, len(text), span),), span)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("${A}", [("A", 10, 14)]),
        ("x${A.B}y", ["x", ("A.B", 11, 17), "y"]),
        ("${ A }", [("A", 10, 16)]),
        ("${!A}", ["${", "A", "}"]),
        ("${!}", ["${", "}"]),
        ("$${A}", ["$", ("A", 11, 15)]),
        ("${A", ["${A"]),
        ("${}", [("", 10, 13)]),
        ("a}${B}", ["a}", ("B", 12, 16)]),
    ],
)
def test_a_string_has_the_parts(text, parts):
    found = [
        (p.name, p.span.start, p.span.end) if isinstance(p, Placeholder) else p.literal
        for p in substitution_parts(written(text))
    ]
    assert found == parts


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", ["plain"]),
        ("{{resolve:ssm:a}}", ["${{{resolve:ssm:a}}}"]),
        ("a{{resolve:b}}c{{resolve:d}}", ["a", "${{{resolve:b}}}", "c", "${{{resolve:d}}}"]),
        ("a{{resolve:b", ["a{{resolve:b"]),
        ("a}}b{{resolve:q}}}}", ["a}}b", "${{{resolve:q}}}", "}}"]),
    ],
)
def test_a_dynamic_reference_is_one_symbol(text, pieces):
    found = dynamic_references(written(text), "t")
    assert [display(Text((piece,))) for piece in found.pieces] == pieces


def test_a_dynamic_reference_may_hold_what_is_not_known_and_is_told_apart_by_it():
    one, two = (
        dynamic_references(
            Text((Chars("{{resolve:ssm:/"), Symbol(f"t|{name}", "X"), Chars("}}!"))), "t"
        )
        for name in ("a", "b")
    )
    assert [display(one), display(two)] == ["${{{resolve:ssm:/${X}}}}!"] * 2
    assert one.pieces[0] != two.pieces[0]
    assert one.pieces[0].reason == "a dynamic reference, which is looked up on deployment"


@pytest.mark.parametrize("text", ["{{resolve:a}}" * 60_000, "{{resolve:" * 60_000, "{{" * 300_000])
def test_a_string_full_of_references_takes_no_quadratic_time(text):
    started = time.process_time()
    dynamic_references(written(text), "t")
    assert time.process_time() - started < 5
