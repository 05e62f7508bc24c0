"""Evaluate Terraform text held in memory."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.model import Evaluated
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

Files: TypeAlias = str | dict[str, str]
Evaluate: TypeAlias = Callable[[Files], Evaluated]


@pytest.fixture
def evaluate() -> Evaluate:
    """Return a function from files (or the text of ``main.tf``) to all evaluated instances."""

    def run(files: Files) -> Evaluated:
        held = {"main.tf": files} if isinstance(files, str) else files
        tree = MemoryTree({path: text.encode() for path, text in held.items()})
        return evaluate_root(Root("terraform", ""), tree, Config(), wanted=lambda _: True)

    return run
