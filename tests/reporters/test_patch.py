import subprocess

import pytest
from tests.reporters.samples import APP, CI, TREE, present

from leastwise.reporters.patch import render

NARROW = CI.replace('"*"', '"arn:aws:iam::111122223333:role/app-runtime"')
DETACHED = APP.replace("AdministratorAccess", "ReadOnlyAccess")
CHANGED = {"ci/roles.tf": NARROW.encode(), "app/roles.tf": DETACHED.encode()}


def applied(tmp_path, diff, folder=""):
    for path, data in TREE.files.items():
        target = tmp_path / folder / path
        target.parent.mkdir(parents=True)
        target.write_bytes(data)
    subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "-"],
        cwd=tmp_path,
        input=diff.encode("utf-8", "surrogateescape"),
        check=True,
    )
    return {path: (tmp_path / folder / path).read_bytes() for path in CHANGED}


@pytest.mark.needs("git")
@pytest.mark.parametrize("prefix", ["", "my infra/prod/"])
def test_patch_changes_every_file_and_git_takes_it(tmp_path, prefix):
    diff = render(present(prefix=prefix), TREE.files, CHANGED)
    assert applied(tmp_path, diff, prefix) == CHANGED


def test_without_changes_there_is_no_patch():
    assert render(present(), {}, {}) == ""


@pytest.mark.parametrize("prefix", ["../other/", "/abs/olute/", "C:/work/", "a\nb/"])
def test_paths_that_lead_away_are_told_from_the_tree(prefix):
    diff = render(present(prefix=prefix), TREE.files, CHANGED)
    assert diff.startswith("diff --git a/app/roles.tf b/app/roles.tf\n--- a/app/roles.tf\n")
