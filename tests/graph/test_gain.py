"""What somebody gains by acting as somebody else."""

import json
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.worked import load

from leastwise.graph.gains.beyond import beyond
from leastwise.graph.gains.gain import STRENGTHS, absolute, gain, strength
from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.actions import asked_bits
from leastwise.semantics.decide import decide
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import EffectiveAccess, Request
from leastwise.source.tree import MemoryTree

EVERYTHING = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'
LOGS = '{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}'
MIXED = '{"Effect": "Allow", "Action": ["s3:GetObject", "iam:PutRolePolicy"], "Resource": "*"}'
WRITER = b"""
Resources:
  Writer:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !Sub "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/${AWS::StackName}:*"
"""


def access(statement, name):
    text = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    return EffectiveAccess.of(
        identity=[PolicyDocument.parse(text)], caller=f"arn:aws:iam::111122223333:role/{name}"
    )


@pytest.mark.parametrize("statement", [EVERYTHING, LOGS, MIXED])
def test_administrator_gains_nothing(statement):
    assert gain(access(statement, "runner"), access(EVERYTHING, "admin")) is None


def test_administrator_gains_nothing_by_names_that_are_not_known():
    (writer,) = load(MemoryTree({"template.yaml": WRITER})).principals
    assert gain(access_of(writer), access(EVERYTHING, "admin")) is None


@pytest.mark.parametrize(
    ("action", "degree"),
    [
        ("secretsmanager:GetSecretValue", "strong"),
        ("ssm:GetParameter", "ordinary"),  # most parameters are plain configuration
        ("ssm:GetParametersByPath", "ordinary"),
    ],
)
def test_parameters_are_data_and_secrets_are_credentials(action, degree):
    statement = f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
    assert gain(access(statement, "runner"), access(LOGS, "ci"))[:2] == (degree, action)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("strong", "ordinary", "weak"), ("strong", "iam:PutRolePolicy")),
        (("ordinary", "weak"), ("ordinary", "s3:GetObject")),
        (("weak",), None),
    ],
)
def test_only_the_strengths_that_are_of_interest_are_told(wanted, found):
    gained = gain(access(MIXED, "runner"), access(LOGS, "ci"), wanted)
    assert (gained and gained[:2]) == found


# --- what is the target's alone -----------------------------------------------------------------

ACCOUNT = "arn:aws:iam::111122223333"
DEV, PROD = "arn:aws:s3:::dev/*", "arn:aws:s3:::prod/*"
ANY = {"Effect": "Allow", "Action": "*", "Resource": "*"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ADMIN_ONLY = {"ArnNotLike": {"aws:PrincipalArn": f"{ACCOUNT}:role/target"}}
SECRETS = "arn:aws:secretsmanager:us-east-1:111122223333:secret:"
HOME = "arn:aws:s3:::home/${aws:username}/*"
READ_ONLY = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}


def tagged(value):
    return {"StringEquals": {"aws:ResourceTag/env": value}}


