"""Compare the cells with trying every value, every set of values and every request.

The universes are small, the policies random: what any of their requests shows, the search must
show or must say that it met a limit; and what the search finds must be so.
"""

import random
from itertools import chain, combinations, product

import pytest

from leastwise.iam.policy import Condition, Operator, Pattern
from leastwise.semantics.candidates import MIXED, Nature, elements
from leastwise.semantics.conditions import evaluate
from leastwise.semantics.decide import match_statement
from leastwise.semantics.effort import Effort
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import RequestPattern
from leastwise.semantics.options import options
from leastwise.semantics.pattern import FRESH
from leastwise.semantics.search import find
from leastwise.semantics.space import Asked, Mentions, Space
from leastwise.semantics.terms import NARROW, WIDE, terms

WORDS = (*("".join(w) for n in range(4) for w in product("abA", repeat=n)), "z", "az", "za")
ARNS = tuple(f"arn:aws:{s}:::{n}" for s in "ab" for n in ("a", "ab", "b", "a:b"))
NUMBERS = ("4", "5", "5.0", "05", "7", "9.5", "10", "11", "-1", "1e1", "x")
DATES = ("2020-01-01", "2020-06-01T00:00:00Z", "2021-01-01T00:00:00Z", "2022-01-01", "never")
ADDRESSES = (
    "9.0.0.1", "10.0.0.0", "10.0.0.7", "10.1.0.1", "10.200.0.1", "10.0.0.0/8", "10.0.0.0/15",
    "0.0.0.0/0", "2001:db8::1", "2001:db9::1", "x",
)  # fmt: skip
FAMILIES = {
    "text": (
        ("StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnLike", "ArnEquals"),
        ("a", "ab", "A", "aB", "*b", "a*", "?", "a?", "*", "**a", "?*", "arn:aws:*:::a*", "a:*",
         "arn:aws:a:::a", "arn:*:?:::?"),
        (*WORDS, *ARNS),
    ),
    "number": (
        ("NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericLessThanEquals"),
        ("5", "9.5", "10", "7.0", "no"),
        NUMBERS,
    ),
    "date": (
        ("DateEquals", "DateLessThan", "DateGreaterThan"),
        ("2020-01-01T00:00:00Z", "2021-01-01", "1609459201"),
        DATES,
    ),
    "address": (
        ("IpAddress",),
        ("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "10.0.0.7", "2001:db8::/32"),
        ADDRESSES,
    ),
    "truth": (("Bool",), ("true", "false"), ("true", "TRUE", "false", "no", " true")),
    "bytes": (("BinaryEquals",), ("AAEC", "AA=="), ("AAEC", "AA==", "AQ==", "no!")),
}  # fmt: skip
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringLike": "StringNotLike",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "ArnLike": "ArnNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
}
EVERY_TEXT = tuple(dict.fromkeys(chain.from_iterable(u for _, _, u in FAMILIES.values())))


def condition(chance, families, key="aws:useragent"):
    operators, values, _ = FAMILIES[chance.choice(families)]
    name = chance.choice(operators)
    if chance.random() < 0.4:
        name = NEGATED.get(name, name)
    picked = chance.sample(values, chance.choice((1, 1, 2, 3)) if len(values) > 2 else 1)
    return Condition(Operator(name), Pattern((key,)), tuple(Pattern((v,)) for v in picked))


def verdicts(conditions, value):
    return tuple(evaluate(c, (value,)) for c in conditions)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(40))
