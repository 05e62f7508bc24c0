"""Questions about accesses of several layers."""

import pytest

from leastwise.semantics.explain import explain

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
ROLE = "arn:aws:iam::123456789012:role/app"
BUCKET = "arn:aws:s3:::b/*"


def named(explanations):
    return [[(d.layer, d.statement) for d in one] for one in explanations]


def rows(iam, kind, *documents):
    return tuple(iam.policy(d, kind) for d in documents)


def to(principal, **more):
    return {**S3, "Principal": principal, "Resource": BUCKET, **more}


def role(iam, *identity, **more):
    return iam.access(*identity, kind="role", arn=ROLE, **more)


CAPS = [
    ("session", lambda iam, d: {"session": rows(iam, "session", d)}),
    ("scp", lambda iam, d: {"scps": (rows(iam, "scp", ALL), rows(iam, "scp", d))}),
    ("endpoint", lambda iam, d: {"endpoint": rows(iam, "endpoint", {**d, "Principal": "*"})}),
    ("boundary", lambda iam, d: {"boundary": rows(iam, "boundary", d)}),
]


@pytest.mark.parametrize(("name", "layer"), CAPS, ids=[name for name, _ in CAPS])
def test_every_layer_that_caps_does_so(iam, name, layer):
    access = role(iam, ALL, **layer(iam, S3))
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == "proven"
    assert iam.allows(access, iam.ask("ec2:RunInstances")).certainty == "no"
    assert iam.allows_all(access, iam.ask("s3:*")).certainty == "proven"
    assert iam.allows_all(access, iam.ask("*")).certainty == "no"
    answer = iam.allows(access, iam.ask("s3:GetObject"))
    assert name in {d.layer for d in answer.deciding}


def test_resource_control_policies_only_take_away(iam):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}
    access = role(iam, ALL, rcps=(rows(iam, "rcp", deny),))
    assert iam.allows(access, iam.ask("s3:PutObject")).certainty == "no"
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == "proven"


def test_root_user_needs_no_grant_and_is_bound_by_service_control_policies(iam):
    scp = iam.policy([ALL, {**S3, "Effect": "Deny"}], "scp")
    root = iam.access(arn="arn:aws:iam::123456789012:root", scps=((scp,),))
    assert iam.allows(root, iam.ask("s3:GetObject")).certainty == "no"
    assert iam.allows(root, iam.ask("ec2:RunInstances")).certainty == "proven"


def test_resource_policy_grants_to_whom_it_names(iam):
    ask = iam.ask("s3:GetObject", resources=["arn:aws:s3:::b/x"])
    for principal, certainty in (
        ({"AWS": ROLE}, "proven"),
        ("*", "proven"),
        ({"AWS": "123456789012"}, "no"),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, "no"),
        ({"Service": "ec2.amazonaws.com"}, "no"),
    ):
        access = role(iam, resource=iam.policy(to(principal), "resource"))
        assert iam.allows(access, ask).certainty == certainty, principal


def test_across_accounts_both_sides_must_allow(iam):
    ask = iam.ask("s3:GetObject", resources=["arn:aws:s3:::b/x"])
    policy = iam.policy(to({"AWS": ROLE}), "resource")
    foreign = {"resource": policy, "resource_account": "210987654321"}
    assert iam.allows(role(iam, S3, **foreign), ask).certainty == "proven"
    assert iam.allows(role(iam, **foreign), ask).certainty == "no"
    silent = {"resource_account": "210987654321"}
    assert iam.allows(role(iam, S3, **silent), ask).certainty == "no"


def test_removing_any_named_set_ends_the_access(iam):
    access = role(iam, [S3, READ], ALL, boundary=[[READ, S3]])
    found = explain(access, iam.ask("s3:GetObject"))
    assert named(found) == [
        [("boundary", 0), ("boundary", 1)],
        [("identity", 0), ("identity", 1), ("identity", 0)],
    ]


def test_each_way_must_be_closed(iam):
    bucket = iam.policy(to({"AWS": ROLE}), "resource")
    access = role(iam, S3, resource=bucket)
    found = explain(access, iam.ask("s3:GetObject", resources=["arn:aws:s3:::b/x"]))
    assert named(found) == [[("identity", 0), ("resource", 0)]]


def test_what_takes_no_part_is_not_named(iam):
    other = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    found = explain(role(iam, [other, READ]), iam.ask("s3:GetObject"))
    assert named(found) == [[("identity", 1)]]


def test_nothing_is_explained_where_nothing_is_allowed_or_known(iam):
    assert explain(role(iam, READ), iam.ask("s3:PutObject")) == ()
    assert explain(iam.access(open=True), iam.ask("s3:PutObject")) == ()
