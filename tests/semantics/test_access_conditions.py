"""Find the keys of a request: every operator family, alone and against a Deny."""

import pytest

ROLE = {"kind": "role", "arn": "arn:aws:iam::111122223333:role/caller"}


def allow(condition):
    return {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}


def deny(condition):
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


ALWAYS = {"Null": {"aws:PrincipalArn": "false"}}
IP, KEYS, VPC, ARN = "aws:SourceIp", "s3:max-keys", "aws:SourceVpc", "aws:SourceArn"
TAGS, TIME, AGENT = "aws:TagKeys", "aws:CurrentTime", "aws:UserAgent"
TOPIC = "arn:aws:sns:us-east-1:111122223333:topic"

PAIRS = [
    (
        "a number below",
        {"NumericLessThan": {KEYS: "10"}},
        {"NumericGreaterThan": {KEYS: "5"}},
        "proven",
    ),
    (
        "no number between",
        {"NumericLessThan": {KEYS: "10"}},
        {"NumericLessThanEquals": {KEYS: "10"}},
        "no",
    ),
    (
        "a fraction between",
        {"NumericLessThan": {KEYS: "1"}},
        {"NumericLessThanEquals": {KEYS: "0"}},
        "proven",
    ),
    (
        "a number but one",
        {"NumericGreaterThanEquals": {KEYS: "3"}},
        {"NumericEquals": {KEYS: "3"}},
        "proven",
    ),
    (
        "an address outside",
        {"IpAddress": {IP: "10.0.0.0/8"}},
        {"IpAddress": {IP: "10.0.0.0/9"}},
        "proven",
    ),
    (
        "no address outside",
        {"IpAddress": {IP: "10.1.0.0/16"}},
        {"IpAddress": {IP: "10.0.0.0/8"}},
        "no",
    ),
    (
        "a IPv6 address",
        {"IpAddress": {IP: "2001:db8::/32"}},
        {"NotIpAddress": {IP: "2001:db8:1::/48"}},
        "proven",
    ),
    ("an address inside", ALWAYS, {"NotIpAddressIfExists": {IP: "10.0.0.0/8"}}, "proven"),
    ("a known address", ALWAYS, {"NotIpAddress": {IP: "10.0.0.0/8"}}, "proven"),
    (
        "a time to come",
        {"DateGreaterThan": {TIME: "2031-01-01"}},
        {"DateGreaterThan": {TIME: "2032-01-01"}},
        "proven",
    ),
    (
        "a time gone by",
        {"DateLessThan": {TIME: "2021-01-01"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        "no",
    ),
    (
        "transport is one or the other",
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        "proven",
    ),
    (
        "transport is never both",
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        "no",
    ),
    ("callers are no services", ALWAYS, {"Bool": {"aws:PrincipalIsAWSService": "false"}}, "no"),
    ("two globs meet", {"StringLike": {AGENT: "a*"}}, {"StringNotLike": {AGENT: "*z"}}, "proven"),
    (
        "three globs meet",
        {"StringLike": {AGENT: "a*"}},
        {"StringNotLike": {AGENT: ["*z", "ab*"]}},
        "proven",
    ),
    (
        "two globs do not meet",
        {"StringLike": {AGENT: "a*"}},
        {"StringNotLike": {AGENT: "b*"}},
        "no",
    ),
    (
        "another case",
        {"StringEqualsIgnoreCase": {VPC: "vpc-a"}},
        {"StringEquals": {VPC: "vpc-a"}},
        "proven",
    ),
    (
        "no other case",
        {"StringEquals": {VPC: "vpc-a"}},
        {"StringEqualsIgnoreCase": {VPC: "VPC-A"}},
        "no",
    ),
    ("an ARN", {"ArnLike": {ARN: "arn:aws:sns:*:*:*"}}, {"ArnNotEquals": {ARN: TOPIC}}, "proven"),
    (
        "no ARN",
        {"ArnLike": {ARN: "arn:aws:sns:*:*:*"}},
        {"ArnLike": {ARN: "arn:aws:s*:*:*:*"}},
        "no",
    ),
    (
        "an ARN as a string",
        {"StringLike": {ARN: "arn:aws:sns:*:topic"}},
        {"ArnNotEquals": {ARN: TOPIC}},
        "proven",
    ),
    ("other bytes", {"BinaryEquals": {VPC: "QQ=="}}, {"BinaryEquals": {VPC: "Qg=="}}, "proven"),
    ("the same bytes", {"BinaryEquals": {VPC: "QQ=="}}, {"BinaryEquals": {VPC: "QQ=="}}, "no"),
    (
        "a key that no known action carries",
        {"StringEquals": {"s3:x": "a"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        "possible",
    ),
    ("absent key", {"Null": {VPC: "true"}}, {"StringEquals": {VPC: "v"}}, "proven"),
    ("present key", {"Null": {VPC: "false"}}, {"StringNotEquals": {VPC: "v"}}, "proven"),
    ("a key always there", {"Null": {TIME: "true"}}, {"StringEquals": {VPC: "v"}}, "no"),
]


@pytest.mark.parametrize(("claim", "granting", "denying", "certainty"), PAIRS)
def test_request_meets_one_condition_and_escapes_the_other(
    iam, claim, granting, denying, certainty
):
    access = iam.access([allow(granting), deny(denying)], **ROLE)
    question = iam.ask("s3:ListBucket") if KEYS in str(granting) else iam.ask("s3:*")
    answer = iam.allows(access, question)
    assert answer.certainty == certainty, claim


SETS = [
    (
        "one of them",
        {"ForAnyValue:StringEquals": {TAGS: "a"}},
        {"ForAllValues:StringEquals": {TAGS: "a"}},
        "proven",
    ),
    (
        "all of them",
        {"ForAllValues:StringEquals": {TAGS: "a"}},
        {"ForAnyValue:StringEquals": {TAGS: "a"}},
        "proven",
    ),
    (
        "all and present",
        {"ForAllValues:StringEquals": {TAGS: "a"}, "Null": {TAGS: "false"}},
        {"ForAnyValue:StringEquals": {TAGS: "a"}},
        "no",
    ),
]


@pytest.mark.parametrize(("claim", "granting", "denying", "certainty"), SETS)
def test_multivalued_keys_hold_up_to_two_values(iam, claim, granting, denying, certainty):
    held = [
        {"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*", "Condition": granting},
        deny(denying),
    ]
    assert iam.allows(iam.access(held, **ROLE), iam.ask("iam:TagRole")).certainty == certainty, (
        claim
    )


def test_single_valued_keys_hold_one_value(iam):
    held = [
        {
            "Effect": "Allow",
            "Action": "iam:*",
            "Resource": "*",
            "Condition": {"ForAnyValue:StringEquals": {VPC: "a"}},
        },
        deny({"ForAllValues:StringEquals": {VPC: "a"}}),
    ]
    assert iam.allows(iam.access(held, **ROLE), iam.ask("iam:PassRole")).certainty == "no"


def test_several_denies_need_several_keys(iam):
    held = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        deny({"Bool": {"aws:SecureTransport": "false"}}),
        deny({"StringNotEquals": {VPC: "vpc-1"}}),
        deny({"NumericGreaterThan": {KEYS: "100"}}),
        deny({"NotIpAddress": {IP: "10.0.0.0/8"}}),
    ]
    answer = iam.allows(iam.access(held, **ROLE), iam.ask("s3:ListBucket"))
    assert answer.certainty == "proven"
    assert dict(answer.witness.context)["aws:sourcevpc"] == ("vpc-1",)
    assert dict(answer.witness.context)["aws:sourceip"] == ("10.0.0.0",)


def test_many_globs_on_one_key_are_met_in_pairs(iam):
    globs = [f"x{i}*" for i in range(10)]
    held = [
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringLike": {AGENT: globs}},
        },
        deny({"StringNotLike": {AGENT: "*9"}}),
    ]
    assert iam.allows(iam.access(held, **ROLE), iam.ask("s3:GetObject")).certainty == "proven"


KEYS_OF_ACTIONS = [
    ("a key of the resource type", "s3:GetObject", "s3:ExistingObjectTag/team", "proven"),
    ("a key of another service", "s3:GetObject", "ec2:Vpc", "no"),
    ("a tag of the request", "iam:CreateRole", "aws:RequestTag/team", "proven"),
    ("no tag in this request", "iam:PutRolePolicy", "aws:RequestTag/team", "no"),
    ("a key of credentials", "iam:PutRolePolicy", "ec2:SourceInstanceARN", "proven"),
    (
        "a claim that a session keeps",
        "iam:PutRolePolicy",
        "cognito-identity.amazonaws.com:sub",
        "proven",
    ),
    ("a key of an unknown action", "s3:Frobnicate", "s3:whatever", "proven"),
    ("a user's key in a role", "iam:PutRolePolicy", "aws:username", "no"),
]


@pytest.mark.parametrize(("claim", "action", "key", "certainty"), KEYS_OF_ACTIONS)
def test_only_keys_that_an_action_carries_can_hold(iam, claim, action, key, certainty):
    service = action.partition(":")[0]
    held = {
        "Effect": "Allow",
        "Action": f"{service}:*",
        "Resource": "*",
        "Condition": {"StringEquals": {key: "x"}},
    }
    assert iam.allows(iam.access([held], **ROLE), iam.ask(action)).certainty == certainty, claim


def test_principal_arn_follows_from_the_caller(iam):
    own, other = ROLE["arn"], "arn:aws:iam::111122223333:role/other"
    for arn, certainty in ((own, "proven"), (other, "no")):
        held = {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": arn}},
        }
        assert (
            iam.allows(iam.access([held], **ROLE), iam.ask("s3:GetObject")).certainty == certainty
        )


def test_variable_in_a_condition_is_compared_with_its_key(iam):
    held = {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "${aws:PrincipalTag/team}"}},
    }
    answer = iam.allows(iam.access([held], **ROLE), iam.ask("s3:GetObject"))
    assert answer.certainty == "proven"
    context = dict(answer.witness.context)
    assert context["s3:existingobjecttag/team"] == context["aws:principaltag/team"]
