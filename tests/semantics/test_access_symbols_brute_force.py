"""Compare answers about unknown values with trying values: what is proven holds for each."""

import random
from itertools import product

import pytest

from leastwise.semantics.valuation import Valuation, valuate

ACCOUNT = "123456789012"
NAMES = ("a", "b", "ab", "z")
PREFIX = f"arn:aws:iam::{ACCOUNT}:role/"
ROLES = tuple(
    PREFIX + name for name in (*NAMES, "aa", "aab", "bz", "ba", "az", "za", "zz", "bb", "zb", "abb")
)
GLOBS = ("*", *(PREFIX + n for n in ("*", "a*", "a", "b", "«x»", "«x»", "«y»", "«x»b", "a«y»")))
VALUES = ("a", "z", "«x»", "«y»")
ACTIONS = ("iam:PassRole", "iam:GetRole")


def statement(chance, effect):
    resource = "NotResource" if chance.random() < 0.2 else "Resource"
    found = {
        "Effect": effect,
        "Action": chance.sample(ACTIONS, chance.choice((1, 2))),
        resource: chance.sample(GLOBS, chance.choice((1, 1, 2))),
    }
    if chance.random() < 0.3:
        operator = chance.choice(("StringEquals", "StringNotEquals"))
        found["Condition"] = {operator: {"aws:SourceVpc": chance.choice(VALUES)}}
    return found


def universe():
    for action, role, vpc in product(ACTIONS, ROLES, (None, *NAMES)):
        yield action, role, {} if vpc is None else {"aws:SourceVpc": vpc}


@pytest.mark.parametrize("seed", range(30))
def test_answers_hold_for_every_value(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    effects = ["Allow"] * chance.choice((1, 2)) + ["Deny"] * chance.choice((0, 1, 2))
    document = iam.document([statement(chance, effect) for effect in effects])
    holder = {"kind": "role", "arn": PREFIX + "holder"}
    access, question = iam.access(document, **holder), iam.ask(*ACTIONS)
    some, every = iam.allows(access, question), iam.allows_all(access, question)
    decided = []
    for x, y in product(NAMES, NAMES):
        concrete = iam.access(valuate(document, Valuation({"x": x, "y": y})), **holder)
        outcomes = {
            iam.decide(iam.request(*one), concrete).outcome == "allowed" for one in universe()
        }
        decided.append((True in outcomes, False not in outcomes))
    if some.certainty == "proven":
        assert all(found for found, _ in decided)
    if any(found for found, _ in decided):
        assert some.certainty != "no"
    if every.certainty == "proven":
        assert all(found for _, found in decided)
    if any(found for _, found in decided):
        assert every.certainty != "no"
