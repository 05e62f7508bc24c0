"""Statements that resources add to a policy without writing a document."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Root
from leastwise.iam.resolution import plain
from leastwise.source.span import locate, source_file
from leastwise.source.tree import MemoryTree


def load(text: str) -> Project:
    tree = MemoryTree({"stack.yaml": text.encode()})
    return cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())


def one(kind: str, properties: str) -> str:
    return f"Resources: {{X: {{Type: {kind}, Properties: {{{properties}}}}}}}\n"


def statement(project: Project) -> object:
    (policy,) = project.policies
    assert policy.value is not None
    document = plain(policy.value)
    assert isinstance(document, dict)
    return document["Statement"]


LAMBDA = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
CASES = {
    "a service": (
        "AWS::Lambda::Permission",
        "FunctionName: f, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com",
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": f"{LAMBDA}f",
        },
    ),
    "a service by the URL suffix": (
        "AWS::Lambda::Permission",
        "FunctionName: f, Action: a, Principal: !Sub 'sns.${AWS::URLSuffix}'",
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.${AWS::URLSuffix}"},
            "Action": "a",
            "Resource": f"{LAMBDA}f",
        },
    ),
    "an account": (
        "AWS::Lambda::Permission",
        "FunctionName: f, Action: a, Principal: '111122223333'",
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:${AWS::Partition}:iam::111122223333:root"},
            "Action": "a",
            "Resource": f"{LAMBDA}f",
        },
    ),
    "the stack's own account": (
        "AWS::Lambda::Permission",
        "FunctionName: f, Action: a, Principal: !Ref AWS::AccountId",
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
            "Action": "a",
            "Resource": f"{LAMBDA}f",
        },
    ),
    "a partial ARN of a function, and every condition": (
        "AWS::Lambda::Permission",
        (
            "FunctionName: '111122223333:function:f:live', Action: a, Principal: '*', SourceArn: s, "
            "SourceAccount: t, PrincipalOrgID: o, EventSourceToken: e, FunctionUrlAuthType: NONE, "
            "InvokedViaFunctionUrl: true"
        ),
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "a",
            "Resource": "arn:${AWS::Partition}:lambda:${AWS::Region}:111122223333:function:f:live",
            "Condition": {
                "ArnLike": {"AWS:SourceArn": "s"},
                "StringEquals": {
                    "AWS:SourceAccount": "t",
                    "aws:PrincipalOrgID": "o",
                    "lambda:EventSourceToken": "e",
                    "lambda:FunctionUrlAuthType": "NONE",
                },
                "Bool": {"lambda:InvokedViaFunctionUrl": True},
            },
        },
    ),
    "a layer for an organization": (
        "AWS::Lambda::LayerVersionPermission",
        (
            "LayerVersionArn: 'arn:aws:lambda:eu-west-1:111122223333:layer:l:1', "
            "Action: 'lambda:GetLayerVersion', Principal: '*', OrganizationId: o-1"
        ),
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:GetLayerVersion",
            "Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:l:1",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        },
    ),
    "the older form of an event bus": (
        "AWS::Events::EventBusPolicy",
        (
            "StatementId: s, Action: 'events:PutEvents', Principal: '*', "
            "Condition: {Type: StringEquals, Key: 'aws:PrincipalOrgID', Value: o-1}"
        ),
        {
            "Sid": "s",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
            ":event-bus/default",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        },
    ),
    "the statement of an event bus": (
        "AWS::Events::EventBusPolicy",
        "StatementId: s, Statement: {Effect: Allow, Principal: '*', Action: a, Resource: r}",
        {"Effect": "Allow", "Principal": "*", "Action": "a", "Resource": "r"},
    ),
    "the statement of an event bus as JSON": (
        "AWS::Events::EventBusPolicy",
        """StatementId: s, Statement: '{"Effect": "Deny", "Principal": "*", "Action": "a"}'""",
        {"Effect": "Deny", "Principal": "*", "Action": "a"},
    ),
    "a private certificate authority": (
        "AWS::ACMPCA::Permission",
        (
            "CertificateAuthorityArn: 'arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/c',"
            " Actions: [IssueCertificate], Principal: acm.amazonaws.com, SourceAccount: '111122223333'"
        ),
        {
            "Effect": "Allow",
            "Principal": {"Service": "acm.amazonaws.com"},
            "Action": ["acm-pca:IssueCertificate"],
            "Resource": "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/c",
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        },
    ),
    "a signing profile": (
        "AWS::Signer::ProfilePermission",
        (
            "ProfileName: p, StatementId: s, Action: 'signer:StartSigningJob', Principal: "
            "'111122223333'"
        ),
        {
            "Sid": "s",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:${AWS::Partition}:iam::111122223333:root"},
            "Action": "signer:StartSigningJob",
            "Resource": "arn:${AWS::Partition}:signer:${AWS::Region}:${AWS::AccountId}"
            ":/signing-profiles/p",
        },
    ),
}


@pytest.mark.parametrize(("kind", "properties", "expected"), CASES.values(), ids=CASES.keys())
def test_a_grant_is_a_statement(kind: str, properties: str, expected: object) -> None:
    project = load(one(kind, properties))
    assert statement(project) == expected
    assert [(p.kind, p.consumption) for p in project.policies] == [("resource", "attached")]
    assert [r.policy for r in project.resources] == list(project.policies)


FUNCTION = """
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f}}
  ByName:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunction', Principal: '*'}
  ByArn:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt F.Arn
      Action: 'lambda:InvokeFunction'
      Principal: '111122223333'
"""


def test_the_permissions_of_one_function_are_one_policy() -> None:
    project = load(FUNCTION)
    assert [p.address for p in project.policies] == ["ByName", "ByArn"]
    (carrier,) = [r for r in project.resources if r.policy is not None]
    assert carrier.policy is not None
    assert str(carrier.arn) == f"{LAMBDA}f"
    assert carrier.policy.address == "ByName and 1 more"
    assert len(carrier.policy.document.statements) == 2


def test_each_part_of_a_grant_points_at_its_property() -> None:
    project = load(FUNCTION)
    file = source_file("stack.yaml", FUNCTION.encode())
    (statement,) = project.policies[1].document.statements
    origins = [statement.actions.globs[0].origin]
    assert statement.principals is not None
    origins.append(statement.principals.entries[0].pattern.origin)
    lines = [locate(file, origin.span).start_line for origin in origins if origin and origin.span]
    assert lines == [11, 12]


def test_a_condition_that_may_be_left_out_is_there_in_its_world() -> None:
    properties = "FunctionName: f, Action: a, Principal: '*', SourceArn: !If [C, 'arn:aws:s3:::b', "
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"
    text = head + one("AWS::Lambda::Permission", properties + "!Ref 'AWS::NoValue']")
    found = {
        tuple(a.outcome for a in s.when): len(s.conditions)
        for s in load(text).policies[0].document.statements
    }
    assert found == {("x",): 1, ("another",): 0}
