import importlib.util
import json
from pathlib import Path

import pytest
from tests.rules.worked import RULES, path_entries, rule_files

from leastwise.graph.catalogue import generic_path, paths
from leastwise.rules.catalogue import catalogue, select
from leastwise.rules.compile import compile_rules
from leastwise.rules.explain import explain
from leastwise.rules.python import PYTHON_RULES
from leastwise.rules.reading import read_rule

ROOT = RULES.parent
SCHEMA = json.loads((RULES / "rule.schema.json").read_text(encoding="utf-8"))


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_compiled_file_is_fresh():
    written = (ROOT / "src" / "leastwise" / "data" / "rules.json").read_text(encoding="utf-8")
    assert written == script("compile_rules").compiled(), "run scripts/compile_rules.py"


def test_rule_pages_are_fresh():
    folder = ROOT / "docs" / "rules"
    wanted = script("generate_rule_pages").pages()
    written = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }
    assert written == wanted, "run scripts/generate_rule_pages.py"


def test_names_of_the_first_fourteen_rules_are_kept():
    named = {name for rule in catalogue() for name in (rule.info.id, *rule.info.aliases)}
    assert named >= {
        "boundary/missing-on-create",
        "escalation/iam-attach-or-put-policy-self",
        "escalation/iam-create-policy-version",
        "escalation/iam-create-role-and-attach",
        "escalation/passrole-lambda-create-invoke",
        "trust/cross-account-no-externalid",
        "trust/oidc-open-sub",
        "trust/wildcard-principal",
        "wildcard/admin",
        "wildcard/not-action-allow",
        "wildcard/not-resource-allow",
        "wildcard/passrole-any",
        "wildcard/resource-on-write",
        "wildcard/service-admin",
    }


@pytest.mark.parametrize("path", rule_files())
def test_rule_file_shows_what_is_found_and_what_is_not(path):
    expectations = [example["expect"] for example in rule_files()[path]["examples"]]
    assert len(expectations) >= 5
    assert {"fail", "pass"} == set(expectations)


def test_names_of_rules_are_used_once():
    own = [rule.info.id for rule in catalogue()]
    former = [n for rule in catalogue() for n in rule.info.aliases if "/" in n and ":" not in n]
    assert len(set(own)) == len(own)
    assert not {*own} & {*former}
    split = {name for name in former if former.count(name) > 1}
    assert all(name.startswith("escalation/") for name in split)


def test_every_python_rule_has_its_file():
    assert sorted(name for name, _ in PYTHON_RULES) == [
        r.info.id for r in catalogue() if r.decide is not None and r.path is None
    ]
    assert all(rule.grades or rule.decide for rule in catalogue())


def test_every_path_is_a_rule_that_is_found_by_its_id():
    of_paths = {r.path.id: r for r in catalogue() if r.path is not None}
    told = [p for p in (*paths(), generic_path()) if not p.told_by]
    assert sorted(of_paths) == sorted(p.id for p in told)
    assert all(select(catalogue(), (name,), ()) == (rule,) for name, rule in of_paths.items())
    assert all(rule.info.id == rule.path.rule for rule in of_paths.values())


def test_rule_that_tells_a_path_in_the_place_of_the_graph_exists():
    ids = {rule.info.id for rule in catalogue()}
    assert {p.told_by for p in paths() if p.told_by} <= ids


def test_page_of_a_path_says_what_it_takes():
    (rule,) = select(catalogue(), ("passrole/ecs-runtask",), ())
    page = explain(rule)
    assert page.startswith("# escalation/passrole-ecs-runtask\n")
    assert "- path: `passrole/ecs-runtask` (core)\n" in page
    assert (
        "- `iam:PassRole` on the role\n"
        "- `ecs:RegisterTaskDefinition` on a resource of its own making\n"
    ) in page
    assert "- the role trusts `ecs-tasks.amazonaws.com`\n" in page
    assert "It gives the permissions of the role.\n" in page
    assert "Pinned by: `iam:PassedToService`" in page
    assert "- pathfinding: `ecs-004`\n" in page


