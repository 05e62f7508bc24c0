"""Compare the questions with deciding every request of a small universe."""

import random
from itertools import product

import pytest

ACCOUNT = "123456789012"
ROLES = tuple(
    f"arn:aws:iam::{ACCOUNT}:role/{''.join(name)}"
    for length in (1, 2)
    for name in product("abz", repeat=length)
)
TARGETS = {
    "iam:PassRole": ROLES,
    "iam:GetRole": ROLES,
    "iam:ListRoles": ("*",),
}
VPCS = (None, ("a",), ("b",), ("ab",), ("z",), ("a*",), ("*b",))
SERVICES = (None, ("ec2.amazonaws.com",), ("ec2*",), ("z.amazonaws.com",))
ACTIONS = ("iam:PassRole", "iam:GetRole", "iam:*Role", "iam:*", "*", "iam:ListRoles", "IAM:P*")
RESOURCES = ("*", *(f"arn:aws:iam::{ACCOUNT}:role/{n}" for n in ("*", "a*", "*b", "a?", "ab", "?")))
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "ForAllValues:StringLike",
    "ForAnyValue:StringLike",
)


def universe():
    for action, targets in TARGETS.items():
        services = SERVICES if action == "iam:PassRole" else (None,)
        for target, vpc, service in product(targets, VPCS, services):
            found = {"aws:SourceVpc": vpc, "iam:PassedToService": service}
            yield action, target, {k: v for k, v in found.items() if v is not None}


def condition(chance):
    if chance.random() < 0.2:
        key = chance.choice(("aws:SourceVpc", "iam:PassedToService"))
        return {"Null": {key: chance.choice(("true", "false"))}}
    operator = chance.choice(OPERATORS)
    if chance.random() < 0.3:
        return {operator: {"iam:PassedToService": chance.choice(("ec2*", "ec2.amazonaws.com"))}}
    values = chance.sample(("a", "b", "a*", "*b", "ab"), chance.choice((1, 2)))
    return {operator: {"aws:sourceVPC": values}}


def statement(chance, effect):
    action = "NotAction" if chance.random() < 0.25 else "Action"
    resource = "NotResource" if chance.random() < 0.25 else "Resource"
    found = {
        "Effect": effect,
        action: chance.sample(ACTIONS, chance.choice((1, 1, 2))),
        resource: chance.sample(RESOURCES, chance.choice((1, 1, 2))),
    }
    if chance.random() < 0.5:
        found["Condition"] = condition(chance)
    return found


def statements(chance):
    allows = [statement(chance, "Allow") for _ in range(chance.choice((1, 2, 3)))]
    denies = [statement(chance, "Deny") for _ in range(chance.choice((0, 1, 2)))]
    return allows + denies


def build(iam, chance):
    boundary = [statements(chance)] if chance.random() < 0.25 else None
    arn = f"arn:aws:iam::{ACCOUNT}:role/holder"
    return iam.access(statements(chance), boundary=boundary, kind="role", arn=arn)


def outcomes(iam, access, actions):
    return [
        iam.decide(iam.request(action, target, keys), access).outcome == "allowed"
        for action, target, keys in universe()
        if action in actions
    ]


@pytest.mark.parametrize("seed", range(60))
def test_questions_agree_with_deciding_every_request(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    access = build(iam, chance)
    actions = chance.choice((("iam:PassRole",), ("iam:GetRole", "iam:ListRoles"), tuple(TARGETS)))
    decided = outcomes(iam, access, actions)
    some, every = iam.allows(access, iam.ask(*actions)), iam.allows_all(access, iam.ask(*actions))
    assert some.certainty == ("proven" if any(decided) else "no")
    assert every.certainty == ("proven" if all(decided) else "no")
    for answer in (some, every):
        if answer.witness is not None:
            assert iam.decide(answer.witness, access).outcome == "allowed"
