"""Compare layers that are not known in full with what they may turn out to be.

A proof must hold for every value of the symbols, in every world of the assumptions, and however
an unknown list or document goes on: each is completed at random, alike on both sides.
"""

import random
from dataclasses import replace

import pytest

from leastwise.iam.policy import Pattern
from leastwise.semantics.compare import disjoint, implies
from leastwise.semantics.model import Proof
from leastwise.semantics.paths import with_each
from leastwise.semantics.valuation import Valuation
from leastwise.semantics.witness import valuated
from leastwise.source.value import Assumption, Symbol

ROLE = "arn:aws:iam::123456789012:role/h"
ACTIONS = ("s3:GetObject", "s3:PutObject", "kms:Decrypt", "x:Y")
GLOBS = ("*", "s3:*", "s3:Get*", "kms:*", "x:Y")
TARGETS = ("arn:aws:s3:::a", "arn:aws:s3:::a/b", "arn:aws:s3:::h", "arn:aws:s3:::ab")
TARGET_GLOBS = (
    "*",
    *(f"arn:aws:s3:::{name}" for name in ("a", "a*", "?", "«x»", "«x»/*", "a«y»", "${aws:userid}")),
    "«z»",
    "«z»/*",
)
PRINCIPALS = ("*", {"AWS": ROLE}, {"AWS": "«who»"}, {"AWS": "123456789012"})
TEXTS = ("a", "a*", "«c»", "a«c»", "${aws:userid}")
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
AGENTS = (None, "a", "ab", "h")
VALUES = {
    "x": ("a", "h", "ab", "a/b"),
    "y": ("", "b", "/b"),
    "z": ("arn:aws:s3:::a", "arn:aws:s3:::h"),
    "c": ("a", "b", "h", ""),
    "who": (ROLE, "123456789012", "arn:aws:iam::123456789012:user/u"),
}
MORE = (
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
)


def statement(chance, effect, *, named=False):
    found = {
        "Effect": effect,
        "Action": chance.sample(GLOBS, chance.choice((1, 2))),
        chance.choice(("Resource",) * 4 + ("NotResource",)): chance.choice(TARGET_GLOBS),
    }
    if chance.random() < 0.5:
        texts = (chance.choice(OPERATORS), chance.choice(TEXTS)), (OPERATORS[2], "«c»")
        found["Condition"] = {
            name: {"aws:UserAgent": text} for name, text in texts[: chance.choice((1, 1, 2))]
        }
    if named:
        found["Principal"] = chance.choice(PRINCIPALS)
    return found


def unknown(chance, document):
    """Make some of a document unknown: when statements exist, how it and its lists go on."""
    row = []
    for found in document.statements:
        match chance.randrange(8):
            case 0:
                when = Assumption("test", chance.choice(("true", "false")), "a test")
                row.append(replace(found, when=(when,)))
            case 1:
                actions = replace(found.actions, tail=Symbol("more", "more"))
                row.append(replace(found, actions=actions))
            case _:
                row.append(found)
    opaque = Symbol("rest", "rest") if chance.random() < 0.05 else None
    return replace(document, statements=tuple(row), opaque=opaque)


def policies(iam, chance):
    """Return an identity policy, a boundary or none, a resource policy or none."""

    def some(kind, effects):
        row = [statement(chance, e, named=kind == "resource") for e in effects]
        return iam.policy(unknown(chance, iam.document(row, kind)), kind)

    identity = some("identity", ["Allow", *chance.choice(((), ("Allow",), ("Deny",)))])
    boundary = some("boundary", ["Allow"]) if chance.random() < 0.3 else None
    resource = (
        some("resource", [chance.choice(("Allow", "Deny"))]) if chance.random() < 0.4 else None
    )
    return [identity, boundary, resource]


def built(iam, parts):
    identity, boundary, resource = parts
    found = iam.access(kind="role", arn=ROLE, resource=resource)
    return found._replace(identity=(identity,), boundary=None if boundary is None else (boundary,))


def completion(iam, chance):
    """Return how to complete a policy: the same way wherever it stands."""
    outcome, tail = chance.choice(("true", "false")), chance.choice(((), ("s3:*",), ("*",)))
    rest = chance.choice((None, *MORE))

    def whole(policy):
        row = []
        for found in policy.document.statements:
            if all(a.outcome == outcome for a in found.when):
                globs = found.actions.globs
                if found.actions.tail is not None:
                    globs += tuple(Pattern((text,)) for text in tail)
                row.append(
                    replace(found, when=(), actions=replace(found.actions, globs=globs, tail=None))
                )
        if policy.document.opaque is not None and rest is not None:
            named = {**rest, "Principal": "*"} if policy.kind == "resource" else rest
            row += iam.document(named, policy.kind).statements
        return replace(
            policy, document=replace(policy.document, statements=tuple(row), opaque=None)
        )

    return whole


def requests(iam, chance):
    for action in ACTIONS:
        for target in TARGETS:
            keys = {"aws:useragent": chance.choice(AGENTS), "aws:userid": chance.choice(AGENTS)}
            given = {k: v for k, v in keys.items() if v is not None}
            yield iam.request(action, target, given, principal=("AWS", ROLE))


@pytest.mark.parametrize("seed", range(20))
def test_no_completion_of_what_is_unknown_contradicts_a_proof(iam, seed):
    chance = random.Random(seed)  # noqa: S311 - cases, not keys
    parts, fresh = policies(iam, chance), policies(iam, chance)
    place = chance.randrange(3)
    other = [*parts[:place], fresh[place], *parts[place + 1 :]]
    left, right = built(iam, parts), built(iam, other)
    forth, apart = implies(left, right), disjoint(left, right)
    for _ in range(8):
        values = Valuation({name: chance.choice(known) for name, known in VALUES.items()})
        whole = completion(iam, chance)
        both = [valuated(with_each(access, whole), values) for access in (left, right)]
        for request in requests(iam, chance):
            allowed = [iam.decide(request, access).outcome == "allowed" for access in both]
            if allowed == [True, False]:
                assert not isinstance(forth, Proof)
            if allowed == [True, True]:
                assert not isinstance(apart, Proof)
