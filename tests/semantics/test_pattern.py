"""Match globs, with and without unknown parts."""

import time

import pytest

from leastwise.semantics.automaton import join_tokens
from leastwise.semantics.pattern import Variable, accepts, compile_glob, split_variables, tokenize
from leastwise.semantics.readings import action_matches, resource_matches
from leastwise.source.value import Symbol

GLOBS = [
    ("", "", True),
    ("", "a", False),
    ("*", "", True),
    ("**", "a", True),
    ("a*", "a", True),
    ("*a*b*", "xaxbx", True),
    ("*a*b*", "xbxa", False),
    ("?", "", False),
    ("?", "a", True),
    ("*?", "", False),
    ("?*?", "ab", True),
    ("a.c", "abc", False),
    ("[ab]", "a", False),
    ("a\\*", "a\\x", True),
]


@pytest.mark.parametrize(("glob", "text", "expected"), GLOBS)
def test_glob_matches_the_whole_string(glob, text, expected):
    assert accepts(compile_glob(tokenize((glob,))), (text,) if text else ()) is expected


def test_hostile_glob_stays_fast():
    glob, text = "*a" * 200 + "b", "a" * 5000
    started = time.perf_counter()
    assert not accepts(compile_glob(tokenize((glob,))), (text,))
    assert time.perf_counter() - started < 1


SYMBOLIC = [
    ("a symbol is itself", "«b»", "«b»", True),
    ("a symbol may be another", "«b»", "«c»", None),
    ("a symbol may be a literal", "«b»", "prod", None),
    ("unless its glob says no", "«b|dev-*»", "prod", False),
    ("a literal may be a symbol", "prod", "«b»", None),
    ("a star takes a symbol", "p*", "p«b»", True),
    ("a question mark may", "?", "«b»", None),
    ("around a symbol the rest decides", "x-«b»-y", "x-«b»-z", False),
    ("a symbol of fixed length", "«a|????»", "12345", False),
    ("which may be that long", "«a|????»", "1234", None),
]


@pytest.mark.parametrize(("claim", "pattern", "value", "expected"), SYMBOLIC)
def test_symbols_match_with_three_values(iam, claim, pattern, value, expected):
    found = resource_matches(
        iam.pieces("arn:aws:s3:::" + pattern), iam.pieces("arn:aws:s3:::" + value)
    )
    assert found is expected, claim


def test_account_symbol_stays_within_its_segment(iam):
    value = iam.pieces("arn:aws:iam::«data.account»:role/x")
    assert resource_matches(("arn:aws:iam::*:role/*",), value) is True
    assert resource_matches(("arn:aws:iam::111122223333:role/x",), value) is None
    assert resource_matches(("arn:aws:iam::111122223333:user/x",), value) is False


def test_symbol_in_an_action_may_be_any_verb(iam):
    assert action_matches(iam.pieces("s3:«verb»Object"), "s3:GetObject") is None
    assert action_matches(iam.pieces("s3:«verb»Object"), "s3:GetBucket") is False


VARIABLES = [
    ("plain", ["plain"]),
    ("a${aws:UserName}b", ["a", Variable("aws:username"), "b"]),
    ("${aws:PrincipalTag/t, 'x y'}", [Variable("aws:principaltag/t", "x y")]),
    ("${aws:PrincipalTag/t,'x'}", [Variable("aws:principaltag/t", "x")]),
    ("${*}${?}${$}", [Variable("*"), Variable("?"), Variable("$")]),
    ("a${b", ["a${b"]),
    ("${}", [Variable("")]),
]


@pytest.mark.parametrize(("text", "parts"), VARIABLES)
def test_variables_are_split_from_text(text, parts):
    assert split_variables(text) == parts


def test_a_long_row_is_joined_in_one_go():
    row = tokenize(("ab" * 300_000, Symbol("a", "a"), "c"), plain=True)
    assert join_tokens(row) == ("ab" * 300_000, Symbol("a", "a"), "c")
