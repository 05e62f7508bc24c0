"""Each statement about an action is told with what of it stands against a request."""

import pytest

from leastwise.semantics.nearest import Probe, standings

EU = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
OWN = {"StringLike": {"s3:prefix": "${aws:username, 'nobody'}/*"}}
BUCKET = "arn:aws:s3:::shop/a"


def allow(action="s3:GetObject", resource=BUCKET, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def stand(iam, statement, kind="identity", open_keys=(), action="s3:GetObject", **context):
    probe = Probe(
        action,
        (iam.pattern(BUCKET),),
        ("AWS", ("arn:aws:iam::123456789012:user/bob",)),
        {key.replace("_", ":"): ((value,),) for key, value in context.items()},
        frozenset(open_keys),
    )
    return list(standings(kind, [iam.policy(statement, kind)], probe))


@pytest.mark.parametrize(
    ("statement", "truth", "distance"),
    [
        (allow(), True, 0),
        (allow(resource="arn:aws:s3:::other"), False, 2),
        (allow(Condition=EU), False, 1),
        (allow(resource="arn:aws:s3:::other", Condition=EU), False, 3),
        (allow(resource="arn:aws:s3:::«var.bucket»/a"), None, 0),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKET}, False, 2),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True, 0),
    ],
)
def test_statements_stand_as_near_as_their_parts(iam, statement, truth, distance):
    (found,) = stand(iam, statement)
    assert (found.truth, found.distance) == (truth, distance)


@pytest.mark.parametrize(
    ("action", "asked", "concerned"),
    [
        ({"Action": "s3:PutObject"}, "s3:GetObject", False),
        ({"NotAction": "s3:Get*"}, "s3:GetObject", False),
        ({"Action": "s3:Put*"}, "s3:*Object", True),
        ({"Action": "s3:Put*"}, "s3:Get*", False),
        ({"NotAction": "s3:*"}, "s3:Get*", False),
        ({"NotAction": "s3:Put*"}, "s3:*Object", True),
    ],
)
def test_statements_about_other_actions_are_not_told(iam, action, asked, concerned):
    statement = {"Effect": "Allow", "Resource": "*", **action}
    assert bool(stand(iam, statement, action=asked)) is concerned


def test_principal_that_is_not_named_is_the_farthest(iam):
    statement = allow(Principal={"AWS": "arn:aws:iam::123456789012:user/eve"})
    (found,) = stand(iam, statement, "resource")
    assert (found.principal, found.distance) == (False, 4)


def test_only_conditions_that_fail_are_named(iam):
    statement = allow(Condition=EU | {"Bool": {"aws:SecureTransport": "true"}})
    (found,) = stand(iam, statement, aws_securetransport="true")
    assert [c.key.literal for c in found.failing] == ["aws:RequestedRegion"]


def test_keys_with_a_value_nobody_gave_decide_nothing(iam):
    (found,) = stand(iam, allow(Condition=EU), open_keys=["aws:requestedregion"])
    assert (found.truth, found.failing) == (None, ())


@pytest.mark.parametrize(
    ("context", "truth"),
    [
        ({"aws_username": "bob", "s3_prefix": "bob/x"}, True),
        ({"aws_username": "bob", "s3_prefix": "eve/x"}, False),
        ({"s3_prefix": "nobody/x"}, True),
    ],
)
def test_variables_are_read_from_the_request(iam, context, truth):
    (found,) = stand(iam, allow(Condition=OWN), **context)
    assert found.truth is truth
