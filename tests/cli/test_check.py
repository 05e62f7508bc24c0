"""The check command: what is looked at, what counts, and the exit code."""

import io
import json
import sys
from importlib.resources import files

import jsonschema
import pytest
from tests.cli.texts import (
    ADMIN_JSON,
    ADMIN_TF,
    BROKEN_JSON,
    CLEAN_JSON,
    ROLE_TF,
    WARNING_JSON,
    write,
)

MODULE_TF = 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'


def rules(ran):
    return [finding["rule"] for finding in ran.json["findings"]]


def test_folder_is_checked(run, folder):
    write(folder, a__p_json=ADMIN_JSON, b__q_json=CLEAN_JSON)
    ran = run("check", "--format", "json")
    assert (ran.code, rules(ran)) == (1, ["wildcard/admin"])
    assert ran.json["summary"]["files"] == 2


def test_only_the_named_file_is_reported(run, folder):
    write(folder, p_json=ADMIN_JSON, q_json=CLEAN_JSON)
    assert run("check", "q.json").code == 0
    assert run("check", "p.json").code == 1


@pytest.mark.parametrize("name", ["policy", "policy.txt"])
def test_named_policy_is_read_whatever_its_name(run, folder, name):
    (folder / name).write_text(ADMIN_JSON, encoding="utf-8")
    assert run("check", name).code == 1
    assert run("check", ".").code == 0


def test_named_text_that_is_no_input_is_none(run, folder):
    (folder / "notes.md").write_text("# Statement, Effect\n", encoding="utf-8")
    ran = run("check", "notes.md")
    assert ran.code == 0
    assert ran.out == "No Terraform, CloudFormation or IAM JSON found in 'notes.md'.\n"


def test_nothing_found_is_one_line_and_exit_0(run):
    ran = run("check")
    assert ran == (0, "No Terraform, CloudFormation or IAM JSON found in '.'.\n", "")


def test_missing_path_is_wrong_use(run):
    assert run("check", "nowhere") == (2, "", "leastwise: 'nowhere' does not exist\n")


def test_name_with_control_characters_is_escaped(run):
    assert run("check", "a\x1b[31m\nb").err == ("leastwise: 'a\\x1b[31m\\nb' does not exist\n")


def stdin(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize("text", [ADMIN_JSON, ADMIN_TF])
def test_standard_input_is_checked(run, monkeypatch, text):
    stdin(monkeypatch, text.encode())
    assert run("check", "-").code == 1


def test_standard_input_stands_in_for_a_file(run, folder, monkeypatch):
    write(folder, infra__main_tf=ROLE_TF, infra__admin_tf="")
    stdin(monkeypatch, ADMIN_TF.removeprefix(ROLE_TF).encode())
    ran = run("check", "-", "--stdin-filename", "infra/admin.tf", "--format", "json")
    assert ran.code == 1
    assert [f["location"]["file"] for f in ran.json["findings"]] == ["infra/admin.tf"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "x"], "'-' can't be combined with other paths"),
        (["--stdin-filename", "a.tf"], "--stdin-filename needs the path '-'"),
        (["-", "--stdin-filename", "no/a.tf"], "the folder of 'no/a.tf' does not exist"),
        (
            ["-", "--fix"],
            "standard input can't be written to: 'leastwise fix -' prints the patch",
        ),
    ],
)
def test_wrong_use_of_standard_input(run, monkeypatch, arguments, message):
    stdin(monkeypatch, b"")
    assert run("check", *arguments) == (2, "", f"leastwise: {message}\n")


def test_standard_input_has_a_limit(run, monkeypatch):
    monkeypatch.setattr("leastwise.cli.commands.MAX_STDIN_BYTES", 3)
    stdin(monkeypatch, b"abcd")
    assert run("check", "-") == (2, "", "leastwise: standard input is larger than 3 bytes\n")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--select", "wildcard/admin"], ["wildcard/admin"]),
        (["--select", "wildcard"], ["wildcard/admin"]),
        (["--select", "trust,escalation", "--select", "wildcard/admin"], ["wildcard/admin"]),
        (["--select", "trust"], []),
        (["--ignore", "wildcard/admin,boundary", "--ignore", "escalation,wildcard"], []),
        (["--select", "wildcard", "--ignore", "wildcard/admin", "--ignore", "wildcard"], None),
    ],
)
def test_rules_are_chosen_by_id_group_and_comma(run, folder, arguments, found):
    write(folder, p_json=ADMIN_JSON)
    ran = run("check", "--format", "json", *arguments)
    assert rules(ran) == (found or [])
    assert ran.code == (1 if found else 0)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("wildcart", "did you mean wildcard or wildcard/admin"),
        ("wildcard/adnim", "did you mean wildcard/admin"),
        ("qqq", "see 'leastwise rules'"),
    ],
)
@pytest.mark.parametrize("flag", ["--select", "--ignore"])
def test_unknown_rule_is_wrong_use_with_near_names(run, flag, name, hint):
    ran = run("check", flag, name)
    assert ran.code == 2
    assert ran.err.startswith(f"leastwise: there is no rule or group {name!r}; {hint}")


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (ADMIN_JSON, [], 1),
        (WARNING_JSON, [], 0),
        (WARNING_JSON, ["--fail-on", "warning"], 1),
        (WARNING_JSON, ["--fail-on", "note"], 1),
        (ADMIN_JSON, ["--fail-on", "never"], 0),
        (ADMIN_JSON, ["--exit-zero"], 0),
        (BROKEN_JSON, [], 2),
        (BROKEN_JSON, ["--exit-zero"], 2),
        (BROKEN_JSON, ["--allow-incomplete"], 0),
        (BROKEN_JSON, ["--fail-on", "nothing"], 2),
    ],
)
def test_exit_code(run, folder, text, arguments, code):
    write(folder, p_json=text)
    assert run("check", "p.json", *arguments).code == code


