"""What the README shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


TERRAFORM = (ROOT / "docs/terraform.md").read_text(encoding="utf-8")
CLOUDFORMATION = (ROOT / "docs/cloudformation.md").read_text(encoding="utf-8")
DUMPS = (ROOT / "docs/account-dumps.md").read_text(encoding="utf-8")


def block(mark: str, page: str = README) -> str:
    """Return the fenced block that follows a mark."""
    _, _, rest = page.partition(f"<!-- {mark} -->")
    found = re.match(r"\n```[a-z]*\n(.*?)```", rest, re.DOTALL)
    assert found is not None, mark
    return found[1]


def printed(arguments: list[str]) -> tuple[int, str]:
    environment = {k: v for k, v in os.environ.items() if k != "FORCE_COLOR"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_policies_are_compared_as_shown():
    program, *arguments = block("command: compare").split()
    assert program == "leastwise"
    assert printed(["-m", "leastwise", *arguments]) == (1, block("output: compare"))


def test_questions_are_answered_as_shown():
    for name, code in (("can", 1), ("who", 0), ("why", 1), ("graph", 0)):
        program, *arguments = block(f"command: {name}").split()
        assert program == "leastwise"
        assert printed(["-m", "leastwise", *arguments]) == (code, block(f"output: {name}"))


def test_expectations_are_judged_as_shown():
    program, *arguments = block("command: expectations").split()
    assert program == "leastwise"
    assert printed(["-m", "leastwise", *arguments]) == (1, block("output: expectations"))


def test_expectations_shown_are_those_judged():
    file = (ROOT / "examples/expectations/shop.yaml").read_text(encoding="utf-8")
    assert block("yaml: test").rstrip() == file.partition("\n")[2].rstrip()


@pytest.mark.parametrize("page", [TERRAFORM, CLOUDFORMATION], ids=["terraform", "cloudformation"])
def test_documents_are_shown_as_the_pages_on_languages_say(page):
    program, *arguments = block("command: policies", page).split()
    assert program == "leastwise"
    code, shown = printed(["-m", "leastwise", *arguments])
    assert code == 0
    assert block("output: policies, among others", page) in shown


def test_questions_are_answered_as_the_page_on_dumps_shows():
    program, *arguments = block("command: can", DUMPS).split()
    assert program == "leastwise"
    assert printed(["-m", "leastwise", *arguments]) == (1, block("output: can", DUMPS))


def test_figures_of_the_page_on_cloudformation_are_those_of_the_program():
    from leastwise.frontends.cloudformation.evaluation import outcomes, parameters
    from leastwise.frontends.cloudformation.scope import formulas, state
    from leastwise.frontends.cloudformation.stacks import nesting
    from leastwise.frontends.cloudformation.syntax import yaml_reader
    from leastwise.frontends.cloudformation.transforms import include, loops
    from leastwise.iam import worlds

    text = " ".join(CLOUDFORMATION.split())
    for words in (
        f"each is followed, up to {parameters.MAX_ALLOWED}",
        f"followed for each row, up to {outcomes.MAX_ROWS}",
        f"At most {formulas.MAX_WORLDS} combinations",
        f"Loops make at most {loops.MAX_VALUES:,} values",
        (
            f"{nesting.MAX_LEVELS} levels, {nesting.MAX_STACKS} stacks and"
            f" {nesting.MAX_RESOURCES:,} resources"
        ),
        f"{yaml_reader.MAX_NODES:,} values, {yaml_reader.MAX_DEPTH} levels",
        f"{state.MAX_CHARACTERS:,} characters, {state.MAX_PARTS:,} parts",
        f"{worlds.MAX_NODES:,} nodes, {worlds.MAX_WORLDS} combinations",
        f"{include.MAX_INCLUDED} files, {include.MAX_LEVELS} levels",
    ):
        assert words in text


def test_figures_of_the_page_on_terraform_are_those_of_the_program():
    from leastwise.frontends.terraform.attributes.arn_templates import MANAGED
    from leastwise.frontends.terraform.scope import state
    from leastwise.iam import worlds

    data = ROOT / "src/leastwise/data/tf_policy_attributes.csv"
    attributes = len(data.read_text(encoding="utf-8").splitlines()) - 1
    text = " ".join(TERRAFORM.split())
    for words in (
        f"holds a policy** ({attributes} in",
        f"ARNs of {sum('arn' in one for one in MANAGED.values())} resource types",
        f"outputs, {state.MAX_MODULE_DEPTH} deep",
        (
            f"{state.MAX_STEPS:,} steps of evaluation, {state.MAX_ALL_INSTANCES:,} instances, "
            f"{state.MAX_CHARACTERS // 1024**2} MiB"
        ),
        f"`count` | {state.MAX_INSTANCES:,} instances",
        (
            f"{state.MAX_NODES:,} nodes, {state.MAX_VALUE_DEPTH} levels; a string "
            f"{state.MAX_STRING // 1024} KiB"
        ),
        f"{worlds.MAX_NODES:,} nodes, {worlds.MAX_WORLDS} combinations",
    ):
        assert words in text


def test_library_answers_as_shown():
    assert printed(["-c", block("python: compare")]) == (0, block("output: python"))


# Each line is wrong in one way: were a public name of type Any, its line would pass.
MISUSED = """
from leastwise import imply  # E: attr-defined
implies("{}", old)  # E: arg-type
answer.request.nothing  # E: attr-defined
decide(request, new).outcomes  # E: attr-defined
Request.of(principal=1, action="s3:GetObject", resource="*")  # E: arg-type
"""


def test_library_is_typed_as_shown(tmp_path):
    program = block("python: compare") + MISUSED
    (tmp_path / "consumer.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path}", "consumer.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = re.findall(r"^consumer\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE)
    lines = enumerate(program.splitlines(), start=1)
    expected = [(str(n), line.partition("  # E: ")[2]) for n, line in lines if "  # E: " in line]
    assert wrong == expected, done.stdout + done.stderr
