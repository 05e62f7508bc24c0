"""Whatever stands in the place of a policy, a role or a list of them, the template is read."""

import json
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Root
from leastwise.source.tree import MemoryTree

_DATA = Path(cloudformation.__file__).parents[2] / "data"
NO_VALUE = {"Ref": "AWS::NoValue"}
JUNK: list[object] = [
    None,
    3,
    "x",
    "{",
    "",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    [None, 3, {}, "x"],
    {"Fn::If": ["C", [{}], NO_VALUE]},
    {"Fn::If": ["C", {"Statement": None}, 3]},
    {"Fn::If": ["C"]},
    {"Ref": "Missing"},
    {"Fn::GetAtt": ["X", "Arn"]},
    NO_VALUE,
]


def rows(table: str) -> list[tuple[str, str]]:
    lines = (_DATA / table).read_text("utf-8").splitlines()[1:]
    return [(kind, path) for kind, path, *_ in (line.split(",") for line in lines)]


# Types with readers of their own, and the properties that those look at.
OWN = [
    (kind, name)
    for kind, names in {
        "AWS::IAM::Role": "RoleName Path Policies ManagedPolicyArns PermissionsBoundary Tags",
        "AWS::IAM::User": "UserName Groups Policies ManagedPolicyArns Tags",
        "AWS::IAM::Policy": "Roles Users Groups PolicyDocument",
        "AWS::IAM::ManagedPolicy": "Roles Users Groups PolicyDocument ManagedPolicyName Path",
        "AWS::IAM::RolePolicy": "RoleName PolicyDocument",
        "AWS::IAM::UserToGroupAddition": "GroupName Users",
        "AWS::IAM::InstanceProfile": "InstanceProfileName Roles",
        "AWS::SSO::PermissionSet": "Name InlinePolicy ManagedPolicies PermissionsBoundary"
        " CustomerManagedPolicyReferences",
        "AWS::SSO::Assignment": "PermissionSetArn PrincipalId PrincipalType TargetId",
        "AWS::Organizations::Policy": "Type Content",
        "AWS::Lambda::Permission": "FunctionName Action Principal SourceArn",
        "AWS::Events::EventBusPolicy": "Statement EventBusName Condition Principal",
        "AWS::Budgets::BudgetsAction": "Definition",
        "AWS::SQS::QueuePolicy": "Queues",
        "AWS::Chatbot::SlackChannelConfiguration": "GuardrailPolicies",
    }.items()
    for name in names.split()
]
# One in ten of the roles: all are read by one function.
PLACES = [*OWN, *rows("cfn_policy_properties.csv"), *rows("cfn_role_consumers.csv")[::10]]


def read(resources: dict[str, object]) -> Project:
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": resources,
    }
    tree = MemoryTree({"stack.json": json.dumps(template).encode()})
    return cloudformation.load(Root("cloudformation", "stack.json"), tree, Config())


def placed(path: list[str], value: object) -> dict[str, object]:
    """Put a value at the end of a path; ``[]`` and ``{}`` make lists and maps."""
    for part in reversed(path):
        name = part.rstrip("[]{}")
        if part.endswith("[]"):
            value = [value]
        elif part.endswith("{}"):
            value = {"key": value}
        value = {name: value}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("junk", JUNK, ids=[json.dumps(junk) for junk in JUNK])
def test_nothing_that_stands_in_a_place_stops_the_reading(junk: object) -> None:
    resources: dict[str, object] = {"Last": {"Type": "AWS::IAM::Group"}}
    seen: set[tuple[str, str]] = set()
    for kind, path in PLACES:
        parts = path.split(".")
        for depth in range(1, len(parts) + 1):
            place = (kind, ".".join(parts[:depth]))
            if place not in seen:
                seen.add(place)
                properties = placed([*parts[: depth - 1], parts[depth - 1].rstrip("[]{}")], junk)
                resources[f"X{len(seen)}"] = {"Type": kind, "Properties": properties}
    project = read(resources)
    assert any(p.address == "Last" for p in project.principals)
    assert all(d.remedy for d in project.diagnostics)


@pytest.mark.parametrize("junk", JUNK, ids=[json.dumps(junk) for junk in JUNK])
def test_properties_of_any_shape_are_read(junk: object) -> None:
    kinds = dict.fromkeys(kind for kind, _ in PLACES)
    resources: dict[str, object] = {
        f"X{n}": {"Type": kind, "Properties": junk} for n, kind in enumerate(kinds)
    }
    resources["Last"] = {"Type": "AWS::IAM::Group"}
    assert any(p.address == "Last" for p in read(resources).principals)


@pytest.mark.parametrize(
    "properties", ["!Macro x", "{<<: !Macro x, RoleName: a}"], ids=["tag", "merge"]
)
def test_a_role_whose_properties_are_not_known_may_hold_anything(properties):
    text = f"Resources: {{R: {{Type: AWS::IAM::Role, Properties: {properties}}}}}\n"
    tree = MemoryTree({"t.yaml": text.encode()})
    (role,) = cloudformation.load(Root("cloudformation", "t.yaml"), tree, Config()).principals
    assert role.attachments_open
