"""The examples of rule files, and what rules find in small trees."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from leastwise.api import rule_examples
from leastwise.api.rule_examples import ACCOUNT, SUBJECT, load
from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import Evaluation, evaluate
from leastwise.source.tree import MemoryTree

__all__ = ["ACCOUNT", "RULES", "SUBJECT", "Worked", "examples", "find", "load", "rule_files"]

RULES = Path(__file__).resolve().parents[2] / "rules"


@dataclass(frozen=True)
class Worked:
    """Hold one example of one rule file."""

    rule: str
    data: dict

    @property
    def id(self):
        return f"{self.rule}: {self.data['name']}"

    @property
    def form(self):
        return rule_examples.form_of(self.data)


@cache
def rule_files():
    return {
        path.relative_to(RULES).as_posix(): yaml.safe_load(path.read_bytes())
        for path in sorted(RULES.glob("*/*.yaml"))
    }


def examples():
    return [
        Worked(data["id"], example)
        for data in rule_files().values()
        for example in data["examples"]
    ]


def tree_of(worked, subject_kind):
    """Spell an example as the one file of a tree."""
    return rule_examples.tree_of(worked.data, subject_kind)


def configured(example) -> Config:
    """Read the configuration of an example."""
    return rule_examples.configuration_of(example)


def find(tree: MemoryTree, config: Config | None = None) -> Evaluation:
    """Evaluate on a tree all rules that run where nobody selects any."""
    config = config or Config()
    rules = chosen(catalogue(), config)
    assert not isinstance(rules, str), rules
    return evaluate(load(tree, config), config, rules)


def find_terraform(text: str, config: Config | None = None) -> Evaluation:
    return find(MemoryTree({"main.tf": text.encode()}), config)
