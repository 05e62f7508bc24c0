"""The graph command: what it prints where, and with which exit code."""

import json

import pytest
from tests.api.questions.test_graph import TREE
from tests.cli.texts import write

BEGINNINGS = {
    "text": "",
    "mermaid": "%% ",
    "dot": "digraph leastwise {",
    "json": "{",
    "html": "<!doctype html>",
}


@pytest.fixture
def tree(folder):
    write(folder, infra__main_tf=TREE)
    return folder


@pytest.mark.usefixtures("tree")
def test_chains_do_not_fail_the_run(run):
    ran = run("graph", "infra")
    assert ran.code == 0
    assert "role aws_iam_role.ci" in ran.out
    assert "(infra/main.tf:" in ran.out
    assert ran.out.splitlines()[-1].startswith("looked at 6 principals, 1 workload and ")
    assert ran.err == ""


@pytest.mark.parametrize("form", BEGINNINGS)
def test_every_format_is_written_to_files_and_to_standard_output(run, tree, form):
    ran = run("graph", "--format", form)
    assert ran.code == 0
    assert ran.out.startswith(BEGINNINGS[form])
    again = run("graph", "-o", f"{form}=out.file", "--format", "text")
    assert (tree / "out.file").read_text(encoding="utf-8") == ran.out
    assert again.out == run("graph").out


def test_a_file_takes_the_place_of_standard_output(run, tree):
    ran = run("graph", "--format", "json", "--output", "graph.json")
    assert (ran.code, ran.out) == (0, "")
    assert json.loads((tree / "graph.json").read_text(encoding="utf-8"))["version"] == 1


@pytest.mark.usefixtures("tree")
def test_options_may_stand_before_and_after_paths(run):
    ran = run("graph", "--from", "ci", "infra", "--to", "admin")
    assert ran.code == 0
    assert "role aws_iam_role.ci can become an administrator" in ran.out


@pytest.mark.usefixtures("tree")
def test_color_is_for_those_who_want_it(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("graph").out
    assert "\x1b[" not in run("graph", "--no-color").out


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "nobody"), "'nobody' is no principal in view"),
        (("--to", "nobody"), "'nobody' is no principal in view"),
        (("-o", "png=x"), "FORMAT one of text, mermaid, dot, json, html"),
        (("-o", "nowhere/x"), "can't be written"),
        (("--format", "png"), "invalid choice"),
        (("missing",), "missing"),
    ],
)
def test_wrong_use_is_told_with_exit_2(run, arguments, words):
    ran = run("graph", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ran.out == ""


def test_input_that_was_not_read_makes_it_undecided(run, tree):
    write(tree, infra__broken_tf="resource {")
    ran = run("graph")
    assert ran.code == 2
    assert "infra/broken.tf" in ran.err


def test_an_empty_folder_has_nobody(run):
    assert run("graph").out.startswith("no principal is in view\n")


@pytest.mark.usefixtures("tree")
def test_the_order_is_stable(run):
    assert run("graph", "--format", "json").out == run("graph", "--format", "json").out


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("flag", ["--from", "--to"])
def test_an_empty_name_is_no_name(run, flag):
    ran = run("graph", flag, "", "infra")
    assert ran.code == 2
    assert "is empty: name a principal" in ran.err
