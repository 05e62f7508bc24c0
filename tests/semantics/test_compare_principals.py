"""Compare documents with principals with deciding requests of a small universe of callers.

A proof must not be contradicted by any request, whoever makes it and whatever the symbols are;
what contradicts need not have been found, as some readings of principals are not certain.
"""

import random

import pytest

from leastwise.semantics.compare import disjoint, implies
from leastwise.semantics.model import Counterexample, EffectiveAccess, Proof
from leastwise.semantics.valuation import Valuation
from leastwise.semantics.witness import valuated

ONE, TWO = "123456789012", "210987654321"
USER, ROLE = f"arn:aws:iam::{ONE}:user/u", f"arn:aws:iam::{ONE}:role/R"
ROOT, SESSION = f"arn:aws:iam::{ONE}:root", f"arn:aws:sts::{ONE}:assumed-role/R/s"
OTHER, FEDERATED = f"arn:aws:iam::{TWO}:role/R", f"arn:aws:sts::{ONE}:federated-user/u"
CANONICAL = "7" * 64
ACTIONS = ("s3:GetObject", "sts:AssumeRole", "sts:AssumeRoleWithSAML", "x:Y")
GLOBS = ("*", "s3:*", "sts:*", "sts:AssumeRole", "x:Y")
RESOURCE = "arn:aws:s3:::a"
AWS = (ONE, TWO, ROOT, USER, ROLE, SESSION, OTHER, FEDERATED, "*")
ENTRIES = (
    *(("AWS", name) for name in AWS),
    ("Service", "ec2.amazonaws.com"),
    ("Federated", "accounts.google.com"),
    ("CanonicalUser", CANONICAL),
)
SYMBOLIC = (
    ("AWS", "«who»"),
    ("AWS", "«account|????????????»"),
    ("AWS", "arn:aws:iam::«account|????????????»:root"),
    ("AWS", f"arn:aws:iam::{ONE}:role/«name»"),
)
VALUES = {
    "who": (USER, ROLE, ROOT, SESSION, TWO),
    "account": (ONE, TWO, "333333333333"),
    "name": ("R", "p/R", "z"),
}
PATHS = {SESSION: (ROLE, f"arn:aws:iam::{ONE}:role/p/R")}
"""What aws:PrincipalArn may be where it is not the caller's ARN."""
CALLERS = (
    *(("AWS", name) for name in (ROOT, USER, ROLE, SESSION, OTHER, FEDERATED)),
    ("AWS", f"arn:aws:iam::{ONE}:user/z"),
    ("Service", "ec2.amazonaws.com"),
    ("Federated", "accounts.google.com"),
    ("CanonicalUser", CANONICAL),
)
CONDITIONS = (
    ("ArnEquals", "aws:PrincipalArn", (ROLE, USER, f"arn:aws:iam::{ONE}:*")),
    ("ArnNotLike", "aws:PrincipalArn", (ROLE, "arn:*:iam::*:role/*")),
    ("StringEquals", "aws:PrincipalAccount", (ONE, TWO)),
    ("StringNotEquals", "aws:PrincipalAccount", (ONE,)),
    ("StringEqualsIfExists", "aws:SourceAccount", (ONE, TWO)),
    ("Null", "aws:SourceAccount", ("true", "false")),
)


def principal(chance, symbolic):
    if chance.random() < 0.1:
        return "*"
    found = {}
    for kind, name in chance.sample(ENTRIES + 3 * SYMBOLIC * symbolic, chance.choice((1, 1, 2))):
        found.setdefault(kind, []).append(name)
    return found


def statement(chance, effect, symbolic):
    negated = chance.random() < (0.4 if effect == "Deny" else 0.1)
    found = {
        "Effect": effect,
        "Action": chance.sample(GLOBS, chance.choice((1, 2))),
        "Resource": "*",
        "NotPrincipal" if negated else "Principal": principal(chance, symbolic),
    }
    if chance.random() < 0.4:
        operator, key, values = chance.choice(CONDITIONS)
        found["Condition"] = {operator: {key: chance.choice(values)}}
    return found


def statements(chance, symbolic):
    effects = ["Allow"] * chance.choice((1, 2)) + ["Deny"] * chance.choice((0, 1, 1))
    return [statement(chance, effect, symbolic) for effect in effects]


def mutated(chance, row, symbolic):
    fresh = statement(chance, chance.choice(("Allow", "Deny")), symbolic)
    place = chance.randrange(len(row))
    return [*row[:place], fresh, *row[place + chance.choice((0, 1)) :]]


def requests(iam, chance):
    """Yield requests of every caller with keys that go with it."""
    for kind, name in CALLERS:
        keys = {"aws:sourceaccount": chance.choice((None, ONE, TWO))}
        if kind == "AWS":
            keys["aws:principalarn"] = chance.choice(PATHS.get(name, (name,)))
            keys["aws:principalaccount"] = name.split(":")[4]
        given = {k: v for k, v in keys.items() if v is not None}
        for action in ACTIONS:
            yield iam.request(action, RESOURCE, given, principal=(kind, name))


@pytest.mark.parametrize("symbolic", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_no_request_of_any_caller_contradicts_a_proof(iam, seed, symbolic):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    row = statements(chance, symbolic)
    one, other = (iam.policy(r, "resource") for r in (row, mutated(chance, row, symbolic)))
    left, right = EffectiveAccess(trust=one), EffectiveAccess(trust=other)
    forth, apart = implies(left, right), disjoint(left, right)
    for _ in range(4):
        values = Valuation({name: chance.choice(known) for name, known in VALUES.items()})
        first, second = valuated(left, values), valuated(right, values)
        for request in requests(iam, chance):
            allowed = [iam.decide(request, a).outcome == "allowed" for a in (first, second)]
            if allowed == [True, False]:
                assert not isinstance(forth, Proof)
            if allowed == [True, True]:
                assert not isinstance(apart, Proof)
    if isinstance(forth, Counterexample) and not symbolic:
        assert iam.decide(forth.request, left).outcome == "allowed"
        assert iam.decide(forth.request, right, "for").outcome != "allowed"
