"""Policies made to keep the engine busy: what is too much must be answered, never waited for."""

import json

from tests.hostile.case import Case

_STARS = "a*" * 60 + "b"
_NEAR = "a?*" * 40 + "b"


def _policy(**parts: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **parts}]})


def _statements(items: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": items})


def _allow_deny(count: int, allow: str, deny: str) -> str:
    return _statements(
        [
            {
                "Effect": effect,
                "Action": "s3:*",
                "Resource": f"arn:aws:s3:::{glob.replace('N', str(n))}",
            }
            for n in range(count)
            for effect, glob in (("Allow", allow), ("Deny", deny))
        ]
    )


_OPERATORS = (
    "StringLike",
    "StringNotLike",
    "ArnLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
)

GLOBS = (
    Case(
        "star-action",
        {"p.json": _policy(Action=f"iam:{_STARS}", Resource="*")},
    ),
    Case(
        "star-resource",
        {"p.json": _policy(Action="iam:*", Resource=f"arn:aws:iam::*:{_STARS}")},
        found=("p.json",),  # a role of such a name can be made, and given everything
    ),
    Case(
        "many-star-resources",
        {
            "p.json": _policy(
                Action="*",
                Resource=[
                    f"arn:aws:*:*:*:{'*'.join(chr(97 + (n * k) % 26) for k in range(40))}*"
                    for n in range(100)
                ],
            )
        },
        found=("p.json",),  # an organization's ID may be of such letters: a note
    ),
    Case(
        "stars-against-stars",
        {
            "p.json": _statements(
                [
                    {
                        "Effect": "Allow",
                        "Action": "iam:PassRole",
                        "Resource": f"arn:aws:iam::*:role/{_STARS}*",
                    },
                    {"Effect": "Deny", "Action": "*", "Resource": f"arn:aws:iam::*:role/*{_NEAR}"},
                    {
                        "Effect": "Deny",
                        "Action": "*",
                        "NotResource": f"arn:aws:iam::*:role/*{_NEAR[::-1]}*",
                    },
                ]
            )
        },
    ),
    Case(
        "many-globs-meet",
        {
            "p.json": _statements(
                [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                    *(
                        {
                            "Effect": "Deny",
                            "Action": "*",
                            "Resource": "*"
                            + "?" * n
                            + chr(97 + n % 26)
                            + "*"
                            + chr(97 + (n * 7) % 26),
                        }
                        for n in range(15)
                    ),
                ]
            )
        },
        found=("p.json",),
    ),
    Case(
        "not-resources-meet",
        {
            "p.json": _statements(
                [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                    *(
                        {
                            "Effect": "Deny",
                            "Action": "*",
                            "NotResource": [f"*{chr(97 + n)}*", f"*{chr(98 + n)}*"],
                        }
                        for n in range(20)
                    ),
                ]
            )
        },
        found=("p.json",),  # what names no resource is left: permission sets
    ),
    Case(
        "long-glob",
        {"p.json": _policy(Action="*", Resource="*" + "a?" * 50_000)},
    ),
    Case(
        "long-action",
        {"p.json": _policy(Action="s3:" + "*a" * 50_000, Resource="*")},
    ),
    Case(
        "long-principals",
        {
            f"{name}.json": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": action, "Principal": {kind: principal}}
                    ],
                }
            )
            for name, action, kind, principal in (
                ("p", "sts:AssumeRole", "AWS", "arn:aws:iam::*" + "*a" * 200_000),
                (
                    "q",
                    "sts:AssumeRoleWithWebIdentity",
                    "Federated",
                    "arn:aws:iam::123456789012:oidc-provider/" + "a/" * 200_000,
                ),
            )
        },
    ),
    Case(
        "star-conditions",
        {
            "p.json": _policy(
                Action="*",
                Resource="*",
                Condition={
                    operator: {"aws:PrincipalArn": [f"{_STARS}{n}*" for n in range(20)]}
                    for operator in _OPERATORS
                },
            )
        },
    ),
)

