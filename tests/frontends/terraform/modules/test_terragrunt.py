"""A terragrunt.hcl with constant inputs is a root of its module; what it takes from elsewhere is named.

Expected behaviour follows https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/.
"""

import pytest

from leastwise.config.model import Config, RootSettings
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.modules.discover import roots
from leastwise.frontends.terraform.project import load
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Scalar, Text, Unknown

MODULE = """\
variable "env" {}
variable "size" {
  default = 1
}
resource "aws_iam_role" "app" {
  name        = var.env
  description = var.size
}
"""
UNIT = 'terraform {\n  source = "%s"\n}\ninputs = {\n  %s\n}\n'
REMEDY = (
    "terragrunt plan -out=tfplan && terragrunt show -json tfplan > plan.json, and check plan.json"
)


def found(files: dict[str, str], config: Config | None = None) -> list[tuple[str, str, str]]:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return [(r.path, r.environment, r.inputs) for r in roots(tree, tuple(sorted(files)), config)]


def values(text: str, more: dict[str, str] | None = None) -> tuple[dict[str, object], list[str]]:
    """Return name and description of the role, and what is not in view."""
    files = {"m/main.tf": MODULE, "live/terragrunt.hcl": text} | (more or {})
    tree = MemoryTree({path: body.encode() for path, body in files.items()})
    root = Root("terraform", "m", "live", inputs="live/terragrunt.hcl")
    result = evaluate_root(root, tree, Config())
    attributes = result.instances[0].body.attributes
    shown = {name: attributes[name] for name in ("name", "description")}
    told: dict[str, object] = {}
    for name, value in shown.items():
        if isinstance(value, Unknown):
            told[name] = f"unknown: {value.reason}"
        else:
            told[name] = value.literal if isinstance(value, Text) else None
            told[name] = value.value if isinstance(value, Scalar) else told[name]
    assert {unseen.remedy for unseen in result.not_in_view} <= {REMEDY}
    return told, [unseen.message for unseen in result.not_in_view]


@pytest.mark.parametrize(
    "source",
    [
        "../../m",
        "../..//m",
        "../../m/.",
        "${get_terragrunt_dir()}/../../m",
        "${get_repo_root()}//m",
        "${get_repo_root()}/m",
    ],
)
def test_a_unit_with_a_local_module_is_a_root_of_it(source: str) -> None:
    files = {"m/main.tf": MODULE, "live/dev/terragrunt.hcl": UNIT % (source, 'env = "dev"')}
    assert found(files) == [("m", "live/dev", "live/dev/terragrunt.hcl")]


def test_each_unit_is_an_environment_of_the_module() -> None:
    files = {"m/main.tf": MODULE} | {
        f"live/{name}/terragrunt.hcl": UNIT % ("../../m", f'env = "{name}"')
        for name in ("dev", "prod")
    }
    assert found(files) == [
        ("m", "live/dev", "live/dev/terragrunt.hcl"),
        ("m", "live/prod", "live/prod/terragrunt.hcl"),
    ]


def test_a_unit_beside_its_code_is_the_root_that_it_is_anyway() -> None:
    files = {"app/main.tf": MODULE, "app/terragrunt.hcl": 'inputs = {\n  env = "x"\n}\n'}
    assert found(files) == [("app", "", "app/terragrunt.hcl")]


def test_a_parent_file_with_shared_settings_is_no_root() -> None:
    assert found({"terragrunt.hcl": 'remote_state {\n  backend = "s3"\n}\n'}) == []


@pytest.mark.parametrize("folder", [".terragrunt-cache/x", "a/.terraform/modules"])
def test_what_tools_copied_is_passed_by(folder: str) -> None:
    assert found({f"{folder}/terragrunt.hcl": UNIT % ("./m", "")}) == []


def test_the_configuration_names_the_environment_of_a_unit() -> None:
    files = {"m/main.tf": MODULE, "live/terragrunt.hcl": UNIT % ("../m", 'env = "x"')}
    entry = RootSettings("live", environment="prod", account="111122223333")
    assert found(files, Config(roots=(entry,))) == [("m", "prod", "live/terragrunt.hcl")]


def test_constant_inputs_are_the_values_of_variables() -> None:
    told, unseen = values(UNIT % ("../m", 'env = "dev"\n  size = 2 + 1\n  other = local.x'))
    assert told == {"name": "dev", "description": 3}
    assert unseen == ["inputs that Terragrunt works out have no value here: other"]


def test_inputs_are_passed_in_the_environment_so_that_variable_files_win() -> None:
    told, _ = values(UNIT % ("../m", 'env = "dev"'), {"m/terraform.tfvars": 'env = "t"'})
    assert told["name"] == "t"


@pytest.mark.parametrize(
    "expression",
    [
        "local.env",
        "dependency.vpc.outputs.env",
        'get_env("X", "y")',
        '"${local.a}-b"',
        "[for x in [1] : x]",
    ],
)
def test_inputs_that_are_worked_out_are_not_known(expression: str) -> None:
    told, unseen = values(UNIT % ("../m", f"env = {expression}"))
    assert told == {"name": "unknown: Terragrunt may give it any value", "description": 1}
    assert unseen == ["inputs that Terragrunt works out have no value here: env"]


def test_an_included_file_may_set_whatever_is_not_set_here() -> None:
    text = 'include "root" {\n  path = find_in_parent_folders()\n}\n' + UNIT % ("../m", 'env = "a"')
    told, unseen = values(text)
    assert told == {"name": "a", "description": "unknown: Terragrunt may give it any value"}
    assert unseen == ["what include 'root' adds is not read"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            'terraform {\n  source = "../m"\n}\ninputs = merge({}, {})\n',
            ["its inputs are not a plain object"],
        ),
        (
            UNIT % ("../m", "") + 'generate "provider" {\n  path = "p.tf"\n}\n',
            ["the file that generate 'provider' writes is not read"],
        ),
        (
            'terraform {\n  source = "../m"\n  extra_arguments "x" {\n    commands = []\n  }\n}\n',
            ["what extra_arguments give is not read"],
        ),
    ],
)
def test_what_comes_from_elsewhere_is_named(text: str, messages: list[str]) -> None:
    assert values(text)[1] == messages


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            UNIT % ("git::https://example.com/m.git//x?ref=v1", ""),
            ["the module of this terragrunt.hcl is no folder of the tree"],
        ),
        (
            UNIT % ("tfr:///acme/m/aws?version=1", ""),
            ["the module of this terragrunt.hcl is no folder of the tree"],
        ),
        (
            UNIT % ("../../../outside", ""),
            ["the module of this terragrunt.hcl is no folder of the tree"],
        ),
        (
            'include "root" {\n  path = "../x.hcl"\n}\n',
            ["an included file names the module", "what include 'root' adds is not read"],
        ),
    ],
)
def test_a_unit_whose_module_is_not_in_view_says_so(text: str, messages: list[str]) -> None:
    tree = MemoryTree({"live/terragrunt.hcl": text.encode()})
    (root,) = roots(tree, ("live/terragrunt.hcl",))
    project = load(root, tree, Config())
    assert [unseen.message for unseen in project.not_in_view] == messages
    assert project.files == ("live/terragrunt.hcl",)


def test_a_broken_file_is_an_error() -> None:
    tree = MemoryTree({"live/terragrunt.hcl": b"terraform {\n"})
    (root,) = roots(tree, ("live/terragrunt.hcl",))
    assert [(d.severity, d.code) for d in load(root, tree, Config()).diagnostics] == [
        ("error", "syntax-error")
    ]
