"""Give unknown strings sample values."""

import tracemalloc

import pytest

from leastwise.semantics.operators import parse_date, parse_network, parse_number
from leastwise.semantics.pattern import accepts, compile_glob, tokenize
from leastwise.semantics.valuation import Valuation, bind, is_concrete, sample, samples, valuate
from leastwise.source.value import Symbol

SAMPLES = [
    (Symbol("1", "var.bucket"), "var-bucket"),
    (Symbol("2", "var.x", "dev-*"), "dev-var-x"),
    (Symbol("3", "aws_s3_bucket.b.arn", "arn:*:s3:::*"), "arn:aws:s3:::aws-s3-bucket-b-arn"),
    (Symbol("4", "r", "arn:*:iam::*:role/*"), "arn:aws:iam::123456789012:role/r"),
    (Symbol("5", "data.aws_caller_identity.account_id", "*", True), "123456789012"),
    (Symbol("6", "data.aws_partition.partition", "aws*", True), "aws"),
    (Symbol("7", "AWS::Region", "*", True), "us-east-1"),
    (Symbol("8", "AWS::URLSuffix", "*", True), "amazonaws.com"),
    (Symbol("9", "var.account", "?" * 12), "123456789012"),
    (Symbol("10", "%%%", "a?c*d*"), "a1cexampledx"),
]


@pytest.mark.parametrize(("symbol", "value"), SAMPLES)
def test_sample_follows_reference_and_glob(symbol, value):
    assert sample(symbol) == value
    assert accepts(compile_glob(tokenize((symbol.glob,))), (value,))


def test_different_symbols_of_one_spelling_differ():
    found = samples([Symbol("a", "var.x"), Symbol("b", "var.x"), Symbol("a", "var.x")])
    assert found == {"a": "var-x", "b": "2-var-x"}


def test_long_references_of_one_beginning_differ():
    found = samples([Symbol(str(i), "var." + "x" * 100 + str(i)) for i in range(3)])
    assert len(set(found.values())) == 3


def test_document_under_a_valuation_is_concrete(iam):
    document = iam.document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::«var.account»:root"},
            "Action": "s3:«verb»",
            "Resource": "arn:aws:s3:::«b»/*",
            "Condition": {"StringEquals": {"aws:«key»": "«v»"}},
        },
        "resource",
    )
    assert not is_concrete(document)
    fixed = valuate(document, Valuation({"b": "prod"}))
    assert is_concrete(fixed)
    statement = fixed.statements[0]
    assert str(statement.resources.globs[0]) == "arn:aws:s3:::prod/*"
    assert str(statement.actions.globs[0]) == "s3:verb"
    assert str(statement.principals.entries[0].pattern) == "arn:aws:iam::var-account:root"
    assert (str(statement.conditions[0].key), str(statement.conditions[0].values[0])) == (
        "aws:key",
        "v",
    )


BINDINGS = [
    ("arn:aws:s3:::«b»/*", "arn:aws:s3:::prod/x", {"b": "prod"}),
    ("«a»-«b»", "x-y", {"a": "x", "b": "y"}),
    ("«a»/«a»", "x/x", {"a": "x"}),
    ("«a»/«a»", "x/y", None),
    ("«a|dev-*»", "prod", None),
    ("«known»/«a»", "k/x", {"a": "x"}),
    ("«known»/«a»", "j/x", None),
    ("«a»b«c»d", "q" * 500 + "b" + "q" * 500 + "d", {"a": "q" * 500, "c": "q" * 500}),
]


@pytest.mark.parametrize(("pattern", "value", "expected"), BINDINGS)
def test_symbols_are_bound_so_that_the_pattern_matches(iam, pattern, value, expected):
    assert bind(tokenize(iam.pieces(pattern)), value, {"known": "k"}) == expected


def test_binding_gives_up_on_hostile_patterns(iam):
    pattern = "".join(f"«s{i}»a" for i in range(40)) + "b"
    assert bind(tokenize(iam.pieces(pattern)), "a" * 200, {}) is None


LONG = ["*" * 2_000 + "«a»b", "«a»" + "*a" * 2_000 + "b", "«a|?*a*a*a*»«b|?*a*a*»c" * 500]


@pytest.mark.parametrize("pattern", LONG)
def test_binding_long_patterns_takes_little_memory(iam, pattern):
    row = tokenize(iam.pieces(pattern))
    tracemalloc.start()
    try:
        assert bind(row, "a" * 4_500, {}) is None
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ["", "1e999999999", "9" * 100, "NaN", "Infinity", "1_000", "--1", "\u0661", "ten"]
)
def test_what_is_no_number_is_none(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "0000-00-00", "9" * 70, "2026-01-01T25:00Z", "\u0661"]
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "10.0.0", "::g", "1" * 100])
def test_what_is_no_network_is_none(text):
    assert parse_network(text) is None


@pytest.mark.parametrize("value", ["123456789012:function:f", "us-east-1/x"])
def test_an_account_or_a_region_is_no_part_of_an_arn_with_colons(value):
    row = (Symbol("1", "account", "*", environment=True), *":role")
    assert bind(row, "123456789012:role", {}) == {"1": "123456789012"}
    assert bind(row, f"{value}:role", {}) is None
