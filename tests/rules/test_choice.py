"""Which rules run: by name, by what the configuration asks for, by status; and at which level."""

import json

import pytest
from tests.rules.worked import find

from leastwise.api.rule_examples import account_dump, load
from leastwise.config.model import Config, PathIgnore
from leastwise.config.read import config_of
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen, unread_previews
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

WRITE = [{"Effect": "Allow", "Action": ["dynamodb:DeleteTable"], "Resource": "*"}]
ON_WRITE = "wildcard/resource-on-write"


def ids(settings, rules=None):
    found = chosen(catalogue() if rules is None else rules, config_of(settings))
    assert not isinstance(found, str), found
    return {rule.info.id for rule in found}


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        ("boundary/absent", {"required-boundary": "arn:aws:iam::*:policy/limit"}),
        ("governance/forbidden-action", {"forbidden-actions": ["ec2:Delete*"]}),
    ],
)
def test_a_rule_that_is_off_runs_when_its_setting_is_there(rule, settings):
    group = rule.partition("/")[0]
    assert rule not in ids({})
    assert rule in ids(settings)
    assert rule in ids({"select": [rule]})
    assert rule not in ids({"select": [group]})
    assert rule in ids({"select": [group], **settings})
    assert rule not in ids({"select": ["wildcard"], **settings})
    assert rule not in ids({"ignore": [rule], **settings})
    assert rule not in ids({"levels": {rule: "off"}, **settings})


def previewed(name):
    return tuple(
        rule._replace(info=rule.info._replace(status="preview")) if rule.info.id == name else rule
        for rule in catalogue()
    )


def test_a_rule_in_preview_runs_only_where_previews_are_asked_for():
    rules = previewed(ON_WRITE)
    assert ON_WRITE not in ids({}, rules)
    assert ON_WRITE not in ids({"select": [ON_WRITE]}, rules)
    assert ON_WRITE in ids({"preview": True}, rules)
    assert ON_WRITE in ids({"preview": True, "select": ["wildcard"]}, rules)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"select": [ON_WRITE]}, (ON_WRITE,)),
        ({"select": ["checkov:CKV_AWS_111"]}, (ON_WRITE,)),
        ({"select": ["wildcard"]}, ()),
        ({"select": [ON_WRITE], "preview": True}, ()),
        ({}, ()),
    ],
)
def test_who_selects_a_preview_by_name_hears_that_it_did_not_run(settings, told):
    assert unread_previews(previewed(ON_WRITE), config_of(settings)) == told


@pytest.mark.parametrize("name", ["wildcard/adnim", "wildcart"])
def test_a_level_for_a_rule_that_nobody_knows_is_told(name):
    message = chosen(catalogue(), config_of({"levels": {name: "note"}}))
    assert isinstance(message, str)
    assert message.startswith(f"levels: there is no rule or group {name!r}; did you mean wildcard")


def level_of(levels, statements=None, **more):
    config = config_of({"levels": levels, "select": [ON_WRITE]})
    dump = account_dump({"statements": statements or WRITE, **more}, is_trust=False)
    tree = MemoryTree({"account.json": json.dumps(dump).encode()})
    found = evaluate(load(tree, config), config, chosen(catalogue(), config)).findings
    return [finding.level for finding in found]


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ({}, ["warning"]),
        ({ON_WRITE: "error"}, ["error"]),
        ({ON_WRITE: "note"}, ["note"]),
        ({ON_WRITE: "off"}, []),
        ({"wildcard": "note"}, ["note"]),
        ({"wildcard": "off", ON_WRITE: "error"}, ["error"]),
        ({"wildcard": "error", ON_WRITE: "note"}, ["note"]),
        ({"checkov:CKV_AWS_111": "note"}, ["note"]),
        ({"CKV_AWS_111": "note", "wildcard": "error"}, ["note"]),
        ({"CKV_AWS_111": "note", ON_WRITE: "error"}, ["error"]),
        ({"trust": "off"}, ["warning"]),
    ],
)
def test_the_most_exact_name_gives_the_level(levels, told):
    assert level_of(levels) == told


def test_naming_a_rule_lifts_all_that_it_finds_and_naming_its_group_does_not():
    tags = [{"Effect": "Allow", "Action": "dynamodb:TagResource", "Resource": "*"}]
    assert level_of({}, tags) == ["note"]
    assert level_of({ON_WRITE: "error"}, tags) == ["error"]
    assert level_of({"wildcard": "error"}, tags) == ["note"]


def test_rules_that_are_off_are_not_among_those_without_configuration():
    off = {rule.info.id for rule in catalogue() if not rule.info.default}
    assert off
    assert off.isdisjoint(ids({}))
    dump = account_dump({"statements": WRITE}, is_trust=False)
    tree = MemoryTree({"account.json": json.dumps(dump).encode()})
    assert off.isdisjoint(f.rule for f in find(tree, Config()).findings)


def test_a_path_that_ignores_a_rule_nobody_knows_is_told():
    config = Config(per_path_ignores=(PathIgnore("a/*", ("wildcard", "wildcard/admn")),))
    assert str(chosen(catalogue(), config)).startswith(
        "per-path-ignores: there is no rule or group 'wildcard/admn'; did you mean wildcard/admin"
    )


def test_a_long_name_is_cut_where_it_is_told():
    told = chosen(catalogue(), Config(select=("a" * 100_000,)))
    assert isinstance(told, str)
    assert len(told) < 300
