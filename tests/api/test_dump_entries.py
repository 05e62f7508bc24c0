"""Entries of the configuration may name a dump, to say which SCPs bind its account."""

import json

from leastwise.cli.main import main

ROLE = "arn:aws:iam::111122223333:role/app"


def document(effect):
    statement = {"Effect": effect, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_an_entry_for_a_dump_is_no_template_that_is_missing(tmp_path, monkeypatch, capsys):
    role = {
        "Path": "/",
        "RoleName": "app",
        "RoleId": "AROAEXAMPLE",
        "Arn": ROLE,
        "AssumeRolePolicyDocument": document("Allow") | {"Statement": []},
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document("Allow")}],
        "AttachedManagedPolicies": [],
    }
    dump = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}
    (tmp_path / "account.json").write_text(json.dumps(dump))
    (tmp_path / "deny.json").write_text(json.dumps(document("Deny")))
    entry = '[[root]]\npath = "account.json"\nscps = ["deny.json"]\n'
    (tmp_path / "leastwise.toml").write_text(entry)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "."]) == 0
    assert "not-a-template" not in capsys.readouterr().out
