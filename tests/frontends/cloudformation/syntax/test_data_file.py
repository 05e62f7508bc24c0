import pytest

from leastwise.frontends.cloudformation.syntax.data_file import read_data
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.value import Mapping, Sequence


@pytest.mark.parametrize(
    ("path", "data", "entries"),
    [
        ("a.json", b'\xef\xbb\xbf {"A": "1"}', ["A"]),
        ("a.yaml", b"A: 1\nB: 2\n", ["A", "B"]),
        ("a.txt", b'{"A": "1"}', ["A"]),
        ("flow.yaml", b"{A: 1, B: [x]}", ["A", "B"]),
    ],
)
def test_a_file_is_json_by_its_name_or_its_bracket_and_yaml_where_that_fails(path, data, entries):
    value = read_data(path, data)
    assert isinstance(value, Mapping)
    assert [key.literal for key, _ in value.entries] == entries


def test_a_list_is_read_as_well_as_a_mapping():
    value = read_data("a.yaml", b'["A=1", "B=2"]')
    assert isinstance(value, Sequence)
    assert [item.literal for item in value.items] == ["A=1", "B=2"]


def test_an_empty_file_is_nothing():
    assert read_data("a.yaml", b"# nothing\n") is None


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("a.json", b"A: 1\n", "json-syntax"),
        ("a.json", b"{A: 1}", "json-syntax"),
        ("a.yaml", b"{A: 1", "json-syntax"),
        ("a.yaml", b"A: [1\n", "yaml-syntax"),
    ],
)
def test_what_is_neither_is_told_in_the_words_of_what_it_begins_as(path, data, code):
    problem = read_data(path, data)
    assert isinstance(problem, Diagnostic)
    assert problem.code == code
