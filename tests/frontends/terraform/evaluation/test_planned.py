"""Whole modules evaluate to what the real ``terraform plan`` makes of them.

Each folder in ``planned`` is a root module of ``terraform_data`` resources, which need no provider;
``expected.json`` beside it is the ``input`` of every instance in the plan, by address.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.values.conversions import terraform_json
from leastwise.iam.project import Root
from leastwise.source.tree import DiskTree
from leastwise.source.value import Mapping, Value

FOLDER = Path(__file__).with_name("planned")
CASES = sorted(path.name for path in FOLDER.iterdir())


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / case / "expected.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_instance_has_the_planned_input(case: str) -> None:
    tree = DiskTree(FOLDER)
    evaluated = evaluate_root(Root("terraform", case), tree, Config(), wanted=lambda _: True)
    assert evaluated.diagnostics == ()
    found = {}
    for instance in evaluated.instances:
        assert not instance.maybe, instance.address
        found[instance.address] = spelled(instance.body.attributes["input"])
    planned = expected(case)
    assert sorted(found) == sorted(planned)
    assert {a: _differences(v, found[a]) for a, v in planned.items() if v != found[a]} == {}


def spelled(value: Value) -> Any:
    if isinstance(value, Mapping) and value.tail is None:
        return {key.literal: spelled(item) for key, item in value.entries}
    text = terraform_json(value)
    return "unknown" if text is None else json.loads(text)


def _differences(planned: Any, ours: Any) -> Any:
    if not isinstance(planned, dict) or not isinstance(ours, dict):
        return planned, ours
    names = planned.keys() | ours.keys()
    pairs = {name: (planned.get(name, "nothing"), ours.get(name, "nothing")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("case", CASES)
def test_the_expected_inputs_are_those_of_terraform(case: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER / case, tmp_path, dirs_exist_ok=True)
    terraform(tmp_path, "init")
    terraform(tmp_path, "plan", "-out=plan", "-refresh=false", "-input=false")
    shown = json.loads(terraform(tmp_path, "show", "-json", "plan"))
    inputs: dict[str, Any] = {}
    pending = [shown["planned_values"]["root_module"]]
    while pending:
        module = pending.pop()
        pending += module.get("child_modules", [])
        for resource in module.get("resources", []):
            inputs[resource["address"]] = resource["values"].get("input")
    assert inputs == expected(case)


def terraform(folder: Path, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    environment |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    run = subprocess.run(
        ["terraform", *arguments],
        capture_output=True,
        check=True,
        text=True,
        cwd=folder,
        env=environment,
    )
    return run.stdout