AMOUNTS = (
    Case(
        "10000-statements",
        {
            "p.json": _statements(
                [
                    {"Effect": "Allow", "Action": f"s3:Get{n}", "Resource": f"arn:aws:s3:::b{n}"}
                    for n in range(10_000)
                ]
            )
        },
        diagnostics=("warning[too-large] p.json:1",),
    ),
    Case(
        "1000-statements",
        {
            "p.json": _statements(
                [
                    {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::b{n}/*"}
                    for n in range(1_000)
                ]
            )
        },
    ),
    Case(
        "1000-allows-and-denies",
        {"p.json": _allow_deny(500, "bN/*", "bN/secret/*")},
    ),
    Case(
        "overlapping-denies",
        {"p.json": _allow_deny(40, "*N*", "N*N")},
    ),
    Case(
        "500-conditions",
        {
            "p.json": _policy(
                Action="*",
                Resource="*",
                Condition={"StringLike": {f"aws:RequestTag/k{n}": f"v{n}*" for n in range(500)}},
            )
        },
        found=("p.json",),  # a caller may set all those tags
    ),
    Case(
        "500-condition-values",
        {
            "p.json": _policy(
                Action="*",
                Resource="*",
                Condition={
                    "StringNotLike": {
                        "aws:PrincipalArn": [f"arn:aws:iam::*:role/r{n}*" for n in range(500)]
                    }
                },
            )
        },
        found=("p.json",),
    ),
    Case(
        "conditional-denies",
        {
            "p.json": _statements(
                [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                    *(
                        {
                            "Effect": "Deny",
                            "Action": "*",
                            "Resource": "*",
                            "Condition": {
                                "StringNotEquals": {
                                    f"aws:RequestTag/k{n}": "v",
                                    f"aws:RequestTag/k{n + 1}": "w",
                                },
                                "NumericLessThan": {"s3:max-keys": str(n)},
                            },
                        }
                        for n in range(60)
                    ),
                ]
            )
        },
        found=("p.json",),
    ),
    Case(
        "10000-actions",
        {"p.json": _policy(Action=[f"s3:Get{n}*" for n in range(10_000)], Resource="*")},
        diagnostics=("warning[too-large] p.json:1",),
    ),
    Case(
        "10000-not-actions",
        {"p.json": _policy(NotAction=[f"s3:Get{n}*" for n in range(10_000)], Resource="*")},
        diagnostics=("warning[too-large] p.json:1",),
    ),
    Case(
        "10000-resources",
        {
            "p.json": _policy(
                Action="iam:PassRole",
                Resource=[f"arn:aws:iam::123456789012:role/r{n}*" for n in range(10_000)],
            )
        },
        diagnostics=("warning[too-large] p.json:1",),
    ),
    Case(
        "10000-principals",
        {
            "p.json": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {
                                "AWS": [f"arn:aws:iam::{n:012}:root" for n in range(10_000)]
                            },
                        }
                    ],
                }
            )
        },
        diagnostics=("warning[too-large] p.json:1",),
    ),
    Case(
        "dates-numbers-networks",
        {
            "p.json": _policy(
                Action="*",
                Resource="*",
                Condition={
                    "IpAddress": {
                        "aws:SourceIp": [
                            "::/0",
                            "0.0.0.0/0",
                            "not-an-ip",
                            "1.2.3.4/99",
                            "9" * 5_000,
                        ]
                    },
                    "NumericLessThan": {"s3:max-keys": ["1e999999", "9" * 5_000, "NaN", "-0x1"]},
                    "DateLessThan": {
                        "aws:CurrentTime": ["9" * 5_000, "9999-99-99T99:99:99Z", "-1"]
                    },
                    "BinaryEquals": {"x:y": ["!!!"]},
                    "Unheard:Of": {"a": "b"},
                    "Null": {"a:b": ["maybe"]},
                },
            )
        },
    ),
)
