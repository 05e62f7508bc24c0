"""The catalogue of paths: what is compiled is what is written, and every word of it is known."""

import importlib.util
from pathlib import Path
from typing import get_args

import pytest

from leastwise.graph import model
from leastwise.graph.catalogue import passed_to_others, path_of, paths
from leastwise.semantics.actions import action_index

ROOT = Path(__file__).resolve().parents[2]
OURS = {"iam/create-user+group+key"}
"""Paths that no other catalogue has as one of its own."""


def script():
    spec = importlib.util.spec_from_file_location("cp", ROOT / "scripts" / "compile_paths.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def entries():
    return {entry["id"]: entry for entry in script().entries()}


def test_compiled_paths_are_fresh():
    for name, text in script().files().items():
        written = (ROOT / "src" / "leastwise" / "data" / name).read_text(encoding="utf-8")
        assert written == text, "run scripts/compile_paths.py"


def test_all_published_paths_are_there():
    """These many were published when the catalogue was begun; who finds more adds them."""
    assert len([p for p in paths() if p.id not in OURS]) >= 191
    assert len([p for p in paths() if p.tier == "core"]) >= 111


def test_ids_and_the_ids_of_their_rules_are_used_once():
    assert len({p.id for p in paths()}) == len(paths())
    assert len({p.rule for p in paths()}) == len(paths())


def test_words_are_those_of_the_graph():
    legs = [leg for p in paths() for way in p.ways for leg in way]
    where = [condition for p in paths() for condition in p.where]
    assert {leg.on for leg in legs} == set(get_args(model.On))
    assert {c.of for c in where} <= set(get_args(model.On))
    assert {c.predicate for c in where} == set(get_args(model.Predicate))
    assert {p.gives for p in paths()} == set(get_args(model.Gives))


def test_every_action_exists_or_its_entry_says_that_it_does_not(entries):
    for path in paths():
        named = {leg.action for way in path.ways for leg in way}
        gone = {action for action in named if action_index().spelled(action) != action}
        assert gone == set(entries[path.id].get("unlisted", ())), path.id


def test_what_is_made_on_a_resource_says_what_runs_as_the_role():
    for path in paths():
        if any(leg.on == "resource" for way in path.ways for leg in way):
            predicates = {c.predicate for c in path.where if c.among}
            assert predicates & {"runs-as", "trusts-provider"}, path.id


def test_what_a_sentence_names_is_there_to_be_named():
    for path in paths():
        named = path.gives in ("role", "user", "group", "role-boundary", "user-boundary")
        named |= path.gives == "role-without-boundary"
        named |= any(leg.on == "user" for way in path.ways for leg in way)
        assert ("{target}" in path.does) == named, path.id
        through = any(c.predicate == "runs-as" for c in path.where)
        assert ("{through}" in path.does) == (through and path.id.startswith("existing/")), path.id
        assert not path.does.endswith(".")


def test_passing_a_role_pins_the_service_that_takes_it():
    for path in paths():
        if path.id.startswith("passrole/"):
            assert path.guards[0] == "iam:PassedToService"
            assert all(way[0] == model.Leg("iam:PassRole", "role") for way in path.ways)
            assert any(c.predicate.startswith("trusts-") and c.of == "role" for c in path.where)


def test_sources_keep_core_and_extended_apart(entries):
    for entry in entries.values():
        listed = set(entry.get("sources", ())) - {"hacktricks"}
        assert bool(listed) or entry["tier"] == "extended", entry["id"]


def test_generic_path_is_there_for_each_service_that_takes_a_role():
    others = {path.where[0].among: path for path in passed_to_others()}
    assert len(others) == len(passed_to_others())
    export = others["export.rds.amazonaws.com",]
    assert export.id == "passrole/other"
    assert export.does == "pass role {target} to export.rds.amazonaws.com"
    assert export.ways == (
        (model.Leg("iam:PassRole", "role"), model.Leg("rds:StartExportTask", "any")),
    )
    every = {leg.action for path in others.values() for way in path.ways for leg in way}
    assert all(action_index().spelled(action) == action for action in every)


def test_generic_path_leaves_out_what_a_path_of_its_own_says_more_of():
    every = {leg.action for p in passed_to_others() for way in p.ways for leg in way}
    assert not every & {"lambda:CreateFunction", "ec2:RunInstances", "glue:CreateJob"}
    assert "synthetics:CreateCanary" in every


def test_path_is_found_by_its_id_and_by_its_rule():
    path = path_of("passrole/ecs-runtask")
    assert path is not None
    assert path.rule == "escalation/passrole-ecs-runtask"
    assert path_of("escalation/passrole-ecs-runtask") is path
    assert (
        path_of("iam/attach-role-policy+assume").rule == "escalation/iam-attach-role-policy-assume"
    )
    assert path_of("passrole/nobody") is None
