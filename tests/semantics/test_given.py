"""What a user of the library writes becomes the caller, the context and the layer it means."""

import pytest

from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.given import access_of, caller_of, context_of, kind_of_caller


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("arn:aws:iam::111122223333:role/app", "AWS"),
        ("arn:aws:iam::111122223333:role/x.amazonaws.com", "AWS"),
        ("111122223333", "AWS"),
        ("ec2.amazonaws.com", "Service"),
        ("ec2.amazonaws.com.cn", "Service"),
        ("accounts.google.com", "Federated"),
        # It ends as a service does, and is a provider of identities.
        ("cognito-identity.amazonaws.com", "Federated"),
        ("arn:aws:iam::111122223333:saml-provider/adfs", "Federated"),
        (
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            "Federated",
        ),
    ],
)
def test_callers_are_known_by_their_name(name, kind):
    assert caller_of(name) == (kind, name)


def test_context_is_spelled_as_requests_spell_it():
    given = {"s3:max-keys": 10, "aws:SecureTransport": True, "aws:TagKeys": ["b", "a"]}
    assert context_of(given) == (
        ("aws:securetransport", ("true",)),
        ("aws:tagkeys", ("b", "a")),
        ("s3:max-keys", ("10",)),
    )


def test_context_key_in_two_cases_is_refused():
    with pytest.raises(ValueError, match="'aws:username' is given twice"):
        context_of({"aws:UserName": "a", "aws:username": "b"})


@pytest.mark.parametrize(
    ("statement", "layer", "kind"),
    [
        ('"Action": "s3:*", "Resource": "*"', "identity", "identity"),
        ('"Action": "s3:*", "Resource": "*", "Principal": "*"', "trust", "resource"),
        ('"Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}', "trust", "trust"),
        # A trust policy has no Resource, and nothing but what assumes a role.
        ('"Action": ["sts:AssumeRole", "s3:GetObject"], "Principal": "*"', "trust", "resource"),
    ],
)
def test_documents_are_judged_as_what_they_are(statement, layer, kind):
    document = PolicyDocument.parse(f'{{"Statement": {{"Effect": "Allow", {statement}}}}}')
    access = access_of(document)
    (found,) = access.identity if layer == "identity" else [access.trust]
    assert (found.kind, found.resolution, found.document) == (kind, "concrete", document)


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        ("arn:aws:iam::111122223333:role/app", "role"),
        ("arn:aws:sts::111122223333:assumed-role/app/run", "role"),
        ("arn:aws:iam::111122223333:user/role/bob", "user"),
        ("arn:aws:iam::111122223333:root", None),
        ("ec2.amazonaws.com", None),
    ],
)
def test_arns_say_what_calls(arn, kind):
    assert kind_of_caller(arn) == kind
