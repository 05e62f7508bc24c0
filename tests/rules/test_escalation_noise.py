"""What escalation rules only note, or leave out: whom nobody sees, and what AWS sets up itself."""

import json

import pytest
from tests.rules.worked import find, find_terraform

from leastwise.source.tree import MemoryTree

GLUE = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"


def allow(actions, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": "*"} | more


def levels(*statements, kind="Role", managed=()):
    """Return the levels of the escalation paths of somebody with some statements, by path."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    properties = {"ManagedPolicyArns": list(managed)}
    if statements:
        properties["Policies"] = [{"PolicyName": "p", "PolicyDocument": policy}]
    if kind == "Role":
        named = {"AWS": "arn:aws:iam::111122223333:role/somebody"}
        trust = {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole"}
        properties["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [trust]}
    template = {"Resources": {"Subject": {"Type": f"AWS::IAM::{kind}", "Properties": properties}}}
    findings = find(MemoryTree({"template.yaml": json.dumps(template).encode()})).findings
    return {f.rule: f.level for f in findings if f.rule.startswith("escalation/")}


@pytest.mark.parametrize("action", ["iam:DetachRolePolicy", "iam:DeleteUserPolicy"])
def test_who_takes_policies_off_others_gives_them_nothing(action):
    assert levels(allow(action)) == {}


@pytest.mark.parametrize(
    ("action", "rule", "level"),
    [
        ("iam:CreateAccessKey", "escalation/iam-create-access-key", "warning"),
        ("iam:UpdateAccessKey", "escalation/iam-update-access-key", "note"),
        ("codebuild:StartBuild", "escalation/existing-codebuild-start-build", "note"),
    ],
    ids=["core", "extended", "it only runs what is there"],
)
def test_a_path_to_whom_nobody_sees_is_a_note_where_few_have_published_it(action, rule, level):
    assert levels(allow(action)) == {rule: level}


def test_what_aws_grants_to_service_roles_itself_is_only_noted():
    assert set(levels(managed=[GLUE]).values()) == {"note"}
    assert "warning" in levels(allow("glue:*")).values()


def test_whom_nobody_sees_is_only_noted_beside_a_sure_way_to_everything():
    both = levels(allow(["iam:PutUserPolicy"]), allow("lambda:UpdateFunctionCode"), kind="User")
    assert both["escalation/iam-put-user-policy-self"] == "error"
    assert both["escalation/existing-lambda-update-code"] == "note"
    alone = levels(allow("lambda:UpdateFunctionCode"), kind="User")
    assert alone == {"escalation/existing-lambda-update-code": "warning"}


def test_what_a_service_of_aws_keeps_is_not_taken_for_anybodys():
    actions = ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]
    kept = {"StringEquals": {"ec2:ManagedResourceOperator": "ecs.amazonaws.com"}}
    rule = "escalation/existing-ec2-launch-template"
    assert levels(allow(actions)) == {rule: "warning"}
    assert levels(allow(actions, Condition=kept)) == {}


def test_setting_a_tag_is_a_path_only_where_a_tag_decides():
    rule = "escalation/iam-tag-target-abac"
    tags = allow("ec2:CreateTags")
    tagged = {"StringEquals": {"aws:ResourceTag/team": "ops"}}
    assert rule not in levels(tags, allow("ssm:StartSession"))
    assert levels(tags, allow("ssm:StartSession", Condition=tagged)) == {rule: "note"}


def test_who_assumes_a_role_that_may_assume_others_elsewhere_gains_no_credentials():
    files = """
    resource "aws_iam_role" "hub" {
      name               = "hub"
      assume_role_policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.dev.arn } }]
      })
    }
    resource "aws_iam_role_policy" "hub" {
      role   = aws_iam_role.hub.id
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::444455556666:role/deploy" }]
      })
    }
    resource "aws_iam_user" "dev" {
      name = "dev"
    }
    """
    found = [f for f in find_terraform(files).findings if f.rule.startswith("escalation/")]
    assert found == []


SCHEDULED = """
resource "aws_iam_role" "held" {
  name               = "held"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "held" {
  role   = aws_iam_role.held.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = "*" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.task.arn },
    ]
  })
}
resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "task" {
  role   = aws_iam_role.task.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }]
  })
}
"""
TARGET = """
resource "aws_cloudwatch_event_target" "nightly" {
  rule     = "nightly"
  arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/main"
  role_arn = aws_iam_role.held.arn
}
"""


@pytest.mark.parametrize(("users", "level"), [("", "warning"), (TARGET, "note")])
def test_a_service_that_starts_tasks_as_it_is_meant_to_is_only_noted(users, level):
    rule = "escalation/passrole-ecs-runtask-override"
    found = {f.rule: f.level for f in find_terraform(SCHEDULED + users).findings}
    assert found[rule] == level


def linked(service, name, managed=()):
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {
        "RoleName": name,
        "Path": f"/aws-service-role/{service}/",
        "Arn": f"arn:aws:iam::111122223333:role/aws-service-role/{service}/{name}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [],
        "AttachedManagedPolicies": [
            {
                "PolicyName": policy,
                "PolicyArn": f"arn:aws:iam::aws:policy/aws-service-role/{policy}",
            }
            for policy in managed
        ],
    }


def in_account(roles, *statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    user = {
        "UserName": "dev",
        "Path": "/",
        "Arn": "arn:aws:iam::111122223333:user/dev",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document}],
    }
    account = {"UserDetailList": [user], "RoleDetailList": list(roles)}
    findings = find(MemoryTree({"account.json": json.dumps(account).encode()})).findings
    return {f.rule: f.level for f in findings if f.rule.startswith("escalation/")}


def test_roles_linked_to_services_are_no_subjects():
    roles = [
        linked(
            "autoscaling.amazonaws.com",
            "AWSServiceRoleForAutoScaling",
            ["AutoScalingServiceRolePolicy"],
        ),
        linked("ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM", ["AmazonSSMServiceRolePolicy"]),
        linked("ecs.amazonaws.com", "AWSServiceRoleForECS", ["AmazonECSServiceRolePolicy"]),
    ]
    assert in_account(roles) == {}


def test_roles_linked_to_services_are_not_passed_to_anything():
    role = linked("lambda.amazonaws.com", "AWSServiceRoleForFunctions")
    everything = {"Version": "2012-10-17", "Statement": [allow("*")]}
    role["RolePolicyList"] = [{"PolicyName": "p", "PolicyDocument": everything}]
    own = role | {"RoleName": "own", "Arn": "arn:aws:iam::111122223333:role/own", "Path": "/"}
    legs = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
    rule = "escalation/passrole-lambda-create-invoke"
    assert in_account([own], legs)[rule] == "error"
    assert "error" not in in_account([role], legs).values()
    assert in_account([role], allow("iam:PassRole")) == {}


WOULD_BE_ADMINISTRATOR = """
variable "admin" {
  type = bool
}
resource "aws_iam_user" "dev" {
  name = "dev"
}
resource "aws_iam_user_policy_attachment" "admin" {
  count      = var.admin ? 1 : 0
  user       = aws_iam_user.dev.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
PERMISSION_SET = """
resource "aws_ssoadmin_permission_set" "dev" {
  name         = "dev"
  instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
}
resource "aws_ssoadmin_permission_set_inline_policy" "dev" {
  instance_arn       = aws_ssoadmin_permission_set.dev.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.dev.arn
  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:AttachRolePolicy"], Resource = "*" }]
  })
}
"""


def test_what_would_make_an_administrator_is_told_as_that_alone():
    found = [(f.rule, f.level) for f in find_terraform(WOULD_BE_ADMINISTRATOR).findings]
    assert ("wildcard/admin", "warning") in found
    assert [rule for rule, _ in found if rule.startswith("escalation/")] == []


def test_the_role_of_a_permission_set_is_not_changed_by_itself():
    found = find_terraform(PERMISSION_SET).findings
    said = [f.message for f in found if f.rule == "escalation/iam-attach-role-policy-self"]
    assert [" to itself" in message for message in said] == [False]
