"""The forms in which tools take values of parameters."""

import pytest

from leastwise.frontends.cloudformation.stacks.parameter_files import MAX_BYTES, read_parameters
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.value import Scalar, Sequence, Text


def plain(value):
    match value:
        case Text():
            return value.literal
        case Scalar():
            return value.value
        case Sequence():
            return [plain(item) for item in value.items]
        case _:
            return value.symbol.reason


def read(path, text, environment=""):
    data = text if isinstance(text, bytes) else text.encode()
    found = read_parameters(path, data, environment)
    assert not isinstance(found, Diagnostic), found
    return {entry.name: plain(entry.value) for entry in found}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("p.json", '[{"ParameterKey": "Env", "ParameterValue": "prod"}]'),
        ("p.json", '["Env=prod"]'),
        ("p.json", '{"Parameters": {"Env": "prod"}, "Tags": {"a": "b"}, "StackPolicy": {}}'),
        ("p.json", '{"Env": "prod"}'),
        ("p.yaml", "- ParameterKey: Env\n  ParameterValue: prod\n"),
        ("p.yaml", "Parameters:\n  Env: prod\n"),
        ("p.yml", "Env: prod\n"),
        ("p.params", "Env: prod\n"),
        ("p.params", '{"Env": "prod"}'),
        ("p.ini", "Env=prod\n"),
        ("p.ini", "\ufeff# of production\n\n Env = 'prod' \r\n"),
        ("p.env", 'Env="prod"'),
        ("samconfig.toml", '[default.deploy.parameters]\nparameter_overrides = "Env=prod"\n'),
        ("samconfig.toml", '[default.global.parameters]\nparameter_overrides = ["Env=prod"]\n'),
    ],
)
def test_every_form_gives_the_same_value(path, text):
    assert read(path, text) == {"Env": "prod"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"A": 5, "B": true, "C": ["x", "y"]}', {"A": 5, "B": True, "C": ["x", "y"]}),
        ('{"A": ""}', {"A": ""}),
        ('["A=x=y"]', {"A": "x=y"}),
        (
            '[{"ParameterKey": "A", "UsePreviousValue": true}]',
            {"A": "it keeps its previous value"},
        ),
        ("{}", {}),
        ("[]", {}),
    ],
)
def test_values_of_other_types(text, values):
    assert read("p.json", text) == values


def test_an_environment_wins_over_the_default_of_samconfig():
    text = """
[default.deploy.parameters]
parameter_overrides = 'Env=dev Name="two words"'
[prod.deploy.parameters]
parameter_overrides = ["Env=prod"]
"""
    assert read("samconfig.toml", text) == {"Env": "dev", "Name": "two words"}
    assert read("samconfig.toml", text, "prod") == {"Env": "prod", "Name": "two words"}


@pytest.mark.parametrize(
    ("path", "text", "start"),
    [
        ("p.json", '{"Env": "prod"}', 9),
        ("p.yaml", "Env: prod\n", 5),
        ("p.ini", "# x\nEnv= prod", 9),
    ],
)
def test_a_value_knows_where_it_is_written(path, text, start):
    (entry,) = read_parameters(path, text.encode())
    (segment,) = entry.value.pieces[0].segments
    assert (segment.span.path, segment.span.start, segment.span.end) == (path, start, start + 4)


@pytest.mark.parametrize(
    ("path", "text", "code", "words"),
    [
        ("p.json", "{", "json-syntax", ""),
        ("p.json", '"x"', "parameter-file", "a parameter file holds a list or a mapping"),
        ("p.json", '["x"]', "parameter-file", "an item of the list is not NAME=VALUE"),
        ("p.json", "[5]", "parameter-file", "an item of the list has no 'ParameterKey'"),
        (
            "p.json",
            '[{"ParameterKey": "A"}]',
            "parameter-file",
            "the parameter 'A' has no 'ParameterValue'",
        ),
        (
            "p.json",
            '{"A": {"b": "secret"}}',
            "parameter-file",
            "the value of 'A' is not a string, a number or a list",
        ),
        ("p.json", '{"A": null}', "parameter-file", "the value of 'A' is not a string"),
        ("p.yaml", "A: !Ref B\n", "parameter-file", "the value of 'A' is not a string"),
        ("p.yaml", "A: [", "yaml-syntax", ""),
        ("p.ini", "A=b\nsecret\n", "parameter-file", "this line of the parameter file"),
        ("p.toml", "a =", "syntax-error", "not valid TOML"),
        ("p.toml", "a = 1", "parameter-file", "'p.toml' has no 'parameter_overrides'"),
        ("p.json", b'{"A": "\xff"}', "encoding", ""),
        ("p.json", "[" * 100_000, "too-deep", ""),
        ("p.yaml", "a: &a [*a]\n", "recursive-alias", ""),
        ("p.json", b" " * (MAX_BYTES + 1), "too-large", "'p.json' is larger than 4194304 bytes"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_without_its_values(path, text, code, words):
    found = read_parameters(path, text if isinstance(text, bytes) else text.encode())
    assert isinstance(found, Diagnostic)
    assert (found.severity, found.code, found.span.path) == ("error", code, path)
    assert words in found.message
    assert "secret" not in found.message + found.remedy
    assert found.remedy