def may(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def never(action, resource="*", **more):
    return {**may(action, resource, **more), "Effect": "Deny"}


def all_but(action, **more):
    return {"Effect": "Allow", "NotAction": action, "Resource": "*", **more}


def document(*statements):
    return PolicyDocument.parse(
        json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    )


def holder(*statements, name="role/target", boundary=None, scp=None):
    return EffectiveAccess.of(
        identity=[document(*statements)],
        boundary=None if boundary is None else document(boundary),
        scps=[] if scp is None else [[document(ANY, scp)]],
        caller=f"{ACCOUNT}:{name}",
    )


def caller(*statements, name="role/caller", **more):
    return holder(*statements, name=name, **more)


@pytest.mark.parametrize(
    ("target", "own", "expected"),
    [
        pytest.param(
            holder(may("s3:GetObject", [DEV, PROD])),
            caller(may("s3:*", DEV)),
            "ordinary",
            id="one more",
        ),
        pytest.param(
            holder(may("s3:GetObject", PROD)),
            caller(may("s3:GetObject", DEV)),
            "ordinary",
            id="same grants on other resources",
        ),
        pytest.param(
            holder(may("s3:GetObject", DEV)), caller(may("s3:Get*")), None, id="less than the own"
        ),
        pytest.param(
            holder(may(["s3:GetObject", "s3:GetObjectVersion"], [DEV, PROD])),
            caller(may("s3:GetObject*", DEV), may(["s3:GetObject", "s3:GetObject?*"], PROD)),
            None,
            id="the same, in other words",
        ),
        pytest.param(
            holder(may("s3:GetObject")),
            caller({"Effect": "Allow", "Action": "s3:*", "NotResource": PROD}),
            "ordinary",
            id="what NotResource leaves out",
        ),
        pytest.param(
            holder(all_but("iam:*")),
            caller(all_but(["iam:*", "organizations:*"])),
            "strong",
            id="what NotAction leaves out",
        ),
        pytest.param(
            holder(all_but(["iam:*", "logs:*"])), caller(all_but("iam:*")), None, id="NotAction"
        ),
        pytest.param(
            holder(may("secretsmanager:*")),
            caller(may("secretsmanager:List*")),
            "strong",
            id="secrets",
        ),
        pytest.param(
            holder(may("secretsmanager:GetSecretValue", f"{SECRETS}prod-*")),
            caller(may("secretsmanager:GetSecretValue", f"{SECRETS}dev-*")),
            "strong",
            id="other secrets",
        ),
        pytest.param(
            holder(may("iam:CreateServiceLinkedRole")),
            caller(may("logs:*")),
            "ordinary",
            id="roles that AWS alone fills",
        ),
        # What takes away on the side of the target.
        pytest.param(
            holder(may("iam:*"), never("iam:*")), caller(may("logs:*")), None, id="a Deny"
        ),
        pytest.param(
            holder(may("s3:GetObject", [DEV, PROD]), never("s3:*", PROD)),
            caller(may("s3:GetObject", DEV)),
            None,
            id="a Deny on what would be gained",
        ),
        pytest.param(
            holder(may("s3:GetObject", [DEV, PROD]), never("s3:*", DEV)),
            caller(may("s3:GetObject", DEV)),
            "ordinary",
            id="a Deny on something else",
        ),
        pytest.param(holder(ANY, boundary=may("s3:*")), caller(may("s3:*")), None, id="a boundary"),
        pytest.param(
            holder(ANY, boundary=may("s3:Get*")), caller(may("logs:*")), "ordinary", id="within it"
        ),
        pytest.param(
            holder(may("iam:*"), boundary=may("iam:*", f"{ACCOUNT}:role/app-*")),
            caller(may("iam:*", f"{ACCOUNT}:role/app-*")),
            None,
            id="a boundary on resources",
        ),
        pytest.param(
            holder(may("iam:*"), scp=never("iam:*")), caller(may("logs:*")), None, id="an SCP"
        ),
        pytest.param(
            holder(may("iam:*"), scp=never("iam:Delete*")),
            caller(may("logs:*")),
            "strong",
            id="an SCP that leaves some",
        ),
        pytest.param(
            holder(may("s3:*", HOME)), caller(may("logs:*")), None, id="a role has no user name"
        ),
        # What takes away on the side of the caller.
        pytest.param(
            holder(may("s3:GetObject")),
            caller(may("s3:GetObject"), never("s3:GetObject", PROD)),
            "ordinary",
            id="an own Deny",
        ),
        pytest.param(
            holder(may("iam:*")),
            caller(may("iam:*"), boundary=may("iam:Get*")),
            "strong",
            id="an own boundary",
        ),
        pytest.param(
            holder(may("iam:*")), caller(may("iam:*"), scp=never("iam:*")), "strong", id="own SCP"
        ),
        pytest.param(
            holder(may("iam:*"), scp=never("iam:*", Condition=ADMIN_ONLY)),
            caller(may("iam:*"), scp=never("iam:*", Condition=ADMIN_ONLY)),
            "strong",
            id="an SCP that spares the target",
        ),
        pytest.param(
            caller(may("iam:*"), scp=never("iam:*", Condition=ADMIN_ONLY)),
            holder(may("s3:*"), scp=never("iam:*", Condition=ADMIN_ONLY)),
            None,
            id="an SCP that spares the caller",
        ),
        # Conditions.
        pytest.param(
            holder(may("iam:*")), caller(may("iam:*", Condition=MFA)), None, id="own second factor"
        ),
        pytest.param(
            holder(may("iam:*", Condition=MFA)), caller(may("s3:*")), "strong", id="its second one"
        ),
        pytest.param(
            holder(may("iam:AttachRolePolicy")),
            caller(may("iam:AttachRolePolicy", Condition=READ_ONLY)),
            "strong",
            id="a condition on what is asked",
        ),
        pytest.param(
            holder(may("iam:AttachRolePolicy", Condition=READ_ONLY)),
            caller(may("iam:AttachRolePolicy", Condition=READ_ONLY)),
            None,
            id="the same condition",
        ),
        pytest.param(
            holder(may("ec2:TerminateInstances", Condition=tagged("prod"))),
            caller(may("ec2:TerminateInstances", Condition=tagged("dev"))),
            "ordinary",
            id="another tag of the resource",
        ),
        pytest.param(
            holder(may("s3:GetObject", HOME), name="user/ann"),
            caller(may("s3:GetObject", HOME), name="user/bob"),
            "ordinary",
            id="the folder of another user",
        ),
        pytest.param(
            holder(may("s3:*", HOME), name="user/ann"),
            caller(may("s3:*", "arn:aws:s3:::home/a*"), name="user/bob"),
            None,
            id="a folder that the caller has too",
        ),
        pytest.param(
            holder(may("s3:*", "arn:aws:s3:::x/${aws:PrincipalTag/team}/*")),
            caller(may("s3:*", "arn:aws:s3:::x/${aws:PrincipalTag/team}/*")),
            None,
            id="tags that are not known are taken to be the same",
        ),
    ],
)
def test_gain_is_what_the_caller_lacks(target, own, expected):
    found = gain(target, own)
    assert (found and found.strength) == expected


@pytest.mark.parametrize(
    ("target", "own", "globs", "expected"),
    [
        (may("s3:GetObject"), may("logs:*"), ("arn:aws:s3:::prod/*",), "strong"),
        (may("s3:GetObject", DEV), may("logs:*"), ("arn:aws:s3:::prod/*",), "ordinary"),
        (may("s3:GetObject", PROD), may("s3:*", PROD), ("arn:aws:s3:::prod/*",), None),
        (may("s3:PutObject", [DEV, PROD]), may("s3:*", DEV), ("arn:aws:s3:::pr*",), "strong"),
        (may("s3:ListBucket"), may("logs:*"), ("arn:aws:s3:::prod*",), "weak"),
        (may("dynamodb:Query"), may("logs:*"), ("arn:aws:dynamodb:*:*:table/payments",), "strong"),
    ],
)
def test_what_the_configuration_calls_sensitive_is_strong(target, own, globs, expected):
    found = gain(holder(target), caller(own), sensitive=globs)
    assert (found and found.strength) == expected


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (holder(ANY), "admin"),
        (holder(ANY, boundary=may("s3:Get*")), "ordinary"),
        (holder(may("iam:PutRolePolicy")), "strong"),
        (holder(may("iam:Get*")), "weak"),
        (holder(may("logs:*")), "weak"),
        (holder(may("iam:*"), never("*")), None),
        (EffectiveAccess(), None),
    ],
)
def test_the_strongest_thing_that_an_access_may_do(access, expected):
    assert absolute(access) == expected


