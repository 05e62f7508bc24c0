"""Show that no proof is wrong for any value of what is not known.

Random policies hold symbols and policy variables; every proof is tried with many values of the
symbols, the same on both sides, on every request of a small universe.
"""

import random
from itertools import product

import pytest

from leastwise.semantics.compare import disjoint, implies
from leastwise.semantics.model import Counterexample, Proof
from leastwise.semantics.valuation import Valuation
from leastwise.semantics.witness import valuated

NAMES = ("a", "b", "ab", "a/b", "z")
TARGETS = tuple(f"arn:aws:s3:::{name}" for name in (*NAMES, "ba", "a/z"))
PARTS = ("«s»", "«t»", "«s»/*", "«s»*", "*«t»", "«s»/«t»", "${aws:username}", "${aws:username}/*",
         "${aws:username, 'a'}", "a", "a*", "*", "?", "a/*", "b", "«s»b")  # fmt: skip
VALUES = ("«s»", "«t»", "a", "b", "a*", "«s»*", "${aws:username}", "${aws:username, 'b'}", "*")
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
             "StringEqualsIfExists", "StringNotLikeIfExists")  # fmt: skip
KEYS = ("aws:useragent", "aws:username")
SYMBOLS = tuple({"s": s, "t": t} for s, t in product(("a", "b", "ab", "a/b", "", "a*"), repeat=2))


def statement(chance, effect):
    resource = "NotResource" if chance.random() < 0.2 else "Resource"
    picked = chance.sample(PARTS, chance.choice((1, 1, 2)))
    found = {"Effect": effect, "Action": "s3:GetObject"}
    found[resource] = [f"arn:aws:s3:::{part}" for part in picked]
    if chance.random() < 0.5:
        values = chance.sample(VALUES, chance.choice((1, 2)))
        found["Condition"] = {chance.choice(OPERATORS): {chance.choice(KEYS): values}}
    return found


def statements(chance):
    allows = [statement(chance, "Allow") for _ in range(chance.choice((1, 2)))]
    return allows + [statement(chance, "Deny") for _ in range(chance.choice((0, 0, 1)))]


def mutated(chance, row):
    row = [dict(s) for s in row]
    place = chance.randrange(len(row))
    match chance.choice(("drop", "add", "effect", "resource", "other")):
        case "drop":
            del row[place]
        case "add":
            row.append(statement(chance, chance.choice(("Allow", "Deny"))))
        case "effect":
            row[place] |= statement(chance, row[place]["Effect"])
        case "resource":
            key = "Resource" if "Resource" in row[place] else "NotResource"
            row[place][key] = [*row[place][key], f"arn:aws:s3:::{chance.choice(PARTS)}"]
        case "other":
            return statements(chance)
    return row


def universe(iam):
    agents = (None, "a", "b", "ab", "z")
    users = (None, "a", "b", "ab")
    for target, agent, user in product(TARGETS, agents, users):
        given = {"aws:useragent": agent, "aws:username": user}
        yield iam.request("s3:GetObject", target, {k: v for k, v in given.items() if v})


def allowed(iam, access, request, unknown):
    return iam.decide(request, access, unknown).outcome == "allowed"


@pytest.mark.parametrize("seed", range(80))
def test_no_value_of_a_symbol_contradicts_a_proof(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    row = statements(chance)
    left, right = mutated(chance, row), row
    if chance.random() < 0.5:
        left, right = right, left
    first, second = iam.access(left), iam.access(right)
    within, apart = implies(first, second), disjoint(first, second)
    if isinstance(within, Counterexample):
        assert within.request.action
    requests = chance.sample(list(universe(iam)), 60)
    for symbols in chance.sample(SYMBOLS, 8):
        valuation = Valuation(symbols)
        p, q = valuated(first, valuation), valuated(second, valuation)
        for request in requests:
            if not allowed(iam, p, request, "against"):
                continue
            if isinstance(within, Proof):
                assert allowed(iam, q, request, "for"), (symbols, request)
            if isinstance(apart, Proof):
                assert not allowed(iam, q, request, "against"), (symbols, request)
