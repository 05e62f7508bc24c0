"""Decide what documentation and documents leave open: counted against or for the request."""

from dataclasses import replace

import pytest

from leastwise.iam.policy import PrincipalEntry, Principals
from leastwise.semantics.operators import compare
from leastwise.semantics.principals import entry_matches, principal_matches

OBJECT = "arn:aws:s3:::b/x"
ALLOWED, IMPLICIT, EXPLICIT = "allowed", "implicitly-denied", "explicitly-denied"


def allow(resource="*", **more):
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, **more}


def outcomes(iam, statement, context=(), resource=OBJECT):
    asked = iam.request("s3:GetObject", resource, context)
    access = iam.access(statement)
    return iam.decide(asked, access).outcome, iam.decide(asked, access, "for").outcome


CONDITIONS = [
    ("no values", {"StringEquals": {"k": "a"}}, [], (IMPLICIT, IMPLICIT)),
    ("no values, negated", {"StringNotEquals": {"k": "a"}}, [], (IMPLICIT, ALLOWED)),
    ("no values, Null", {"Null": {"k": "true"}}, [], (IMPLICIT, ALLOWED)),
    ("no values, IfExists", {"StringEqualsIfExists": {"k": "a"}}, [], (IMPLICIT, ALLOWED)),
    ("no values, all of them", {"ForAllValues:StringEquals": {"k": "a"}}, [], (ALLOWED, ALLOWED)),
    ("no values, any of them", {"ForAnyValue:StringEquals": {"k": "a"}}, [], (IMPLICIT, IMPLICIT)),
    (
        "a missing one, any if it exists",
        {"ForAnyValue:StringEqualsIfExists": {"none": "a"}},
        ["a"],
        (IMPLICIT, ALLOWED),
    ),
    ("an empty one", {"ForAllValues:StringEquals": {"k": "a"}}, [""], (IMPLICIT, ALLOWED)),
    ("an empty one listed", {"ForAllValues:StringEquals": {"k": ""}}, [""], (ALLOWED, ALLOWED)),
    ("an empty one, any", {"ForAnyValue:StringEquals": {"k": "a"}}, [""], (IMPLICIT, IMPLICIT)),
    ("nothing listed", {"StringEquals": {"k": []}}, ["a"], (IMPLICIT, IMPLICIT)),
    ("nothing listed, negated", {"StringNotEquals": {"k": []}}, ["a"], (ALLOWED, ALLOWED)),
    ("no binary", {"BinaryEquals": {"k": "QQ=="}}, ["?"], (IMPLICIT, IMPLICIT)),
    ("no date", {"DateEquals": {"k": "2026-01-01"}}, ["soon"], (IMPLICIT, IMPLICIT)),
    ("no address", {"NotIpAddress": {"k": "10.0.0.0/8"}}, ["host"], (IMPLICIT, IMPLICIT)),
    ("no ARN", {"ArnLike": {"k": "arn:aws:s3:::*"}}, ["b"], (IMPLICIT, IMPLICIT)),
    ("a network of the other kind", {"IpAddress": {"k": "::/0"}}, ["10.0.0.1"], (IMPLICIT,) * 2),
    ("a symbol", {"StringEquals": {"k": "«var.v»"}}, ["a"], (IMPLICIT, ALLOWED)),
    ("a symbol, Null", {"Null": {"k": "«var.v»"}}, ["a"], (IMPLICIT, ALLOWED)),
    ("a symbol, number", {"NumericEquals": {"k": "«var.v»"}}, ["1"], (IMPLICIT, ALLOWED)),
    ("a symbol as key", {"StringEquals": {"«var.k»": "a"}}, ["a"], (IMPLICIT, ALLOWED)),
    ("no such variable", {"ArnLike": {"k": "${aws:none}"}}, ["a"], (IMPLICIT, IMPLICIT)),
    (
        "no such variable, any case",
        {"StringEqualsIgnoreCase": {"k": "${aws:none}"}},
        ["a"],
        (IMPLICIT, IMPLICIT),
    ),
    ("a number too large", {"NumericLessThan": {"k": "1e99"}}, ["1"], (IMPLICIT, ALLOWED)),
    ("a number too long", {"NumericLessThan": {"k": "1" * 99}}, ["1"], (IMPLICIT, ALLOWED)),
    ("a date too long", {"DateLessThan": {"k": "1" * 99}}, ["2026"], (IMPLICIT, ALLOWED)),
    ("an address too long", {"IpAddress": {"k": "1" * 99}}, ["10.0.0.1"], (IMPLICIT, ALLOWED)),
    ("a month", {"DateLessThan": {"k": "2026-02"}}, ["2026-01-31T23:59:59Z"], (ALLOWED, ALLOWED)),
    ("a date beyond the calendar", {"DateLessThan": {"k": "0001"}}, ["2026"], (IMPLICIT, IMPLICIT)),
]


