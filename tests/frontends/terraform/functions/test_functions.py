"""Expressions and functions give what the real ``terraform console`` gives."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.values.conversions import terraform_json
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

CASES = Path(__file__).with_name("expressions.json")


def expressions() -> dict[str, object]:
    cases: dict[str, object] = json.loads(CASES.read_text("utf-8"))
    return cases


def module(texts: list[str]) -> str:
    lines = [f"  e{index} = {text}\n" for index, text in enumerate(texts)]
    return "locals {\n" + "".join(lines) + "}\n"


def ours(texts: list[str]) -> list[object]:
    names = "".join(f"  e{index} = local.e{index}\n" for index in range(len(texts)))
    text = f'{module(texts)}resource "t" "x" {{\n{names}}}\n'
    tree = MemoryTree({"main.tf": text.encode()})
    evaluated = evaluate_root(Root("terraform", ""), tree, Config(), wanted=lambda _: True)
    assert evaluated.diagnostics == ()
    attributes = evaluated.instances[0].body.attributes
    spelled = [terraform_json(attributes[f"e{index}"]) for index in range(len(texts))]
    return ["unknown" if text is None else json.loads(text) for text in spelled]


def test_expressions_have_the_values_that_are_written_down() -> None:
    cases = expressions()
    found = dict(zip(cases, ours(list(cases)), strict=True))
    assert {text: value for text, value in found.items() if value != cases[text]} == {}


@pytest.mark.needs("terraform")
def test_the_written_values_are_those_of_terraform(tmp_path: Path) -> None:
    cases = expressions()
    (tmp_path / "main.tf").write_text(module(list(cases)), "utf-8")
    names = ", ".join(f"e{index} = local.e{index}" for index in range(len(cases)))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    run = subprocess.run(
        ["terraform", "console", "-no-color"],
        input=f"nonsensitive(base64encode(jsonencode({{{names}}})))\n",
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
        env={**environment, "CHECKPOINT_DISABLE": "1"},
    )
    theirs = json.loads(base64.b64decode(json.loads(run.stdout)))
    found = {text: theirs[f"e{index}"] for index, text in enumerate(cases)}
    assert {text: value for text, value in found.items() if value != cases[text]} == {}
