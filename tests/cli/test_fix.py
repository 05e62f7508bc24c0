"""The fix command and check --fix: what is printed, what is written, and the exit code."""

import importlib.util
import json
import subprocess

import pytest
from tests.cli.texts import ADMIN_JSON, ADMIN_TF, CLEAN_JSON, ROLE_TF, write

DUMP = json.dumps(
    {
        "UserDetailList": [
            {
                "Path": "/",
                "UserName": "ann",
                "UserId": "AIDAEXAMPLE",
                "Arn": "arn:aws:iam::111122223333:user/ann",
                "GroupList": [],
                "AttachedManagedPolicies": [
                    {
                        "PolicyName": "AdministratorAccess",
                        "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                    }
                ],
            }
        ],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }
)
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Ops:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
"""


def read(folder):
    return (folder / "main.tf").read_text("utf-8")


def test_patch_is_printed_and_nothing_written(run, folder):
    write(folder, main_tf=ADMIN_TF)
    ran = run("fix")
    assert ran.code == 1
    assert ran.out.startswith("diff --git a/main.tf b/main.tf\n")
    assert ran.err == (
        "Detach AdministratorAccess from aws_iam_role.app (unsafe: it takes access away)\n"
        "  would end wildcard/admin at aws_iam_role.app\n"
        "  loses: aws_iam_role.app can no longer do what only AdministratorAccess allows\n"
        "  proof: the edited files were read again: every principal holds what it held or less"
        " (1 compared), nothing dangles, and this finding is gone\n"
        "nothing was written; --apply --unsafe-fixes writes it\n"
    )
    assert read(folder) == ADMIN_TF


@pytest.mark.needs("git")
@pytest.mark.parametrize("inside", ["", "infra"])
def test_git_applies_the_printed_patch(run, folder, monkeypatch, inside):
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    write(folder, infra__main_tf=ADMIN_TF)
    monkeypatch.chdir(folder / inside)
    patch = run("fix").out
    subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "-"],
        cwd=folder / inside,
        input=patch.encode(),
        check=True,
    )
    assert read(folder / "infra") == ROLE_TF
    assert run("check").code == 0


def test_apply_writes_safe_fixes_only(run, folder):
    write(folder, main_tf=ADMIN_TF)
    ran = run("fix", "--apply")
    assert ran == (1, "", "no fix was applied\n1 more with --unsafe-fixes\n")
    assert read(folder) == ADMIN_TF


def test_apply_with_unsafe_fixes_writes_them_too(run, folder):
    write(folder, main_tf=ADMIN_TF)
    ran = run("fix", "--apply", "--unsafe-fixes")
    assert (ran.code, ran.out) == (0, "")
    assert "  ended wildcard/admin at aws_iam_role.app\n" in ran.err
    assert read(folder) == ROLE_TF


def test_what_no_fix_ends_still_fails(run, folder):
    write(folder, main_tf=ADMIN_TF, p_json=ADMIN_JSON)
    assert run("fix", "--apply", "--unsafe-fixes").code == 1
    assert read(folder) == ROLE_TF


def test_check_with_fix_reports_what_is_left(run, folder):
    write(folder, main_tf=ADMIN_TF, p_json=ADMIN_JSON)
    ran = run("check", "--fix", "--unsafe-fixes", "--format", "json")
    assert ran.code == 1
    assert [f["subject"]["address"] for f in ran.json["findings"]] == ["p.json"]
    assert read(folder) == ROLE_TF


def test_check_with_fix_alone_writes_nothing_unsafe(run, folder):
    write(folder, main_tf=ADMIN_TF)
    assert run("check", "--fix").code == 1
    assert read(folder) == ADMIN_TF


def test_nothing_to_fix_is_said(run, folder):
    write(folder, p_json=CLEAN_JSON)
    assert run("fix") == (0, "", "no fix to offer\n")


def test_commands_for_an_account_are_printed_and_never_run(run, folder):
    write(folder, account_json=DUMP)
    ran = run("fix")
    assert ran.code == 1
    arguments = "--user-name ann --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"
    assert ran.out == f"aws iam detach-user-policy {arguments}\n"
    assert ran.err == (
        "Detach AdministratorAccess from arn:aws:iam::111122223333:user/ann (shown only)\n"
        f"  undo: aws iam attach-user-policy {arguments}\n"
    )
    assert run("fix", "--apply", "--unsafe-fixes").err == (
        "no fix was applied\n1 shown only: 'leastwise fix' without --apply prints what to do\n"
    )


def test_template_without_cfn_lint_is_not_written(run, folder, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    write(folder, stack_yaml=TEMPLATE)
    ran = run("fix", "--apply", "--unsafe-fixes")
    assert (ran.code, (folder / "stack.yaml").read_text("utf-8")) == (1, TEMPLATE)
    shown = run("fix")
    assert shown.out == ""
    assert "install leastwise[cfn-lint] to apply it" in shown.err


def test_file_that_cannot_be_written_is_said_and_exits_2(run, folder):
    write(folder, main_tf=ADMIN_TF)
    (folder / "main.tf").chmod(0o444)
    for arguments in (("fix", "--apply"), ("check", "--fix")):
        ran = run(*arguments, "--unsafe-fixes", "--fail-on", "never")
        assert ran.code == 2
        assert "leastwise: 'main.tf' can't be written: it is read-only\n" in ran.err
    (folder / "main.tf").chmod(0o644)
    assert read(folder) == ADMIN_TF


def test_more_than_one_run_proves_is_counted(run, folder, monkeypatch):
    monkeypatch.setattr("leastwise.api.check.MAX_PROOFS", 0)
    write(folder, main_tf=ADMIN_TF)
    assert "fixes not tried: 1 (name fewer paths)" in run("check").out
    assert run("check", "--format", "json").json["summary"]["fixes_not_tried"] == 1


def test_fix_of_left_over_rounds_is_named(run, folder, monkeypatch):
    monkeypatch.setattr("leastwise.api.fix.MAX_ROUNDS", 0)
    write(folder, main_tf=ADMIN_TF)
    ran = run("fix")
    assert ran.out == ""
    assert ran.err.endswith("  not in this patch: apply it and run leastwise again\n")


def test_standard_input_gets_a_patch_and_no_writing(run, folder, monkeypatch):
    import io
    import sys

    def stdin() -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ADMIN_TF.encode())))

    write(folder, main_tf=ADMIN_TF)
    stdin()
    assert run("fix", "-", "--stdin-filename", "main.tf").out.startswith("diff --git a/main.tf")
    stdin()
    ran = run("fix", "--apply", "--unsafe-fixes", "-", "--stdin-filename", "main.tf")
    assert ran.code == 2
    assert ran.err.startswith("leastwise: standard input can't be written to")
    assert read(folder) == ADMIN_TF
