"""What the README shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    """Return the fenced block that follows a mark."""
    _, _, rest = README.partition(f"<!-- {mark} -->")
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
    for name, code in (("can", 1), ("who", 0)):
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


def test_library_answers_as_shown():
    assert printed(["-c", block("python: compare")]) == (0, block("output: python"))
