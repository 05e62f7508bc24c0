"""Templates let go of a policy wherever they attach it, proved on the text that is left."""

from tests.fixes.test_second_look import needs_cfn_lint
from tests.fixes.worked import ADMIN, fixed, texts

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
HEAD = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
Resources:
"""
USER = "  App:\n    Type: AWS::IAM::User\n    Properties:\n      ManagedPolicyArns:"
SET = """  Ops:
    Type: AWS::SSO::PermissionSet
    Condition: Dev
    Properties:
      Name: ops
      InstanceArn: arn:aws:sso:::instance/ssoins-1234567890abcdef
      ManagedPolicies:
"""
ASSIGNED = """  To:
    Type: AWS::SSO::Assignment
    Condition: Dev
    Properties:
      InstanceArn: arn:aws:sso:::instance/ssoins-1234567890abcdef
      PermissionSetArn: !GetAtt Ops.PermissionSetArn
      PrincipalType: GROUP
      PrincipalId: 11111111-2222-3333-4444-555555555555
      TargetId: '111122223333'
      TargetType: AWS_ACCOUNT
"""
JSON = """{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Parameters": {"Stage": {"Type": "String"}},
  "Conditions": {"Dev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}},
  "Resources": {
    "App": {"Type": "AWS::IAM::User", "Properties": {
      "ManagedPolicyArns": {"Fn::If": ["Dev", %s, ["READ"]]}}}
  }
}
"""
FILES = {
    "branch.yaml": (
        f"{HEAD}{USER}\n        # in dev only\n        - !If [Dev, '{ADMIN}', '{READ}']\n",
        f"{HEAD}{USER}\n        # in dev only\n        - !If [Dev, !Ref AWS::NoValue, '{READ}']\n",
    ),
    "permission-set.yaml": (
        f"{HEAD}{SET}        - {ADMIN} # all of it\n        - {READ}\n{ASSIGNED}",
        f"{HEAD}{SET}        - {READ}\n{ASSIGNED}",
    ),
    "list.json": (
        JSON.replace("READ", READ) % f'["{ADMIN}"]',
        JSON.replace("READ", READ) % '{"Ref": "AWS::NoValue"}',
    ),
}


@needs_cfn_lint
def test_a_template_lets_go_of_administrator_access() -> None:
    # All at once: cfn-lint takes its time to start.
    found = fixed({path: before for path, (before, _) in FILES.items()})
    assert texts(found) == {path: after for path, (_, after) in FILES.items()}
