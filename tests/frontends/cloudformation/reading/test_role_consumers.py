"""Which resource uses which role, and for what."""

import json
from collections import Counter
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Root
from leastwise.source.tree import MemoryTree

ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, Path: /team/, AssumeRolePolicyDocument: {Statement: []}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Named:
    Type: AWS::IAM::InstanceProfile
    Properties: {InstanceProfileName: named, Roles: [!Ref Role]}
"""
DECLARED = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/team/app"


def load(resources: str, head: str = "") -> Project:
    tree = MemoryTree({"stack.yaml": f"{head}Resources:{ROLE}{resources}\n".encode()})
    return cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())


def used(project: Project) -> list[tuple[str, str, str, str | None]]:
    return [
        (r.address, str(r.runs_as), r.role_attribute, r.role_use)
        for r in project.resources
        if r.runs_as is not None and r.type != "AWS::IAM::InstanceProfile"
    ]


@pytest.mark.parametrize(
    ("kind", "properties", "label", "use"),
    [
        ("AWS::Lambda::Function", "Role: !GetAtt Role.Arn", "Role", "workload"),
        ("AWS::Lambda::Function", "Role: !Sub '${Role.Arn}'", "Role", "workload"),
        (
            "AWS::Lambda::Function",
            "Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/team/app'",
            "Role",
            "workload",
        ),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn: !Ref Role", "TaskRoleArn", "workload"),
        ("AWS::ECS::TaskDefinition", "ExecutionRoleArn: app", "ExecutionRoleArn", "service"),
        (
            "AWS::EC2::Instance",
            "IamInstanceProfile: !Ref Profile",
            "IamInstanceProfile",
            "workload",
        ),
        ("AWS::EC2::Instance", "IamInstanceProfile: named", "IamInstanceProfile", "workload"),
        (
            "AWS::EC2::LaunchTemplate",
            "LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}",
            "LaunchTemplateData.IamInstanceProfile.Arn",
            "workload",
        ),
        (
            "AWS::Events::Rule",
            "Targets: [{Id: a}, {Id: b, RoleArn: !GetAtt Role.Arn}]",
            "Targets[1].RoleArn",
            "service",
        ),
        ("AWS::Redshift::Cluster", "IamRoles: [!GetAtt Role.Arn]", "IamRoles[0]", "service"),
        (
            "AWS::Cognito::IdentityPoolRoleAttachment",
            "Roles: {authenticated: !GetAtt Role.Arn}",
            "Roles.authenticated",
            "workload",
        ),
        (
            "AWS::Cognito::IdentityPoolRoleAttachment",
            "RoleMappings: {m: {RulesConfiguration: {Rules: [{RoleARN: !GetAtt Role.Arn}]}}}",
            "RoleMappings.m.RulesConfiguration.Rules[0].RoleARN",
            "workload",
        ),
    ],
)
def test_a_resource_uses_the_role_that_it_names(
    kind: str, properties: str, label: str, use: str
) -> None:
    project = load(f"  X: {{Type: {kind}, Properties: {{{properties}}}}}")
    assert used(project) == [("X", DECLARED, label, use)]


def test_a_role_of_elsewhere_is_told_as_it_is_written() -> None:
    project = load(
        "  X: {Type: AWS::Lambda::Function, Properties: {Role: 'arn:aws:iam::111122223333:role/r'}}\n"
        "  Y: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: elsewhere}}\n"
        "  Z: {Type: AWS::Lambda::Function, Properties: {Role: !Ref P}}",
        "Parameters: {P: {Type: String}}\n",
    )
    assert used(project) == [
        ("X", "arn:aws:iam::111122223333:role/r", "Role", "workload"),
        ("Z", "${P}", "Role", "workload"),
    ]


def test_a_role_that_a_condition_chooses_is_used_in_each_world() -> None:
    project = load(
        "  X: {Type: AWS::Lambda::Function, Properties: {Role: !If [C, !GetAtt Role.Arn, other]}}",
        "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n",
    )
    assert [row[1] for row in used(project)] == [DECLARED, "other"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Bedrock::Prompt", "Variants: [{TemplateConfiguration: {Chat: {Messages: [{Role: user}]}}}]"),
        ("AWS::EMR::InstanceGroupConfig", "InstanceRole: CORE"),
        ("AWS::RDS::DBProxyEndpoint", "TargetRole: READ_ONLY"),
        ("AWS::Lambda::Function", "Role: {a: b}"),
        ("AWS::ApiGateway::Method", "Integration: {Credentials: 'arn:aws:iam::*:user/*'}"),
        ("AWS::Lambda::Function", "Role: !Ref AWS::NoValue"),
    ],
)  # fmt: skip
def test_what_is_no_role_of_iam_is_left_alone(kind: str, properties: str) -> None:
    assert used(load(f"  X: {{Type: {kind}, Properties: {{{properties}}}}}")) == []


def test_every_property_of_the_table_names_a_role() -> None:
    data = Path(cloudformation.__file__).parents[2] / "data" / "cfn_role_consumers.csv"
    rows = [line.split(",") for line in data.read_text("utf-8").splitlines()[1:]]
    rows = [row for row in rows if row[2].partition("&")[0] not in ("code", "image")]
    arn = "arn:aws:iam::111122223333:role/r"
    resources: dict[str, object] = {
        "Profile": {
            "Type": "AWS::IAM::InstanceProfile",
            "Properties": {"InstanceProfileName": arn, "Roles": [arn]},
        },
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateName": arn,
                "LaunchTemplateData": {"IamInstanceProfile": {"Name": arn}},
            },
        },
    }
    expected: Counter[tuple[str, str]] = Counter()
    for number, (kind, written, use) in enumerate(rows):
        value: object = arn
        path, _, setting = written.partition("?")
        if setting:
            path, last = path.rsplit(".", 1)
            name, _, wanted = setting.partition("=")
            value = {last: arn, name: wanted}
        for part in reversed(path.split(".")):
            value = [value] if part.endswith("[]") else value
            value = {"k": value} if part.endswith("{}") else value
            value = {part.rstrip("[]{}"): value}
        resources[f"X{number}"] = {"Type": kind, "Properties": value}
        expected[kind, "service" if use == "service" else "workload"] += 1
    tree = MemoryTree({"stack.json": json.dumps({"Resources": resources}).encode()})
    project = cloudformation.load(Root("cloudformation", "stack.json"), tree, Config())
    known = "Template", "Profile"
    found = [r for r in project.resources if r.runs_as is not None and r.address not in known]
    assert {str(r.runs_as) for r in found} == {arn}
    assert Counter((r.type, str(r.role_use)) for r in found) == expected
    assert (len(rows), len(found)) == (672, 672)
