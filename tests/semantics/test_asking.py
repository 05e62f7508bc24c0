"""A person's question is answered for the request as a person would mean it."""

import pytest

from leastwise.semantics.asking import ask

BUCKET = "arn:aws:s3:::shop/a"
ROLE = "arn:aws:iam::123456789012:role/app"


def allow(condition=None, action="s3:GetObject", resource="*"):
    more = {} if condition is None else {"Condition": condition}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(condition, resource="*"):
    return allow(condition, resource=resource) | {"Effect": "Deny"}


def asked(iam, statements, given=(), *, action="s3:GetObject", resource=BUCKET, **more):
    access = iam.access(statements, kind="role", arn=ROLE)
    resources = None if resource is None else [resource]
    return ask(access, iam.ask(action, resources=resources), dict(given), **more)


# What a call has unless it is said otherwise, and what follows from the caller and the resource.
USUAL = [
    ({"Bool": {"aws:SecureTransport": "true"}}, "allowed"),
    ({"Bool": {"aws:ViaAWSService": "false"}}, "allowed"),
    ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, "not-allowed"),
    ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, "allowed"),
    ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, "allowed"),
    ({"ArnEquals": {"aws:PrincipalArn": f"{ROLE}s"}}, "not-allowed"),
]


@pytest.mark.parametrize(("condition", "outcome"), USUAL)
def test_keys_that_nobody_gave_are_as_usual(iam, condition, outcome):
    ruling = asked(iam, [allow(condition)])
    assert (ruling.outcome, ruling.deciding_keys) == (outcome, ())


def test_the_region_is_the_one_the_resource_spells(iam):
    here = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    for region, outcome in (("eu-west-1", "allowed"), ("us-east-1", "not-allowed")):
        table = f"arn:aws:dynamodb:{region}:123456789012:table/t"
        statements = [allow(here, "dynamodb:GetItem")]
        ruling = asked(iam, statements, action="dynamodb:GetItem", resource=table)
        assert ruling.outcome == outcome


def test_a_key_that_need_not_be_sent_is_what_it_depends_on(iam):
    ruling = asked(iam, [allow({"StringEquals": {"aws:SourceVpce": "vpce-1"}})])
    assert ruling.outcome == "depends"
    assert ruling.deciding_keys == (("aws:sourcevpce", ("vpce-1",)),)


def test_a_key_that_the_action_can_not_carry_helps_nobody(iam):
    ruling = asked(iam, [allow({"StringEquals": {"aws:RequestTag/team": "web"}})])
    assert ruling.outcome == "not-allowed"


def test_only_keys_that_turn_the_answer_are_told(iam):
    condition = {
        "StringEquals": {"aws:SourceVpce": "vpce-1"},
        "StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"},
    }
    ruling = asked(iam, [allow(condition)])
    assert ruling.deciding_keys == (("aws:sourcevpce", ("vpce-1",)),)


@pytest.mark.parametrize(
    ("given", "outcome", "deciding"),
    [
        ("a/*", "allowed", ()),
        ("b/*", "not-allowed", ()),
        # Some values that the glob matches are allowed, others are not.
        ("?/x", "depends", (("s3:prefix", ("a/x",)),)),
    ],
)
def test_a_value_given_as_a_glob_is_any_that_it_matches(iam, given, outcome, deciding):
    statements = [allow({"StringLike": {"s3:prefix": "a/*"}}, "s3:ListBucket")]
    ruling = asked(
        iam,
        statements,
        {"s3:prefix": (given,)},
        action="s3:ListBucket",
        resource="arn:aws:s3:::shop",
    )
    assert (ruling.outcome, ruling.deciding_keys) == (outcome, deciding)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"aws:sourceip": ("10.1.2.3",)}, "allowed"),
        ({"aws:sourceip": ("192.0.2.1",)}, "not-allowed"),
        ({}, "depends"),
    ],
)
def test_what_is_given_decides(iam, given, outcome):
    statements = [allow({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})]
    assert asked(iam, statements, given).outcome == outcome


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        # Not every request has it, and nobody said that this one does.
        ({}, "allowed"),
        ({"aws:sourceip": ("10.1.2.3",)}, "not-allowed"),
        ({"aws:sourceip": ("192.0.2.1",)}, "allowed"),
    ],
)
def test_a_deny_on_a_key_that_nobody_gave_does_not_hold(iam, given, outcome):
    statements = [allow(), deny({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})]
    assert asked(iam, statements, given).outcome == outcome


def test_a_key_that_is_always_sent_must_not_matter(iam):
    statements = [allow({"DateLessThan": {"aws:CurrentTime": "2100-01-01T00:00:00Z"}})]
    ruling = asked(iam, statements)
    assert ruling.outcome == "depends"
    assert [key for key, _ in ruling.deciding_keys] == ["aws:currenttime"]
    statements += [allow({"DateGreaterThanEquals": {"aws:CurrentTime": "2100-01-01T00:00:00Z"}})]
    ruling = asked(iam, statements)
    assert (ruling.outcome, ruling.deciding_keys) == ("allowed", ())


@pytest.mark.parametrize(
    ("operator", "values", "outcome"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), "allowed"),
        ("ForAllValues:StringEquals", ("a", "z"), "not-allowed"),
        ("ForAnyValue:StringEquals", ("a", "z"), "allowed"),
        ("ForAnyValue:StringEquals", ("y", "z"), "not-allowed"),
    ],
)
def test_all_values_of_a_key_are_in_the_request(iam, operator, values, outcome):
    statements = [allow({operator: {"aws:TagKeys": ["a", "b"]}})]
    ruling = asked(iam, statements, {"aws:tagkeys": values})
    assert ruling.outcome == outcome
    if outcome == "allowed":
        assert dict(ruling.answer.witness.context)["aws:tagkeys"] == values


def test_a_caller_without_identity_has_no_keys_of_one(iam):
    statements = [allow({"StringLike": {"aws:username": "*"}})]
    access = iam.access(trust=[s | {"Principal": "*"} for s in statements])
    question = iam.ask("s3:GetObject", resources=[BUCKET])
    assert ask(access, question, {}, unsigned=True).outcome == "not-allowed"


@pytest.mark.parametrize(
    ("pattern", "outcome"), [("arn:aws:s3:::shop/«var.name»", "depends"), (BUCKET, "allowed")]
)
def test_a_resource_with_unknown_parts_depends(iam, pattern, outcome):
    assert asked(iam, [allow(resource=pattern)]).outcome == outcome


def test_variables_in_resources_ask_for_their_keys(iam):
    statements = [allow(resource="arn:aws:s3:::shop/${aws:PrincipalTag/team}")]
    ruling = asked(iam, statements)
    assert (ruling.outcome, ruling.deciding_keys) == (
        "depends",
        (("aws:principaltag/team", ("a",)),),
    )
