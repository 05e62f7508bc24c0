"""Our answers to thousands of calls are those of the real ``terraform console``.

``console/expected.json`` holds what Terraform 1.11 answered; ``python
scripts/compare_with_console.py --record`` asks again. Its own tests stand in ``test_functions.py``.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import pytest

SCRIPTS = Path(__file__).parents[4] / "scripts"
Answer: TypeAlias = "list[str] | None"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    sys.path.insert(0, str(SCRIPTS))
    spec = importlib.util.spec_from_file_location("compare", SCRIPTS / "compare_with_console.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(SCRIPTS))


def recorded(script: ModuleType) -> dict[str, Answer]:
    answers: dict[str, Answer] = json.loads(script.EXPECTED.read_text("utf-8"))
    return answers


def test_every_call_has_the_recorded_answer(script: ModuleType) -> None:
    answers = recorded(script)
    expressions = script.calls()
    assert len(expressions) > 4_000
    assert set(answers) == set(expressions)
    theirs = [answers[text] for text in expressions]
    found = script.differences(expressions, theirs, script.ours(expressions))
    assert {text: pair for text, pair in found.items() if text not in script.known()} == {}
    assert set(script.known()) <= set(found), "no longer different: take it out of known.txt"


def test_where_we_do_not_answer_as_terraform_we_answer_nothing(script: ModuleType) -> None:
    answers = recorded(script)
    expressions = list(script.known())
    found = dict(zip(expressions, script.ours(expressions), strict=True))
    assert {
        text: answer for text, answer in found.items() if answer not in (None, answers[text])
    } == {}


@pytest.mark.needs("terraform")
def test_the_recorded_answers_are_those_of_terraform(script: ModuleType) -> None:
    expressions = script.calls()
    theirs = dict(zip(expressions, script.of_terraform(expressions), strict=True))
    answers = recorded(script)
    assert {text: answer for text, answer in theirs.items() if answer != answers[text]} == {}


@pytest.mark.needs("terraform")
def test_every_function_of_terraform_is_called(script: ModuleType, tmp_path: Path) -> None:
    from leastwise.frontends.terraform.evaluation.calls import IMPURE
    from leastwise.frontends.terraform.functions.library import NAMES
    from leastwise.frontends.terraform.functions.signatures import SIGNATURES

    special = {"try", "can", "issensitive"}
    names = {name for name in script.function_names(tmp_path) if not name.startswith("core::")}
    assert names - special - NAMES - set(IMPURE) == set()
    assert names - {"try", "can"} == {n for n in SIGNATURES if not n.startswith("provider::")}
