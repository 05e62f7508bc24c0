"""Who outside may use a resource, where the account and other policies of it have a say."""

import json

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

RULES = tuple(rule for rule in catalogue() if rule.info.group == "exposure")
OWN = "111122223333"
QUEUE = f"arn:aws:sqs:us-east-1:{OWN}:jobs"


def found(*statements, config=None, kind="resource"):
    """Return rule and level of what is found in a resource policy."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()
    config = config or Config()
    project = load(MemoryTree({"policy.json": text}), config, kind)
    return [(f.rule, f.level) for f in evaluate(project, config, RULES).findings]


def allow(principal, action="sqs:SendMessage", **condition):
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": QUEUE,
    }
    return statement | ({"Condition": condition} if condition else {})


PUBLIC = [("exposure/public-resource", "error")]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalTag/team": "shop"}},
        {"StringLike": {"aws:UserAgent": "*"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    ],
)
def test_conditions_that_strangers_meet_keep_nobody_out(condition):
    assert found(allow("*", **condition)) == PUBLIC


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
        {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}},
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8", "aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringEquals": {"aws:PrincipalAccount": OWN}},
        {"StringEquals": {"aws:PrincipalAccount": "999999999999"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme-in"}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}},
    ],
)
def test_conditions_that_strangers_do_not_meet_keep_them_out(condition):
    assert found(allow("*", **condition)) == []


def test_public_statements_of_a_policy_are_one_finding():
    assert found(allow("*"), allow({"AWS": "*"}, "sqs:ReceiveMessage")) == PUBLIC


def test_statements_before_it_do_not_hide_a_public_one():
    closed = [
        allow("*", StringEquals={"aws:PrincipalOrgID": f"o-a1b2c3d4{n:02}"}) for n in range(30)
    ]
    assert found(*closed, allow("*")) == PUBLIC


def test_account_in_which_aws_runs_load_balancers_is_not_foreign():
    assert found(allow({"AWS": "arn:aws:iam::127311923021:root"})) == []


def test_named_account_is_a_note_until_the_team_says_which_are_its_own():
    partner = allow({"AWS": "arn:aws:iam::444455556666:root"})
    assert found(partner) == [("exposure/foreign-account", "note")]
    config = Config(own_accounts=("222233334444",))
    assert found(partner, config=config) == [("exposure/foreign-account", "warning")]
    config = Config(own_accounts=("444455556666",))
    assert found(partner, config=config) == []


@pytest.mark.parametrize("trusted", ["444455556666", "arn:aws:iam::444455556666:*"])
def test_trusted_principals_are_quiet(trusted):
    config = Config(trusted_principals=(trusted,))
    partner = allow({"AWS": "arn:aws:iam::444455556666:role/app"}, "sqs:*")
    assert found(partner, config=config) == []


def test_service_that_customers_direct_is_a_warning_and_one_that_reports_a_note():
    directed = allow({"Service": "sns.amazonaws.com"})
    assert found(directed) == [("exposure/service-principal-without-source", "warning")]
    reports = allow({"Service": "budgets.amazonaws.com"})
    assert found(reports) == [("exposure/service-principal-without-source", "note")]


def test_source_of_another_account_fails_a_condition_with_if_exists():
    condition = {"StringEqualsIfExists": {"aws:SourceAccount": OWN}}
    assert found(allow({"Service": "sns.amazonaws.com"}, **condition)) == []


def test_document_of_identities_has_no_outsiders():
    text = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    assert found(text, kind="identity") == []
