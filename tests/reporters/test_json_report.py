import json
import subprocess
from importlib.resources import files

import jsonschema
import pytest
from tests.reporters.samples import (
    ACCEPTED,
    APP,
    BROKEN,
    MODULE,
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

from leastwise.reporters.json_report import render
from leastwise.rules.model import Summary
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

SCHEMA = json.loads(files("leastwise").joinpath("data/report.schema.json").read_text("utf-8"))


def closed(schema):
    """Return the schema with unknown fields refused, as the writer must keep to it."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if "properties" in found and "allOf" not in found and "required" in found:
        found["unevaluatedProperties"] = False
    return found


def strict_schema():
    schema = closed(SCHEMA)
    # a silenced finding extends a finding, so the finding itself is closed where it is used
    finding = schema["$defs"]["finding"]
    del finding["unevaluatedProperties"]
    used = schema["properties"]["findings"]["items"]
    schema["properties"]["findings"]["items"] = used | {"unevaluatedProperties": False}
    schema["$defs"]["silenced"]["unevaluatedProperties"] = False
    return schema


def report(*findings, **changes):
    text = render(present(*findings, **changes))
    value = json.loads(text)
    jsonschema.validate(value, SCHEMA, cls=jsonschema.Draft202012Validator)
    jsonschema.validate(value, strict_schema(), cls=jsonschema.Draft202012Validator)
    return value


def full(**changes):
    return report(
        pass_role(),
        admin(),
        note(),
        diagnostics=(BROKEN, UNREADABLE, MODULE),
        not_in_view=not_in_view(1),
        suppressed=(SUPPRESSED,),
        accepted=(ACCEPTED,),
        summary=Summary(3, 2, 3, 2, 1),
        **changes,
    )


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_contract_fields_are_all_there():
    value = full(prefix="infra/")
    assert value["version"] == 1
    assert value["tool"] == {
        "version": "0.1.0",
        "rules": [
            "escalation/passrole-lambda-create-invoke",
            "trust/cross-account-no-externalid",
            "wildcard/admin",
        ],
        "data_date": "2026-10-27",
    }
    assert value["summary"] == {
        "files": 3,
        "analysed": 2,
        "skipped": 1,
        "policies": 3,
        "principals": 2,
        "findings": 3,
        "fixes_not_tried": 0,
        "policies_not_known": 0,
    }
    first = value["findings"][0]
    assert first["location"] == {
        "file": "ci/roles.tf",
        "start_line": 8,
        "start_column": 18,
        "end_line": 8,
        "end_column": 21,
    }
    assert first["statements"][0]["start_line"] == 5
    assert first["statements"][0]["end_line"] == 9
    assert first["witness"][0] == {
        "principal": "arn:aws:sts::111122223333:assumed-role/ci-deploy/session",
        "principal_type": "AWS",
        "action": "iam:PassRole",
        "resource": "arn:aws:iam::111122223333:role/app-admin",
        "context": {"iam:PassedToService": ["lambda.amazonaws.com"]},
    }
    assert first["steps"][0] == {
        "message": "ci_deploy creates a function that runs as app-admin",
        "request": None,
        "location": None,
    }
    assert first["steps"][1]["location"]["file"] == "app/roles.tf"
    assert first["roots"] == ["ci"]
    assert first["occurrence"] is None
    assert first["also"][1]["path_id"] == "passrole/ec2"
    assert first["subject"] == {"kind": "role", "address": "aws_iam_role.ci_deploy"}
    second = value["findings"][1]
    assert second["aliases"] == ["checkov:CKV_AWS_62"]
    assert second["occurrence"] == {
        "module_call": "module.app",
        "instance_key": '"eu"',
        "construct": None,
    }
    assert second["help_uri"].endswith("docs/rules/wildcard/admin.md")


def test_silenced_findings_say_by_whom_and_why():
    value = full()
    assert value["suppressed"][0]["silenced"] == {
        "by": "inline",
        "reason": "break glass, reviewed",
        "location": {
            "file": "app/roles.tf",
            "start_line": 2,
            "start_column": 3,
            "end_line": 2,
            "end_column": 7,
        },
    }
    assert value["accepted"][0]["silenced"]["location"] is None
    assert value["accepted"][0]["rule"] == "wildcard/admin"


def test_diagnostics_and_unseen_inputs_have_a_place():
    value = full()
    assert value["diagnostics"][0] == {
        "severity": "error",
        "code": "syntax-error",
        "file": "app/roles.tf",
        "line": 10,
        "column": 1,
        "message": "expected a closing brace",
        "remedy": "close the block that opens on line 5",
    }
    assert value["diagnostics"][1]["line"] == 1
    assert value["not_in_view"][0]["kind"] == "module"


def test_rule_that_is_not_known_has_no_page():
    found = report(note(rule="suppression/unused"))["findings"][0]
    assert (found["help_uri"], found["aliases"]) == (None, [])


@pytest.mark.needs("git")
def test_diff_is_one_that_git_apply_takes(tmp_path):
    fix = report(pass_role())["findings"][0]["fixes"][0]
    assert fix["applicability"] == "unsafe"
    assert fix["loses"] == "everything: no other policy is attached"
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "roles.tf").write_bytes(APP.encode())
    subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "-"],
        cwd=tmp_path,
        input=fix["diff"].encode(),
        check=True,
    )
    left = (tmp_path / "app" / "roles.tf").read_bytes()
    assert b"AdministratorAccess" not in left
    assert left.count(b"\n") == 7


def test_commands_of_a_dump_stand_beside_an_empty_diff():
    fix = Fix("detach it", (), Applicability.UNSAFE, commands=(("aws a", "aws b"),))
    found = report(admin(fixes=(fix,)))["findings"][0]["fixes"][0]
    assert (found["diff"], found["commands"]) == ("", [{"run": "aws a", "undo": "aws b"}])


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.tf", b'password = "hunter2"\nx = 1\n'),
        ("a.tf", b"# caf\xe9\nx = 1\n"),
        ("a\nb.tf", b"x = 1\n"),
    ],
)
def test_diff_that_cannot_stand_in_json_is_left_out(path, data):
    tree = MemoryTree({path: data})
    span = at(path, "x = 1", tree=tree)
    fix = Fix("cut", (Edit(span, b""),), Applicability.SAFE)
    assert (
        report(admin(span=span, related=(), fixes=(fix,)), tree=tree)["findings"][0]["fixes"][0][
            "diff"
        ]
        == ""
    )


def test_fix_of_a_file_that_is_not_at_hand_has_no_diff():
    fix = Fix("cut", (Edit(Span("gone.tf", 0, 1), b""),), Applicability.SAFE)
    assert report(admin(fixes=(fix,)))["findings"][0]["fixes"][0]["diff"] == ""


def test_hostile_strings_stay_data():
    text = render(present(admin(message="\x1b[31m ##[error] \u202e \udce9 \n::error::"), tree=TREE))
    assert text.isascii()
    assert "\x1b" not in text
    assert "##[" not in text
    assert (
        json.loads(text)["findings"][0]["message"] == "\x1b[31m ##[error] \u202e \ufffd \n::error::"
    )
