"""The table of issuers says what their documentation says, and finds them."""

import json
from importlib import resources

import pytest

from leastwise.entry.issuers import UNKNOWN, issuer_of

TABLE = json.loads((resources.files("leastwise") / "data" / "oidc_issuers.json").read_text("utf-8"))

SHARED = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
    "cognito-identity.amazonaws.com",
    "agent.buildkite.com",
    "oidc.codefresh.io",
    "studio.datachain.ai/api",
    "token.actions.githubusercontent.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "vstoken.actions.githubusercontent.com",
    "gitlab.com",
    "api.pulumi.com/oidc",
    "sandboxes.cloud",
    "scalr.io",
    "tokens.cloud.shisho.dev",
    "app.terraform.io",
    "proidc.upbound.io",
    "oidc.vercel.com",
    "accounts.google.com",
)


@pytest.mark.parametrize("provider", SHARED)
def test_issuer_that_signs_for_everybody_is_shared(provider):
    assert issuer_of(provider).is_shared
    assert issuer_of(provider).stranger


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("token.actions.githubusercontent.com/acme", "GitHub Actions"),
        ("token.actions.acme.ghe.com", "GitHub Actions"),
        ("github.acme.example/_services/token", "GitHub Actions"),
        ("oidc.circleci.com/org/11111111-2222-3333-4444-555555555555", "CircleCI"),
        (
            "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
            "Bitbucket Pipelines",
        ),
        ("acme.app.spacelift.io", "Spacelift"),
        ("oidc.vercel.com/acme", "Vercel"),
        ("vstoken.dev.azure.com/11111111-2222-3333-4444-555555555555", "Azure DevOps"),
        ("sts.windows.net/11111111-2222-3333-4444-555555555555/", "Microsoft Entra ID"),
        ("cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf", "Amazon Cognito user pools"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABC", "Kubernetes"),
        ("oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC", "Kubernetes"),
    ],
)
def test_issuer_whose_address_is_the_tenants_is_its_own(provider, name):
    assert (issuer_of(provider).name, issuer_of(provider).is_shared) == (name, False)


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("project_path:acme/*", "GitLab"),
        ("repo:acme/infra:*", "GitHub Actions"),
        ("system:serviceaccount:apps:web", "Kubernetes"),
        ("organization:acme:project:p:workspace:w:run_phase:plan", "HCP Terraform"),
        ("space:legacy:stack:infra:run_type:TRACKED:scope:write", "Spacelift"),
    ],
)
def test_own_instance_is_known_by_its_subjects(subject, name):
    issuer = issuer_of("ci.acme.example", (subject,))
    assert (issuer.name, issuer.is_shared) == (name, False)


@pytest.mark.parametrize(
    "provider", ["acme.eu.auth0.com/", "login.acme.example", "gitlab.com.evil"]
)
def test_other_addresses_are_not_known(provider):
    assert issuer_of(provider, ("auth0|1234",)) == UNKNOWN


@pytest.mark.parametrize("row", TABLE["issuers"], ids=lambda row: row["name"])
def test_each_row_cites_where_it_is_from(row):
    assert row["sources"]
    assert all(source.startswith("https://") for source in row["sources"])


@pytest.mark.parametrize("row", TABLE["issuers"], ids=lambda row: row["name"])
def test_each_row_has_words_for_what_it_asks(row):
    assert row.get("shared") or row.get("own")
    assert bool(row.get("anywhere")) <= bool(row.get("project"))
    assert bool(row.get("anyhow")) <= bool(row.get("part"))
    assert bool(row.get("stranger")) == bool(row.get("shared"))
    asked = [row.get("stranger", {}), *row.get("anywhere", ()), *row.get("anyhow", ())]
    texts = [text for claims in asked for values in claims.values() for text in values]
    assert all(text.count("<") == text.count(">") <= 2 for text in texts)
