"""Compare ``implies`` and ``disjoint`` with deciding every request of a small universe.

The universe is small, the policies are random: a proof must not be contradicted by any request
of it, a request that contradicts must have been found (or the comparison be undecided, which
these policies give no reason for).
"""

import random
from itertools import product

import pytest

from leastwise.semantics.compare import disjoint, equivalent, implies
from leastwise.semantics.model import Counterexample, Proof

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:PassRole", "x:Y")
ACTION_GLOBS = ("*", "s3:*", "s3:Get*", "S3:?utObject", "iam:PassRole", "x:Y", "*:*o*")
TARGETS = tuple(f"arn:aws:s3:::{name}" for name in ("a", "b", "ab", "ba", "a/b", "z"))
TARGET_GLOBS = ("*", *(f"arn:aws:s3:::{n}" for n in ("a", "a*", "*b", "?", "a/*", "a?", "z")))
CONTEXTS = {
    "aws:useragent": (None, ("a",), ("A",), ("ab",), ("z",), ("a*",)),
    "aws:tagkeys": (None, ("a",), ("b",), ("a", "b"), ("z", "a")),
    "s3:max-keys": (None, ("5",), ("9.5",), ("10",), ("11",), ("x",)),
    "aws:sourceip": (None, ("10.0.0.7",), ("10.1.0.1",), ("192.0.2.1",), ("2001:db8::1",)),
    "aws:securetransport": (None, ("true",), ("false",)),
}
CONDITIONS = {
    "aws:useragent": (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists",
         "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLikeIfExists"),
        ("a", "b", "a*", "*b", "A", "?"),
    ),
    "aws:tagkeys": (
        ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike",
         "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike"),
        ("a", "b", "a*", "z"),
    ),
    "s3:max-keys": (
        ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals",
         "NumericLessThanEqualsIfExists"),
        ("5", "9.5", "10"),
    ),
    "aws:sourceip": (
        ("IpAddress", "NotIpAddress", "IpAddressIfExists"),
        ("10.0.0.0/8", "10.0.0.0/16", "192.0.2.1", "2001:db8::/32"),
    ),
    "aws:securetransport": (("Bool", "BoolIfExists"), ("true", "false")),
}  # fmt: skip


def condition(chance):
    key = chance.choice(tuple(CONDITIONS))
    if chance.random() < 0.2:
        return {"Null": {key: chance.choice(("true", "false"))}}
    operators, values = CONDITIONS[key]
    return {chance.choice(operators): {key: chance.sample(values, chance.choice((1, 2)))}}


def statement(chance, effect):
    action = "NotAction" if chance.random() < 0.2 else "Action"
    resource = "NotResource" if chance.random() < 0.25 else "Resource"
    found = {
        "Effect": effect,
        action: chance.sample(ACTION_GLOBS, chance.choice((1, 1, 2))),
        resource: chance.sample(TARGET_GLOBS, chance.choice((1, 1, 2))),
    }
    if chance.random() < 0.6:
        found["Condition"] = condition(chance) | condition(chance)
    return found


def statements(chance):
    allows = [statement(chance, "Allow") for _ in range(chance.choice((1, 2, 3)))]
    return allows + [statement(chance, "Deny") for _ in range(chance.choice((0, 0, 1, 2)))]


def mutated(chance, row):
    """Return statements that differ from others in one place, or are others."""
    row = [dict(s) for s in row]
    place = chance.randrange(len(row))
    match chance.choice(("drop", "add", "condition", "resource", "action", "other")):
        case "drop":
            del row[place]
        case "add":
            row.append(statement(chance, chance.choice(("Allow", "Deny"))))
        case "condition":
            row[place]["Condition"] = condition(chance)
        case "resource":
            row[place].pop("NotResource", None)
            row[place]["Resource"] = chance.sample(TARGET_GLOBS, 2)
        case "action":
            row[place].pop("NotAction", None)
            row[place]["Action"] = chance.sample(ACTION_GLOBS, 2)
        case "other":
            return statements(chance)
    return row


def requests(iam, row):
    """Yield the requests of the universe whose keys the statements look at."""
    used = {k.lower() for s in row for keys in s.get("Condition", {}).values() for k in keys}
    keys = [k for k in CONTEXTS if k in used]
    for action, target, *values in product(ACTIONS, TARGETS, *(CONTEXTS[k] for k in keys)):
        context = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
        yield iam.request(action, target, context)


def pairs(chance):
    row = statements(chance)
    other = mutated(chance, row)
    return (row, other) if chance.random() < 0.5 else (other, row)


def allows(iam, access, request):
    return iam.decide(request, access).outcome == "allowed"


