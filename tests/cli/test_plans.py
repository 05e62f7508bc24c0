"""Plans and states on the command line: files, standard input, and what is told of them."""

import io
import json
import sys

import pytest
from tests.frontends.terraform.plan.plans import (
    ADMIN,
    One,
    attachment,
    plan_of,
    policy,
    role,
    text_of,
    to,
)
from tests.frontends.terraform.plan.test_configuration import ATTACHMENT_TF, POLICY_TF, ROLE_TF

TEXT = ROLE_TF + POLICY_TF + ATTACHMENT_TF


@pytest.fixture
def stdin(monkeypatch):
    """Return a function that gives the command its standard input."""

    def give(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def fingerprints(ran):
    return sorted((f["rule"], f["fingerprint"]) for f in ran.json["findings"])


def files(ran):
    return {f["location"]["file"] for f in ran.json["findings"]}


def test_plan_is_checked(run, folder):
    (folder / "plan.json").write_bytes(text_of(plan_of(policy(), role(), attachment())))
    ran = run("check", "plan.json", "--format", "json")
    assert (ran.code, files(ran)) == (1, {"plan.json"})


def test_plan_and_its_configuration_give_the_same_fingerprints(run, folder):
    (folder / "main.tf").write_text(TEXT)
    (folder / "plan.json").write_bytes(text_of(plan_of(policy(), role(), attachment())))
    by_plan = run("check", "plan.json", "--format", "json")
    by_text = run("check", "main.tf", "--format", "json")
    assert fingerprints(by_plan) == fingerprints(by_text) != []
    assert by_plan.json["findings"][0]["location"] == by_text.json["findings"][0]["location"]
    (folder / "main.tf").unlink()
    assert fingerprints(run("check", "plan.json", "--format", "json")) == fingerprints(by_plan)


def test_plan_from_standard_input_finds_the_configuration(run, folder, stdin):
    (folder / "main.tf").write_text(TEXT)
    stdin(text_of(plan_of(policy(), role(), attachment())))
    ran = run("check", "-", "--format", "json")
    assert (ran.code, files(ran)) == (1, {"main.tf"})


def test_plan_that_was_named_takes_the_place_of_its_configuration(run, folder):
    (folder / "main.tf").write_text(TEXT)
    (folder / "plan.json").write_bytes(text_of(plan_of(role(), policy(), attachment())))
    ran = run("check", "main.tf", "plan.json", "--format", "json")
    assert len(ran.json["findings"]) == 1


def test_plan_in_the_folder_hides_nothing_of_its_configuration(run, folder):
    harmless = policy()
    harmless.values = {
        **harmless.values,
        "policy": ADMIN.replace('"Action":"*"', '"Action":"s3:Get*"'),
    }
    (folder / "main.tf").write_text(TEXT)
    (folder / "plan.json").write_bytes(text_of(plan_of(role(), harmless, attachment())))
    assert run("check", ".").code == 1


def test_finding_of_both_is_told_once(run, folder):
    (folder / "main.tf").write_text(TEXT)
    (folder / "plan.json").write_bytes(text_of(plan_of(role(), policy(), attachment())))
    ran = run("check", ".", "--format", "json")
    assert len(ran.json["findings"]) == 1


def test_no_fix_edits_a_plan(run, folder):
    admin = attachment()
    admin.values = {"role": "ci", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    admin.unknown = {"id": True}
    (folder / "plan.txt").write_bytes(text_of(plan_of(role(), admin)))
    ran = run("check", "plan.txt", "--format", "json")
    assert [f["fixes"] for f in ran.json["findings"]] == [[]]


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_sensitive_values_are_never_printed(run, folder, form):
    secret = One(
        "aws_iam_user_policy.u",
        {"name": "hush-name", "user": "hush-user", "policy": ADMIN.replace("2012", "2012")},
        {"id": True},
        {"policy": to("var.p"), "name": to("var.n"), "user": to("var.u")},
        sensitive={"name": True, "user": True},
    )
    data = plan_of(role(), policy(), attachment(), secret, variables={"n": {"value": "hush-name"}})
    (folder / "plan.json").write_bytes(text_of(data))
    for arguments in (("check", "plan.json", "--format", form), ("policies", "plan.json")):
        ran = run(*arguments)
        assert "aws_iam_user_policy.u" in ran.out
        assert "hush" not in ran.out + ran.err


def test_policies_shows_what_the_plan_says(run, folder):
    (folder / "plan.json").write_bytes(text_of(plan_of(policy())))
    ran = run("policies", "plan.json", "--format", "json")
    (row,) = json.loads(ran.out)
    assert (row["address"], row["document"]) == ("aws_iam_policy.p", json.loads(ADMIN))


def test_binary_plan_exits_with_2_and_names_the_command(run, folder, stdin):
    data = b"PK\x03\x04\x14\x00tfplan\x00tfstate"
    (folder / "p.bin").write_bytes(data)
    for arguments in (("check", "p.bin"), ("check", "-")):
        stdin(data)
        ran = run(*arguments)
        assert ran.code == 2
        assert "terraform show -json FILE > plan.json" in ran.out
