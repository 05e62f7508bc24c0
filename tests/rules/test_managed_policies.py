"""What is said of AWS's own policies, attached to a role and as a copy in the role itself.

The documents are the bundled ones. A policy counts as read-only when each known action that it
allows is listed under Read or List.
"""

import json
import sqlite3
import zlib
from functools import cache
from pathlib import Path

import pytest

import leastwise
from leastwise.api.rule_examples import load, tree_of
from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue, select
from leastwise.rules.engine import evaluate
from leastwise.semantics.actions import action_index, info

DATA = Path(leastwise.__file__).parent / "data" / "managed_policies.sqlite"
RULES = select(catalogue(), (), ())
ARN = "arn:aws:iam::aws:policy/"

OF_PEOPLE = {
    "AdministratorAccess": {("wildcard/admin", "error")},
    "IAMFullAccess": {
        ("wildcard/admin", "error"),
        ("escalation/iam-attach-role-policy-self", "error"),
    },
    "PowerUserAccess": {("wildcard/not-action-allow", "warning")},
    "job-function/Billing": set(),
    "job-function/DataScientist": {
        ("wildcard/service-admin", "warning"),
        ("wildcard/not-resource-allow", "warning"),
    },
    "job-function/DatabaseAdministrator": {("wildcard/service-admin", "warning")},
    "job-function/NetworkAdministrator": {("wildcard/service-admin", "warning")},
    "job-function/SupportUser": set(),
    "job-function/SystemAdministrator": {("wildcard/service-admin", "warning")},
    "job-function/ViewOnlyAccess": set(),
    "ReadOnlyAccess": set(),
    "SecurityAudit": set(),
}
"""Errors, and warnings on wildcards, as a reviewer would have them."""


@cache
def documents():
    with sqlite3.connect(f"file:{DATA}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT path, document FROM policies ORDER BY path").fetchall()
    database.close()
    return {path: json.loads(zlib.decompress(packed)) for path, packed in rows}


@cache
def reading():
    index = action_index()
    levels = [info(name).access_level for name in index.names(index.everything)]
    return sum(1 << i for i, level in enumerate(levels) if level in ("Read", "List"))


def listed(value):
    return [value] if isinstance(value, str | dict) else value


def allowed(document):
    index, found = action_index(), 0
    for statement in listed(document["Statement"]):
        bits = 0
        for glob in listed(statement.get("Action") or statement["NotAction"]):
            bits |= index.bits(glob)
        if statement["Effect"] == "Allow":
            found |= index.everything & ~bits if "NotAction" in statement else bits
    return found


def read_only():
    bits = {path: allowed(document) for path, document in documents().items()}
    return [path for path, known in bits.items() if known and not known & ~reading()]


def found(example):
    findings = evaluate(load(tree_of(example, "policy")), Config(), RULES).findings
    return {(f.rule, f.level) for f in findings if f.level != "note"}


def test_there_are_read_only_policies():
    assert len(read_only()) == 317


def test_attached_read_only_policies_are_at_most_noted():
    said = {path: found({"managed": [ARN + path]}) for path in read_only()}
    assert {path: rules for path, rules in said.items() if rules} == {}


def test_copies_of_read_only_policies_are_at_most_noted():
    # Whatever is wrong with the text too: AWS's own name a few resources that do not exist.
    copied = {path: documents()[path] for path in read_only()}
    said = {
        path: found({"json": json.dumps(document)})
        | found({"statements": listed(document["Statement"])})
        for path, document in copied.items()
    }
    assert {path: rules for path, rules in said.items() if rules} == {}


@pytest.mark.parametrize("path", OF_PEOPLE)
def test_policies_for_people_are_judged_as_a_reviewer_would(path):
    said = found({"managed": [ARN + path]})
    serious = {(r, level) for r, level in said if r.startswith("wildcard/") or level == "error"}
    assert serious == OF_PEOPLE[path]