def test_incomplete_wins_over_findings_unless_allowed(run, folder):
    write(folder, p_json=ADMIN_JSON, q_json=BROKEN_JSON)
    assert run("check").code == 2
    ran = run("check", "--allow-incomplete", "--format", "json")
    assert ran.code == 1
    assert [d["severity"] for d in ran.json["diagnostics"]] == ["error"]


def test_strict_makes_warnings_about_input_count(run, folder):
    text = ROLE_TF + '# leastwise: ignore[wildcard/admin]\nvariable "x" {}\n'
    write(folder, main_tf=text)
    ran = run("check", "--format", "json")
    assert ran.code == 0
    assert [d["severity"] for d in ran.json["diagnostics"]] == ["warning"]
    assert run("check", "--strict").code == 2
    assert run("check", "--strict", "--allow-incomplete").code == 0


def test_excluded_paths_are_left_out(run, folder):
    write(folder, p_json=ADMIN_JSON, old__q_json=ADMIN_JSON)
    ran = run("check", "--exclude", "old", "--exclude", "p.*")
    assert ran.out.startswith("No Terraform")


def test_excluded_file_of_a_module_is_not_reported(run, folder):
    write(folder, main_tf=ROLE_TF, admin_tf=ADMIN_TF.removeprefix(ROLE_TF))
    assert run("check").code == 1
    assert run("check", "--exclude", "admin.tf").code == 0


def test_kind_says_what_raw_json_is(run, folder):
    write(folder, p_json=ADMIN_JSON)
    assert run("check", "--kind", "identity").code == 1
    assert run("check", "--kind", "scp").code == 0


def test_processes_give_the_same_report(run, folder):
    write(folder, a__main_tf=ADMIN_TF, b__main_tf=ADMIN_TF, c__p_json=ADMIN_JSON)
    write(folder, d__main_tf=ROLE_TF[:-3])
    alone = run("check", "--jobs", "1", "--format", "json")
    assert alone.code == 2
    assert run("check", "--jobs", "2", "--format", "json") == alone


@pytest.mark.parametrize("number", ["x", "-1", "62", "9" * 5000])
def test_number_of_processes_is_bounded(run, number):
    ran = run("check", f"--jobs={number}")
    assert ran.code == 2
    assert "a number from 0 to 61" in ran.err or "invalid" in ran.err


def test_json_report_is_as_its_schema_says(run, folder):
    write(folder, main_tf=ADMIN_TF + MODULE_TF, p_json=BROKEN_JSON, q_json=WARNING_JSON)
    schema = json.loads((files("leastwise") / "data" / "report.schema.json").read_text("utf-8"))
    value = run("check", "--format", "json").json
    jsonschema.validate(value, schema)
    assert value["findings"]
    assert value["diagnostics"]
    assert value["not_in_view"]


def test_an_unknown_effect_is_judged_in_the_world_where_it_allows(run, folder):
    write(
        folder,
        main_tf=ROLE_TF
        + """
variable "effect" {}

resource "aws_iam_role_policy" "all" {
  role   = aws_iam_role.app.id
  policy = jsonencode({ Statement = [{ Effect = var.effect, Action = "*", Resource = "*" }] })
}
""",
    )
    (finding,) = run("check", "--select", "wildcard", "--format", "json").json["findings"]
    assert (finding["rule"], finding["level"], finding["confidence"]) == (
        "wildcard/admin",
        "warning",
        "possible",
    )
    assert finding["assumptions"][0] == "var.effect is 'Allow'"
    # It leaves nothing out in that world, and allows nothing in the other.
    assert "wildcard/not-action-allow" not in {also["rule"] for also in finding["also"]}
