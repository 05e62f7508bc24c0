"""Which issuer's claim a condition key names, where the key is known in part."""

import json
import time

import pytest
from tests.rules.worked import find, find_terraform

from leastwise.entry.tokens import accepted
from leastwise.iam.policy import PolicyDocument
from leastwise.source.tree import MemoryTree

TRUST = """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.0.0"
}
variable "provider_arn" {}
variable "issuer" {}
variable "extra" {}
data "aws_caller_identity" "current" {}
resource "aws_iam_openid_connect_provider" "main" {
  url            = var.issuer
  client_id_list = ["sts.amazonaws.com"]
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [PROVIDER]
    }
    condition {
      test     = "StringLike"
      variable = "KEY:sub"
      values   = ["system:serviceaccount:*:web"]
    }
  }
}
resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("module.eks.oidc_provider_arn", "${module.eks.oidc_provider}"),
        ("var.provider_arn", '${replace(var.provider_arn, "/^(.*provider/)/", "")}'),
        (
            "aws_iam_openid_connect_provider.main.arn",
            '${replace(aws_iam_openid_connect_provider.main.url, "https://", "")}',
        ),
        (
            '"arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${var.issuer}"',
            "${var.issuer}",
        ),
        ("module.eks.oidc_provider_arn", "oidc.eks.eu-west-1.amazonaws.com/id/ABC"),
        (
            '"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"',
            "${module.eks.oidc_provider}",
        ),
    ],
)
def test_key_that_is_known_in_part_is_read_by_its_claim(provider, key):
    found = find_terraform(TRUST.replace("PROVIDER", provider).replace("KEY", key)).findings
    assert [(f.rule, f.level) for f in found if f.rule.startswith("trust/")] == [
        ("trust/irsa-wide-sub", "warning")
    ]


def test_key_of_another_issuer_binds_nothing():
    text = TRUST.replace(
        "PROVIDER", '"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"'
    ).replace("KEY", "oidc.eks.eu-west-1.amazonaws.com/id/ABC")
    found = find_terraform(text).findings
    assert [f.rule for f in found if f.rule.startswith("trust/oidc-missing-sub")] == []


def test_condition_that_is_not_known_is_no_finding():
    text = """
variable "conditions" {}
resource "aws_iam_role" "ci" {
  name = "ci"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com" }
      Condition = var.conditions
    }]
  })
}
"""
    assert [f for f in find_terraform(text).findings if f.rule.startswith("trust/")] == []


def test_statement_that_is_not_always_there_is_only_possible():
    text = """
variable "open" {}
data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.open ? [1] : []
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::111122223333:oidc-provider/gitlab.com"]
      }
    }
  }
}
resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""
    found = [f for f in find_terraform(text).findings if f.rule == "trust/oidc-missing-sub"]
    assert [(f.level, f.confidence) for f in found] == [("warning", "possible")]


BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
AZURE = "vstoken.dev.azure.com/11111111-2222-3333-4444-555555555555"
CIRCLE = "oidc.circleci.com/org/11111111"
REPOSITORY = "{2f0c6b62-1d0c-4c2a-9f3b-0a6a2f2b1f11}"


