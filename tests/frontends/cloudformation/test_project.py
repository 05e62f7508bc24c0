"""Principals, policies and attachments of whole templates."""

import json

import pytest
import yaml
from tests.frontends.cloudformation.loaded import codes, document, load, policy, principal

from leastwise.source.text import source_spans

TRUST = """
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
"""
ROLE = f"""
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:{TRUST}"""


def test_a_role_carries_all_that_its_own_resource_says():
    project = load(
        ROLE
        + """
      RoleName: app
      Path: /team/
      PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess
      Tags: [{Key: team, Value: core}]
      Policies:
        - PolicyName: inline
          PolicyDocument:
            Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}
"""
    )
    role = principal(project, "App")
    assert str(role.id.name) == "team/app"
    assert role.kind == "role"
    assert role.trust.document.statements[0].actions.globs[0].literal == "sts:AssumeRole"
    assert role.boundary.policy.arn.literal == "arn:aws:iam::aws:policy/PowerUserAccess"
    assert [(k.literal, v.literal) for k, v in role.tags] == [("team", "core")]
    assert [(a.how, a.policy.attribute, a.policy.aws_managed) for a in role.attachments] == [
        ("inline", "Policies[0].PolicyDocument", False),
        ("managed", role.attachments[1].policy.attribute, True),
    ]
    assert project.diagnostics == ()
    assert project.files == ("stack.yaml",)


def test_policies_of_their_own_find_the_principals_they_name():
    project = load(
        """
Resources:
  Ops: {Type: 'AWS::IAM::Group', Properties: {GroupName: ops}}
  Ann:
    Type: AWS::IAM::User
    Properties: {UserName: ann, Groups: [!Ref Ops]}
  Bob: {Type: 'AWS::IAM::User', Properties: {UserName: bob}}
  Join:
    Type: AWS::IAM::UserToGroupAddition
    Properties: {GroupName: ops, Users: [!Ref Bob]}
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Groups: [ops]
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}]}
  One:
    Type: AWS::IAM::UserPolicy
    Properties:
      PolicyName: one
      UserName: !Ref Ann
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'sns:*', Resource: '*'}]}
  Loose:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'ec2:*', Resource: '*'}]}
"""
    )
    held = {
        p.address: [(a.policy.address, a.how, a.via) for a in p.attachments]
        for p in project.principals
    }
    assert held == {
        "Ops": [("Shared", "managed", None)],
        "Ann": [("One", "inline", None), ("Shared", "managed", "Ops")],
        "Bob": [("Shared", "managed", "Ops")],
    }
    assert policy(project, "Loose").consumption == "unattached"
    assert policy(project, "Shared").consumption == "attached"


def test_a_managed_policy_of_the_template_is_attached_by_reference():
    project = load(
        ROLE
        + """
      ManagedPolicyArns: [!Ref Mine]
  Mine:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}]}
"""
    )
    (attachment,) = principal(project, "App").attachments
    assert attachment.policy.address == "Mine"


def test_a_condition_that_is_not_known_guards_what_it_creates():
    project = load(
        """
Parameters: {Stage: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns:
        - !If [IsProd, 'arn:aws:iam::aws:policy/AdministratorAccess', !Ref AWS::NoValue]
      Policies:
        - !If
          - IsProd
          - PolicyName: a
            PolicyDocument: {Statement: [{Effect: Allow, Action: 'a:*', Resource: '*'}]}
          - !Ref AWS::NoValue
  Extra:
    Type: AWS::IAM::Policy
    Condition: IsProd
    Properties:
      Roles: [!Ref App]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: 'b:*', Resource: '*'}
          - !If [IsProd, {Effect: Allow, Action: 'c:*', Resource: '*'}, !Ref AWS::NoValue]
"""
    )
    found = {
        s.actions.globs[0].literal: [(a.id, a.outcome) for a in s.when]
        for attachment in principal(project, "App").attachments
        for s in attachment.policy.document.statements
    }
    guard = [("stack.yaml|Ref Stage", "prod")]
    assert found == {"a:*": guard, "*": guard, "b:*": guard, "c:*": guard}
    assert project.diagnostics == ()


def test_a_resource_whose_condition_is_false_does_not_exist():
    project = load(
        """
Parameters: {Stage: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  App: {Type: 'AWS::IAM::Role', Condition: IsProd, Properties: {}}
"""
    )
    assert project.principals == ()


def test_resource_policies_are_read_and_look_alikes_are_not():
    project = load(
        """
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}]}
  Table:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      Replicas:
        - Region: eu-west-1
        - Region: us-east-1
          ResourcePolicy:
            PolicyDocument: {Statement: {Effect: Deny, Principal: '*', Action: '*', Resource: '*'}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      PolicyDocument: {Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}}
  Guard:
    Type: AWS::Organizations::Policy
    Properties:
      Type: SERVICE_CONTROL_POLICY
      Content: {Statement: {Effect: Deny, Action: 'iam:*', Resource: '*'}}
  Tags:
    Type: AWS::Organizations::Policy
    Properties: {Type: TAG_POLICY, Content: {tags: {}}}
  Sub: {Type: 'AWS::SNS::Subscription', Properties: {FilterPolicy: {Statement: [x]}}}
"""
    )
    assert [(p.address, p.attribute, p.kind, p.consumption) for p in project.policies] == [
        ("Key", "KeyPolicy", "resource", "attached"),
        ("Table", "Replicas[1].ResourcePolicy.PolicyDocument", "resource", "attached"),
        ("Endpoint", "PolicyDocument", "endpoint", "ignored"),
        ("Guard", "Content", "scp", "ignored"),
    ]
    assert [r.address for r in project.resources] == ["Key", "Table", "Endpoint"]
    assert codes(project) == []


