import subprocess

import pytest

from leastwise.source.listing import list_files


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")


def git(root, *arguments):
    subprocess.run(
        ["git", "-c", "core.autocrlf=false", *arguments], cwd=root, check=True, capture_output=True
    )


def test_without_git_all_files_are_listed_but_those_of_tools(tmp_path):
    put(tmp_path, "main.tf", "a b/x.tf", ".terraform/m/x.tf", "n/node_modules/p.json", "n/y.yaml")
    assert list_files(tmp_path, ("",)) == ("a b/x.tf", "main.tf", "n/y.yaml")
    assert list_files(tmp_path, ("n", "a b")) == ("a b/x.tf", "n/y.yaml")
    assert list_files(tmp_path, ("none",)) == ()


@pytest.mark.needs("git")
def test_ignored_files_are_left_out_unless_they_are_tracked(tmp_path):
    git(tmp_path, "init", "-q")
    put(tmp_path, "tracked.tf", "é/new.tf", "skipped.tf", "sub/x.tf", "[sub]/y.tf")
    (tmp_path / ".gitignore").write_text("tracked.tf\nskipped.tf\n")
    git(tmp_path, "add", "-f", "tracked.tf")
    assert list_files(tmp_path, ("",)) == (
        ".gitignore",
        "[sub]/y.tf",
        "sub/x.tf",
        "tracked.tf",
        "é/new.tf",
    )
    assert list_files(tmp_path, ("[sub]",)) == ("[sub]/y.tf",)


@pytest.mark.needs("git")
def test_pattern_cannot_hide_a_file_through_the_environment(tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(tmp_path, "init", "-q")
    put(tmp_path, "main.tf")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert "main.tf" in list_files(tmp_path, ("",))


def test_broken_repository_is_walked(tmp_path):
    put(tmp_path, "main.tf")
    (tmp_path / ".git").write_text("no repository")
    assert list_files(tmp_path, ("",)) == (".git", "main.tf")


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("git", 60)])
def test_missing_or_slow_git_is_done_without(tmp_path, monkeypatch, error):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(subprocess, "run", refuse)
    (tmp_path / ".git").mkdir()
    put(tmp_path, "main.tf")
    assert list_files(tmp_path, ("",)) == ("main.tf",)
