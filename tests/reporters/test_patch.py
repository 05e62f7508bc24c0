import subprocess
from dataclasses import replace

import pytest
from tests.reporters.samples import APP, CI, TREE, admin, at, detach, pass_role, present

from leastwise.reporters.patch import render
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

NARROW = Fix(
    "name the role",
    (Edit(at("ci/roles.tf", '"*"'), b'"arn:aws:iam::111122223333:role/app-runtime"'),),
    Applicability.UNSAFE,
)


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
    return {path: (tmp_path / folder / path).read_bytes().decode() for path in TREE.files}


@pytest.mark.needs("git")
@pytest.mark.parametrize("prefix", ["", "my infra/prod/"])
def test_patch_holds_the_fixes_of_all_findings(tmp_path, prefix):
    diff = render(present(pass_role(fixes=(NARROW,)), admin(), prefix=prefix))
    files = applied(tmp_path, diff, prefix)
    assert files["ci/roles.tf"] == CI.replace('"*"', '"arn:aws:iam::111122223333:role/app-runtime"')
    assert "AdministratorAccess" not in files["app/roles.tf"]


def test_one_fix_for_two_findings_is_taken_once():
    assert render(present(pass_role(), admin())) == render(present(admin()))


def test_first_fix_that_fits_is_taken():
    whole = Fix("rewrite", (Edit(Span("app/roles.tf", 0, len(APP)), b""),), Applicability.UNSAFE)
    both = render(present(admin(), admin(fixes=(whole, NARROW))))
    assert both == render(present(admin(), admin(fixes=(NARROW,))))
    assert render(present(admin(), admin(fixes=(whole,)))) == render(present(admin()))


@pytest.mark.parametrize(
    "fix",
    [
        replace(detach(), applicability=Applicability.DISPLAY),
        replace(detach(), edits=()),
        Fix("x", (Edit(Span("gone.tf", 0, 1), b""),), Applicability.SAFE),
    ],
)
def test_what_is_only_shown_or_not_at_hand_is_left_out(fix):
    assert render(present(admin(fixes=(fix,)))) == ""


@pytest.mark.parametrize("prefix", ["../other/", "/abs/olute/", "C:/work/", "a\nb/"])
def test_paths_that_lead_away_are_told_from_the_tree(prefix):
    diff = render(present(admin(), prefix=prefix))
    assert "--- a/app/roles.tf\n" in diff


def test_path_that_no_diff_can_name_is_left_out():
    tree = MemoryTree({"a\nb.tf": b"x"})
    fix = Fix("cut", (Edit(Span("a\nb.tf", 0, 1), b""),), Applicability.SAFE)
    assert render(present(admin(span=Span("a\nb.tf", 0, 1), fixes=(fix,)), tree=tree)) == ""
