"""Compare what the search says of layered accesses with deciding every request of a universe."""

import random

import pytest

from leastwise.semantics.compare import implies
from leastwise.semantics.model import Counterexample, EffectiveAccess, Proof

OWN, THEIRS = "111122223333", "444455556666"
USER = f"arn:aws:iam::{OWN}:user/bob"
ROLE = f"arn:aws:iam::{OWN}:role/ci"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/ci/run-1"
FEDERATED = f"arn:aws:sts::{OWN}:federated-user/bob"
LINKED = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
CALLERS = {USER: "user", ROLE: "role", SESSION: "role", FEDERATED: "user", LINKED: "role"}
LAYERS = ("identity", "resource", "boundary", "session", "scps", "rcps", "endpoint")
REQUESTS = (
    ("s3:GetObject", "arn:aws:s3:::b/x"),
    ("s3:GetObject", "arn:aws:s3:::b/y"),
    ("s3:PutObject", "arn:aws:s3:::b/x"),
    ("ec2:RunInstances", f"arn:aws:ec2:us-east-1:{OWN}:instance/i-1"),
    ("kms:Decrypt", f"arn:aws:kms:us-east-1:{OWN}:key/k"),
)
NAMED = (
    "*",
    {"AWS": OWN},
    {"AWS": THEIRS},
    {"AWS": USER},
    {"AWS": ROLE},
    {"AWS": SESSION},
    {"AWS": FEDERATED},
    {"AWS": [USER, OWN]},
    {"AWS": [ROLE, OWN]},
)
ACTIONS = ("s3:*", "s3:GetObject", "*", "ec2:*", "kms:*", ["s3:GetObject", "kms:Decrypt"])
TIME = "2026-11-01T00:00:00Z"
CASES = 150


def statement(chance, kind):
    found = {
        "Effect": "Deny" if kind == "rcp" or chance.random() < 0.25 else "Allow",
        chance.choice(("Action", "Action", "Action", "NotAction")): chance.choice(ACTIONS),
        "Resource": chance.choice(("*", "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x")),
    }
    if kind == "rcp":
        found["Principal"] = "*"
    if kind in ("resource", "endpoint"):
        named = chance.choice(NAMED)
        spared = named != "*" and chance.random() < 0.25
        found["NotPrincipal" if spared else "Principal"] = named
    if chance.random() < 0.25:
        operator = chance.choice(("StringEquals", "StringNotEquals", "StringEqualsIfExists"))
        found["Condition"] = {operator: {"aws:SourceVpc": chance.choice(("a", "b"))}}
    return found


def access(iam, chance, caller):
    def policies(kind, likely):
        if chance.random() >= likely:
            return None
        return (iam.policy([statement(chance, kind) for _ in range(chance.choice((1, 2)))], kind),)

    return EffectiveAccess(
        identity=policies("identity", 0.7) or (),
        boundary=policies("boundary", 0.3),
        session=policies("session", 0.25),
        scps=tuple(filter(None, (policies("scp", 0.3), policies("scp", 0.2)))),
        rcps=tuple(filter(None, (policies("rcp", 0.2),))),
        endpoint=policies("endpoint", 0.15),
        resource=(policies("resource", 0.6) or (None,))[0],
        resource_account=chance.choice((None, OWN, THEIRS)),
        caller_kind=CALLERS[caller],
        caller_arn=iam.pattern(caller),
    )


def allowed(iam, access, caller, unknown):
    found = []
    for action, resource in REQUESTS:
        for keys in ({}, {"aws:SourceVpc": "a"}, {"aws:SourceVpc": "b"}):
            always = {"aws:TokenIssueTime": TIME} if CALLERS[caller] == "role" else {}
            asked = iam.request(action, resource, {**keys, **always}, ("AWS", caller))
            if iam.decide(asked, access, unknown).outcome == "allowed":
                found.append(asked)
    return found


@pytest.mark.parametrize("caller", CALLERS)
def test_no_allowed_request_of_any_layers_is_missed(iam, caller):
    chance = random.Random(f"allows {caller}")  # noqa: S311 - cases, not keys
    question = iam.ask(*dict.fromkeys(action for action, _ in REQUESTS))
    for _ in range(CASES // len(CALLERS)):
        held = access(iam, chance, caller)
        answer = iam.allows(held, question)
        if answer.certainty == "no":
            assert allowed(iam, held, caller, "against") == []
        if answer.certainty == "proven":
            assert iam.decide(answer.witness, held).outcome == "allowed"


@pytest.mark.parametrize("caller", CALLERS)
def test_no_proof_about_layers_is_contradicted(iam, caller):
    chance = random.Random(f"implies {caller}")  # noqa: S311 - cases, not keys
    answers = set()
    for _ in range(CASES // len(CALLERS)):
        less = access(iam, chance, caller)
        layer = chance.choice(LAYERS)
        more = less._replace(**{layer: getattr(access(iam, chance, caller), layer)})
        answer = implies(less, more)
        answers.add(type(answer))
        if isinstance(answer, Proof):
            surely = allowed(iam, less, caller, "against")
            perhaps = allowed(iam, more, caller, "for")
            assert [request for request in surely if request not in perhaps] == []
    assert {Proof, Counterexample} <= answers
