"""Break the evaluator in known ways: its own tests must notice each of them.

A mutant is made of the modules' text in memory. The tests of ``decide`` are called as functions,
row by row of their tables, until the first that fails.
"""

import importlib
import sys
from inspect import signature
from itertools import product
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from tests.semantics import (
    test_decide,
    test_decide_layers,
    test_decide_open,
    test_decide_principals,
)
from tests.semantics.mutants import MUTANTS

import leastwise.semantics

FOLDER = Path(leastwise.semantics.__file__).parent
MODULES = (
    "action_length",
    "remembered",
    "entries",
    "truth",
    "pattern",
    "readings",
    "condition_arns",
    "operators",
    "conditions",
    "principals",
    "evaluation",
    "aws_owned",
    "decide",
)
"""Each uses only those before it, and modules that no mutant changes."""
SUITES = (test_decide, test_decide_layers, test_decide_principals, test_decide_open)


@pytest.fixture(scope="module")
def texts():
    return {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}


@pytest.fixture(scope="module")
def tests():
    """Return every row of every test of ``decide``, as a function of the builders."""
    functions = [
        function
        for suite in SUITES
        for name, function in vars(suite).items()
        if name.startswith("test_") and "iam" in signature(function).parameters
    ]
    return [row for function in functions for row in _rows(function)]


def _rows(function):
    marks = [m for m in getattr(function, "pytestmark", ()) if m.name == "parametrize"]
    tables = [[_arguments(mark.args[0], row) for row in mark.args[1]] for mark in marks]
    for chosen in product(*tables):
        given = {name: value for row in chosen for name, value in row.items()}
        yield lambda iam, given=given: function(iam=iam, **given)


def _arguments(names, row):
    row = getattr(row, "values", row)
    listed = names.replace(",", " ").split() if isinstance(names, str) else names
    return {listed[0]: row} if len(listed) == 1 else dict(zip(listed, row, strict=True))


def _evaluator(texts, monkeypatch):
    """Return ``decide`` made of other texts of its modules."""
    for name, text in texts.items():
        full = f"leastwise.semantics.{name}"
        module = ModuleType(full)
        monkeypatch.setitem(sys.modules, full, module)
        exec(compile(text, f"{name}.py", "exec"), vars(module))  # noqa: S102 - our own text
    return sys.modules["leastwise.semantics.decide"].decide


def _first_failure(tests, iam, decide):
    builders = SimpleNamespace(**{**vars(iam), "decide": decide})
    for test in tests:
        try:
            test(builders)
        except Exception as failure:  # noqa: BLE001 - a mutant may break in any way
            return failure
    return None


def test_the_evaluator_as_it_is_passes(iam, texts, tests, monkeypatch):
    assert _first_failure(tests, iam, _evaluator(texts, monkeypatch)) is None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.claim)
def test_a_test_notices(iam, texts, tests, monkeypatch, mutant):
    assert texts[mutant.module].count(mutant.old) == 1, "the mutant's text is no longer there once"
    changed = texts[mutant.module].replace(mutant.old, mutant.new)
    decide = _evaluator({**texts, mutant.module: changed}, monkeypatch)
    assert _first_failure(tests, iam, decide) is not None


def test_modules_are_all_that_the_evaluator_uses():
    used = {
        value.__module__
        for name in MODULES
        for value in vars(importlib.import_module(f"leastwise.semantics.{name}")).values()
        if str(getattr(value, "__module__", "")).startswith("leastwise.semantics.")
    }
    assert used <= {f"leastwise.semantics.{name}" for name in (*MODULES, "model")}
