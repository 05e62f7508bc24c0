"""Who is an administrator, and what makes one less than that."""

import json

import pytest

from leastwise.graph.gains.administrators import admin, holds_everything
from leastwise.graph.gains.gain import gain
from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.model import EffectiveAccess

ACCOUNT = "arn:aws:iam::111122223333"
ROLE = f"{ACCOUNT}:role/subject"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def when(**conditions):
    """Write one operator with one key: ``Bool={"aws:...": "true"}``."""
    return {**ALL, "Condition": conditions}


def deny(action, resource="*", **condition):
    return {"Effect": "Deny", "Action": action, "Resource": resource, "Condition": condition}


def document(*statements):
    return PolicyDocument.parse(
        json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    )


def access(*statements, boundary=None, scp=None, caller=ROLE):
    return EffectiveAccess.of(
        identity=[document(s) for s in statements],
        boundary=boundary and document(*boundary),
        scps=[[document(*scp)]] if scp else [],
        caller=caller,
    )


NOT_OTHERS = {"ArnNotLike": {"aws:PrincipalArn": f"{ACCOUNT}:role/another"}}
NOT_SUBJECT = {"ArnNotLike": {"aws:PrincipalArn": ROLE}}
UNSEEN = PolicyDocument.parse('{"Version": "2012-10-17", "Statement": {"Fn::If": []}}')


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # What allows everything.
        pytest.param(access(ALL), "proven", id="everything"),
        pytest.param(access({**ALL, "Action": "*:*"}), "proven", id="everything of every service"),
        pytest.param(
            access(
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
            ),
            "proven",
            id="in two statements",
        ),
        pytest.param(
            access({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), "no", id="no IAM"
        ),
        pytest.param(access({**ALL, "Action": "iam:*"}), "no", id="IAM alone: equivalent, not one"),
        pytest.param(access({**ALL, "Resource": "arn:aws:*"}), "no", id="what has an ARN of AWS"),
        pytest.param(access(), "no", id="nothing"),
        # Conditions.
        pytest.param(access(when(Bool={"aws:SecureTransport": "true"})), "proven", id="over TLS"),
        pytest.param(access(when(ArnEquals={"aws:PrincipalArn": ROLE})), "proven", id="for itself"),
        pytest.param(
            access(when(StringEquals={"aws:PrincipalAccount": "111122223333"})),
            "proven",
            id="from its own account",
        ),
        pytest.param(
            access(when(Bool={"aws:MultiFactorAuthPresent": "true"})), "no", id="a second factor"
        ),
        pytest.param(
            access(when(StringEquals={"aws:RequestedRegion": "eu-west-1"})), "no", id="one region"
        ),
        pytest.param(
            access(when(IpAddress={"aws:SourceIp": "203.0.113.0/24"})), "no", id="a network"
        ),
        # What takes away.
        pytest.param(access(ALL, deny("organizations:*")), "no", id="an own Deny of a service"),
        pytest.param(access(ALL, deny("iam:DeleteRole")), "no", id="an own Deny of one action"),
        pytest.param(
            access(ALL, deny("*", Bool={"aws:SecureTransport": "false"})),
            "proven",
            id="a Deny that TLS avoids",
        ),
        pytest.param(access(ALL, boundary=[ALL]), "proven", id="a boundary that allows all"),
        pytest.param(
            access(ALL, boundary=[ALL, deny("iam:DeleteRolePermissionsBoundary")]),
            "no",
            id="a boundary that keeps itself",
        ),
        pytest.param(
            EffectiveAccess.of(identity=[document(ALL)], boundary=UNSEEN, caller=ROLE),
            "no",
            id="a boundary that is not in view",
        ),
        pytest.param(
            EffectiveAccess.of(identity=[document(ALL), UNSEEN], caller=ROLE),
            "proven",
            id="a further policy that is not in view",
        ),
        # What an organization takes.
        pytest.param(
            access(ALL, scp=[ALL, deny("organizations:LeaveOrganization")]),
            "proven",
            id="an SCP that takes from everybody",
        ),
        pytest.param(
            access(ALL, scp=[{**ALL, "Action": ["iam:*", "s3:*"]}]),
            "proven",
            id="an SCP that lists what the account may do",
        ),
        pytest.param(
            access(ALL, scp=[ALL, deny("iam:*", **NOT_OTHERS)]),
            "no",
            id="an SCP that spares another",
        ),
        pytest.param(
            access(ALL, scp=[ALL, deny("iam:*", **NOT_SUBJECT)]),
            "proven",
            id="an SCP that spares it",
        ),
    ],
)
def test_who_is_an_administrator(given, expected):
    assert admin(given) == expected


def test_an_organization_may_keep_an_administrator_from_everything():
    capped = access(ALL, scp=[ALL, deny("organizations:LeaveOrganization")])
    assert (admin(capped), holds_everything(capped)) == ("proven", False)
    assert holds_everything(access(ALL))


@pytest.mark.parametrize(
    ("denied", "expected"),
    [("aws-portal:ViewBilling", "ordinary"), ("organizations:*", "strong"), ("iam:*", "strong")],
)
def test_who_lacks_little_gains_that_little_from_an_administrator(denied, expected):
    nearly = access(ALL, deny(denied))
    found = gain(access(ALL, caller=f"{ACCOUNT}:role/admin"), nearly)
    assert found is not None
    assert found.strength == expected