@pytest.mark.parametrize("seed", range(60))
def test_comparisons_agree_with_deciding_every_request(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    left, right = pairs(chance)
    p, q = iam.document(left), iam.document(right)
    first, second = iam.access(p), iam.access(q)
    universe = list(requests(iam, left + right))
    universe = chance.sample(universe, min(len(universe), 800))
    decided = [(allows(iam, first, r), allows(iam, second, r)) for r in universe]
    forth, back, apart = implies(p, q), implies(q, p), disjoint(p, q)
    if any(a and not b for a, b in decided):
        assert isinstance(forth, Counterexample)
    if any(b and not a for a, b in decided):
        assert isinstance(back, Counterexample)
    if any(a and b for a, b in decided):
        assert isinstance(apart, Counterexample)
    for answer in (forth, back, apart):
        assert isinstance(answer, Proof | Counterexample)
    if isinstance(forth, Counterexample):
        assert allows(iam, first, forth.request)
        assert not allows(iam, second, forth.request)
    if isinstance(apart, Counterexample):
        assert allows(iam, first, apart.request)
        assert allows(iam, second, apart.request)
    same = isinstance(forth, Proof) and isinstance(back, Proof)
    assert isinstance(equivalent(p, q), Proof) is same


CALLERS = {
    "role": "arn:aws:iam::123456789012:role/holder",
    "user": "arn:aws:iam::123456789012:user/holder",
}
PRINCIPALS = (
    "*",
    {"AWS": "*"},
    {"AWS": "123456789012"},
    {"AWS": CALLERS["role"]},
    {"AWS": CALLERS["user"]},
    {"AWS": "arn:aws:iam::123456789012:role/other"},
    {"Service": "ec2.amazonaws.com"},
)


def simple(chance, effect):
    found = statement(chance, effect)
    if chance.random() < 0.7:
        found.pop("Condition", None)
    return found


def layer(chance):
    return [simple(chance, "Allow"), simple(chance, chance.choice(("Allow", "Deny")))]


def resource_policy(chance):
    row = [simple(chance, chance.choice(("Allow", "Allow", "Deny"))) for _ in range(2)]
    for found in row:
        negated = chance.random() < 0.1 and found["Effect"] == "Deny"
        found["NotPrincipal" if negated else "Principal"] = chance.choice(PRINCIPALS)
    return row


def layered(chance):
    """Return the arguments of an access with some of all layers."""

    def some(share):
        return [layer(chance)] if chance.random() < share else None

    scps = [layer(chance) for _ in range(chance.choice((0, 0, 1, 2)))]
    return {
        "identity": [layer(chance)],
        "boundary": some(0.3),
        "session": some(0.3),
        "scps": scps,
        "rcps": some(0.2) or [],
        "endpoint": some(0.2),
        "resource": resource_policy(chance) if chance.random() < 0.6 else None,
        "resource_account": chance.choice((None, "123456789012", "210987654321")),
    }


def changed(chance, parts):
    """Return the arguments with one layer other than it was."""
    fresh = layered(chance)
    name = chance.choice([n for n in parts if n != "resource_account"])
    return {**parts, name: fresh[name]}


def built(iam, kind, parts):
    def row(policies, layer_kind):
        if policies is None:
            return None
        return tuple(iam.policy(p, layer_kind) for p in policies)

    resource = parts["resource"]
    return iam.access(
        *parts["identity"],
        boundary=parts["boundary"],
        kind=kind,
        arn=CALLERS[kind],
        session=row(parts["session"], "session"),
        scps=tuple((iam.policy(p, "scp"),) for p in parts["scps"]),
        rcps=tuple((iam.policy(p, "rcp"),) for p in parts["rcps"]),
        endpoint=row(parts["endpoint"], "endpoint"),
        resource=None if resource is None else iam.policy(resource, "resource"),
        resource_account=parts["resource_account"],
    )


def statements_of(parts):
    whole = [*parts["identity"], *(parts["boundary"] or ()), *(parts["session"] or ())]
    whole += [*parts["scps"], *parts["rcps"], *(parts["endpoint"] or ())]
    return [s for row in whole for s in row] + (parts["resource"] or [])


@pytest.mark.parametrize("seed", range(50))
def test_layers_together_agree_with_deciding_every_request(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    kind = chance.choice(("role", "user"))
    one = layered(chance)
    other = changed(chance, one)
    caller = ("AWS", CALLERS[kind])
    universe = list(requests(iam, statements_of(one) + statements_of(other)))
    universe = [
        r._replace(principal=r.principal._replace(name=caller[1]))
        for r in chance.sample(universe, min(len(universe), 500))
    ]
    first, second = built(iam, kind, one), built(iam, kind, other)
    decided = [(allows(iam, first, r), allows(iam, second, r)) for r in universe]
    forth, apart = implies(first, second), disjoint(first, second)
    if any(a and not b for a, b in decided):
        assert not isinstance(forth, Proof)
    if any(a and b for a, b in decided):
        assert not isinstance(apart, Proof)
    if isinstance(forth, Counterexample):
        assert allows(iam, first, forth.request)
        assert not allows(iam, second, forth.request)
    if isinstance(apart, Counterexample):
        assert allows(iam, first, apart.request)
        assert allows(iam, second, apart.request)
