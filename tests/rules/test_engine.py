"""Levels, groups, places and names of findings, on real input."""

import json

import pytest
from tests.rules.worked import find, find_terraform

from leastwise.api.rule_examples import account_dump, add_principal
from leastwise.config.model import Config, ExpectedAdmin
from leastwise.rules.fingerprints import without_module
from leastwise.rules.model import LEVELS
from leastwise.source.span import locate, source_file
from leastwise.source.tree import MemoryTree

STAR = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
TRUST = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })"""
DOCUMENT = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ACTION", Resource = "*" }]
  })"""
ROLE = f"""
resource "aws_iam_role" "ci" {{
  name = "ci"
  assume_role_policy = {TRUST}
}}
"""
INLINE = f"""
resource "aws_iam_role_policy" "ci" {{
  role   = aws_iam_role.ci.id
  policy = {DOCUMENT}
}}
"""
MANAGED = f"""
resource "aws_iam_policy" "p" {{
  name   = "p"
  policy = {DOCUMENT}
}}
"""


def find_dump(example, config=None):
    dump = account_dump(example, is_trust=False)
    tree = MemoryTree({"account.json": json.dumps(dump).encode()})
    return find(tree, config)


def told(evaluation):
    return [(f.rule, f.level, f.subject.address) for f in evaluation.findings]


def test_administrator_is_told_once_with_the_rest_in_also():
    (finding,) = find_dump({"statements": STAR}).findings
    assert finding.rule == "wildcard/admin"
    also = [a.rule for a in finding.also]
    assert set(also) >= {
        "boundary/missing-on-create",
        "wildcard/passrole-any",
    }
    assert not any(rule.startswith("escalation/") for rule in also)
    assert len(also) == len(set(also))
    levels = [LEVELS.index(a.level) for a in finding.also]
    assert levels == sorted(levels, reverse=True)


LAMBDA_TRUST = [
    {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
]
IAM_ALONE = [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]
ALL_BUT_IAM = [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]


def test_administrator_by_the_sum_of_two_policies_is_told_once():
    (finding,) = find_dump({"statements": IAM_ALONE, "also_attached": [ALL_BUT_IAM]}).findings
    assert finding.rule == "wildcard/admin"
    assert finding.message.endswith("role/subject may call every action on every resource")
    assert "wildcard/not-action-allow" in {a.rule for a in finding.also}


def test_who_may_do_all_in_iam_alone_hears_of_the_ways_up_too():
    found = {(f.rule, f.level) for f in find_dump({"statements": IAM_ALONE}).findings}
    assert found == {
        ("wildcard/admin", "error"),
        ("escalation/iam-attach-role-policy-self", "error"),
    }


def test_one_policy_that_makes_an_administrator_speaks_for_the_sum():
    example = {"statements": STAR, "also_attached": [IAM_ALONE, ALL_BUT_IAM]}
    rules = [finding.rule for finding in find_dump(example).findings]
    assert [rule for rule in rules if not rule.startswith("validity/")] == ["wildcard/admin"]


def test_passing_every_role_is_told_by_what_it_leads_to():
    example = {
        "statements": [
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
            {"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"]}
            | {"Resource": "arn:aws:lambda:eu-west-1:111122223333:function:app-*"},
        ],
        "roles": [{"name": "admin", "trust": LAMBDA_TRUST, "statements": STAR}],
    }
    rules = {f.rule: f for f in find_dump(example).findings}
    assert "wildcard/passrole-any" not in rules
    speaker = rules["escalation/passrole-lambda-create-invoke"]
    assert "wildcard/passrole-any" in {a.rule for a in speaker.also}


def test_passing_every_role_that_leads_nowhere_is_told_itself():
    example = {"statements": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}
    assert "wildcard/passrole-any" in {f.rule for f in find_dump(example).findings}


def test_expected_administrator_is_accepted_with_all_that_follows():
    config = Config(expected_admins=(ExpectedAdmin("arn:aws:iam::*:role/sub*", "break glass"),))
    evaluation = find_dump({"statements": STAR}, config)
    assert evaluation.findings == ()
    assert [(s.by, s.reason) for s in evaluation.accepted] == [("expected-admin", "break glass")]


