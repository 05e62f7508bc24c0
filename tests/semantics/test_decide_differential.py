"""Compare ``decide`` with an independent simulator on generated cases.

The simulator (npm ``@cloud-copilot/iam-simulate``) runs as a process of its own; the variable
``LEASTWISE_ORACLE`` names a folder in which ``npm install`` was run with ``oracle/package.json``.

Known differences, which the generator avoids, each where AWS's documentation is on our side:

- The simulator substitutes policy variables whatever the Version.
- A ``*`` never crosses a colon there; here that is not decided.
- An unresolved variable under a negated operator is false there, true here.
- ``${*}`` in StringEquals is no asterisk there.
- An unresolved variable in NotResource is not decided here.
- A wildcard in the service prefix of an action matches nothing there.
- It reads a number in a date condition as milliseconds, where AWS documents epoch seconds.
- NotIpAddress with IPv4 blocks is false there for an IPv6 address.
"""

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

ORACLE = os.environ.get("LEASTWISE_ORACLE", "")
CASES = 800
CALLER = "arn:aws:iam::123456789012:user/app/bob"
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "iam:PassRole", "ec2:RunInstances")
ACTION_GLOBS = (*ACTIONS, "s3:*", "S3:get*", "*", "s3:?etObject", "iam:*", "iam:?ass*")
TARGETS = (
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::b/bob/y:z",
    "arn:aws:s3:::B/x",
    "arn:aws:iam::123456789012:role/app/x",
    "arn:aws:ec2:us-east-1:123456789012:instance/i-1",
)
TARGET_GLOBS = (
    *TARGETS,
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:S3:::b/?",
    "arn:aws:s3:::*",
    "arn:*:iam::*:role/app/*",
    "arn:aws:iam::12345678901?:role/*",
    "arn:aws:ec2:us-*:*:instance/*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'x'}",
    "arn:aws:s3:::b/${aws:PrincipalTag/none}",
    "arn:aws:s3:::b/${*}",
)
CONTEXT = {
    "aws:username": ("bob", "alice"),
    "aws:PrincipalTag/team": ("x", "bob", "*"),
    "aws:UserAgent": ("cli", "CLI", "console/1", "c*"),
    "aws:SourceIp": ("10.0.0.7", "192.0.2.1", "2001:db8::1"),
    "aws:CurrentTime": ("2026-05-01T00:00:00Z", "2027-01-01T12:00:00Z"),
    "aws:EpochTime": ("1777593600",),
    "aws:SecureTransport": ("true", "false"),
    "aws:SourceArn": (
        "arn:aws:sns:us-east-1:123456789012:t",
        "arn:aws:lambda:us-east-1:1:function:a:b",
    ),
    "s3:max-keys": ("10", "100", "10.0", "abc"),
    "aws:TagKeys": (["a"], ["a", "b"], ["c"]),
}
VALUES = {
    "String": (
        "aws:UserAgent",
        ("cli", "CLI", "c*", "c?i", "console/*", "${aws:username}", "${aws:PrincipalTag/team}"),
    ),
    "Numeric": ("s3:max-keys", ("10", "50", "99.5")),
    "Date": (
        "aws:CurrentTime",
        ("2026-05-01T00:00:00Z", "2026-12-31", "2026-06-01T00:00:00+02:00"),
    ),
    "Bool": ("aws:SecureTransport", ("true", "false", "True")),
    "Ip": ("aws:SourceIp", ("10.0.0.0/8", "10.0.0.7", "2001:db8::/32", "192.0.2.0/30")),
    "Arn": (
        "aws:SourceArn",
        (
            "arn:aws:sns:*:*:*",
            "arn:aws:sns:us-east-1:123456789012:t",
            "arn:aws:lambda:*:1:function:*",
        ),
    ),
    "Set": ("aws:TagKeys", ("a", "b", "c*", "*")),
}
OPERATORS = {
    "String": (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ),
    "Numeric": (
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ),
    "Date": (
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ),
    "Bool": ("Bool",),
    "Ip": ("IpAddress", "NotIpAddress"),
    "Arn": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "Set": ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike"),
}


