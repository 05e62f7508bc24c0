"""Everyone who can make a request, principals of the tree and outsiders alike."""

import pytest
from tests.api.questions.asked_tree import SHOP_TF, load

from leastwise.api.questions.can import Question
from leastwise.api.questions.who import who
from leastwise.api.workspace import WrongUse

READER = "arn:aws:iam::999988887777:role/reader"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "main.tf").write_text(SHOP_TF, encoding="utf-8")
    return load(folder)


def listed(project, action, resource):
    found = who(project, Question("", action, resource))
    assert not isinstance(found, WrongUse), found
    return [(v.outcome, v.requester.words) for v in found.verdicts]


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        (
            "s3:GetObject",
            "arn:aws:s3:::logs/public/x",
            [
                ("allowed", "anyone"),
                ("allowed", READER),
                ("allowed", "role aws_iam_role.app"),
                ("allowed", "role aws_iam_role.fenced"),
                ("allowed", "user aws_iam_user.ann"),
            ],
        ),
        ("s3:GetObject", "arn:aws:s3:::logs/secret/x", []),
        ("s3:PutObject", "arn:aws:s3:::logs/x", [("allowed", "role aws_iam_role.fenced")]),
        (
            "sts:AssumeRole",
            "aws_iam_role.app",
            [
                ("allowed", "role aws_iam_role.app"),
                ("allowed", "service ec2.amazonaws.com"),
                ("allowed", "user aws_iam_user.ann"),
                ("depends", "account 999988887777"),
            ],
        ),
        ("ec2:StopInstances", "*", [("depends", "role aws_iam_role.app")]),
    ],
)
def test_who_lists_the_proven_first_by_name(shop, action, resource, expected):
    assert listed(shop, action, resource) == expected


def test_a_group_is_no_caller(shop):
    found = who(shop, Question("", "sts:AssumeRole", "aws_iam_role.app"))
    assert not isinstance(found, WrongUse)
    assert found.asked == 5  # two roles, a user, a service and an account


def test_a_name_that_is_not_known_is_listed_once_and_not_for_each_principal(tmp_path):
    text = SHOP_TF.replace('"arn:aws:iam::111122223333:root"', "var.deployer")
    text += '\nvariable "deployer" {}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    assert listed(load(tmp_path), "sts:AssumeRole", "aws_iam_role.app") == [
        ("allowed", "${var.deployer}"),
        ("allowed", "service ec2.amazonaws.com"),
        ("depends", "account 999988887777"),
    ]


def test_policies_in_files_of_their_own_name_outsiders(tmp_path):
    (tmp_path / "bucket.json").write_text(
        """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::trail/*"}]}""",
        encoding="utf-8",
    )
    project = load(tmp_path)
    expected = [("allowed", "service cloudtrail.amazonaws.com")]
    assert listed(project, "s3:PutObject", "*") == expected
    assert listed(project, "s3:PutObject", "arn:aws:s3:::trail/x") == expected
    assert listed(project, "s3:PutObject", "arn:aws:s3:::other/x") == []


def test_what_can_not_be_asked_is_wrong_use(shop):
    assert isinstance(who(shop, Question("", "everything", "*")), WrongUse)
    assert isinstance(who(shop, Question("", "s3:GetObject", "nowhere")), WrongUse)
