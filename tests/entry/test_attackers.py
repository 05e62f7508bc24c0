"""Who can enter a role, asked of its trust policy."""

import json

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.entry.attackers import is_entered_from_outside, ways_in
from leastwise.rules.subjects import view_of
from leastwise.source.tree import MemoryTree

OWN, OTHER = "111122223333", "999999999999"
TEAM = [("organization", "${aws:ResourceOrgID}")]
IN_ACCOUNT = [("own-account", OWN)]
ROLE = f"arn:aws:iam::{OWN}:role/subject"


def entered(*statements, config=None, partition="aws"):
    """Return the ways into a role with such a trust policy, and whether strangers enter."""
    role = {
        "Path": "/",
        "Arn": ROLE.replace("arn:aws:", f"arn:{partition}:"),
        "RoleName": "subject",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **s} for s in statements],
        },
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
    }
    dump = {"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [role]}
    config = config or Config()
    project = load(MemoryTree({"account.json": json.dumps(dump).encode()}), config)
    (principal,) = project.principals
    view = view_of(project, config)
    ways = ways_in(principal.trust, view.config, principal)
    return [(w.kind, w.who) for w in ways], is_entered_from_outside(principal, view.config)


def aws(principal, operator=None, key=None, value=None):
    condition = {} if operator is None else {"Condition": {operator: {key: value}}}
    return {"Principal": {"AWS": principal}, **condition}


@pytest.mark.parametrize(
    ("statement", "ways"),
    [
        (aws("*"), [("anyone", "")]),
        (aws("*", "StringLike", "aws:PrincipalOrgID", "o-*"), [("anyone", "")]),
        (aws("*", "Null", "aws:PrincipalOrgID", "false"), [("anyone", "")]),
        (aws("*", "ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ci"), [("anyone", "")]),
        (aws("*", "StringNotEquals", "aws:SourceVpce", "vpce-1"), [("anyone", "")]),
        (aws("*", "IpAddress", "aws:SourceIp", "203.0.113.0/24"), [("network", "")]),
        (aws("*", "StringEquals", "aws:PrincipalOrgID", "o-abc"), [("organization", "o-abc")]),
        (aws("*", "StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"), TEAM),
        (aws("*", "StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"), IN_ACCOUNT),
        (aws("*", "StringEquals", "aws:PrincipalAccount", OTHER), [("foreign-account", OTHER)]),
        (aws("*", "StringEquals", "aws:PrincipalAccount", OWN), [("own-account", OWN)]),
        (aws("*", "ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/ci"), []),
        (aws(f"arn:aws:iam::{OWN}:root"), [("own-account", OWN)]),
        (aws(OTHER), [("foreign-account", OTHER)]),
        (aws(f"arn:aws:iam::{OWN}:role/ci"), [("principal", f"arn:aws:iam::{OWN}:role/ci")]),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, [("service", "ec2.amazonaws.com")]),
    ],
)
def test_each_attacker_is_asked(statement, ways):
    found, _ = entered(statement)
    assert found == ways


def test_a_deny_counts_for_every_allow():
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWN}},
    }
    assert entered(aws("*"), aws(OTHER), deny) == ([("own-account", OWN)], False)


def test_strangers_of_the_own_partition_are_asked():
    statement = aws("*", "ArnLike", "aws:PrincipalArn", "arn:aws-us-gov:iam::*:role/ci")
    assert entered(statement, partition="aws-us-gov") == ([("anyone", "")], True)
    assert entered(statement) == ([], False)


@pytest.mark.parametrize(
    ("statement", "outside"),
    [
        (aws("*"), True),
        (aws("*", "StringEquals", "sts:ExternalId", "x"), True),
        (aws(OTHER), True),
        (aws(OTHER, "StringEquals", "sts:ExternalId", "x"), False),
        (aws(OTHER, "StringLike", "sts:ExternalId", "*"), True),
        (aws(OTHER, "Bool", "aws:MultiFactorAuthPresent", "true"), False),
        (aws(OWN), False),
        (aws("*", "StringEquals", "aws:PrincipalOrgID", "o-abc"), False),
    ],
)
def test_outside_is_whom_nothing_that_is_known_keeps_out(statement, outside):
    assert entered(statement)[1] is outside


@pytest.mark.parametrize(
    "config",
    [
        Config(own_accounts=(OTHER,)),
        Config(trusted_principals=(OTHER,)),
        Config(trusted_principals=(f"arn:aws:iam::{OTHER}:*",)),
    ],
)
def test_accounts_of_the_team_and_trusted_ones_are_no_way_in(config):
    assert entered(aws(f"arn:aws:iam::{OTHER}:root"), config=config) == ([], False)


def test_a_pipeline_of_another_tenant_comes_from_outside():
    statement = {
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {
            "Federated": f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
        },
    }
    found, outside = entered(statement)
    assert [kind for kind, _ in found] == ["foreign-tenant", "tenant"]
    assert outside


def test_the_length_of_a_list_of_principals_changes_nothing():
    names = [f"arn:aws:iam::{500000000000 + n}:role/x" for n in range(12)]
    found, _ = entered(aws([*names, OWN]))
    assert found == [
        *(("foreign-account", str(500000000000 + n)) for n in range(12)),
        ("own-account", OWN),
    ]
