import pytest

from leastwise.semantics.places import (
    is_partition,
    nearest_partition,
    nearest_region,
    partition_of_region,
    standing_of_region,
)
from leastwise.semantics.spelling import nearest


@pytest.mark.parametrize(
    ("region", "standing", "near"),
    [
        ("us-east-1", "known", "us-east-1"),
        ("cn-northwest-1", "known", "cn-northwest-1"),
        ("us-gov-west-1", "known", "us-gov-west-1"),
        ("eusc-de-east-1", "known", "eusc-de-east-1"),
        ("us-esat-1", "unknown", "us-east-1"),
        ("US-EAST-1", "unknown", "us-east-1"),
        ("us-east", "unknown", None),
        ("prod", "unknown", None),
        ("aws-global", "unknown", None),
        ("us-east-9", "newer", None),
        ("eu-newplace-1", "newer", None),
        ("eu-newplace-x", "unknown", None),
    ],
)
def test_regions_are_told_from_what_is_none(region, standing, near):
    assert standing_of_region(region) == standing
    assert nearest_region(region) == near


def test_partitions_have_their_regions():
    assert [is_partition(name) for name in ("aws", "aws-cn", "aws-us-gov", "amazon")] == [
        True,
        True,
        True,
        False,
    ]
    assert partition_of_region("us-gov-east-1") == "aws-us-gov"
    assert partition_of_region("nowhere-1") is None
    assert nearest_partition("aws-us-gv") == "aws-us-gov"


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("GetObjct", ["PutObject", "GetObject"], "GetObject"),
        ("GteObject", ["GetObject"], "GetObject"),
        ("DescribeInstance", ["DescribeInstances", "DescribeImages"], "DescribeInstances"),
        ("InvokeModelV2", ["InvokeModel"], None),
        ("ecs", ["ecr", "sqs"], None),
        ("deauthorizeThing", ["authorizeThing"], None),
        ("lmbda", ["lambda"], "lambda"),
        ("cognito", ["ecr"], None),
        ("", ["ecr"], None),
        ("Get", [], None),
    ],
)
def test_the_nearest_name_is_one_or_two_slips_away(name, known, found):
    assert nearest(name, known) == found