def test_expected_administrator_does_not_excuse_another():
    config = Config(expected_admins=(ExpectedAdmin("*/subject", "break glass"),))
    dump = account_dump({"statements": STAR}, is_trust=False)
    add_principal(dump, "role", {"name": "other", "policies": [STAR], "attached": []})
    tree = MemoryTree({"account.json": json.dumps(dump).encode()})
    evaluation = find(tree, config)
    assert told(evaluation) == [("wildcard/admin", "error", "arn:aws:iam::111122223333:role/other")]
    assert len(evaluation.accepted) == 1


def test_escalations_from_one_statement_are_one_finding():
    example = {
        "statements": [
            {"Effect": "Allow", "Action": ["iam:CreateRole", "iam:PutRolePolicy"], "Resource": "*"}
        ]
    }
    (finding,) = find_dump(example).findings
    assert finding.rule == "escalation/iam-put-role-policy-self"
    assert {a.rule for a in finding.also} == {
        "boundary/missing-on-create",
        "escalation/iam-create-role-inline",
        "wildcard/resource-on-write",
    }


def test_broken_guard_is_told_as_a_boundary_finding():
    example = {
        "statements": [
            {
                "Effect": "Allow",
                "Action": ["iam:CreateRole", "iam:PutRolePolicy"],
                "Resource": "arn:aws:iam::111122223333:role/app/*",
                "Condition": {
                    "StringEqualsIfExists": {
                        "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"
                    }
                },
            }
        ]
    }
    (finding,) = find_dump(example).findings
    assert finding.rule == "boundary/missing-on-create"
    assert [a.rule for a in finding.also] == ["escalation/iam-create-role-inline"]


def test_chain_is_told_step_by_step():
    example = {
        "statements": [
            {
                "Effect": "Allow",
                "Action": "iam:CreateRole",
                "Resource": "arn:aws:iam::111122223333:role/app-*",
            },
            {
                "Effect": "Allow",
                "Action": "iam:AttachRolePolicy",
                "Resource": "arn:aws:iam::111122223333:role/*",
            },
            {
                "Effect": "Deny",
                "Action": "iam:AttachRolePolicy",
                "NotResource": "arn:aws:iam::111122223333:role/app-*",
            },
        ]
    }
    (finding,) = find_dump(example).findings
    assert [step.request.action for step in finding.steps] == [
        "iam:CreateRole",
        "iam:AttachRolePolicy",
    ]
    resources = {step.request.resource for step in finding.steps}
    assert len(resources) == 1


def test_bare_policy_file_is_judged_as_if_held():
    tree = MemoryTree(
        {
            "p.json": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}
                    ],
                }
            ).encode()
        }
    )
    (finding,) = find(tree).findings
    assert (finding.rule, finding.level) == ("escalation/iam-put-role-policy-self", "error")
    assert finding.message.startswith("A role that holds p.json can write its own inline policy")


def test_attached_policy_is_an_error_and_an_unattached_one_a_warning():
    attached = find_terraform(ROLE + INLINE.replace("ACTION", "*"))
    assert told(attached) == [("wildcard/admin", "error", "aws_iam_role_policy.ci")]
    alone = find_terraform(MANAGED.replace("ACTION", "*"))
    assert told(alone) == [("wildcard/admin", "warning", "aws_iam_policy.p")]


def test_a_policy_is_shown_where_a_role_and_where_a_group_holds_it():
    text = (
        ROLE
        + MANAGED.replace("ACTION", "*")
        + """
resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_user_group_membership" "u" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}
resource "aws_iam_group_policy_attachment" "g" {
  group      = aws_iam_group.g.name
  policy_arn = aws_iam_policy.p.arn
}
"""
    )
    (finding,) = (f for f in find_terraform(text).findings if f.rule == "wildcard/admin")
    shown = {text[: r.span.start].count("resource ") for r in finding.related}
    assert finding.subject.address == "aws_iam_policy.p"
    assert shown == {3, 7}


def test_document_builder_that_nobody_consumes_is_a_note():
    text = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions   = ["*"]\n    resources = ["*"]\n  }\n}\n'
    assert [f.level for f in find_terraform(text).findings] == ["note"]


def test_document_used_as_boundary_grants_nothing():
    text = MANAGED.replace("ACTION", "*") + ROLE.replace(
        'name = "ci"', 'name = "ci"\n  permissions_boundary = aws_iam_policy.p.arn'
    )
    assert told(find_terraform(text)) == []


def test_boundary_that_is_not_in_view_makes_a_note_that_says_so():
    text = ROLE.replace(
        'name = "ci"', 'name = "ci"\n  permissions_boundary = "arn:aws:iam::111122223333:policy/b"'
    ) + INLINE.replace("ACTION", "*")
    (finding,) = find_terraform(text).findings
    assert finding.level == "note"
    assert "arn:aws:iam::111122223333:policy/b" in finding.message