def test_page_of_a_path_with_several_ways_numbers_them():
    (rule,) = select(catalogue(), ("iam/create-policy+attach",), ())
    page = explain(rule)
    assert "\nAll calls of one of these:\n\n1. `iam:CreatePolicy` on a resource of its own" in page
    assert "`iam:AttachUserPolicy` on itself\n" in page


def test_titles_of_paths_are_sentences_without_blanks_to_fill():
    for rule in catalogue():
        assert "{" not in rule.info.title
        assert len(rule.info.title) <= 120


@pytest.mark.parametrize("rule", path_entries())
def test_core_path_shows_what_is_found_and_what_is_not(rule):
    entry = path_entries()[rule]
    shown = {example["expect"] for example in entry.get("examples", ())}
    assert shown == {"fail", "pass"} or entry["tier"] == "extended" or "unlisted" in entry


def test_rules_run_by_default_unless_they_say_otherwise_or_are_in_preview():
    chosen = select(catalogue(), (), ())
    assert [r.info.id for r in catalogue() if r not in chosen] == [
        r.info.id for r in catalogue() if not r.info.default or r.info.status == "preview"
    ]


def test_group_and_id_and_alias_select():
    chosen = select(catalogue(), ("trust", "wildcard/admin", "checkov:CKV_AWS_111"), ())
    ids = [rule.info.id for rule in chosen]
    assert [name for name in ids if not name.startswith("trust/")] == [
        "wildcard/admin",
        "wildcard/resource-on-write",
    ]
    assert {"trust/oidc-open-sub", "trust/wildcard-principal"} <= set(ids)


def test_ignore_wins_over_select():
    chosen = select(catalogue(), ("trust",), ("trust/oidc-open-sub", "trust/wildcard-principal"))
    ids = {rule.info.id for rule in chosen}
    assert "trust/cross-account-no-externalid" in ids
    assert not ids & {"trust/oidc-open-sub", "trust/wildcard-principal"}


def test_misspelled_rule_is_answered_with_near_matches():
    message = select(catalogue(), ("wildcard/admn",), ())
    assert message.startswith(
        "there is no rule or group 'wildcard/admn'; did you mean wildcard/admin"
    )


def test_name_without_its_group_is_answered_with_the_whole_id():
    assert "trust/oidc-open-sub" in select(catalogue(), (), ("oidc-open-sub",))


def test_page_shows_a_found_and_an_unfound_example():
    (admin,) = select(catalogue(), ("wildcard/admin",), ())
    page = explain(admin)
    assert page.startswith("# wildcard/admin\n")
    assert "## Found: star on star" in page
    assert "## Not found: IAM carved out by a Deny" in page


def _fault(path, text):
    return " ".join(f.message for f in read_rule(path, text, SCHEMA))


def test_rule_file_of_another_name_is_refused():
    text = (RULES / "wildcard" / "admin.yaml").read_bytes()
    assert _fault("wildcard/root.yaml", text) == (
        "the rule 'wildcard/admin' belongs in wildcard/admin.yaml"
    )


def test_word_outside_the_vocabulary_is_refused():
    text = (RULES / "wildcard" / "admin.yaml").read_bytes()
    changed = text.replace(b"allows_all:", b"matches_regex:")
    assert "matches_regex" in _fault("wildcard/admin.yaml", changed)


def test_what_is_no_yaml_is_a_fault():
    assert _fault("wildcard/admin.yaml", b"a: [").startswith("this is no YAML")


def test_compiling_twice_gives_the_same_text():
    files = {p: (RULES / p).read_bytes() for p in rule_files()}
    backwards = dict(reversed(files.items()))
    assert compile_rules(files, SCHEMA, "2026-01-01") == compile_rules(
        backwards, SCHEMA, "2026-01-01"
    )


def test_compiled_rules_leave_the_examples_out():
    text = (Path(ROOT) / "src" / "leastwise" / "data" / "rules.json").read_text(encoding="utf-8")
    assert all("examples" not in rule for rule in json.loads(text)["rules"])
