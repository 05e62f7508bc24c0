"""The compare command: its answers, its exit codes, and what it says of bad input."""

import io
import json
import os
import sys

import pytest

OLD = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::shop/*"
    },
    {
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::shop/secret/*"
    }
  ]
}
"""
NARROWER = OLD.replace("shop/*", "shop/images/*")
WIDER = OLD.replace('"s3:GetObject"', '["s3:GetObject", "s3:PutObject"]').replace(
    '"Effect": "Allow"', '"Sid": "Objects",\n      "Effect": "Allow"'
)
UNDENIED = OLD.replace("shop/secret/*", "shop/secret/keys/*")
BOUNDARY_OF_ANYTHING = '{"Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}'
TRUST = """\
{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"},
    "Action": "sts:AssumeRole"
  }]
}
"""
TYPO = OLD.replace('"Action": "s3:GetObject"', '"Acton": "s3:GetObject"')


@pytest.fixture
def compare(run, folder):
    """Write two policies and compare them."""

    def compare(old, new, *arguments):
        (folder / "old.json").write_text(old, encoding="utf-8")
        (folder / "new.json").write_text(new, encoding="utf-8")
        return run("compare", "old.json", "new.json", *arguments)

    return compare


def test_less_access_is_no_new_access(compare):
    ran = compare(OLD, NARROWER)
    assert ran == (0, "no new access: old.json allows all that new.json allows\n", "")


def test_more_access_is_told_with_the_statement_that_allows_it(compare):
    ran = compare(OLD, WIDER)
    assert (ran.code, ran.err) == (1, "")
    assert (
        ran.out
        == """\
error[new-access] new.json newly allows s3:PutObject on arn:aws:s3:::shop/example
 --> new.json:7:34
  |
7 |       "Action": ["s3:GetObject", "s3:PutObject"],
  |                                  ^^^^^^^^^^^^^^ allows s3:PutObject
8 |       "Resource": "arn:aws:s3:::shop/*"
  |                   ---------------------
  |
  = witness: s3:PutObject on arn:aws:s3:::shop/example by arn:aws:iam::123456789012:role/example
  = before: nothing in old.json allows it
"""
    )


def test_narrower_deny_is_told_with_what_denied_it(compare):
    ran = compare(OLD, UNDENIED)
    assert ran.code == 1
    assert " --> new.json:6:17\n" in ran.out
    assert " ::: old.json:11:17\n" in ran.out
    assert '"Action": "s3:*",\n   |                 ^^^^^^ denied it\n' in ran.out
    assert "before: nothing" not in ran.out


def test_lost_deny_that_allows_nothing_by_itself_is_a_note(compare):
    new = json.dumps({"Version": "2012-10-17", "Statement": []})
    ran = compare(OLD, new)
    assert ran.code == 0
    assert (
        ran.out
        == """\
no new access: old.json allows all that new.json allows
  = note: new.json denies less (old.json:9): what another policy allows and only this one denied is
          possible now
"""
    )


def test_json_has_three_keys(compare):
    assert compare(OLD, NARROWER, "--format", "json").json == {
        "answer": "no-new-access",
        "witness": None,
        "reason": None,
    }
    ran = compare(OLD, WIDER, "--format", "json")
    assert ran.code == 1
    assert ran.json == {
        "answer": "new-access",
        "witness": {
            "principal": "arn:aws:iam::123456789012:role/example",
            "principal_type": "AWS",
            "action": "s3:PutObject",
            "resource": "arn:aws:s3:::shop/example",
            "context": {},
            "statements": [
                {
                    "sid": "Objects",
                    "file": "new.json",
                    "start_line": 4,
                    "start_column": 5,
                    "end_line": 9,
                    "end_column": 6,
                }
            ],
            "typed": True,
            "assumptions": [],
        },
        "reason": None,
    }


def test_request_that_aws_does_not_know_is_called_that(compare):
    ran = compare(OLD, OLD.replace("GetObject", "GetObjectTwice"))
    assert ran.code == 1
    assert "= note: AWS's reference knows no such request" in ran.out


CONDITION = ',\n      "Condition": {"StringEquals": {"aws:PrincipalTag/team": "shop"}}'


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            OLD,
            OLD.replace("shop/*", "*"),
            """\
 --> new.json:7:19
  |
6 |       "Action": "s3:GetObject",
  |                 --------------
7 |       "Resource": "arn:aws:s3:::*"
  |                   ^^^^^^^^^^^^^^^^ allows s3:GetObject
  |
 ::: old.json:7:19
  |
7 |       "Resource": "arn:aws:s3:::shop/*"
  |                   ^^^^^^^^^^^^^^^^^^^^^ kept it out
""",
        ),
        (
            OLD.replace('/*"', '/*"' + CONDITION, 1),
            OLD.replace('/*"', '/*"' + CONDITION.replace("Equals", "EqualsIfExists"), 1),
            """\
 --> new.json:8:46
  |
6 |       "Action": "s3:GetObject",
  |                 --------------
7 |       "Resource": "arn:aws:s3:::shop/*",
  |                   ---------------------
8 |       "Condition": {"StringEqualsIfExists": {"aws:PrincipalTag/team": "shop"}}
  |                                              ^^^^^^^^^^^^^^^^^^^^^^^ allows s3:GetObject
  |
 ::: old.json:8:38
  |
8 |       "Condition": {"StringEquals": {"aws:PrincipalTag/team": "shop"}}
  |                                      ^^^^^^^^^^^^^^^^^^^^^^^ kept it out
""",
        ),
        (
            TRUST,
            TRUST.replace('"AWS":', '"Service": "ec2.amazonaws.com", "AWS":'),
            """\
 --> new.json:5:30
  |
5 |     "Principal": {"Service": "ec2.amazonaws.com", "AWS": "arn:aws:iam::111122223333:role/ci"},
  |                              ^^^^^^^^^^^^^^^^^^^ allows sts:AssumeRole
6 |     "Action": "sts:AssumeRole"
  |               ----------------
  |
 ::: old.json:5:18
  |
5 |     "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"},
  |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ kept it out
""",
        ),
    ],
    ids=["resource", "condition", "principal"],
)
def test_part_that_changed_is_what_is_marked(compare, old, new, shown):
    ran = compare(old, new)
    assert ran.code == 1
    assert shown in ran.out
    assert "before: " not in ran.out


def test_what_cannot_be_told_is_undecided(compare):
    maybe = '/*", "Condition": {"Bool": {"aws:SecureTransport": "maybe"}}'
    new = OLD.replace("s3:GetObject", "s3:PutObject").replace('/*"', maybe, 1)
    ran = compare(OLD, new)
    assert ran.code == 2
    assert ran.out.startswith("error[undecided] ")
    assert "  = help: neither a proof nor a request was found: take it as new access" in ran.out
    answer = compare(OLD, new, "--format", "json").json
    assert (answer["answer"], answer["witness"]) == ("undecided", None)
    assert answer["reason"]


def test_trust_policies_compare_by_who_may_assume(compare):
    new = TRUST.replace("role/ci", "root")
    ran = compare(TRUST, new)
    assert ran.code == 1
    assert "sts:AssumeRole" in ran.out
    assert compare(new, TRUST).code == 0


@pytest.mark.parametrize("kind", ["scp", "rcp"])
def test_policies_that_only_deny_compare_by_what_they_let_through(compare, kind):
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    if kind == "rcp":
        statement["Principal"] = "*"
    old = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    new = old.replace("s3:*", "s3:Put*")
    ran = compare(old, new, "--type", kind)
    assert ran.code == 1
    assert "new.json newly lets through s3:" in ran.out
    assert " --> old.json:1:" in ran.out
    assert "= now: nothing in new.json denies it" in ran.out
    assert "grants nothing by itself" in ran.out
    assert compare(new, old, "--type", kind).code == 0


@pytest.mark.parametrize("kind", ["identity", "boundary", "session", "scp"])
def test_kinds_without_principals_compare_what_they_allow(compare, kind):
    assert compare(OLD, WIDER, "--type", kind).code == 1
    assert compare(WIDER, OLD, "--type", kind).code == 0


@pytest.mark.parametrize("kind", ["resource", "endpoint"])
def test_kinds_with_principals_compare_what_they_allow(compare, kind):
    old = OLD.replace('"Effect"', '"Principal": "*", "Effect"')
    wider = WIDER.replace('"Effect"', '"Principal": "*", "Effect"')
    assert compare(old, wider, "--type", kind).code == 1
    assert compare(wider, old, "--type", kind).code == 0


def test_kinds_are_told_by_content_and_do_not_mix(compare):
    ran = compare(TRUST, OLD)
    assert ran.code == 2
    assert (
        ran.out
        == """\
error[mixed-kinds] new.json:1:1 old.json reads as trust policy and new.json as identity policy
  = help: compare policies of one kind, or say with --type what both are
undecided: nothing was compared
"""
    )


def test_policy_without_statements_is_of_any_kind(compare):
    assert compare(TRUST, '{"Statement": []}').code == 0
    assert compare('{"Statement": []}', TRUST).code == 1


def test_output_of_the_aws_cli_is_seen_through(compare):
    wrapped = json.dumps({"PolicyVersion": {"VersionId": "v1", "Document": json.loads(OLD)}})
    assert compare(wrapped, NARROWER).code == 0
    assert compare(wrapped, WIDER).code == 1


def test_problems_of_both_files_are_told(compare):
    ran = compare(OLD.replace("]", ""), TYPO)
    assert (ran.code, ran.err) == (2, "")
    assert (
        ran.out
        == """\
error[json-syntax] old.json:15:1 expected ',' or ']', found '}'
  = help: correct the JSON
error[invalid-policy] new.json:6:7 'Acton' is not a policy element
  = help: use Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource,
          Condition
error[invalid-policy] new.json:4:5 the statement has no Action
  = help: add Action or NotAction
undecided: nothing was compared
"""
    )


def test_what_aws_would_refuse_proves_nothing(compare):
    assert compare(TYPO, TYPO).code == 2
    assert compare(OLD, TYPO).code == 2
    assert compare(TYPO, NARROWER).code == 2


def test_bad_input_is_undecided_in_json(compare):
    ran = compare(OLD, TYPO, "--format", "json")
    assert ran.code == 2
    assert ran.json == {
        "answer": "undecided",
        "witness": None,
        "reason": "new.json:6:7: 'Acton' is not a policy element; "
        "new.json:4:5: the statement has no Action",
    }
    first, second = ran.err.splitlines()
    assert first.startswith("leastwise: new.json:6:7: warning[invalid-policy] 'Acton' is not")
    assert second.endswith("statement 1 counts as not known; add Action or NotAction")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("main.tf", 'resource "aws_iam_policy" "x" {}', "this is Terraform, not a policy document"),
        ("t.yaml", "Resources: {}", "this is YAML, not a policy document"),
        ("t.json", '{"Resources": {}}', "this is a CloudFormation template, not a policy document"),
        ("plan.json", '{"planned_values": {}}', "this is a Terraform plan, not a policy document"),
        ("dump.json", '{"RoleDetailList": []}', "this is the dump of an account"),
        ("two.json", f"[{OLD}, {OLD}]", "the file holds 2 policies"),
        ("other.json", '{"name": "x"}', "this is not a policy document: it has no Statement"),
        ("list.json", "[]", "this is not a policy document: it has no Statement"),
    ],
)
def test_file_that_holds_something_else_is_told(run, folder, name, text, message):
    (folder / "new.json").write_text(OLD, encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    ran = run("compare", name, "new.json")
    assert ran.code == 2
    first, second, *_ = ran.out.splitlines()
    assert first == f"error[not-a-policy] {name}:1:1 {message}"
    assert second.startswith("  = help: name a file with one policy as JSON;")


def test_files_that_are_not_there_are_told(run, folder):
    (folder / "x.json").mkdir()
    ran = run("compare", "gone.json", "x.json")
    assert ran.code == 2
    assert (
        ran.out
        == """\
error[not-found] gone.json the file does not exist
  = help: check the path
error[not-a-file] x.json this is a folder
  = help: name a file with one policy as JSON
undecided: nothing was compared
"""
    )
    ran = run("compare", "gone.json", "x.json", "--format", "json")
    assert (ran.code, ran.json["answer"]) == (2, "undecided")


def stdin_of(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_one_policy_can_be_standard_input(run, folder, monkeypatch):
    (folder / "new.json").write_text(WIDER, encoding="utf-8")
    stdin_of(monkeypatch, OLD)
    ran = run("compare", "-", "new.json")
    assert ran.code == 1
    assert "before: nothing in <stdin> allows it" in ran.out
    stdin_of(monkeypatch, OLD)
    assert run("compare", "new.json", "-").code == 0


def test_arguments_are_explained(run):
    assert "say whether a policy allows more" in run("compare", "--help").out.lower()
    assert run("compare", "old.json").code == 2
    assert run("compare", "a.json", "b.json", "--type", "group").code == 2


def test_both_policies_cannot_be_standard_input(run):
    ran = run("compare", "-", "-")
    assert ran == (2, "", "leastwise: only one of OLD and NEW can be '-'\n")


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="there is no /dev/fd")  # noqa: PTH112
def test_policy_can_come_from_a_command(run, folder):
    (folder / "new.json").write_text(WIDER, encoding="utf-8")
    reading, writing = os.pipe()
    os.write(writing, OLD.encode())
    os.close(writing)
    try:
        assert run("compare", f"/dev/fd/{reading}", "new.json").code == 1
        assert run("compare", "/dev/fd/99999", "new.json").code == 2
    finally:
        os.close(reading)


def test_files_of_different_trees_can_be_compared(run, tmp_path, monkeypatch):
    for name, text in (("a", OLD), ("b", WIDER)):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / "p.json").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "a")
    ran = run("compare", "p.json", "../b/p.json")
    assert ran.code == 1
    assert " --> ../b/p.json:7:34\n" in ran.out


def test_link_does_not_lead_out_of_the_tree(run, folder):
    (folder / ".git").mkdir()
    (folder / "old.json").write_text(OLD, encoding="utf-8")
    (folder / "new.json").symlink_to("/etc/passwd")
    ran = run("compare", "old.json", "new.json")
    assert ran.code == 2
    assert ran.out.startswith("error[outside-root] new.json 'new.json' lies outside")
    assert "root:" not in ran.out


def test_colour_is_for_those_who_ask(compare, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31merror[new-access]\x1b[0m" in compare(OLD, WIDER).out
    assert "\x1b" not in compare(OLD, WIDER, "--no-color").out
    assert "\x1b" not in compare(OLD, WIDER, "--format", "json").out
