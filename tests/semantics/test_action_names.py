import pytest

from leastwise.semantics.action_names import meant, service_meant
from leastwise.semantics.actions import action_index
from leastwise.semantics.arn_formats import formats_of, formats_of_service, overlaps


@pytest.mark.parametrize(
    ("action", "actions", "sure"),
    [
        ("s3:GetObjct", ("s3:GetObject",), True),
        ("S3:getobjct", ("s3:GetObject",), True),
        ("s3:ListObjectsV2", ("s3:ListBucket",), True),
        ("s3:copyobject", ("s3:GetObject", "s3:PutObject"), True),
        ("cloudwatch:PutLogEvents", ("logs:PutLogEvents",), False),
    ],
)
def test_an_action_that_is_none_stands_for_those_that_were_meant(action, actions, sure):
    found = meant(action)
    assert found is not None
    assert (found.actions, found.sure) == (actions, sure)


@pytest.mark.parametrize(
    "action",
    ["s3:Unheard", "unheard:TagResource", "sns:Receive", "bedrock:InvokeModelV9", "s3:", ":", ""],
)
def test_what_may_be_new_is_not_explained(action):
    assert meant(action) is None


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("stepfunctions", "states"),
        ("Docdb", "rds"),
        ("lamda", "lambda"),
        ("unheardof", None),
        ("", None),
    ],
)
def test_a_prefix_that_is_none_stands_for_the_one_that_was_meant(prefix, found):
    assert service_meant(prefix) == found


def test_tables_of_names_lead_from_what_is_none_to_what_is():
    from leastwise.semantics.action_names import _operations, _service_names

    index = action_index()
    assert [name for name in _operations() if index.spelled(name) is not None] == []
    targets = {action for actions in _operations().values() for action in actions}
    assert {action for action in targets if index.spelled(action) != action} == set()
    assert set(_service_names()).isdisjoint(index.services)
    assert set(_service_names().values()) <= set(index.services)


@pytest.mark.parametrize(
    ("glob", "other", "slashless", "expected"),
    [
        ("role/x", "role/?*", False, True),
        ("role*", "role/?*", False, True),
        ("roles/x", "role/?*", False, False),
        ("ROLE/x", "role/?*", False, True),
        ("role/", "role/?*", False, False),
        ("*", "role/?*", False, True),
        ("*", "", False, True),
        ("", "?*", False, False),
        ("", "", False, True),
        ("assets", "*", True, True),
        ("assets*", "*", True, True),
        ("assets/*", "*", True, False),
        ("*/*", "*", True, False),
        ("assets", "?*/?*", False, False),
    ],
)
def test_globs_overlap_when_some_string_is_in_both(glob, other, slashless, expected):
    assert overlaps(glob, other, slashless=slashless) is expected


def test_actions_take_the_resources_of_the_reference():
    assert {f.type for f in formats_of("S3:getobject")} == {"object", "accesspointobject"}
    assert {(f.service, f.path) for f in formats_of("sts:AssumeRole")} == {("iam", "role/?*")}
    assert formats_of("ec2:DescribeInstances") == formats_of("unheard:Of") == ()


def test_actions_of_two_versions_take_the_resources_of_both():
    taken = {f.path for f in formats_of("elasticloadbalancing:AddTags")}
    assert {"loadbalancer/?*", "targetgroup/?*/?*"} <= taken


def test_formats_side_by_side_are_two():
    paths = {f.path for f in formats_of_service("apigateway")}
    assert {"/apis/?*/authorizers", "/restapis/?*/authorizers"} <= paths
    assert not any(", " in path for path in paths)
    assert formats_of_service("unheardof") == ()