def condition(chance):
    family = chance.choice(tuple(OPERATORS))
    key, values = VALUES[family]
    if chance.random() < 0.12:
        return {"Null": {key: chance.choice(("true", "false"))}}
    operator = chance.choice(OPERATORS[family])
    if family == "Set":
        operator = chance.choice(("ForAllValues:", "ForAnyValue:")) + operator
    elif chance.random() < 0.25:
        operator += "IfExists"
    chosen = chance.sample(values, chance.choice((1, 1, 2)))
    return {operator: {chance.choice((key, key.upper())): chosen}}


def statement(chance, effect):
    action = "NotAction" if chance.random() < 0.2 else "Action"
    resource = "NotResource" if chance.random() < 0.2 else "Resource"
    found = {
        "Effect": effect,
        action: chance.sample(ACTION_GLOBS, chance.choice((1, 2))),
        resource: chance.sample(TARGET_GLOBS, chance.choice((1, 2, 3))),
    }
    if chance.random() < 0.6:
        found["Condition"] = {k: v for _ in range(2) for k, v in condition(chance).items()}
    return found


def policy(chance):
    effects = chance.choice((["Allow"], ["Allow", "Allow"], ["Allow", "Allow", "Deny"]))
    return {"Version": "2012-10-17", "Statement": [statement(chance, e) for e in effects]}


def case(chance):
    context = {k: chance.choice(v) for k, v in CONTEXT.items() if chance.random() < 0.8}
    return {
        "identity": [policy(chance) for _ in range(chance.choice((1, 2)))],
        "boundary": [policy(chance)] if chance.random() < 0.3 else None,
        "request": {
            "principal": CALLER,
            "action": chance.choice(ACTIONS),
            "resource": chance.choice(TARGETS),
            "context": context,
        },
    }


def avoided(one):
    """Tell whether a case meets one of the known differences of the module docstring."""
    given = one["request"]["context"]
    negative = "Not" in json.dumps(one)
    unresolved = not {"aws:username", "aws:PrincipalTag/team"} <= set(given)
    variables = "aws:PrincipalTag/none" in json.dumps(one) or unresolved
    return negative and (variables or ":" in given.get("aws:SourceIp", ""))


def ours(iam, one):
    request = one["request"]
    context = {k: tuple(v) if isinstance(v, list) else v for k, v in request["context"].items()}
    boundary = one["boundary"]
    access = iam.access(
        *(p["Statement"] for p in one["identity"]),
        boundary=None if boundary is None else [p["Statement"] for p in boundary],
    )
    found = iam.decide(
        iam.request(request["action"], request["resource"], context, ("AWS", CALLER)), access
    )
    return {
        "allowed": "Allowed",
        "implicitly-denied": "ImplicitlyDenied",
        "explicitly-denied": "ExplicitlyDenied",
    }[found.outcome]


@pytest.mark.needs("node")
@pytest.mark.skipif(not ORACLE, reason="LEASTWISE_ORACLE names no folder with the simulator")
def test_decide_agrees_with_an_independent_simulator(iam):
    chance = random.Random(20)  # noqa: S311 - cases, not keys
    cases = [case(chance) for _ in range(CASES)]
    cases = [one for one in cases if not avoided(one)]
    driver = Path(__file__).parent / "oracle" / "driver.cjs"
    ran = subprocess.run(
        ["node", str(driver), ORACLE],
        input="".join(json.dumps(one) + "\n" for one in cases),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = [json.loads(line)["result"] for line in ran.stdout.splitlines()]
    assert len(theirs) == len(cases) > CASES // 3
    assert set(theirs) == {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"}
    differing = [
        (one, expected, found)
        for one, expected in zip(cases, theirs, strict=True)
        if (found := ours(iam, one)) != expected
    ]
    assert differing == []
