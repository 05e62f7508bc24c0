"""What ``import leastwise`` offers: documents, requests and the questions about them."""

import json
import subprocess
import sys

import pytest

import leastwise
from leastwise import (
    Caller,
    Counterexample,
    EffectiveAccess,
    PolicyDocument,
    Proof,
    Request,
    Undecided,
    decide,
    disjoint,
    equivalent,
    implies,
)

ROLE = "arn:aws:iam::111122223333:role/app"
SHOP = "arn:aws:s3:::shop/basket"


def document(*statements, kind=None):
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return PolicyDocument.parse(text, kind)


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


READ = document(allow("s3:Get*", "arn:aws:s3:::shop/*"))
READ_AND_WRITE = document(allow(["s3:Get*", "s3:Put*"], "arn:aws:s3:::shop/*"))
GET = Request.of(principal=ROLE, action="s3:GetObject", resource=SHOP)


def test_every_public_name_is_there():
    for name in leastwise.__all__:
        assert getattr(leastwise, name) is not None
    assert set(leastwise.__all__) <= set(dir(leastwise))
    with pytest.raises(AttributeError, match="has no attribute 'imply'"):
        leastwise.imply  # noqa: B018


def test_import_loads_nothing_until_it_is_used():
    code = (
        "import sys, leastwise; before = [m for m in sys.modules if m.startswith('leastwise.')]\n"
        "leastwise.PolicyDocument; print(before, 'leastwise.iam.policy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\n"


def test_a_document_is_decided_alone():
    decision = decide(GET, READ)
    assert decision.outcome == "allowed"
    (deciding,) = decision.deciding
    assert (deciding.layer, deciding.statement) == ("identity", 0)
    assert decide(GET._replace(action="s3:PutObject"), READ).outcome == "implicitly-denied"
    refused = document(allow("s3:*"), deny("s3:Get*"))
    assert decide(GET, refused).outcome == "explicitly-denied"


def test_a_document_with_principals_is_decided_as_trust_policy():
    trust = PolicyDocument.parse(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {"Service": "lambda.amazonaws.com"}}]}'
    )
    for principal, outcome in (
        ("lambda.amazonaws.com", "allowed"),
        ("ec2.amazonaws.com", "implicitly-denied"),
        (ROLE, "implicitly-denied"),
    ):
        request = Request.of(principal=principal, action="sts:AssumeRole", resource=ROLE)
        assert decide(request, trust).outcome == outcome


def test_layers_are_decided_together():
    everything = document(allow("*"))
    assert decide(GET, EffectiveAccess.of(identity=[everything])).outcome == "allowed"
    for access, layer in (
        (EffectiveAccess.of(identity=[everything], boundary=document(allow("ec2:*"))), "boundary"),
        (EffectiveAccess.of(identity=[everything], session=[document(allow("ec2:*"))]), "session"),
        (EffectiveAccess.of(identity=[everything], scps=[[everything], [READ], []]), "scp"),
    ):
        decision = decide(GET, access)
        assert (decision.outcome, decision.layer) == ("implicitly-denied", layer)


def test_resource_policy_allows_in_its_own_account():
    bucket = document(allow("s3:GetObject", "arn:aws:s3:::shop/*", Principal={"AWS": ROLE}))
    access = EffectiveAccess.of(resource=bucket, resource_account="111122223333")
    assert decide(GET, access).outcome == "allowed"
    elsewhere = EffectiveAccess.of(resource=bucket, resource_account="444455556666")
    assert decide(GET, elsewhere).outcome == "implicitly-denied"


def test_trust_policy_of_the_role_that_is_assumed_must_itself_allow():
    trust = document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    )
    other = document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "444455556666"}}
    )
    request = Request.of(principal=ROLE, action="sts:AssumeRole", resource=ROLE + "-2")
    identity = [document(allow("sts:AssumeRole"))]
    allowed = EffectiveAccess.of(identity=identity, resource=trust)
    assert decide(request, allowed).outcome == "allowed"
    refused = EffectiveAccess.of(identity=identity, resource=other)
    assert decide(request, refused).outcome == "implicitly-denied"


def test_context_is_given_as_people_have_it():
    request = Request.of(
        principal=ROLE,
        action="s3:GetObject",
        context={
            "aws:SourceIp": "10.0.0.1",
            "aws:MultiFactorAuthPresent": True,
            "aws:MultiFactorAuthAge": 17,
            "aws:TagKeys": ["a", "b"],
            "aws:PrincipalOrgPaths": [],
        },
    )
    assert request.resource == "*"
    assert request.context == (
        ("aws:multifactorauthage", ("17",)),
        ("aws:multifactorauthpresent", ("true",)),
        ("aws:principalorgpaths", ()),
        ("aws:sourceip", ("10.0.0.1",)),
        ("aws:tagkeys", ("a", "b")),
    )
    with pytest.raises(ValueError, match="'AWS:sourceip' is given twice"):
        Request.of(principal=ROLE, action="*", context={"aws:SourceIp": "x", "AWS:sourceip": "y"})


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (ROLE, "AWS"),
        ("111122223333", "AWS"),
        ("arn:aws:sts::111122223333:assumed-role/app/session", "AWS"),
        ("lambda.amazonaws.com", "Service"),
        ("ec2.amazonaws.com.cn", "Service"),
        ("cognito-identity.amazonaws.com", "Federated"),
        ("accounts.google.com", "Federated"),
        ("arn:aws:iam::111122223333:saml-provider/okta", "Federated"),
        (
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            "Federated",
        ),
    ],
)
def test_name_tells_what_kind_of_caller_it_is(principal, kind):
    request = Request.of(principal=principal, action="sts:AssumeRole")
    assert request.principal == Caller(kind, principal)
    spelled = Request.of(principal=Caller(kind, principal), action="sts:AssumeRole")
    assert spelled == request


def test_documents_are_compared():
    assert implies(READ, READ_AND_WRITE) == Proof()
    found = implies(READ_AND_WRITE, READ)
    assert isinstance(found, Counterexample)
    assert found.request.action.startswith("s3:Put")
    assert decide(found.request, READ_AND_WRITE).outcome == "allowed"
    assert decide(found.request, READ).outcome == "implicitly-denied"
    assert equivalent(READ, READ) == Proof()
    assert isinstance(equivalent(READ, READ_AND_WRITE), Counterexample)
    assert disjoint(READ, document(allow("ec2:*"))) == Proof()
    assert isinstance(disjoint(READ, READ_AND_WRITE), Counterexample)


def test_accesses_are_compared():
    capped = EffectiveAccess.of(identity=[document(allow("*"))], boundary=READ, caller=ROLE)
    assert implies(capped, EffectiveAccess.of(identity=[READ], caller=ROLE)) == Proof()
    assert isinstance(
        implies(EffectiveAccess.of(identity=[READ_AND_WRITE]), capped), Counterexample
    )


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", '{"Statement": [{"Effect": "Allow", "Acton": "s3:*", "Resource": "*"}]}'],
)
def test_what_is_not_understood_proves_nothing(text):
    broken = PolicyDocument.parse(text)
    assert broken.diagnostics
    for answer in (implies(READ, broken), implies(broken, READ), disjoint(broken, READ)):
        assert isinstance(answer, Undecided)
    assert decide(GET, broken).outcome != "allowed"
    assert decide(GET, broken, unknown="for").outcome == "allowed"
