"""What somebody gains by acting as somebody else."""

import pytest
from tests.rules.worked import load

from leastwise.iam.policy import PolicyDocument
from leastwise.rules.gain import gain
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
    ("action", "level"),
    [
        ("secretsmanager:GetSecretValue", "error"),
        ("ssm:GetParameter", "warning"),  # most parameters are plain configuration
        ("ssm:GetParametersByPath", "warning"),
    ],
)
def test_parameters_are_data_and_secrets_are_credentials(action, level):
    statement = f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
    assert gain(access(statement, "runner"), access(LOGS, "ci")) == (level, action)


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        (("error", "warning", "note"), ("error", "iam:PutRolePolicy")),
        (("warning", "note"), ("warning", "s3:GetObject")),
        (("note",), None),
    ],
)
def test_only_the_strengths_that_are_of_interest_are_told(levels, found):
    assert gain(access(MIXED, "runner"), access(LOGS, "ci"), levels) == found