def test_a_permission_set_is_the_roles_that_identity_center_makes_of_it():
    project = load(
        """
Resources:
  Admins:
    Type: AWS::SSO::PermissionSet
    Properties:
      Name: Admins
      InstanceArn: arn:aws:sso:::instance/ssoins-1
      ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']
      InlinePolicy: {Statement: [{Effect: Deny, Action: 'iam:*', Resource: '*'}]}
"""
    )
    found = principal(project, "Admins")
    assert found.kind == "permission-set"
    assert [a.how for a in found.attachments] == ["inline", "managed"]
    assert ":role/aws-reserved/sso.amazonaws.com/" in str(found.arn)


DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Action": ["iam:PassRole", "s3:Get*"],
            "Resource": "arn:aws:s3:::b\u00e9/*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        }
    ],
}


def encodings():
    """Write one template in every encoding: the place of the policy differs, not its meaning."""
    body = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"P": body}}
    yield "json", json.dumps(template)
    yield "json-indented", json.dumps(template, indent=2, ensure_ascii=False)
    yield "yaml", yaml.safe_dump(template, allow_unicode=True)
    yield "yaml-flow", yaml.safe_dump(template, default_flow_style=True)
    yield "yaml-double", yaml.safe_dump(template, default_style='"')
    yield "yaml-crlf", yaml.safe_dump(template, allow_unicode=True).replace("\n", "\r\n")
    yield "yaml-bom", "\ufeff" + yaml.safe_dump(template, allow_unicode=True)
    head = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    block = json.dumps(DOCUMENT, indent=2, ensure_ascii=False).replace("\n", "\n        ")
    yield "json-in-block", f"{head}      PolicyDocument: |\n        {block}\n"
    yield "json-in-folded", f"{head}      PolicyDocument: >-\n        {block}\n"
    yield "json-in-sub", f"{head}      PolicyDocument: !Sub |\n        {block}\n"
    yield "json-in-single", f"{head}      PolicyDocument: '{json.dumps(DOCUMENT)}'\n"
    yield "json-in-double", f"{head}      PolicyDocument: {json.dumps(json.dumps(DOCUMENT))}\n"
    body["Properties"] = {"PolicyDocument": json.dumps(DOCUMENT)}
    yield "json-in-json", json.dumps(template)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in encodings()])
def test_one_policy_in_every_encoding_is_one_document_at_its_own_bytes(text):
    project = load(text)
    assert project.diagnostics == ()
    found = policy(project, "P")
    reference = policy(load(next(encodings())[1]), "P")
    assert found.document == reference.document
    assert found.resolution == "concrete"
    data = text.encode()
    action = found.document.statements[0].actions.globs[0]
    places = source_spans(action.origin.pieces[0])
    assert [data[s.start : s.end] for s in places] == [b"iam:PassRole"]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in encodings()])
def test_an_edit_at_a_literal_changes_that_string_and_no_other(text):
    data = text.encode()
    action = policy(load(data), "P").document.statements[0].actions.globs[0]
    (span,) = source_spans(action.origin.pieces[0])
    edited = data[: span.start] + b"iam:GetRole" + data[span.end :]
    after = policy(load(edited), "P").document.statements[0]
    assert [g.literal for g in after.actions.globs] == ["iam:GetRole", "s3:Get*"]
    assert after.resources.globs[0].literal == "arn:aws:s3:::b\u00e9/*"
    assert after.sid == "One"


def test_policy_text_with_unknown_parts_is_symbolic_not_opaque():
    project = load(
        """
Parameters: {B: {Type: String}}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: !Sub |
        {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${B}"}]}
"""
    )
    assert policy(project, "P").resolution == "symbolic"
    assert document(project, "P")["Statement"][0]["Resource"] == "arn:aws:s3:::${B}"


def test_what_is_made_elsewhere_is_listed_not_lost():
    project = load(
        """
Transform: AWS::Serverless-2016-10-31
Resources:
  New: {Type: 'AWS::Serverless::Unheard', Properties: {Policies: [AdministratorAccess]}}
  Own: {Type: 'AWS::Serverless::Function', Properties: {Role: 'arn:aws:iam::1:role/x'}}
  Net: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: net.yaml}}
  Fn::ForEach::Roles: [X, [a, b], {'Role${X}': {Type: 'AWS::IAM::Role'}}]
"""
    )
    assert [n.kind for n in project.not_in_view] == ["sam", "nested-stack"]
    assert codes(project) == [("warning", "language-extensions")]
    assert [p.address for p in project.principals] == ["Rolea", "Roleb"]


def test_names_built_on_names_do_not_explode():
    links = "".join(
        f"  R{n}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '${{R{n - 1}}}${{R{n - 1}}}'}}}}\n"
        for n in range(1, 60)
    )
    project = load(
        "Resources:\n  R0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: a}}\n"
        + links
        + "  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
        "        Statement: [{Effect: Allow, Action: '*', Resource: !GetAtt R59.Arn}]\n"
    )
    assert policy(project, "P").resolution in ("symbolic", "environment")


def test_a_string_of_many_placeholders_is_given_up_in_time():
    text = "Parameters: {A: {Type: String, Default: x}}\nResources:\n  P:\n"
    text += "    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
    text += (
        f"        Statement: [{{Effect: Allow, Action: !Sub '{'${A}' * 50_000}', Resource: '*'}}]\n"
    )
    assert policy(load(text), "P").resolution == "action-unknown"


def test_every_truncation_of_a_template_loads():
    text = (
        ROLE
        + "      ManagedPolicyArns: [!Sub '${X}', \"a\\u00e9\"]\n      Policies: |\n        {x\n"
    )
    for data in (text.encode(), next(encodings())[1].encode()):
        for end in range(len(data) + 1):
            load(data[:end])
