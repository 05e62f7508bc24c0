"""Roots are the directories nobody calls; every file is judged through at least one."""

import pytest

from leastwise.config.model import Config, RootSettings
from leastwise.frontends.terraform.modules.discover import may_hold_iam, module_files, roots
from leastwise.source.tree import MemoryTree

CALL = b'module "x" {\n  source = "%s"\n}\n'


def found(files: dict[str, bytes]) -> list[str]:
    return [root.path for root in roots(MemoryTree(files), tuple(sorted(files)))]


def test_every_directory_with_terraform_is_a_root() -> None:
    files = {"main.tf": b"", "a/x.tofu": b"", "b/c/x.tf.json": b"{}", "d/readme.md": b""}
    assert found(files) == ["", "a", "b/c"]


def test_a_called_module_is_no_root() -> None:
    files = {
        "main.tf": CALL % b"./modules/app",
        "modules/app/main.tf": CALL % b"../role/",
        "modules/role/main.tf": b"",
        "modules/alone/main.tf": b"",
    }
    assert found(files) == ["", "modules/alone"]


def test_a_top_module_is_judged_through_its_examples() -> None:
    assert found({"main.tf": b"", "examples/full/main.tf": CALL % b"../.."}) == ["examples/full"]


def test_a_call_in_json_syntax_counts() -> None:
    call = b'{"module": {"x": [{"source": "./m"}]}}'
    assert found({"main.tf.json": call, "m/main.tf": b""}) == [""]


@pytest.mark.parametrize(
    "text",
    [
        b'# module "x" { source = "./m" }\n',
        b'locals {\n  x = <<EOT\nmodule "x" {\n  source = "./m"\n}\nEOT\n}\n',
        b'module "x" {\n  source = "${path.module}/m"\n}\n',
        b'module "x" {\n  source = "hashicorp/m/aws"\n}\n',
        b'module "x" {\n  source = "./m"\n',
    ],
    ids=["comment", "heredoc", "template", "registry", "broken"],
)
def test_only_a_module_block_with_a_local_path_calls(text: bytes) -> None:
    assert found({"main.tf": text, "m/main.tf": b""}) == ["", "m"]


def test_modules_that_only_call_each_other_keep_a_root() -> None:
    files = {
        "a/main.tf": CALL % b"../b",
        "b/main.tf": CALL % b"../a",
        "c/main.tf": CALL % b"./",
    }
    assert found(files) == ["a", "c"]


def test_installed_modules_are_left_alone() -> None:
    assert found({".terraform/modules/x/main.tf": b"", "main.tf": b""}) == [""]


def test_a_call_that_leaves_the_tree_calls_nothing() -> None:
    assert found({"main.tf": CALL % b"../../etc"}) == [""]


def test_module_files_are_those_of_the_directory_itself() -> None:
    tree = MemoryTree({"a/x.tf": b"", "a/b/y.tf": b"", "a/z.tfvars": b"", "a/w.tofu.json": b""})
    assert module_files(tree, "a") == ("a/w.tofu.json", "a/x.tf")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'variable "x" {}\n', False),
        (b'resource "google_project" "x" {}\n', False),
        (b'data "aws_region" "x" {}\n', True),
        (b'module "x" {}\n', True),
        (b'{"resource": {"\\u0061ws_iam_role": {}}}', True),
    ],
)
def test_directories_without_aws_are_not_evaluated(data: bytes, *, expected: bool) -> None:
    assert may_hold_iam(MemoryTree({"x.tf": data}), ("x.tf",)) is expected


def test_a_file_that_cannot_be_read_is_not_skipped() -> None:
    assert may_hold_iam(MemoryTree({}), ("x.tf",))


@pytest.mark.parametrize(
    ("text", "is_root"),
    [
        (b'terraform {\n  backend "s3" {}\n}\n', True),
        (b"terraform {\n  cloud {}\n}\n", True),
        (b'provider "aws" {\n  region = "eu-west-1"\n}\n', True),
        (b'provider "aws" {\n  assume_role {\n    role_arn = "x"\n  }\n}\n', True),
        (b'provider "aws" {\n  alias = "x"\n}\n', False),
        (b'provider "aws" {\n}\n', False),
        (b"terraform {\n  required_providers {\n    aws = {}\n  }\n}\n", False),
        (b'resource "x" "y" {\n  provider = aws.backend\n}\n', False),
        (b"# backend, cloud, provider \n", False),
    ],
)
def test_a_called_module_that_configures_a_root_is_both(text: bytes, is_root: bool) -> None:
    files = {"main.tf": CALL % b"./m", "m/main.tf": text}
    assert found(files) == (["", "m"] if is_root else [""])


def test_a_called_module_with_a_backend_in_json_syntax_is_both() -> None:
    backend = b'{"terraform": {"backend": {"s3": {}}}}'
    assert found({"main.tf": CALL % b"./m", "m/main.tf.json": backend}) == ["", "m"]


def test_a_root_is_there_once_for_each_of_its_environments() -> None:
    files = {"infra/main.tf": b"", "other/main.tf": b"", "infra/m/main.tf": b""}
    entries = (
        RootSettings("infra", environment="dev"),
        RootSettings("infra", environment="prod"),
        RootSettings("gone", environment="prod"),
    )
    tree = MemoryTree(files)
    got = roots(tree, tuple(sorted(files)), Config(roots=entries))
    assert [(root.path, root.environment) for root in got] == [
        ("infra", "dev"),
        ("infra", "prod"),
        ("infra/m", ""),
        ("other", ""),
    ]


def test_a_called_module_that_the_configuration_names_is_both() -> None:
    files = {"main.tf": CALL % b"./m", "m/main.tf": b""}
    got = roots(MemoryTree(files), tuple(files), Config(roots=(RootSettings("m"),)))
    assert [root.path for root in got] == ["", "m"]
