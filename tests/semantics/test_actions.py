"""Read the pinned action index."""

import pytest

from leastwise.semantics.actions import (
    FALLBACK_DATE,
    action_index,
    carries,
    data_date,
    info,
    parse_index,
)

SMALL = "# data_date=2026-01-02\niam:CreateRole,DeleteRole,PassRole\ns3:GetObject,PutObject\n"

MATCHING = [
    ("*", ("iam:CreateRole", "iam:DeleteRole", "iam:PassRole", "s3:GetObject", "s3:PutObject")),
    ("**", ("iam:CreateRole", "iam:DeleteRole", "iam:PassRole", "s3:GetObject", "s3:PutObject")),
    ("iam:*", ("iam:CreateRole", "iam:DeleteRole", "iam:PassRole")),
    ("IAM:passrole", ("iam:PassRole",)),
    ("iam:*eteRole", ("iam:DeleteRole",)),
    ("iam:?assRole", ("iam:PassRole",)),
    ("iam:Pass*", ("iam:PassRole",)),
    ("*:*Object", ("s3:GetObject", "s3:PutObject")),
    ("s?:Get*", ("s3:GetObject",)),
    ("*Role", ("iam:CreateRole", "iam:DeleteRole", "iam:PassRole")),
    ("ec2:*", ()),
    ("iam:Frobnicate", ()),
    ("iam", ()),
    ("", ()),
]


@pytest.mark.parametrize(("glob", "names"), MATCHING)
def test_glob_expands_to_known_actions(glob, names):
    assert parse_index(SMALL).matching(glob) == names


def test_date_of_the_data_is_in_the_file():
    assert parse_index(SMALL).data_date == "2026-01-02"
    assert parse_index("").data_date == FALLBACK_DATE
    assert data_date() == action_index().data_date >= "2026-01-01"


@pytest.mark.parametrize(
    ("action", "spelled"),
    [("IAM:passrole", "iam:PassRole"), ("iam:Nope", None), ("ec2:RunInstances", None), ("", None)],
)
def test_action_is_spelled_as_the_reference_does(action, spelled):
    assert parse_index(SMALL).spelled(action) == spelled


def test_pass_role_names_a_role_and_carries_its_keys():
    found = info("IAM:passrole")
    assert (found.name, found.access_level) == ("iam:PassRole", "Permissions management")
    assert found.arn_formats == ("arn:?*:iam::?*:role/?*",)
    assert found.supports_resource
    assert carries(found, "iam:passedtoservice")
    assert carries(found, "aws:resourcetag/team")
    assert not carries(found, "iam:permissionsboundary")


def test_unknown_action_has_no_info():
    assert info("iam:Frobnicate") is None
    assert info("*") is None


def test_action_without_resource_says_so():
    assert not info("s3:ListAllMyBuckets").supports_resource