def test_an_administrator_of_one_account_gains_in_another():
    own = holder(ANY, name="role/admin")
    there = EffectiveAccess.of(
        identity=[document(may("s3:GetObject"))], caller="arn:aws:iam::444455556666:role/reader"
    )
    assert gain(there, own) == ("ordinary", "s3:GetObject", "proven")
    assert gain(holder(may("s3:GetObject")), own) is None


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", "ordinary"),
        ("dynamodb:DescribeTable", "weak"),
        ("cognito-idp:DescribeUserPoolClient", "strong"),  # holds the secret of the client
        ("ec2:DescribeInstances", "weak"),
        ("logs:PutResourcePolicy", "weak"),
        ("sqs:AddPermission", "strong"),
        ("glue:GetQuery", "ordinary"),  # AWS counts it among permissions management
        ("iam:PassRole", "strong"),
        ("iam:GetRole", "weak"),
        ("kms:Decrypt", "ordinary"),
        ("ecr:GetAuthorizationToken", "ordinary"),  # opens no more than its holder's own grants
        ("newservice:DoThings", "ordinary"),
    ],
)
def test_what_an_action_is_worth(action, expected):
    assert strength(action) == expected


TEMPLATE = b"""
Parameters:
  Mine: {Type: String}
  Theirs: {Type: String}
Resources:
  Caller:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Mine}/*"}
  Target:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: other
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${NAME}/*"}
"""


