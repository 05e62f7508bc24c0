"""Which policies are public: the meaning that S3 and Access Analyzer give the word."""

import json

import pytest

from leastwise.api.expectations.publicness import is_public
from leastwise.iam.policy import PolicyDocument, PolicyKind
from leastwise.iam.project import Policy

OBJECTS = "arn:aws:s3:::shop/*"
OWN = "111122223333"


def policy(statements: list[dict[str, object]], kind: PolicyKind = "resource") -> Policy:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    document = PolicyDocument.parse(text, kind)
    assert document.opaque is None
    return Policy("policy", "policy", kind, document, "concrete", document.span)


def allowing(
    condition: dict[str, object] | None = None, principal: object = "*"
) -> dict[str, object]:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": OBJECTS,
    }
    return statement if condition is None else {**statement, "Condition": condition}


PUBLIC = {
    "anyone": [allowing()],
    "any AWS principal": [allowing(principal={"AWS": "*"})],
    "one of a list": [allowing(principal={"AWS": [f"arn:aws:iam::{OWN}:root", "*"]})],
    "a wildcard organization": [allowing({"StringLike": {"aws:PrincipalOrgID": "o-*"}})],
    "any account but one": [allowing({"StringNotEquals": {"aws:PrincipalAccount": OWN}})],
    "if the key exists": [allowing({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123"}})],
    "any role of a name": [allowing({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}})],
    "any bucket as source": [allowing({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}})],
    "any topic as source": [allowing({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:news"}})],
    "any network": [allowing({"StringLike": {"aws:SourceVpc": "vpc-*"}})],
    "any user id": [allowing({"StringLike": {"aws:userid": "AROA*"}})],
    "the internet": [allowing({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})],
    "half of the internet": [allowing({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}})],
    "a broad range beside a narrow one": [
        allowing({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "64.0.0.0/7"]}})
    ],
    "all addresses but some": [allowing({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})],
    "a broad range of version 6": [allowing({"IpAddress": {"aws:SourceIp": "2000::/3"}})],
    "what callers say of themselves": [
        allowing({"StringEquals": {"aws:UserAgent": "secret", "aws:PrincipalTag/team": "shop"}})
    ],
    "encryption in transit": [allowing({"Bool": {"aws:SecureTransport": "true"}})],
    "no set of organizations": [
        allowing({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})
    ],
    "a Deny that reaches other actions": [
        allowing(),
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECTS},
    ],
    "everybody but one": [
        {
            "Effect": "Allow",
            "NotPrincipal": {"AWS": f"arn:aws:iam::{OWN}:root"},
            "Action": "s3:GetObject",
            "Resource": OBJECTS,
        }
    ],
}

NOT_PUBLIC = {
    "an account": [allowing(principal={"AWS": OWN})],
    "another account": [allowing(principal={"AWS": "arn:aws:iam::444455556666:root"})],
    "an AWS service": [allowing(principal={"Service": "cloudfront.amazonaws.com"})],
    "an organization": [allowing({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}})],
    "paths of an organization": [
        allowing({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})
    ],
    "the account of the caller": [allowing({"StringEquals": {"aws:PrincipalAccount": OWN}})],
    "the account of the source": [allowing({"StringEquals": {"aws:SourceAccount": OWN}})],
    "the source": [allowing({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWN}:*"}})],
    "a bucket as source": [allowing({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::shop-images"}})],
    "the owner of the source": [allowing({"StringEquals": {"aws:SourceOwner": OWN}})],
    "a role": [allowing({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/ci"}})],
    "any role of the account": [
        allowing({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:*"}})
    ],
    "a network": [allowing({"StringEquals": {"aws:SourceVpc": "vpc-0123"}})],
    "an endpoint": [allowing({"StringEquals": {"aws:SourceVpce": "vpce-0123"}})],
    "a user id": [allowing({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}})],
    "an office": [allowing({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})],
    "offices": [allowing({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}})],
    "documentation's own addresses": [
        allowing(
            {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"]}}
        )
    ],
    "a private range": [allowing({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
    "a caller of the account's keys": [allowing({"StringEquals": {"kms:CallerAccount": OWN}})],
    "a Deny for all who are outside": [
        allowing(),
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": OBJECTS,
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}},
        },
    ],
    "only Deny": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": OBJECTS}],
}


@pytest.mark.parametrize("statements", PUBLIC.values(), ids=PUBLIC)
def test_policy_that_lets_a_stranger_in_is_public(statements):
    answer = is_public(policy(statements))
    assert answer.certainty == "proven"
    assert answer.witness is not None
    assert ":999999999999:" in answer.witness.principal.name


@pytest.mark.parametrize("statements", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_policy_that_fixes_who_calls_is_not_public(statements):
    assert is_public(policy(statements)).certainty == "no"


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        (None, "proven"),
        ({"StringEquals": {"sts:ExternalId": "s3cr3t"}}, "proven"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, "no"),
    ],
)
def test_external_id_is_chosen_by_the_caller(condition, certainty):
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole",
    }
    if condition is not None:
        statement["Condition"] = condition
    assert is_public(policy([statement], "trust")).certainty == certainty


def test_policy_that_is_not_known_may_be_public():
    document = PolicyDocument.parse('{"Statement": [{"Effect": "Perhaps"}]}', "resource")
    unread = Policy("policy", "policy", "resource", document, "opaque", None)
    assert is_public(unread).certainty == "possible"
