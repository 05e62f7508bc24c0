import subprocess
from pathlib import Path

import pytest

from leastwise.api.workspace import Workspace, WrongUse, open_workspace, stdin_workspace


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x", encoding="utf-8")


def opened(paths: tuple[str, ...], cwd: Path) -> Workspace:
    workspace = open_workspace(paths, cwd)
    assert isinstance(workspace, Workspace)
    return workspace


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def test_root_is_the_git_work_tree(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "infra/main.tf", "policies/p.json")
    workspace = opened((".",), tmp_path / "infra")
    assert workspace.root == tmp_path
    assert workspace.named == {"infra/main.tf"}
    assert "policies/p.json" in workspace.files
    assert workspace.prefix == "../"


def test_without_git_the_working_directory_is_the_root(tmp_path):
    write(tmp_path, "a/main.tf", "b/main.tf")
    workspace = opened(("a",), tmp_path)
    assert workspace.root == tmp_path
    assert workspace.named == {"a/main.tf"}


def test_without_git_callers_beside_the_named_folder_are_listed(tmp_path):
    write(tmp_path, "modules/a/main.tf", "envs/prod/main.tf")
    workspace = opened(("modules/a",), tmp_path)
    assert workspace.files == ("envs/prod/main.tf", "modules/a/main.tf")
    assert workspace.named == {"modules/a/main.tf"}


def test_a_large_working_directory_without_git_is_not_listed(tmp_path, monkeypatch):
    monkeypatch.setattr("leastwise.api.workspace.MOST_FILES", 2)
    write(tmp_path, "a/main.tf", "b/1.tf", "b/2.tf")
    assert opened(("a",), tmp_path).files == ("a/main.tf",)


def test_path_outside_the_working_directory_is_its_own_root(tmp_path):
    write(tmp_path, "a/x.json", "b/y.tf")
    workspace = opened((str(tmp_path / "a" / "x.json"),), tmp_path / "b")
    assert workspace.root == tmp_path / "a"
    assert workspace.explicit == {"x.json"}
    assert workspace.prefix == "../a/"


def test_missing_path_is_wrong_use(tmp_path):
    assert open_workspace(("nowhere",), tmp_path) == WrongUse("'nowhere' does not exist")


def test_ignore_rules_apply_to_untracked_files_only(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, ".gitignore", "tracked.tf", "untracked.tf", "free.tf")
    (tmp_path / ".gitignore").write_text("tracked.tf\nuntracked.tf\n", encoding="utf-8")
    git(tmp_path, "add", "-f", "tracked.tf", ".gitignore")
    workspace = opened((".",), tmp_path)
    assert workspace.named == {".gitignore", "tracked.tf", "free.tf"}


def test_walk_leaves_out_folders_that_tools_fill(tmp_path):
    write(tmp_path, "main.tf", ".terraform/modules/x/main.tf", "node_modules/y/main.tf")
    assert opened((".",), tmp_path).named == {"main.tf"}


def test_named_file_counts_even_when_git_ignores_it(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "secret.tf")
    (tmp_path / ".gitignore").write_text("secret.tf\n", encoding="utf-8")
    assert opened(("secret.tf",), tmp_path).explicit == {"secret.tf"}


def test_standard_input_is_named_after_what_it_looks_like(tmp_path):
    for data, name in (
        (b' {"Statement": []}', "stdin.json"),
        (b"AWSTemplateFormatVersion: x\n", "stdin.yaml"),
        (b"Resources:\n", "stdin.yaml"),
        (b'resource "a" "b" {}', "stdin.tf"),
    ):
        workspace = stdin_workspace(data, None, tmp_path)
        assert isinstance(workspace, Workspace)
        assert workspace.explicit == {name}
        assert workspace.tree.read(name) == data


def test_standard_input_stands_in_for_a_file_of_the_tree(tmp_path):
    write(tmp_path, "main.tf", "other.tf")
    workspace = stdin_workspace(b"new", "main.tf", tmp_path)
    assert isinstance(workspace, Workspace)
    assert workspace.tree.read("main.tf") == b"new"
    assert workspace.tree.read("other.tf") == b"x"
    assert workspace.named == {"main.tf"}


@pytest.mark.parametrize("path", ["a" * 5000, "a\0b", ""])
def test_odd_path_is_wrong_use_or_the_folder(tmp_path, path):
    found = open_workspace((path,), tmp_path)
    if path:
        assert found == WrongUse(f"{path!r} does not exist")
    else:
        assert isinstance(found, Workspace)


def test_paths_without_a_common_folder_are_wrong_use(tmp_path, monkeypatch):
    monkeypatch.setattr("os.path.commonpath", lambda _: tmp_path.anchor)
    write(tmp_path, "a/x.json", "b/y.json")
    found = open_workspace((str(tmp_path / "a"), str(tmp_path / "b")), tmp_path / "a")
    assert found == WrongUse("the paths have no folder in common: run leastwise once for each")


def test_paths_on_different_drives_are_wrong_use(tmp_path, monkeypatch):
    def refuse(_):
        raise ValueError

    monkeypatch.setattr("os.path.commonpath", refuse)
    write(tmp_path, "a/x.json", "b/y.json")
    found = open_workspace((str(tmp_path / "a"), str(tmp_path / "b")), tmp_path / "a")
    assert found == WrongUse("the paths lie on different drives: run leastwise once for each")


@pytest.mark.parametrize("folder", ["app/cdk.out", "app/cdk.out/assembly-Dev", ".serverless"])
def test_folder_of_compiled_templates_counts_when_named_though_git_ignores_it(tmp_path, folder):
    git(tmp_path, "init", "-q")
    write(tmp_path, f"{folder}/a.template.json", "main.tf", "build/b.json")
    (tmp_path / ".gitignore").write_text("cdk.out\n.serverless\nbuild\n", encoding="utf-8")
    assert opened((".",), tmp_path).named == {".gitignore", "main.tf"}
    assert opened((folder,), tmp_path).named == {f"{folder}/a.template.json"}
    assert opened(("build",), tmp_path).named == {"build/b.json"}


def test_folder_of_compiled_templates_counts_when_named_without_git(tmp_path):
    write(tmp_path, "cdk.out/a.template.json", "main.tf", "node_modules/p.json")
    assert opened((".",), tmp_path).named == {"main.tf"}
    assert opened(("cdk.out",), tmp_path).named == {"cdk.out/a.template.json"}
    assert opened(("node_modules",), tmp_path).named == set()