@pytest.mark.parametrize(
    ("name", "expected"), [(b"Theirs", ("ordinary", "s3:GetObject", "proven")), (b"Mine", None)]
)
def test_two_names_that_are_not_known_are_two_names(name, expected):
    template = TEMPLATE.replace(b"NAME", name)
    own, target = load(MemoryTree({"template.yaml": template})).principals
    assert gain(access_of(target), access_of(own)) == expected


# --- held against every request of a small world --------------------------------------------------

ACTIONS = ["s3:GetObject", "s3:PutObject", "iam:PutRolePolicy", "iam:GetRole", "logs:GetLogEvents"]
GROUP = "arn:aws:logs:us-east-1:111122223333:log-group"
WORLD = {
    "s3": ["arn:aws:s3:::dev/x", "arn:aws:s3:::prod/x", "arn:aws:s3:::prod/y"],
    "iam": [f"{ACCOUNT}:role/a", f"{ACCOUNT}:role/b"],
    "logs": [f"{GROUP}:one:log-stream:s", f"{GROUP}:two:log-stream:s"],
}
GLOBS = ["*", *ACTIONS, "s3:*", "iam:*", "*:Get*"]
PLACES = ["*", DEV, PROD, "arn:aws:s3:::*/x", f"{ACCOUNT}:role/*", f"{ACCOUNT}:role/a", f"{GROUP}*"]
GRADES = dict(zip(ACTIONS, ["ordinary", "ordinary", "strong", "weak", "weak"], strict=True))
STATEMENTS = st.lists(
    st.builds(
        lambda effect, action, resource, actions, resources: {
            "Effect": effect,
            action: actions,
            resource: resources,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["Action", "Action", "NotAction"]),
        st.sampled_from(["Resource", "Resource", "NotResource"]),
        st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2),
        st.lists(st.sampled_from(PLACES), min_size=1, max_size=2),
    ),
    min_size=1,
    max_size=3,
)
REQUESTS = [(a, r) for a in ACTIONS for r in WORLD[a.partition(":")[0]]]


def allowed(access, action, resource):
    request = Request.of(principal=f"{ACCOUNT}:role/x", action=action, resource=resource)
    return decide(request, access).outcome == "allowed"


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, STATEMENTS, st.none() | STATEMENTS)
def test_no_request_of_the_target_alone_is_overlooked(first, second, boundary):
    target, own = holder(*first), caller(*second)
    if boundary is not None:
        target = target._replace(boundary=holder(*boundary).identity)
    missed = {
        GRADES[action]
        for action, resource in REQUESTS
        if allowed(target, action, resource) and not allowed(own, action, resource)
    }
    found = gain(target, own)
    strongest = min(map(STRENGTHS.index, missed), default=len(STRENGTHS))
    assert found is not None or not missed
    assert found is None or STRENGTHS.index(found.strength) <= strongest


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, STATEMENTS)
def test_what_is_told_is_a_request_of_the_target_alone(first, second):
    target, own = holder(*first), caller(*second)
    bits = asked_bits(("s3:*Object", "iam:*Role", "iam:*RolePolicy", "logs:*Events"))
    for one in islice(beyond(target, own, bits), 3):
        if one.resource:  # else the search met its limit
            assert allowed(target, one.action, one.resource)
            assert not allowed(own, one.action, one.resource)


def test_a_search_that_meets_its_limit_is_a_possible_gain(monkeypatch):
    monkeypatch.setattr("leastwise.graph.gains.beyond.MOST_WORK", 1)
    target, own = holder(may("s3:GetObject", [DEV, PROD])), caller(may("s3:GetObject", DEV + "x"))
    assert gain(target, own) == ("ordinary", "s3:GetObject", "possible")
