"""Which detachments are offered and what they leave, from real source text to the edited text."""

import json

import pytest
from tests.fixes.worked import (
    ADMIN,
    BILLING,
    IAM,
    POWER,
    attachment,
    checked,
    fixed,
    role,
    texts,
    titles,
)

from leastwise.source.edit import Applicability

ROLE = role("a")
LIST = '  managed_policy_arns = ["{}", "{}"]\n'


def main(text: str) -> dict[str, str]:
    return {"main.tf": text}


def offers(text: str) -> list[str]:
    _, outcome = checked(main(text))
    assert outcome.report.findings
    return [fix.title for finding in outcome.report.findings for fix in finding.fixes]


def many(arns: str) -> str:
    return f"""\
resource "aws_iam_role_policy_attachment" "many" {{
  for_each   = toset([{arns}])
  role       = aws_iam_role.a.name
  policy_arn = each.value
}}
"""


GROUP = """\
resource "aws_iam_group" "g" {
  name = "g"
}

resource "aws_iam_user" "u" {
  name = "u"
}

resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}

"""
GROUP_ATTACHMENT = f"""\
resource "aws_iam_group_policy_attachment" "g" {{
  group      = aws_iam_group.g.name
  policy_arn = "{ADMIN}"
}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            ROLE + "# why\n" + attachment("one", "a", ADMIN) + 'variable "x" {}\n',
            ROLE + 'variable "x" {}\n',
            id="resource-with-its-comment",
        ),
        pytest.param(
            role("a", LIST.format(ADMIN, BILLING)),
            role("a", f'  managed_policy_arns = ["{BILLING}"]\n'),
            id="first-of-a-list",
        ),
        pytest.param(
            role("a", LIST.format(BILLING, ADMIN)),
            role("a", f'  managed_policy_arns = ["{BILLING}"]\n'),
            id="last-of-a-list",
        ),
        pytest.param(
            role("a", f'  managed_policy_arns = ["{ADMIN}"]\n'),
            role("a", "  managed_policy_arns = []\n"),
            id="only-one-of-a-list",
        ),
        pytest.param(
            ROLE + many(f'\n    "{ADMIN}",\n    "{BILLING}",\n  '),
            ROLE + many(f'\n    "{BILLING}",\n  '),
            id="element-of-for-each",
        ),
        pytest.param(GROUP + GROUP_ATTACHMENT, GROUP[:-1], id="group"),
    ],
)
def test_attachment_goes_and_nothing_else(before, after):
    result = fixed(main(before))
    assert texts(result) == {"main.tf": after}
    assert "wildcard/admin" not in {f.rule for f in result.outcome.report.findings}


def test_group_fix_says_whom_it_concerns():
    (applied,) = fixed(main(GROUP + GROUP_ATTACHMENT)).applied
    assert applied.fix.title == "Detach AdministratorAccess from aws_iam_group.g"
    assert applied.fix.loses == (
        "aws_iam_group.g and its members can no longer do what only AdministratorAccess allows"
    )
    assert "(2 compared)" in applied.fix.proof


def test_shared_list_that_spells_its_holders_lets_all_of_them_go():
    roles = "\n    aws_iam_role.a.name,\n    aws_iam_role.b.name,\n  "
    shared = (
        'resource "aws_iam_policy_attachment" "s" {{\n  name       = "s"\n'
        f'  roles      = [{{}}]\n  policy_arn = "{ADMIN}"\n}}}}\n'
    )
    result = fixed(main(ROLE + role("b") + shared.format(roles)))
    assert titles(result) == ["Detach AdministratorAccess from aws_iam_role.a and others"]
    assert texts(result) == {"main.tf": ROLE + role("b") + shared.format("\n  ")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            ROLE
            + attachment("one", "a", ADMIN)
            + 'output "x" {\n  value = aws_iam_role_policy_attachment.one.id\n}\n',
            id="output-refers-to-it",
        ),
        pytest.param(
            ROLE
            + attachment("one", "a", ADMIN)
            + 'resource "aws_s3_bucket" "b" {\n  bucket     = "b"\n'
            "  depends_on = [aws_iam_role_policy_attachment.one]\n}\n",
            id="depends-on-refers-to-it",
        ),
        pytest.param(
            ROLE + 'resource "aws_iam_role_policy_attachment" "m" {\n'
            f'  count      = 2\n  role       = aws_iam_role.a.name\n  policy_arn = "{ADMIN}"\n}}\n',
            id="block-makes-several",
        ),
        pytest.param(
            ROLE + role("b") + 'resource "aws_iam_policy_attachment" "s" {\n  name       = "s"\n'
            "  roles      = [aws_iam_role.a.name, aws_iam_role.b.name]\n"
            f'  policy_arn = "{ADMIN}"\n}}\n',
            id="neighbours-in-one-list",
        ),
        pytest.param(
            role("a", f'  managed_policy_arns = ["{ADMIN}", "{ADMIN}"]\n'),
            id="same-policy-twice-in-one-list",
        ),
        pytest.param(
            GROUP
            + GROUP_ATTACHMENT
            + 'resource "aws_iam_user_policy_attachment" "u" {\n  user       = aws_iam_user.u.name\n'
            f'  policy_arn = "{ADMIN}"\n  depends_on = [aws_iam_group_policy_attachment.g]\n}}\n',
            id="held-directly-and-through-a-group",
        ),
        pytest.param(
            ROLE + 'resource "aws_iam_role_policy" "own" {\n  role   = aws_iam_role.a.id\n'
            '  policy = jsonencode({ Version = "2012-10-17", Statement = '
            '[{ Effect = "Allow", Action = "*", Resource = "*" }] })\n}\n',
            id="document-of-the-team",
        ),
    ],
)
def test_no_fix_is_offered(text):
    assert offers(text) == []


def test_policy_attached_twice_is_detached_twice():
    text = ROLE + attachment("one", "a", ADMIN) + attachment("two", "a", ADMIN)
    result = fixed(main(text))
    assert titles(result) == ["Detach AdministratorAccess from aws_iam_role.a"]
    assert texts(result) == {"main.tf": ROLE}


def test_two_policies_of_one_cause_go_by_one_fix():
    result = fixed(main(ROLE + attachment("one", "a", ADMIN) + attachment("two", "a", POWER)))
    assert titles(result) == [
        "Detach AdministratorAccess from aws_iam_role.a",
        "Detach PowerUserAccess from aws_iam_role.a",
    ]
    assert texts(result) == {"main.tf": ROLE}
    assert result.outcome.report.findings == ()


def test_what_is_found_only_now_is_said_and_does_not_block():
    text = ROLE + attachment("one", "a", ADMIN) + attachment("two", "a", POWER)
    _, outcome = checked(main(text))
    (finding,) = outcome.report.findings
    _, said, found = finding.fixes[0].proof.partition("; found only now: ")
    assert said
    assert "wildcard/not-action-allow at aws_iam_role.a" in found


def test_neighbours_in_a_list_go_one_round_after_the_other():
    result = fixed(main(role("a", LIST.format(POWER, IAM))))
    assert texts(result) == {"main.tf": role("a", "  managed_policy_arns = []\n")}


def dump(*arns: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    ops = {
        "Path": "/",
        "RoleName": "ops",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": "arn:aws:iam::111122223333:role/ops",
        "AssumeRolePolicyDocument": trust,
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns
        ],
    }
    return json.dumps(
        {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [ops], "Policies": []}
    )


def test_dump_gets_the_commands_and_no_edit():
    result = fixed({"account.json": dump(ADMIN)})
    assert result.changed == {}
    (left,) = result.left
    assert left.fix.applicability is Applicability.DISPLAY
    assert left.fix.edits == ()
    assert left.fix.commands == (
        (
            f"aws iam detach-role-policy --role-name ops --policy-arn {ADMIN}",
            f"aws iam attach-role-policy --role-name ops --policy-arn {ADMIN}",
        ),
    )
