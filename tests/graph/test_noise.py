"""Which grants are put aside before the engine is asked about one more role."""

import pytest
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.graph.calls.noise import is_of_others
from leastwise.graph.closure.actors import actor_of
from leastwise.graph.closure.reach import graph_of
from leastwise.source.tree import MemoryTree

TEMPLATE = """
Resources:
  Caller:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: pass
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "iam:PassRole", Resource: RESOURCE}
  Named:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
  Other:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
"""


@pytest.mark.parametrize(
    ("resource", "role", "expected"),
    [
        ("!GetAtt Named.Arn", "Other", True),
        ("!GetAtt Named.Arn", "Named", False),
        ("[!GetAtt Named.Arn, !GetAtt Other.Arn]", "Other", False),
        ("[!GetAtt Named.Arn, 'arn:aws:iam::*:role/*']", "Other", False),
        ("[!GetAtt Named.Arn, 'arn:aws:iam::111122223333:role/${aws:username}']", "Other", False),
        ("'arn:aws:iam::111122223333:user/somebody'", "Other", True),
        ("'*'", "Other", False),
    ],
)
def test_grant_on_a_role_of_unknown_name_is_not_one_on_another(resource, role, expected):
    text = TEMPLATE.replace("RESOURCE", resource).encode()
    project = load(MemoryTree({"template.yaml": text}))
    roles = {one.address: one for one in project.principals}
    graph, caller = graph_of(project, Config()), actor_of(roles["Caller"])
    grants = graph.asking.statements.grants(caller, "iam:PassRole")
    assert is_of_others(caller, grants, roles[role], graph.people) is expected
