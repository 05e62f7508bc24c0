"""What is known of condition keys: their spelling, types and traits."""

import csv
from importlib import resources

import pytest

from leastwise.semantics.actions import action_index
from leastwise.semantics.condition_keys import (
    condition_key,
    condition_key_type,
    is_claim,
    known_keys,
)


@pytest.mark.parametrize(
    ("key", "kind", "multivalued"),
    [
        ("aws:sourceip", "IPAddress", False),
        ("AWS:TagKeys", "String", True),
        ("aws:ResourceTag/team", "String", False),
        ("aws:SecureTransport", "Bool", False),
        ("aws:AssumedRoot", "Unknown", False),
        ("dynamodb:LeadingKeys", "String", True),
        ("iam:PermissionsBoundary", "ARN", False),
        ("iam:passedtoservice", "String", False),
        ("kms:EncryptionContext:AppName", "String", False),
        ("codebuild:secondarySources/x.insecureSsl", "Bool", False),
        ("codebuild:secondarySources/x.location", "String", False),
    ],
)
def test_key_has_its_type_in_any_case(key, kind, multivalued):
    found = condition_key(key)
    assert (found.type, found.multivalued) == (kind, multivalued)
    assert condition_key_type(key) == kind


@pytest.mark.parametrize("key", ["aws:ResourceTag", "aws:SourcIp", "s3:nothing", "x", "", "ä:ö"])
def test_what_is_no_key_is_not_known(key):
    assert condition_key(key) is None
    assert condition_key_type(key) is None


def test_a_free_part_is_cut_from_the_name():
    assert condition_key("AWS:requesttag/Team").name == "aws:RequestTag/"


def test_traits_of_the_table_are_joined_with_the_type_of_the_index():
    assert condition_key("kms:ViaService").traits == {"regional-service"}
    assert condition_key("kms:ViaService").type == "String"


def test_network_keys_name_the_services_that_send_them():
    services = condition_key("aws:VpceAccount").services
    assert {"s3", "kms", "iam"} <= services
    assert services == condition_key("aws:VpceOrgPaths").services
    assert services <= {service.lower() for service in action_index().services}


def test_claims_of_identity_providers_are_told():
    claims = ("token.actions.githubusercontent.com:sub", "SAML:aud", "oidc.eks/id/X:aud")
    assert all(map(is_claim, claims))
    assert not any(map(is_claim, ("aws:SourceIp", "sts:ExternalId", "ec2:ResourceTag/a.b")))


def test_known_keys_are_listed_by_prefix():
    assert "aws:SourceIp" in known_keys("aws")
    assert "s3:prefix" in known_keys("S3")
    assert all(key.startswith("s3:") for key in known_keys("s3"))


def test_the_table_is_sorted_out_and_sourced():
    table = resources.files("leastwise").joinpath("data", "condition_keys.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len({row["key"].lower() for row in rows}) == len(rows)
    assert all(row["source"] for row in rows)
    assert all(row["type"] or not row["key"].startswith("aws:") for row in rows[1:])
