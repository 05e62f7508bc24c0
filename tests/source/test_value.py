from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Assumption, Mapping, Scalar, Symbol, Text


def test_places_do_not_decide_equality():
    assert literal_text("a", span=Span("f", 0, 1)) == literal_text("a", span=Span("g", 5, 6))
    assert Scalar(1, Span("f", 0, 1)) == Scalar(1)


def test_symbols_are_equal_by_id_alone():
    assert Symbol("root|var.x", "var.x") == Symbol("root|var.x", "local.alias", glob="a*")
    assert Symbol("root|var.x", "var.x") != Symbol("other|var.x", "var.x")


def test_assumptions_are_equal_by_id_and_outcome():
    assert Assumption("x", "true", "when x") == Assumption("x", "true", "when x is set")
    assert Assumption("x", "true", "when x") != Assumption("x", "false", "when x")


def test_mapping_finds_the_value_of_a_literal_key_only():
    unknown = Text((Symbol("k", "var.k"),))
    mapping = Mapping(((unknown, Scalar(0)), (literal_text("a"), Scalar(1))))
    assert mapping.get("a") == Scalar(1)
    assert mapping.get("b") is None