def test_values_of_one_kind_are_all_cases(family, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    conditions = [condition(chance, (family,)) for _ in range(chance.choice((1, 2, 3, 4)))]
    found = elements(tuple((c, None) for c in conditions), (), Nature(typed=False), Effort())
    assert found.missing == ""
    reached = {verdicts(conditions, value) for value in found.found}
    for text in EVERY_TEXT:
        assert verdicts(conditions, (text,)) in reached, text


@pytest.mark.parametrize("seed", range(150))
def test_values_of_several_kinds_are_all_cases_or_some_are_said_to_miss(seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    conditions = [condition(chance, tuple(FAMILIES)) for _ in range(chance.choice((2, 3)))]
    found = elements(tuple((c, None) for c in conditions), (), Nature(typed=False), Effort())
    assert found.missing in ("", MIXED)
    reached = {verdicts(conditions, value) for value in found.found}
    missed = [t for t in EVERY_TEXT if verdicts(conditions, (t,)) not in reached]
    assert not missed or found.missing


def one_key(chance, operators, effect):
    values = chance.sample(("a", "b", "a*", "?", "z"), chance.choice((1, 2)))
    return {
        "Effect": effect,
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {chance.choice(operators): {"aws:TagKeys": values}},
    }


SETS = (
    "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike",
    "ForAnyValue:StringNotEquals", "ForAllValues:StringLike", "ForAnyValue:StringLikeIfExists",
)  # fmt: skip


def untyped(trust=False):
    return Space(
        RequestPattern(), Holder(), trust, Mentions(), "2026-01-01", universal=True, typed=False
    )


@pytest.mark.parametrize("seed", range(60))
def test_sets_of_values_are_all_cases(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    count = chance.choice((2, 3, 4, 5))
    policy = iam.policy([one_key(chance, SETS, "Allow") for _ in range(count)])
    positive = terms(policy, ("identity", "Allow"), Holder(), WIDE)[:1]
    avoided = terms(policy, ("identity", "Allow"), Holder(), NARROW)[1:]
    asked = Asked("s3:GetObject", None, "AWS", ("arn:aws:iam::111122223333:role/r",))
    found = options(untyped(), asked, "aws:tagkeys", None, (positive, avoided))
    assert found.missing == ""
    texts = ("a", "b", "ab", "z", "aa", "zz")
    for values in chain([None], *(combinations(texts, n) for n in (1, 2, 3))):
        held = None if values is None else tuple((v,) for v in values)
        if all(t.meets(t.conditions[0], held) for t in positive):
            fails = sum(1 << i for i, t in enumerate(avoided) if not t.meets(t.conditions[0], held))
            assert any(fails & bits == fails for bits, _ in found.found), values
    for bits, held in found.found:
        assert all(t.meets(t.conditions[0], held) for t in positive)
        for number, term in enumerate(avoided):
            if held != (("",),):
                assert term.meets(term.conditions[0], held) is not bool(bits >> number & 1)


ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:PassRole", "x:Y", "s3:getNew", "q:q")
ACTION_GLOBS = ("*", "s3:*", "s3:Get*", "S3:?utObject", "iam:PassRole", "x:Y", "*:*o*", "?:*")
TARGETS = (
    "*",
    "a",
    *(f"arn:aws:s3:::{n}" for n in ("a", "b", "ab", "a/b", "z")),
    "arn:aws:sqs:::a",
)
TARGET_GLOBS = ("*", "arn:*", *(f"arn:aws:s3:::{n}" for n in ("a", "a*", "*b", "?", "a?")))
KEYS = {
    "aws:useragent": (None, ("a",), ("A",), ("ab",), ("z",), ("10",)),
    "s3:max-keys": (None, ("5",), ("9.5",), ("10",), ("11",), ("x",)),
    "aws:sourceip": (None, ("10.0.0.7",), ("10.1.0.1",), ("9.0.0.1",), ("2001:db8::1",), ("x",)),
}
ON_KEYS = {"aws:useragent": "text", "s3:max-keys": "number", "aws:sourceip": "address"}
CALLERS = (
    ("AWS", "arn:aws:iam::111122223333:role/r"),
    ("AWS", "arn:aws:iam::111122223333:user/u"),
    ("AWS", "arn:aws:iam::444455556666:root"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/r/s"),
    ("AWS", "arn:aws:iam::777788889999:role/r"),
    ("Service", "ec2.amazonaws.com"),
    ("Service", "x.amazonaws.com"),
    ("Federated", "accounts.example.com"),
    ("CanonicalUser", "77"),
)
ENTRIES = (
    "*", {"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:role/r"},
    {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:user/u"]},
    {"Service": "ec2.amazonaws.com"}, {"Federated": "accounts.example.com"},
)  # fmt: skip


def statement(chance, *, named):
    action = "NotAction" if chance.random() < 0.25 else "Action"
    resource = "NotResource" if chance.random() < 0.25 else "Resource"
    found = {
        "Effect": "Allow",
        action: chance.sample(ACTION_GLOBS, chance.choice((1, 1, 2))),
        resource: chance.sample(TARGET_GLOBS, chance.choice((1, 1, 2))),
    }
    if named:
        element = "NotPrincipal" if chance.random() < 0.2 else "Principal"
        found[element] = chance.choice(ENTRIES)
    if chance.random() < 0.6:
        key = chance.choice(tuple(ON_KEYS))
        made = condition(chance, (ON_KEYS[key],), key)
        suffix = chance.choice(("", "IfExists"))
        values = [v.literal for v in made.values]
        found["Condition"] = {made.operator.name + suffix: {key: values}}
    return found


def matched(document, request):
    return [match_statement(s, request, None).truth is True for s in document.statements]


def concrete(iam, found):
    def spell(pieces):
        return "".join(pieces).replace(FRESH, "q")

    context = {k: tuple(map(spell, v)) for k, v in found.context.items()}
    caller = (found.caller_type, spell(found.caller))
    return iam.request(found.action, spell(found.resource), context, caller)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_the_search_finds_what_any_request_shows(iam, seed, named):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    rows = [statement(chance, named=named) for _ in range(chance.choice((2, 3, 4)))]
    policy = iam.policy(rows, "resource" if named else "identity")
    assert len(policy.document.statements) == len(rows)
    layer = "resource" if named else "identity"
    row = terms(policy, (layer, "Allow"), Holder(), NARROW)
    positive = tuple(t for t in row if t.index == 0)
    if not positive:
        return  # nothing matches the first statement
    found = list(find(untyped(named), positive, tuple(t for t in row if t.index)))
    assert not any(f.limited for f in found)
    used = {k for r in rows for keys in r.get("Condition", {}).values() for k in keys}
    keys = [k for k in KEYS if k in used]
    callers = CALLERS if named else CALLERS[:1]
    universe = list(product(callers, ACTIONS, TARGETS, *(KEYS[k] for k in keys)))
    for caller, action, target, *values in chance.sample(universe, min(len(universe), 500)):
        context = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
        first, *others = matched(policy.document, iam.request(action, target, context, caller))
        if first and not any(others):
            assert found
            break
    for case in found:
        first, *others = matched(policy.document, concrete(iam, case))
        assert first
        assert not any(others)
