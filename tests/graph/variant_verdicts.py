"""What leastwise tells of the accounts of ``variants``, and whether that is right."""

from functools import cache
from typing import NamedTuple

from tests.graph.variants import FOUND

from leastwise.api.rule_examples import load
from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import evaluate
from leastwise.rules.model import LEVELS
from leastwise.source.tree import MemoryTree

UPWARDS = ("escalation/", "wildcard/admin")
LOUD = ("warning", "error")
CALLER = ("caller", "UserCaller", "RoleCaller", "PolicyCaller")
_RANK = ("", *LEVELS).index


class Told(NamedTuple):
    """What is told of the principal: how serious, with which paths, and of any family."""

    level: str
    ids: frozenset
    most: str
    messages: tuple


@cache
def rules():
    found = chosen(catalogue(), Config())
    assert not isinstance(found, str)
    return found


def is_of_caller(finding):
    return finding.subject.address.replace("/", ".").rpartition(".")[2] in CALLER


def told(files):
    """Judge the one file of an account, and keep what is about the principal in question."""
    config = Config()
    project = load(MemoryTree(files), config)
    assert [d.message for d in project.diagnostics if d.severity == "error"] == []
    found = [f for f in evaluate(project, config, rules()).findings if is_of_caller(f)]
    upwards = [f for f in found if f.rule.startswith(UPWARDS)]
    loud = [f for f in upwards if f.level in LOUD]
    ids = {f.path_id for f in loud} | {a.path_id for f in loud for a in f.also}
    return Told(
        max((f.level for f in upwards), key=_RANK, default=""),
        frozenset(i for i in ids if i is not None),
        max((f.level for f in found), key=_RANK, default=""),
        tuple(f"{f.level}[{f.rule}] {f.message}" for f in found),
    )


def is_right(account, heard):
    """Say whether what is told is what the variant asks for."""
    if account.variant in FOUND:
        return heard.level in LOUD and account.path.id in heard.ids
    return heard.level not in LOUD
