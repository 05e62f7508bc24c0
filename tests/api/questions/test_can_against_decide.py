"""A question with all its context has the answer that the reference evaluator gives."""

from itertools import product

import pytest
from tests.api.questions.asked_tree import SHOP_TF, load

from leastwise.api.environment import Environment, bound
from leastwise.api.questions.can import Question, can
from leastwise.api.workspace import WrongUse
from leastwise.semantics.decide import decide
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import Caller, EffectiveAccess, Request

ACCOUNT = "111122223333"
REQUESTS = [
    *product(
        ("s3:GetObject", "s3:PutObject"),
        (
            "arn:aws:s3:::logs/a",
            "arn:aws:s3:::logs/secret/a",
            "arn:aws:s3:::logs/public/a",
            "arn:aws:s3:::logs/ann/a",
            "arn:aws:s3:::other/a",
        ),
    ),
    *product(
        ("ec2:StopInstances", "ec2:StartInstances", "ec2:RebootInstances"),
        ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1",),
    ),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"),
    ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/app"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/fenced"),
    ("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/app"),
]
CONTEXTS = [
    {"aws:requestedregion": region, "aws:securetransport": tls, **more}
    for region, tls, more in product(
        ("eu-west-1", "us-east-1"),
        ("true", "false"),
        ({}, {"aws:multifactorauthpresent": "true"}, {"sts:externalid": "blue"}),
    )
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "main.tf").write_text(SHOP_TF, encoding="utf-8")
    return bound(load(folder), Environment())


def resource_policy(project, action, resource):
    """Find the policy of the resource, by its ARN."""
    if resource.startswith("arn:aws:s3:::logs/"):
        return next(r.policy for r in project.resources)
    if action == "sts:AssumeRole":
        return next(p.trust for p in project.principals if str(p.arn) == resource)
    return None


@pytest.mark.parametrize("name", ["app", "fenced", "ann"])
def test_a_principal_of_the_tree(shop, name):
    principal = next(p for p in shop.principals if p.address.endswith(f".{name}"))
    kind = "user" if name == "ann" else "role"
    arn = f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"
    own = {"aws:principalarn": arn, "aws:principalaccount": ACCOUNT}
    for (action, resource), context in product(REQUESTS, CONTEXTS):
        access = access_of(principal)._replace(resource=resource_policy(shop, action, resource))
        full = tuple(sorted((key, (value,)) for key, value in {**own, **context}.items()))
        decision = decide(Request(Caller("AWS", arn), action, resource, full), access)
        given = tuple(sorted((key, (value,)) for key, value in context.items()))
        verdict = can(shop, Question(name, action, resource, given))
        assert not isinstance(verdict, WrongUse)
        # a key that was left out may still make it depend, but never a yes
        assert (verdict.outcome == "allowed") == (decision.outcome == "allowed"), (
            action,
            resource,
            context,
            verdict.ruling,
        )


@pytest.mark.parametrize(
    ("name", "caller"),
    [
        ("arn:aws:iam::999988887777:role/reader", None),
        ("ec2.amazonaws.com", Caller("Service", "ec2.amazonaws.com")),
        ("999988887777", Caller("AWS", "arn:aws:iam::999988887777:root")),
        ("anonymous", Caller("AWS", "anonymous")),
    ],
)
def test_an_outsider(shop, name, caller):
    caller = caller or Caller("AWS", name)
    for (action, resource), context in product(REQUESTS, CONTEXTS):
        policy = resource_policy(shop, action, resource)
        full = tuple(sorted((key, (value,)) for key, value in context.items()))
        request = Request(caller, action, resource, full)
        allowed = (
            policy is not None
            and decide(request, EffectiveAccess(trust=policy)).outcome == "allowed"
        )
        verdict = can(shop, Question(name, action, resource, full))
        assert not isinstance(verdict, WrongUse)
        assert (verdict.outcome == "allowed") == allowed, (action, resource, context)