@pytest.mark.parametrize(
    ("provider", "subject", "rule", "level"),
    [
        ("agent.buildkite.com", "organization:acme*", "trust/oidc-open-sub", "error"),
        ("agent.buildkite.com", "organization:acme:*", "trust/oidc-wide-sub", "warning"),
        ("agent.buildkite.com", "organization:acme:pipeline:app:*", "trust/oidc-wide-sub", "note"),
        ("agent.buildkite.com", "organization:acme:pipeline:app:ref:refs/heads/main:*", "", ""),
        ("oidc.vercel.com", "owner:*:project:web:*", "trust/oidc-open-sub", "error"),
        ("oidc.vercel.com/acme", "owner:acme:project:*", "trust/oidc-wide-sub", "warning"),
        ("oidc.vercel.com/acme", "owner:acme:project:web:*", "trust/oidc-wide-sub", "note"),
        ("oidc.vercel.com/acme", "owner:acme:project:web:environment:production", "", ""),
        (BITBUCKET, "*", "trust/oidc-missing-sub", "warning"),
        (BITBUCKET, f"{REPOSITORY}:*", "", ""),
        (BITBUCKET, "{*}:*", "trust/oidc-wide-sub", "warning"),
        (AZURE, "sc://acme/*", "trust/oidc-wide-sub", "warning"),
        (AZURE, "sc://acme/shop/aws", "", ""),
        (CIRCLE, "org/11111111/project/*", "trust/oidc-wide-sub", "warning"),
        (CIRCLE, "org/11111111/project/22222222/user/*", "", ""),
        ("acme.app.spacelift.io", "space:*", "trust/oidc-wide-sub", "warning"),
        ("acme.app.spacelift.io", "space:prod:stack:net:*", "trust/oidc-wide-sub", "note"),
        (
            "acme.app.spacelift.io",
            "space:prod:stack:net:run_type:TRACKED:scope:write",
            "",
            "",
        ),
        ("app.terraform.io", "organization:acme:*", "trust/oidc-wide-sub", "warning"),
        (
            "app.terraform.io",
            "organization:acme:project:p:workspace:*:run_phase:apply",
            "",
            "",
        ),
        ("gitlab.com", "project_path:acme/team/*", "trust/oidc-wide-sub", "warning"),
        ("gitlab.com", "project_path:acme/team/app:*", "trust/oidc-wide-sub", "note"),
        ("gitlab.com", "project_path:acme/team/app:ref_type:branch:ref:main", "", ""),
        ("gitlab.acme.example", "*", "trust/oidc-missing-sub", "warning"),
        ("token.actions.githubusercontent.com/acme", "repo:*", "trust/oidc-wide-sub", "warning"),
        ("cognito-idp.eu-west-1.amazonaws.com/x", "*", "trust/oidc-missing-sub", "warning"),
        ("acme.eu.auth0.com/", "auth0|*", "", ""),
        ("oidc.codefresh.io", "account:*:pipeline:64de5cd4:*", "trust/oidc-open-sub", "error"),
        ("scalr.io", "account:acme:environment:*", "", ""),
        ("oidc.eks.eu-west-1.amazonaws.com/id/A", "system:serviceaccount:a:b", "", ""),
    ],
)
def test_subject_is_judged_as_its_issuer_spells_it(provider, subject, rule, level):
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{provider}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringLike": {f"{provider}:sub": subject, f"{provider}:aud": "sts.amazonaws.com"}
            },
        },
    }
    findings = find(MemoryTree({"trust.json": json.dumps(document).encode()})).findings
    told = [(f.rule, f.level) for f in findings if f.rule.startswith("trust/")]
    assert told == ([(rule, level)] if rule else [])


def test_each_provider_of_a_statement_is_asked_by_itself():
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {
                "Federated": [
                    "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
                    "arn:aws:iam::111122223333:saml-provider/idp",
                    "accounts.google.com",
                ]
            },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"gitlab.com:sub": "project_path:acme/x:ref_type:tag:ref:v1"}
            },
        },
    }
    read = accepted(PolicyDocument.parse(json.dumps(document), "trust"))
    assert [(one.provider, one.issuer.name, one.tested) for one in read] == [
        ("gitlab.com", "GitLab", ("sub",)),
        ("accounts.google.com", "Google", ()),
    ]


def test_many_statements_and_values_take_no_time():
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringLike": {"gitlab.com:sub": [f"project_path:team-{n}/*" for n in range(200)]}
        },
    }
    document = {"Version": "2012-10-17", "Statement": [statement] * 300}
    started = time.perf_counter()
    find(MemoryTree({"trust.json": json.dumps(document).encode()}))
    assert time.perf_counter() - started < 20