@pytest.mark.parametrize(("claim", "condition", "values", "expected"), CONDITIONS)
def test_conditions_are_open_where_pages_are(iam, claim, condition, values, expected):
    found = outcomes(iam, allow(Condition=condition), {"k": values})
    assert found == expected, claim


FRONT = [
    ("in the region", "arn:aws:s3:${aws:RequestedRegion}:*:b/x", (IMPLICIT, ALLOWED)),
    ("in the region, another name", "arn:aws:s3:${aws:RequestedRegion}:*:c/x", (IMPLICIT,) * 2),
    ("in the resource part", "arn:aws:s3:*:*:b/${aws:username}", (ALLOWED, ALLOWED)),
    ("after another service", "arn:aws:sqs:*:*:${aws:username}", (IMPLICIT, IMPLICIT)),
    ("with a symbol", "arn:aws:s3:*:*:«var.b»/${aws:username}", (IMPLICIT, ALLOWED)),
]


@pytest.mark.parametrize(("claim", "resource", "expected"), FRONT)
def test_a_variable_in_front_of_the_resource_part_is_not_decided(iam, claim, resource, expected):
    context = {"aws:RequestedRegion": "us-east-1", "aws:username": "x"}
    target = "arn:aws:s3:us-east-1:1:b/x"
    assert outcomes(iam, allow(resource), context, target) == expected, claim


def test_an_unresolved_variable_in_not_resource_is_not_decided(iam):
    found = outcomes(
        iam,
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/${aws:username}"},
    )
    assert found == (IMPLICIT, ALLOWED)


UNKNOWN = [
    ("further actions", {"Action": ["iam:GetRole", "«var.action»"]}, (IMPLICIT, ALLOWED)),
    ("further resources", {"Resource": ["arn:aws:s3:::c/*", "«var.arn»"]}, (IMPLICIT, ALLOWED)),
    ("the effect", {"Effect": "«var.effect»"}, (EXPLICIT, ALLOWED)),
]


@pytest.mark.parametrize(("claim", "elements", "expected"), UNKNOWN)
def test_what_a_statement_leaves_open_counts_for_whom_one_asks(iam, claim, elements, expected):
    assert outcomes(iam, {**allow(), **elements}) == expected, claim


def edited(iam, statement, **changes):
    """Return a policy whose one statement has changes that no text gives."""
    found = iam.document(statement, "resource")
    return iam.policy(replace(found, statements=(replace(found.statements[0], **changes),)))


def test_further_values_of_a_condition_may_match(iam):
    for operator, value in (("StringEquals", "b"), ("Null", "true")):
        statement = allow(Principal="*", Condition={operator: {"k": value}})
        condition = iam.document(statement).statements[0].conditions[0]
        further = replace(condition, tail=iam.symbol("var.values"))
        held = edited(iam, statement, conditions=(further,))
        assert outcomes(iam, held, {"k": "a"}) == (IMPLICIT, ALLOWED)


def test_further_conditions_may_fail(iam):
    held = edited(iam, allow(Principal="*"), conditions_tail=iam.symbol("var.conditions"))
    assert outcomes(iam, held) == (IMPLICIT, ALLOWED)


def test_further_principals_may_be_the_caller(iam):
    further = Principals((), tail=iam.symbol("var.principals"))
    statement = edited(iam, allow(Principal="*"), principals=further).document.statements[0]
    assert principal_matches(statement, "AWS", ("arn:aws:iam::111122223333:user/bob",)) is None
    unknown = PrincipalEntry("Unknown", iam.pattern("x"))
    assert entry_matches(unknown, "Service", ("sns.amazonaws.com",)) is None


def test_a_statement_without_principal_is_its_holders(iam):
    statement = iam.document(allow()).statements[0]
    assert principal_matches(statement, "AWS", ("arn:aws:iam::111122223333:user/bob",)) is True


def test_a_value_that_is_no_number_equals_none():
    assert compare("NumericEquals", ("1",), ("one",)) is False
