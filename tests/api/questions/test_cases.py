"""Read cases as the driver of a simulator takes them, and refuse what can't be read."""

import json

import pytest

from leastwise.api.questions.cases import Answered, Refused, answer

ACCOUNT, OTHER = "111122223333", "444455556666"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
OBJECT = "arn:aws:s3:::b/x"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NONE = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
NOTHING = {"Statement": {"Effect": "Allow", "Action": "iam:x", "Resource": "*"}}
PUBLIC = {"Statement": {**ALL["Statement"], "Principal": "*"}}
GET = {"principal": BOB, "action": "s3:GetObject", "resource": OBJECT}
SEND = {"principal": BOB, "action": "sqs:SendMessage", "resource": QUEUE}


def case(**fields):
    return json.dumps({"id": "a", "request": GET, **fields}).encode()


def when(condition):
    return {"Statement": {**ALL["Statement"], "Condition": condition}}


ANSWERED = [
    ("no policy at all", {}, "ImplicitlyDenied"),
    ("an identity policy", {"identityPolicies": [ALL]}, "Allowed"),
    ("a policy with a name", {"identityPolicies": [{"name": "p", "policy": ALL}]}, "Allowed"),
    ("null is none", {"identityPolicies": [ALL], "boundaries": None}, "Allowed"),
    ("a boundary", {"identityPolicies": [ALL], "boundaries": [NOTHING]}, "ImplicitlyDenied"),
    (
        "the boundary's other name",
        {"identityPolicies": [ALL], "permissionBoundaries": [NOTHING]},
        "ImplicitlyDenied",
    ),
    ("an empty list is no boundary", {"identityPolicies": [ALL], "boundaries": []}, "Allowed"),
    ("a session", {"identityPolicies": [ALL], "sessionPolicy": NOTHING}, "ImplicitlyDenied"),
    (
        "each SCP is a level",
        {"identityPolicies": [ALL], "scps": [ALL, NOTHING]},
        "ImplicitlyDenied",
    ),
    (
        "a level of several SCPs",
        {
            "identityPolicies": [ALL],
            "scps": [{"orgIdentifier": "r", "policies": [NOTHING, {"name": "p", "policy": ALL}]}],
        },
        "Allowed",
    ),
    (
        "a level without SCPs allows nothing",
        {"identityPolicies": [ALL], "serviceControlPolicies": [{"policies": []}]},
        "ImplicitlyDenied",
    ),
    (
        "an RCP need not name everyone",
        {"identityPolicies": [ALL], "rcps": [NONE]},
        "ExplicitlyDenied",
    ),
    (
        "RCPs allow by themselves",
        {"identityPolicies": [ALL], "rcps": [{"policies": []}]},
        "Allowed",
    ),
    ("an endpoint", {"identityPolicies": [ALL], "endpointPolicies": [NOTHING]}, "ImplicitlyDenied"),
    ("a resource policy", {"resourcePolicy": PUBLIC}, "Allowed"),
    (
        "anonymous",
        {"request": {**GET, "principal": "anonymous"}, "resourcePolicy": PUBLIC},
        "Allowed",
    ),
    (
        "a service",
        {"request": {**GET, "principal": "lambda.amazonaws.com"}, "resourcePolicy": PUBLIC},
        "Allowed",
    ),
    (
        "the account of the resource",
        {
            "request": {**GET, "resource": {"resource": OBJECT, "accountId": OTHER}},
            "identityPolicies": [ALL],
        },
        "ImplicitlyDenied",
    ),
    (
        "the account in the resource",
        {
            "request": {**SEND, "principal": f"arn:aws:iam::{OTHER}:user/bob"},
            "identityPolicies": [ALL],
        },
        "ImplicitlyDenied",
    ),
    (
        "a role's trust must itself allow",
        {
            "request": {"principal": BOB, "action": "sts:AssumeRole", "resource": ROLE},
            "identityPolicies": [ALL],
            "resourcePolicy": {
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            },
        },
        "ImplicitlyDenied",
    ),
    (
        "context keys have no case, values may be true or a number",
        {
            "request": {**GET, "context": {"AWS:SecureTransport": True, "s3:max-keys": 10}},
            "identityPolicies": [
                when(
                    {"Bool": {"aws:securetransport": "true"}, "NumericEquals": {"s3:max-keys": 10}}
                )
            ],
        },
        "Allowed",
    ),
    (
        "a list of values under the context's other name",
        {
            "request": {**GET, "contextVariables": {"aws:TagKeys": ["a", "b"]}},
            "identityPolicies": [when({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}})],
        },
        "Allowed",
    ),
    (
        "what is not decided counts against",
        {
            "request": {"principal": BOB, "action": "iam:PassRole", "resource": ROLE},
            "identityPolicies": [
                {
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "iam:PassRole",
                        "Resource": "arn:aws:iam:*:role/app",
                    }
                }
            ],
        },
        "ImplicitlyDenied",
    ),
]


@pytest.mark.parametrize(("claim", "fields", "result"), ANSWERED, ids=[row[0] for row in ANSWERED])
def test_cases_are_answered(claim, fields, result):
    assert answer(case(**fields), 1) == Answered("a", result), claim


