"""Accesses with equal signatures answer alike; only then are they one class."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.graph.gains.signatures import alike, asks_who, signature
from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.model import EffectiveAccess, RequestPattern

ACCOUNT = "arn:aws:iam::111122223333"
OTHER_ACCOUNT = "arn:aws:iam::444455556666"


def document(*statements, version="2012-10-17"):
    text = json.dumps({"Version": version, "Statement": list(statements)})
    return PolicyDocument.parse(text)


def grant(action="s3:GetObject", resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def access(*statements, caller=f"{ACCOUNT}:role/one", boundary=None, scps=()):
    return EffectiveAccess.of(
        identity=[document(s) for s in statements],
        boundary=boundary and document(boundary),
        scps=[[document(s)] for s in scps],
        caller=caller,
    )


ONE, TWO, USER = f"{ACCOUNT}:role/one", f"{ACCOUNT}:role/two", f"{ACCOUNT}:user/one"
OWN_FOLDER = grant(resource="arn:aws:s3:::home/${aws:username}/*")
BY_ARN = grant(Condition={"ArnLike": {"aws:PrincipalArn": ONE}})
BY_TAG = grant(Condition={"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/unit}"}})


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        pytest.param(access(grant()), access(grant()), True, id="documents that say the same"),
        pytest.param(access(grant()), access(grant(Sid="Read")), True, id="Sid says nothing"),
        pytest.param(access(grant()), access(grant("s3:PutObject")), False, id="other action"),
        pytest.param(
            access(grant(), grant("s3:PutObject")),
            access(grant("s3:PutObject"), grant()),
            True,
            id="in another order",
        ),
        pytest.param(access(grant()), access(grant(), caller=TWO), True, id="another role"),
        pytest.param(access(grant()), access(grant(), caller=USER), False, id="a user"),
        pytest.param(
            access(grant()),
            access(grant(), caller=f"{OTHER_ACCOUNT}:role/one"),
            False,
            id="another account",
        ),
        pytest.param(
            access(grant()), access(grant(), caller=f"{ACCOUNT}:root"), False, id="the root user"
        ),
        pytest.param(
            access(grant(), scps=[grant()]),
            access(
                grant(),
                scps=[grant()],
                caller=f"{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/one",
            ),
            False,
            id="a service-linked role",
        ),
        pytest.param(
            access(grant()), access(grant(), boundary=grant()), False, id="with a boundary"
        ),
        pytest.param(access(grant()), access(grant(), scps=[grant()]), False, id="with an SCP"),
        pytest.param(
            access(grant(), boundary=grant("s3:*")),
            access(grant("s3:*"), boundary=grant()),
            False,
            id="the boundary is no grant",
        ),
        pytest.param(
            access(OWN_FOLDER, caller=USER),
            access(OWN_FOLDER, caller=f"{ACCOUNT}:user/two"),
            False,
            id="a policy variable",
        ),
        pytest.param(
            access(BY_ARN), access(BY_ARN, caller=TWO), False, id="a condition on the caller"
        ),
        pytest.param(
            access(BY_TAG), access(BY_TAG, caller=TWO), False, id="a variable in a condition"
        ),
        pytest.param(
            EffectiveAccess(caller_kind="role", caller_arn=Pattern((ONE,))),
            EffectiveAccess(caller_kind="role", caller_arn=Pattern((ONE,)), open=True),
            False,
            id="further policies may apply",
        ),
    ],
)
def test_signatures_tell_apart_what_may_answer_differently(first, second, same):
    assert (signature(first) == signature(second)) is same
    assert same is (hash(signature(first)) == hash(signature(second)))


@pytest.mark.parametrize(
    ("statement", "asked"),
    [(grant(), False), (OWN_FOLDER, True), (BY_ARN, True), (BY_TAG, True)],
)
def test_only_policies_that_name_callers_ask_for_them(statement, asked):
    assert asks_who(access(statement)) is asked


def test_an_effect_that_is_not_known_makes_a_document_like_itself_only():
    odd = {**grant(), "Effect": "Perhaps"}
    first, second = access(odd), access(odd)
    assert signature(first) != signature(second)
    assert signature(first) == signature(first._replace(identity=first.identity))


RESOURCES = ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/${aws:username}", f"{ACCOUNT}:role/*", ONE]
STATEMENTS = st.builds(
    grant,
    st.sampled_from(["*", "s3:*", "s3:GetObject", "iam:PassRole", "iam:Put*"]),
    st.sampled_from(RESOURCES),
    st.sampled_from(["Allow", "Allow", "Deny"]),
    Condition=st.sampled_from(
        [
            {},
            {},
            {"ArnNotEquals": {"aws:PrincipalArn": TWO}},
            {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
            {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            {"Null": {"aws:TokenIssueTime": "false"}},
        ]
    ),
)
PARTS = st.lists(STATEMENTS, min_size=1, max_size=3)
CALLERS = st.sampled_from([ONE, TWO, USER, f"{ACCOUNT}:user/two", f"{OTHER_ACCOUNT}:role/one"])
QUESTIONS = [
    RequestPattern(),
    RequestPattern(actions=("s3:GetObject",)),
    RequestPattern(actions=("s3:GetObject",), resources=(Pattern(("arn:aws:s3:::a/one",)),)),
    RequestPattern(actions=("iam:PassRole", "iam:Put*"), resources=(Pattern((TWO,)),)),
]


def test_what_is_remembered_of_one_is_remembered_of_all_alike():
    first, second = access(grant()), access(grant(Sid="Other"), caller=TWO)
    assert {alike(first): "known"}[alike(second)] == "known"
    assert alike(first) != alike(access(grant(), caller=USER))


@settings(max_examples=30, deadline=None)
@given(PARTS, CALLERS, CALLERS, st.none() | STATEMENTS, st.lists(STATEMENTS, max_size=1))
def test_equal_signatures_answer_alike(statements, caller, other, boundary, scps):
    first = access(*statements, caller=caller, boundary=boundary, scps=scps)
    second = access(*reversed(statements), caller=other, boundary=boundary, scps=scps)
    if signature(first) != signature(second):
        return
    for question in QUESTIONS:
        for ask in (allows, allows_all):
            assert ask(first, question).certainty == ask(second, question).certainty
