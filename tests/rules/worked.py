"""The examples of rule files, and what rules find in small trees."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from leastwise.api import rule_examples
from leastwise.api.rule_examples import ACCOUNT, SUBJECT, load
from leastwise.config.model import Config
from leastwise.graph.catalogue import generic_path, paths
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import Evaluation, evaluate
from leastwise.source.tree import MemoryTree

__all__ = ["ACCOUNT", "RULES", "SUBJECT", "Worked", "examples", "find", "load", "rule_files"]

RULES = Path(__file__).resolve().parents[2] / "rules"
PATHS = RULES.with_name("paths")


@dataclass(frozen=True)
class Worked:
    """Hold one example of one rule file, or of one path."""

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


@cache
def path_entries():
    """Return the entries of the catalogue of paths that are rules, by the ids of the rules."""
    files = [p for p in sorted(PATHS.rglob("*.yaml")) if p.name != "categories.yaml"]
    entries = [entry for path in files for entry in yaml.safe_load(path.read_bytes())]
    rule_of = {path.id: path.rule for path in (*paths(), generic_path())}
    return {rule_of[e["id"]]: e for e in entries if "told_by" not in e}


def examples():
    of_rules = {data["id"]: data["examples"] for data in rule_files().values()}
    of_paths = {rule: entry.get("examples", ()) for rule, entry in path_entries().items()}
    return [
        Worked(rule, example) for rule, found in (of_rules | of_paths).items() for example in found
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