REFUSED = [
    ("request is not an object", {"request": None}),
    ("request.principal is missing", {"request": {**GET, "principal": None}}),
    ("request.principal is not a string", {"request": {**GET, "principal": ["x"]}}),
    ("request.resource is missing", {"request": {**GET, "resource": ""}}),
    ("request.resource.resource is missing", {"request": {**GET, "resource": {}}}),
    ("request.action 'GetObject' is not of the form", {"request": {**GET, "action": "GetObject"}}),
    ("request.context is not an object", {"request": {**GET, "context": ["k"]}}),
    ("has the key 'K' twice", {"request": {**GET, "context": {"k": "1", "K": "2"}}}),
    ("request.context['k'] is not a string", {"request": {**GET, "context": {"k": [None]}}}),
    ("request.resource is longer than", {"request": {**GET, "resource": "x" * 99_999}}),
    ("identityPolicies is not a list", {"identityPolicies": ALL}),
    ("identityPolicies[1] is not an object", {"identityPolicies": [ALL, 7]}),
    ("scps[0].policies is not a list", {"scps": [{"policies": ALL}]}),
    ("scps[0].policies[1].policy: the policy has no Statement", {
        "scps": [{"policies": [ALL, {"name": "p", "policy": {}}]}]
    }),
    ("'allow' is not an Effect", {"sessionPolicy": {"Statement": {**ALL["Statement"], "Effect": "allow"}}}),
    ("'StringEqual' is not a condition operator", {"identityPolicies": [when({"StringEqual": {}})]}),
    ("'identityPolicy' is not a field of a case", {"identityPolicy": ALL}),
    ("'additionalSettings' is not modelled", {"additionalSettings": {"s3": {}}}),
]  # fmt: skip


@pytest.mark.parametrize(("message", "fields"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_wrong_with_a_case_is_said(message, fields):
    refused = answer(case(**fields), 1)
    assert isinstance(refused, Refused)
    assert refused.id == "a"
    assert message in refused.error


ALONE = {"Statement": {**ALL["Statement"], "Principal": BOB}}
READ = [
    ("resourcePolicy: statement 1: without Principal it is about nobody", {"resourcePolicy": ALL},
     "ImplicitlyDenied"),
    ("boundaries[0]: statement 1: Principal means nothing here and is left out",
     {"boundaries": [PUBLIC], "identityPolicies": [ALL]}, "Allowed"),
    (f"resourcePolicy: statement 1: Principal {BOB!r} is read as an AWS principal",
     {"resourcePolicy": ALONE}, "Allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("note", "fields", "result"), READ, ids=[row[0] for row in READ])
def test_what_aws_would_not_take_is_read_as_meant_and_told(note, fields, result):
    assert answer(case(**fields), 1) == Answered("a", result, (note,))


ONE_OF = [
    ("some resource is allowed", "arn:aws:s3:::b/*", ALL, "Allowed"),
    ("one that both patterns match", "arn:aws:s3:::b/*", "arn:aws:s3:::*/x", "Allowed"),
    ("none", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*", "ImplicitlyDenied"),
    ("all are denied", "arn:aws:s3:::b/*", NONE, "ExplicitlyDenied"),
    ("an action without resources asks for the asterisk", None, "arn:aws:s3:::b", "ImplicitlyDenied"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "granted", "result"), [r[1:] for r in ONE_OF], ids=[r[0] for r in ONE_OF]
)
def test_a_pattern_of_resources_asks_for_one_of_them(asked, granted, result):
    if isinstance(granted, str):
        granted = {"Statement": {**ALL["Statement"], "Resource": granted}}
    request = {**GET, "resource": asked}
    if asked is None:
        request = {**GET, "action": "s3:ListAllMyBuckets", "resource": "*"}
    assert answer(case(request=request, identityPolicies=[granted]), 1).result == result


DEEP = b'{"id":"a","request":{},"sessionPolicy":{"Statement":' + b"[" * 500 + b"]" * 500 + b"}}"
HOSTILE = [
    (b"", "expected a JSON value"),
    (b"{}", "request is not an object"),
    (b"[]", "the case is not an object"),
    (b'{"id":"a"', "expected"),
    (b'{"id":"a","id":"b"}', "the key 'id' is given twice"),
    (b'{"id":NaN}', "expected a value"),
    (b'{"id":1.5}', "id is neither a string nor an integer"),
    (b'{"id":true}', "id is neither a string nor an integer"),
    (b'{"id":' + b"9" * 5_000 + b"}", "the number is too long"),
    (b'{"id":"\\ud800"}', "half of a surrogate pair"),
    (b'{"id":"\xff"}', "is not UTF-8"),
    (b'{"id":"\x00"}', "NUL"),
    (b"[" * 100_000, "nested more than 64 levels deep"),
    (b'{"a":' * 100_000, "nested more than 64 levels deep"),
    (DEEP.replace(b'"request":{}', b'"request":' + json.dumps(GET).encode()), "nested"),
]


@pytest.mark.parametrize(("line", "message"), HOSTILE, ids=[row[1] for row in HOSTILE])
def test_hostile_lines_are_refused(line, message):
    refused = answer(line, 7)
    assert isinstance(refused, Refused)
    assert refused.id in {7, "a"}
    assert message in refused.error


def test_numbers_stand_in_for_ids_that_are_not_given():
    assert answer(json.dumps({"request": GET}).encode(), 7) == Answered(7, "ImplicitlyDenied")
    assert answer(case(id=3), 7) == Answered(3, "ImplicitlyDenied")


def test_escapes_are_read_alike_by_both_readers():
    bucket = "arn:aws:s3:::b/\U0001f600"
    fields = {"request": {**GET, "resource": bucket}, "identityPolicies": [ALL]}
    assert b"\\ud83d" in case(**fields)
    assert answer(case(**fields), 1) == Answered("a", "Allowed")


def test_a_pattern_that_backtracks_elsewhere_is_matched_in_time():
    stars = {"Statement": {**ALL["Statement"], "Resource": "*a" * 5_000 + "b"}}
    asked = {**GET, "resource": "arn:aws:s3:::" + "a" * 10_000}
    assert answer(case(request=asked, identityPolicies=[stars]), 1) == (
        Answered("a", "ImplicitlyDenied")
    )
