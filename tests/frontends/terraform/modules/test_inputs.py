"""Variables of a root get the values that Terraform would give them, and no report tells secrets.

Expected values follow https://developer.hashicorp.com/terraform/language/values/variables.
"""

import pytest

from leastwise.config.model import Config, GivenVariables, RootSettings
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.model import Evaluated
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Scalar, Sequence, Text, Unknown, Value

MAIN = """\
variable "v" {
  %s
}
resource "t" "x" {
  v = var.v
}
"""


def evaluated(
    files: dict[str, str], config: Config | None = None, environment: str = ""
) -> Evaluated:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    root = Root("terraform", "", environment)
    return evaluate_root(root, tree, config or Config(), wanted=lambda _: True)


def value_of(result: Evaluated) -> Value:
    return result.instances[0].body.attributes["v"]


def plain(value: Value) -> object:
    match value:
        case Text():
            return value.literal
        case Scalar():
            return value.value
        case Sequence():
            return [plain(item) for item in value.items]
        case Unknown():
            return f"unknown: {value.reason}"
        case _:
            return value


def given(*variables: GivenVariables) -> Config:
    return Config(variables=variables)


DEFAULT = {"main.tf": MAIN % 'default = "d"'}
TYPED = {"main.tf": MAIN % "type = string"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "d"),
        ({"terraform.tfvars": 'v = "t"'}, "t"),
        ({"terraform.tfvars": 'v = "t"', "terraform.tfvars.json": '{"v": "tj"}'}, "tj"),
        ({"terraform.tfvars.json": '{"v": "tj"}', "a.auto.tfvars": 'v = "a"'}, "a"),
        ({"a.auto.tfvars": 'v = "a"', "b.auto.tfvars.json": '{"v": "b"}'}, "b"),
        ({"b.auto.tfvars": 'v = "b"', "a.auto.tfvars.json": '{"v": "a"}'}, "b"),
        ({"other.tfvars": 'v = "o"'}, "d"),
        ({"sub/terraform.tfvars": 'v = "s"'}, "d"),
        ({"terraform.tfvars": "v = null"}, None),
        ({"terraform.tfvars.json": '{"v": "$${x}"}'}, "$${x}"),
        ({"terraform.tfvars": 'v = "$${x}"'}, "${x}"),
    ],
)
def test_later_files_win(more: dict[str, str], expected: object) -> None:
    assert plain(value_of(evaluated(DEFAULT | more))) == expected


def test_null_for_a_variable_that_is_not_nullable_is_its_default() -> None:
    files = {"main.tf": MAIN % 'default = "d"\n  nullable = false', "terraform.tfvars": "v = null"}
    assert plain(value_of(evaluated(files))) == "d"


def test_configured_files_win_over_those_that_are_loaded_anyway() -> None:
    entry = RootSettings("", var_files=("envs/a.tfvars", "envs/b.tfvars"), environment="prod")
    files = DEFAULT | {
        "z.auto.tfvars": 'v = "z"',
        "envs/a.tfvars": 'v = "a"',
        "envs/b.tfvars": 'v = "b"',
    }
    result = evaluated(files, Config(roots=(entry,)), "prod")
    assert (plain(value_of(result)), "envs/b.tfvars" in result.files) == ("b", True)


def test_the_command_line_wins_in_its_order() -> None:
    file, one = GivenVariables(file="x.tfvars"), GivenVariables(name="v", value="typed")
    files = DEFAULT | {"x.tfvars": 'v = "file"', "a.auto.tfvars": 'v = "a"'}
    assert plain(value_of(evaluated(files, given(file, one)))) == "typed"
    assert plain(value_of(evaluated(files, given(one, file)))) == "file"


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("type = string", "a b", "a b"),
        ("type = string", '["a"]', '["a"]'),
        ("type = string", "12", "12"),
        ('type = "string"', "[]", "[]"),
        ("", "[1]", "[1]"),
        ("type = number", "12", 12),
        ("type = bool", "true", True),
        ("type = list(string)", '["a", "b"]', ["a", "b"]),
        ("type = list(string)", "[1]", ["1"]),
        ("type = set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("type = any", '"x"', "x"),
        ("type = any", "[1]", [1]),
    ],
)
def test_a_typed_value_is_text_or_an_expression_by_the_type(
    declared: str, text: str, expected: object
) -> None:
    files = {"main.tf": MAIN % declared}
    result = evaluated(files, given(GivenVariables(name="v", value=text)))
    assert (plain(value_of(result)), result.diagnostics) == (expected, ())


@pytest.mark.parametrize("text", ["a, b", "[", 'upper("x")', "var.w", '1\nw = "2"', "local.x"])
def test_a_typed_value_that_is_no_constant_is_refused(text: str) -> None:
    files = {"main.tf": MAIN % "type = list(string)"}
    result = evaluated(files, given(GivenVariables(name="v", value=text)))
    assert [(d.severity, d.code) for d in result.diagnostics] == [("error", "syntax-error")]
    assert plain(value_of(result)) == "unknown: it has no value here"


