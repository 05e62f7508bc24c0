"""What somebody gains by acting as somebody else."""

import pytest
from tests.rules.worked import load

from leastwise.graph.gain import gain
from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import EffectiveAccess
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
