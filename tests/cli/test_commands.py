"""The other commands, and what no run may end in."""

import json
import os
import subprocess
import sys

import pytest
from tests.cli.texts import ADMIN_JSON, ADMIN_TF, write

from leastwise import __version__


def test_explain_tells_a_rule_by_id_and_alias(run):
    page = run("explain", "wildcard/admin")
    assert page.code == 0
    assert page.out.startswith("# ")
    assert "wildcard/admin" in page.out
    assert run("explain", "checkov:CKV_AWS_62").code == 0


def test_explain_tells_a_finding_by_fingerprint(run, folder):
    write(folder, infra__p_json=ADMIN_JSON)
    found = run("check", "--format", "json").json["findings"][0]["fingerprint"]
    ran = run("explain", found, "infra")
    assert ran.code == 0
    assert ran.out.startswith("error[wildcard/admin]")
    assert run("explain", "wildcard/admin").out in ran.out


def test_explain_tells_a_suppressed_finding(run, folder):
    write(folder, p_json=ADMIN_JSON)
    found = run("check", "--format", "json").json["findings"][0]["fingerprint"]
    write(folder, leastwise_toml='[per-path-ignores]\n"p.json" = ["wildcard"]\n')
    assert run("explain", found).out.startswith("error[wildcard/admin]")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("wildcard/adnim", "there is no rule or group 'wildcard/adnim'; did you mean"),
        ("trust", "'trust' is a group of rules: trust/abac-"),
        (
            "0123abcd#2",
            "'0123abcd#2' is neither a rule (see 'leastwise rules') nor the fingerprint of a finding",
        ),
    ],
)
def test_explain_of_something_else_is_wrong_use(run, what, message):
    ran = run("explain", what)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"leastwise: {message}")


def test_explain_lists_the_rules_that_one_foreign_id_stands_for(run):
    out = run("explain", "CKV_AWS_358").out
    assert out.startswith(
        "CKV_AWS_358 is what 2 rules find:\n\n"
        "- trust/oidc-missing-sub: Role does not ask whose pipeline brings the token\n"
        "- trust/oidc-open-sub: Wildcard lets a stranger's pipeline assume the role\n\n"
        "# trust/oidc-missing-sub\n"
    )
    assert "\n# trust/oidc-open-sub\n" in out


@pytest.mark.parametrize("name", ["checkov:CKV_AWS_111", "CKV_AWS_111"])
def test_explain_takes_the_id_of_another_tool(run, name):
    ran = run("explain", name)
    assert ran.code == 0
    assert "# wildcard/resource-on-write\n" in ran.out


def test_explain_lists_the_rules_where_another_tools_id_stands_for_many(run):
    out = run("explain", "cloudsplaining:PrivilegeEscalation").out
    listed = [line.split()[1].rstrip(":") for line in out.splitlines() if line.startswith("- ")]
    assert out.startswith(f"cloudsplaining:PrivilegeEscalation is what {len(listed)} rules find:")
    assert len(listed) > 6
    assert listed == sorted(listed)
    assert all(name.startswith("escalation/") for name in listed)
    assert out.endswith("\n'leastwise explain ID' prints the page of one of them\n")


def test_explain_takes_the_id_of_a_path(run):
    out = run("explain", "passrole/ecs-runtask").out
    assert out == run("explain", "escalation/passrole-ecs-runtask").out
    assert out.startswith("# escalation/passrole-ecs-runtask\n")


def test_explain_in_a_missing_folder_is_wrong_use(run):
    assert run("explain", "0123abcd", "gone").err == "leastwise: 'gone' does not exist\n"


def test_rules_are_listed(run):
    listed = run("rules", "--format", "json").json
    assert {"wildcard/admin", "trust/oidc-open-sub"} <= {rule["id"] for rule in listed}
    assert "wildcard/admin" in run("rules").out


def test_version_names_rules_and_data(run):
    assert run("--version").out.startswith(f"leastwise {__version__} (")


def test_without_a_command_the_help_is_shown(run):
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: leastwise ")


@pytest.mark.parametrize("command", ["check", "fix", "policies", "explain", "rules", "baseline"])
def test_every_command_has_help(run, command):
    ran = run(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"usage: leastwise {command}")


@pytest.mark.parametrize("command", ["check", "fix", "policies", "baseline create"])
def test_every_command_refuses_a_missing_path(run, command):
    assert run(*command.split(), "gone") == (2, "", "leastwise: 'gone' does not exist\n")


@pytest.mark.parametrize("arguments", [["chekc"], ["check", "--formt", "json"], ["baseline"]])
def test_unknown_words_are_wrong_use(run, arguments):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: leastwise")


def crash(*_, **__):
    raise ZeroDivisionError("arn:aws:iam::111122223333:role/secret")


def test_crash_is_two_lines_that_quote_nothing(run, folder, monkeypatch):
    monkeypatch.setattr("leastwise.api.check.judged", crash)
    write(folder, p_json=ADMIN_JSON)
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"leastwise {__version__} crashed: ZeroDivisionError at check.py:")
    assert second.startswith("This is a bug in leastwise: please report it")
    assert "secret" not in ran.err


def test_crash_is_raised_for_those_who_ask(run, folder, monkeypatch):
    monkeypatch.setattr("leastwise.api.check.judged", crash)
    monkeypatch.setenv("LEASTWISE_TRACEBACK", "1")
    write(folder, p_json=ADMIN_JSON)
    with pytest.raises(ZeroDivisionError):
        run("check")


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 141)])
def test_interruptions_have_their_own_exit_codes(run, folder, monkeypatch, error, code):
    def stop(*_, **__):
        raise error

    monkeypatch.setattr("leastwise.api.check.judged", stop)
    write(folder, p_json=ADMIN_JSON)
    assert run("check") == (code, "", "")


def test_module_runs_like_the_command(folder):
    write(folder, main_tf=ADMIN_TF)
    done = subprocess.run(
        [sys.executable, "-m", "leastwise", "check", "--format", "json"],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert [f["rule"] for f in json.loads(done.stdout)["findings"]] == ["wildcard/admin"]
