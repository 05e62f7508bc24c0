"""Roots are the directories nobody calls; every file is judged through at least one."""

import pytest

from leastwise.frontends.terraform.discover import may_hold_iam, module_files, roots
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
