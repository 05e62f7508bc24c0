"""Who from outside enters which role."""

import json

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.entry.attackers import ways_in
from leastwise.graph import outsiders
from leastwise.graph.outsiders import entrances
from leastwise.source.tree import MemoryTree

ACCOUNT, PARTNER = "111122223333", "444455556666"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"


def trust(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def web(**condition):
    return trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", **condition)


def claims(**values):
    return {f"token.actions.githubusercontent.com:{key}": value for key, value in values.items()}


def dump(roles):
    rows = [
        {
            "RoleName": name,
            "RoleId": f"AROA{number:016}",
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
            "Path": "/",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
            "RolePolicyList": [],
            "AttachedManagedPolicies": [],
        }
        for number, (name, statements) in enumerate(roles.items())
    ]
    whole = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": rows, "Policies": []}
    return load(MemoryTree({"account.json": json.dumps(whole).encode()}))


def entered(*statements, config=None):
    found = entrances(dump({"app": statements}), config or Config())
    return [(e.kind, e.label, e.certainty, e.whole, e.unguarded) for e in found]


AUDIENCE = claims(aud="sts.amazonaws.com")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(trust("*"), [("anyone", "anyone", "proven", False, True)], id="a lone star"),
        pytest.param(
            trust({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-1234567890"}),
            [("account", "organization o-1234567890", "proven", False, False)],
            id="an organization",
        ),
        pytest.param(
            trust({"AWS": f"arn:aws:iam::{PARTNER}:root"}),
            [("account", PARTNER, "proven", True, True)],
            id="an account of others",
        ),
        pytest.param(
            trust({"AWS": PARTNER}, StringEquals={"sts:ExternalId": "ours"}),
            [("account", PARTNER, "proven", True, False)],
            id="an account of others that proves its customer",
        ),
        pytest.param(
            trust({"AWS": f"arn:aws:iam::{PARTNER}:role/ci"}),
            [("account", f"arn:aws:iam::{PARTNER}:role/ci", "proven", False, True)],
            id="one principal of others",
        ),
        pytest.param(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), [], id="the own account"),
        pytest.param(
            trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"}), [], id="one of the own account"
        ),
        pytest.param(
            trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}),
            [
                ("service", "lambda.amazonaws.com", "proven", False, False),
                ("service", "ec2.amazonaws.com", "proven", False, False),
            ],
            id="services",
        ),
        pytest.param(
            trust({"Federated": SAML}, "sts:AssumeRoleWithSAML"),
            [("federated", SAML, "proven", False, False)],
            id="a SAML provider",
        ),
        pytest.param(
            web(StringEquals=AUDIENCE, StringLike=claims(sub="repo:octo/app:*")),
            [
                (
                    "federated",
                    "token.actions.githubusercontent.com (repo:octo/app:*)",
                    "proven",
                    False,
                    False,
                )
            ],
            id="one repository",
        ),
        pytest.param({**trust("*"), "Effect": "Deny"}, [], id="nobody"),
    ],
)
def test_who_enters_a_role(statement, expected):
    assert entered(statement) == expected


def test_every_repository_is_anyone_at_its_issuer():
    kind, label, *_, unguarded = entered(web(StringEquals=AUDIENCE))[0]
    assert (kind, unguarded) == ("federated", True)
    assert label.startswith("anyone at ")


def test_what_is_denied_is_no_entrance():
    deny = {**trust("*", StringNotEquals={"aws:PrincipalAccount": ACCOUNT}), "Effect": "Deny"}
    assert entered(trust({"AWS": PARTNER}), deny) == []


def test_accounts_that_the_configuration_trusts_are_no_outsiders():
    assert entered(trust({"AWS": PARTNER}), config=Config(own_accounts=(PARTNER,))) == []
    assert entered(trust({"AWS": PARTNER}), config=Config(trusted_principals=(PARTNER,))) == []


def test_an_outsider_enters_once_by_its_surest_way():
    asked = trust({"AWS": PARTNER}, StringEquals={"sts:ExternalId": "ours"})
    assert entered(asked, trust({"AWS": PARTNER})) == [("account", PARTNER, "proven", True, True)]


def test_each_entrance_points_into_the_policy_of_its_own_role():
    project = dump({"one": [trust("*")], "two": [trust("*")], "three": [trust({"AWS": PARTNER})]})
    found = entrances(project, Config())
    assert [(e.label, e.role.address.rpartition("/")[2]) for e in found][:2] == [
        ("anyone", "one"),
        ("anyone", "two"),
    ]
    for entrance in found:
        (decided,) = entrance.answer.deciding
        assert decided.policy is entrance.role.trust
        globs = decided.policy.document.statements[decided.statement].actions.globs
        assert any(glob is decided.action for glob in globs)


def test_roles_with_equal_trust_policies_are_asked_once(monkeypatch):
    asked = []

    def counted(trust, config, role):
        asked.append(role)
        return ways_in(trust, config, role)

    monkeypatch.setattr(outsiders, "ways_in", counted)
    project = dump({f"role-{n}": [trust({"AWS": PARTNER}), trust("*")] for n in range(50)})
    assert len(entrances(project, Config())) == 100
    assert len(asked) == 1


def test_caller_of_terraform_is_named_as_it_is_written():
    text = b"""
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = data.aws_caller_identity.me.arn }
    }]
  })
}
"""
    project = load(MemoryTree({"main.tf": text}))
    assert [one.label for one in entrances(project, Config())] == [
        "${data.aws_caller_identity.me.arn}"
    ]
