"""Show the corners of the search: names not known, callers told apart, and limits said."""

import pytest

from leastwise.iam.policy import Condition, Operator, Pattern
from leastwise.semantics.candidates import MIXED, RANGE, Nature, elements
from leastwise.semantics.effort import Effort
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import RequestPattern
from leastwise.semantics.search import find
from leastwise.semantics.space import Mentions, Space
from leastwise.semantics.terms import NARROW, WIDE, terms
from leastwise.semantics.texts import CASES, TOO_MANY


def conditions(*rows):
    return tuple(
        (Condition(Operator(o), Pattern(("k",)), tuple(Pattern((v,)) for v in values)), None)
        for o, values in rows
    )


def listed(nature, *rows):
    return elements(conditions(*rows), (), nature, Effort())


UNTYPED = Nature(typed=False)
STARS = tuple("*" + "*".join(f"{a}{b}{c}" for c in "abcdef") + "*" for a in "abcdef" for b in "ab")


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ((("StringLike", ("1*",)), ("NumericLessThan", ("5",))), MIXED),
        ((("NumericLessThan", ("5",)), ("DateLessThan", ("2020-01-01",))), MIXED),
        ((("NumericLessThan", ("9" * 63 + "0",)),), ""),
        ((("NumericLessThan", ("9" * 64,)),), RANGE),
        ((("StringEqualsIgnoreCase", ("class",)), ("StringLike", ("?l*",))), CASES),
        (tuple(("StringLike", (s,)) for s in STARS), TOO_MANY),
        ((("StringEquals", ("true",)), ("Bool", ("true",))), ""),
    ],
)
def test_values_that_are_not_all_listed_are_said_to_be_missing(rows, missing):
    assert listed(UNTYPED, *rows).missing == missing


def test_times_are_not_before_the_data():
    nature = Nature(earliest="2026-01-01")
    found = listed(nature, ("DateLessThan", ("2025-01-01", "2026-06-01T00:00:00Z")))
    assert found.found[0] == ("2026-01-01T12:00:00Z",)
    assert all(value[0] >= "2026-01-01" for value in found.found)


def test_seconds_since_1970_are_digits():
    found = listed(Nature(earliest="2026-01-01", epoch=True), ("NumericLessThan", ("1800000000",)))
    assert ("1800000000",) in found.found
    assert all(value[0].isdigit() for value in found.found)


def search(iam, statements, *, typed=False, trust=False, actions=("*",), wide=False, effort=None):
    policy = iam.policy(statements, "trust" if trust else "identity")
    layer = ("trust" if trust else "identity", "Allow")
    row = terms(policy, layer, Holder(), WIDE if wide else NARROW)
    space = Space(
        RequestPattern(actions), Holder(), trust, Mentions(), "2026-01-01",
        universal=not trust, typed=typed, effort=effort or Effort(),
    )  # fmt: skip
    return list(find(space, row[:1], row[1:]))


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("granted", "avoided", "name"),
    [
        ("*", ("*:*e*", "s3:*"), "unknown-service:unknownaction"),
        ("s3:Get*", ("s3:GetO*",), "s3:get"),
        ("managedblockchain:Get*", ("x:*",), "managedblockchain:getUnknownAction"),
        ("nosuch:Thing", (), "nosuch:thing"),
    ],
)
def test_names_that_are_not_known_are_found(iam, granted, avoided, name):
    rows = [allow(granted), *(allow(a) for a in avoided)]
    names = [f.action for f in search(iam, rows)]
    assert any(n.lower() == name.lower() for n in names), names


def test_literal_actions_leave_no_unknown_name(iam):
    rows = [allow(["s3:GetObject", "s3:PutObject"]), allow("s3:GetObject"), allow("s3:PutObject")]
    assert search(iam, rows) == []


def test_a_search_without_effort_is_limited(iam):
    found = search(iam, [allow("*"), allow("s3:*", "arn:aws:s3:::a*")], effort=Effort(0))
    assert found
    assert found[-1].limited
    assert found[-1].why


@pytest.mark.parametrize(
    ("principal", "pattern", "caller"),
    [
        ("*", "arn:aws:iam::111122223333:role/admin*", "arn:aws:iam::111122223333:role/admin"),
        ({"AWS": "111122223333"}, "arn:aws:iam::*:role/x", "arn:aws:iam::111122223333:role/x"),
    ],
)
@pytest.mark.parametrize("typed", [True, False])
def test_conditions_tell_callers_apart(iam, typed, principal, pattern, caller):
    row = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:PrincipalArn": pattern}},
    }
    found = search(iam, [row], typed=typed, trust=True, actions=("sts:AssumeRole",))
    arns = [f.context["aws:principalarn"][0][0] for f in found]
    assert any(arn.startswith(caller) for arn in arns) or not typed
    assert found


def test_a_role_of_the_principal_has_its_own_arn(iam):
    row = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "444455556666"}},
    }
    found = search(iam, [row], trust=True, actions=("sts:AssumeRole",))
    assert {f.caller for f in found} == {("arn:aws:sts::111122223333:assumed-role/a/session",)}