def test_a_file_from_outside_of_the_tree_points_nowhere() -> None:
    outside = GivenVariables(file="../x.tfvars", data=b'v = "far"')
    value = value_of(evaluated(TYPED, given(outside)))
    assert isinstance(value, Text)
    assert (value.literal, value.span) == ("far", None)
    assert [getattr(piece, "segments", None) for piece in value.pieces] == [()]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"terraform.tfvars": 'w = "x"'},
            [("note", "undeclared-variable", "no variable 'w' is declared in '.'")],
        ),
        (
            {"terraform.tfvars.json": '{"w": 1}'},
            [("note", "undeclared-variable", "no variable 'w' is declared in '.'")],
        ),
        (
            {"terraform.tfvars": "v = local.x"},
            [
                (
                    "error",
                    "not-constant",
                    "the value of 'v' is not a constant, as a variable file needs",
                )
            ],
        ),
        (
            {"terraform.tfvars": 'v = file("secret")', "secret": "s"},
            [
                (
                    "error",
                    "not-constant",
                    "the value of 'v' is not a constant, as a variable file needs",
                )
            ],
        ),
        (
            {"terraform.tfvars": 'variable "v" {\n}\n'},
            [
                (
                    "error",
                    "block-in-variable-file",
                    "a variable file holds no blocks, but this is a 'variable' block",
                )
            ],
        ),
        (
            {"terraform.tfvars.json": "[]"},
            [("error", "syntax-error", "a variable file in JSON must be an object")],
        ),
    ],
)
def test_what_is_wrong_with_a_variable_file_is_said(
    files: dict[str, str], told: list[tuple[str, str, str]]
) -> None:
    result = evaluated(TYPED | files)
    assert [(d.severity, d.code, d.message) for d in result.diagnostics] == told


@pytest.mark.parametrize("flag", ["sensitive", "ephemeral"])
def test_what_a_sensitive_variable_is_given_is_not_known(flag: str) -> None:
    files = {
        "main.tf": MAIN % f'default = "d"\n  {flag} = true',
        "terraform.tfvars": 'v = "hunter2"',
    }
    assert plain(value_of(evaluated(files))) == "unknown: it is sensitive"


def test_the_default_of_a_sensitive_variable_stands_in_the_code() -> None:
    assert (
        plain(value_of(evaluated({"main.tf": MAIN % 'default = "d"\n  sensitive = true'}))) == "d"
    )


def test_variables_of_the_machine_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_v", "machine")
    assert plain(value_of(evaluated(TYPED))) == "unknown: it has no value here"


def test_the_workspace_is_a_value_where_it_is_configured() -> None:
    files = {"main.tf": 'resource "t" "x" {\n  v = "a-${terraform.workspace}"\n}\n'}
    entry = RootSettings("", workspace="blue", environment="blue")
    assert plain(value_of(evaluated(files, Config(roots=(entry,)), "blue"))) == "a-blue"
    unknown = value_of(evaluated(files))
    assert isinstance(unknown, Text)
    assert unknown.literal is None


PROVIDER = 'provider "aws" {\n  allowed_account_ids = ["%s"]\n}\nresource "t" "x" {\n}\n'


def test_an_account_that_the_provider_contradicts_is_an_error() -> None:
    entry = RootSettings("", account="111122223333")
    same = evaluated({"main.tf": PROVIDER % "111122223333"}, Config(roots=(entry,)))
    assert (same.accounts, same.diagnostics) == ({"aws": "111122223333"}, ())
    other = evaluated({"main.tf": PROVIDER % "444455556666"}, Config(roots=(entry,)))
    assert [d.message for d in other.diagnostics] == [
        "this provider is of account 444455556666, the configuration's [[root]] says 111122223333"
    ]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ('resource "t" "x" {\n}\n', True),
        ('provider "aws" {\n  alias = "x"\n}\n', True),
        ('terraform {\n  required_version = ">= 1"\n}\n', True),
        ('provider "aws" {\n  region = "eu-west-1"\n}\n', False),
        ('terraform {\n  backend "s3" {\n  }\n}\n', False),
        ("terraform {\n  cloud {\n  }\n}\n", False),
    ],
)
def test_a_module_that_shows_no_sign_of_deployment_is_alone(text: str, alone: bool) -> None:
    assert evaluated({"main.tf": text}).alone is alone


def test_variable_files_and_settings_show_a_deployment() -> None:
    files = {"main.tf": MAIN % ""}
    assert evaluated(files | {"x.auto.tfvars": 'v = "1"'}).alone is False
    assert evaluated(files, Config(roots=(RootSettings(""),))).alone is False