def test_attachment_of_an_aws_managed_policy_is_the_place():
    text = ROLE + (
        'resource "aws_iam_role_policy_attachment" "a" {\n'
        "  role       = aws_iam_role.ci.name\n"
        '  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"\n}\n'
    )
    (finding,) = find_terraform(text).findings
    file = source_file("main.tf", text.encode())
    assert file.line(locate(file, finding.span).start_line).strip().startswith("policy_arn")
    assert finding.subject.address == "aws_iam_role.ci"
    assert finding.statements == ()


def test_instances_of_one_block_are_one_finding():
    text = (
        (ROLE + INLINE.replace("ACTION", "iam:PutRolePolicy"))
        .replace('"ci" {', '"ci" {\n  for_each = toset(["a", "b", "c"])')
        .replace('name = "ci"', 'name = "ci-${each.key}"')
        .replace("aws_iam_role.ci.id", "aws_iam_role.ci[each.key].id")
    )
    (finding,) = find_terraform(text).findings
    assert finding.occurrence.instance_key is not None
    assert "the same holds for 2 more" in finding.message


def test_unknown_resource_makes_no_wildcard_finding():
    text = (
        'variable "arn" {}\n'
        + ROLE
        + INLINE.replace("ACTION", "s3:DeleteObject").replace('"*" }]', "var.arn }]")
    )
    assert told(find_terraform(text)) == []


def test_unknown_trusted_principal_is_not_anyone():
    text = 'variable "who" {}\n' + ROLE.replace('Service = "ec2.amazonaws.com"', "AWS = var.who")
    assert told(find_terraform(text)) == []


@pytest.mark.parametrize(
    ("trusted", "rules"),
    [
        ("[var.who]", []),
        ('[var.open ? "*" : var.who]', ["trust/wildcard-principal"]),
        ('var.open ? [var.who] : ["*"]', ["trust/wildcard-principal"]),
    ],
)
def test_unknown_principal_given_to_a_module_is_not_anyone(trusted, rules):
    text = f"""
variable "who" {{}}
variable "open" {{}}
module "role" {{
  source     = "git::https://github.com/cloudposse/terraform-aws-iam-role.git?ref=tags/0.4.0"
  principals = {{ AWS = {trusted} }}
}}
"""
    assert [f.rule for f in find_terraform(text).findings] == rules


def test_named_account_is_possibly_foreign_where_the_own_is_unknown():
    text = ROLE.replace('Service = "ec2.amazonaws.com"', 'AWS = "arn:aws:iam::999999999999:root"')
    (finding,) = find_terraform(text).findings
    assert (finding.rule, finding.level, finding.confidence) == (
        "trust/cross-account-no-externalid",
        "warning",
        "possible",
    )


@pytest.mark.parametrize(
    ("edit", "same"),
    [
        (lambda text: "# a comment\n\n" + text, True),
        (lambda text: text.replace('"ACTION"', '["ACTION", "s3:GetObject"]'), True),
        (lambda text: text.replace("ACTION", "iam:Put*"), False),
    ],
)
def test_fingerprint_rests_on_the_deciding_grant(edit, same):
    text = ROLE + INLINE
    action = "iam:PutRolePolicy"
    before = find_terraform(text.replace("ACTION", action)).findings
    after = find_terraform(edit(text).replace("ACTION", action)).findings
    assert (before[0].fingerprint == after[0].fingerprint) is same


def test_equal_fingerprints_are_numbered():
    text = json.dumps({"Version": "2012-10-17", "Statement": STAR}).encode()
    tree = MemoryTree({"a/p.json": text, "b/p.json": text})
    first, second = (f.fingerprint for f in find(tree).findings)
    assert second == f"{first}#2"


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ("aws_iam_role.ci", "aws_iam_role.ci"),
        ("module.a.aws_iam_role.ci", "aws_iam_role.ci"),
        ('module.a["x.y"].module.b[0].aws_iam_role.ci["k"]', 'aws_iam_role.ci["k"]'),
        ("module.", ""),
        ("Ci", "Ci"),
        ("Network/Inner/Ci", "Ci"),
        ("arn:aws:iam::111122223333:role/team/ci", "arn:aws:iam::111122223333:role/team/ci"),
    ],
)
def test_module_path_is_no_part_of_an_identity(address, bare):
    assert without_module(address) == bare
