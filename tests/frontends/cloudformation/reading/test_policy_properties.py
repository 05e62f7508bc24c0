"""Every property that holds, names or only looks like an IAM policy, one row each.

The rows of ``policy_properties.csv`` are from the schemas of cfn-lint 1.58 (us-east-1), those of
SAM from aws-sam-translator 1.115.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Root
from leastwise.source.tree import MemoryTree

ROWS = tuple(
    tuple(line.split(","))
    for line in (Path(__file__).parent / "policy_properties.csv").read_text().splitlines()[1:]
)
SAM = [row for row in ROWS if "Serverless" in row[0] or row[0] == "Globals"]
DOCUMENTS = ("identity", "trust", "resource", "session", "scp")
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
READ_AS = {
    "AWS::IoT::Policy": ("identity", "ignored"),  # held by certificates
    "AWS::EC2::VPCEndpoint": ("endpoint", "ignored"),
    "AWS::IAM::Policy": ("identity", "unattached"),
    "AWS::IAM::ManagedPolicy": ("identity", "unattached"),
}
NO_DOCUMENT = {
    ("AWS::RAM::Permission", "PolicyTemplate"),  # one statement without principal and resource
    ("AWS::RolesAnywhere::Profile", "ManagedPolicyArns"),  # names session policies, see below
    ("AWS::EMR::StudioSessionMapping", "SessionPolicyArn"),
    ("AWS::Events::EventBusPolicy", "Statement"),  # one statement, see test_grants
}
BESIDE = {
    "AWS::Organizations::Policy": {"Type": "SERVICE_CONTROL_POLICY"},
}


def load(template: object) -> Project:
    tree = MemoryTree({"stack.json": json.dumps(template).encode()})
    return cloudformation.load(Root("cloudformation", "stack.json"), tree, Config())


def template(kind: str, path: str, value: object) -> dict[str, object]:
    top, *inner = path.split(".")
    for name in reversed(inner):
        value = {name.removesuffix("[]"): [value] if name.endswith("[]") else value}
    properties = {top.removesuffix("[]"): [value] if top.endswith("[]") else value}
    one = {"Type": kind, "Properties": {**BESIDE.get(kind, {}), **properties}}
    return {"Resources": {"X": one}}


def of_kind(*kinds: str) -> list[tuple[str, ...]]:
    return [row for row in ROWS if row[2] in kinds and row not in SAM]


def named(rows: list[tuple[str, ...]]) -> list[str]:
    return [f"{kind}.{path}" for kind, path, _ in rows]


HOLDING = [row for row in of_kind(*DOCUMENTS) if row[:2] not in NO_DOCUMENT]


def test_the_table_has_every_property_that_was_found() -> None:
    assert Counter(kind for _, _, kind in ROWS) == {
        "resource": 83,
        "not-iam": 25,
        "managed-attachment-ref": 20,
        "grant": 11,
        "identity": 12,
        "boundary-ref": 9,
        "session": 5,
        "embedded-template": 3,
        "scp": 1,
        "trust": 2,
    }


@pytest.mark.parametrize(("kind", "path", "meaning"), HOLDING, ids=named(HOLDING))
def test_a_property_with_a_document_is_a_policy(kind: str, path: str, meaning: str) -> None:
    found = load(template(kind, path, DOCUMENT))
    # A role without a trust policy has one that is not known.
    policies = [p for p in found.policies if p.document.opaque is None]
    use = "attached" if meaning in ("identity", "trust", "resource") else "ignored"
    expected = READ_AS.get(kind, (meaning, use))
    assert [(p.address, p.attribute, (p.kind, p.consumption)) for p in policies] == [
        ("X", path.replace("[]", "[0]"), expected)
    ]
    assert len(policies[0].document.statements) == 1


ENCODINGS = {
    "JSON": json.dumps(DOCUMENT),
    "substituted": {"Fn::Sub": json.dumps(DOCUMENT)},
    "ToJsonString": {"Fn::ToJsonString": DOCUMENT},
    "joined": {"Fn::Join": ["", [json.dumps(DOCUMENT)[:40], json.dumps(DOCUMENT)[40:]]]},
    "alternatives that say the same": {"Fn::If": ["C", DOCUMENT, json.dumps(DOCUMENT)]},
}


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_the_same_policy_in_every_encoding_is_the_same(encoding: object) -> None:
    for kind, path, _ in HOLDING:
        written = template(kind, path, encoding)
        written["Parameters"] = {"P": {"Type": "String", "Default": "x"}}
        written["Conditions"] = {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}
        expected = {p.document for p in load(template(kind, path, DOCUMENT)).policies}
        assert {p.document for p in load(written).policies} == expected, (kind, path)


@pytest.mark.parametrize(
    ("kind", "path", "meaning"), of_kind("not-iam"), ids=named(of_kind("not-iam"))
)
@pytest.mark.parametrize("written", [DOCUMENT, json.dumps(DOCUMENT)], ids=["object", "JSON"])
def test_a_look_alike_is_never_read(kind: str, path: str, meaning: str, written: object) -> None:
    found = load(template(kind, path, written))
    assert (meaning, found.policies, found.principals, found.diagnostics) == ("not-iam", (), (), ())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::RolesAnywhere::Profile", "ManagedPolicyArns"),
        ("AWS::Chatbot::SlackChannelConfiguration", "GuardrailPolicies"),
        ("AWS::Chatbot::MicrosoftTeamsChannelConfiguration", "GuardrailPolicies"),
        ("AWS::EMR::StudioSessionMapping", "SessionPolicyArn"),
        ("AWS::DataZone::EnvironmentBlueprintConfiguration", "EnvironmentRolePermissionBoundary"),
    ],
)
def test_a_managed_policy_that_only_limits_grants_nothing(kind: str, name: str) -> None:
    listed = name.endswith(("s", "Policies"))
    value: object = [{"Ref": "Cap"}] if listed else {"Ref": "Cap"}
    cap = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}}
    resources = {"Cap": cap, "X": {"Type": kind, "Properties": {name: value}}}
    found = [p for p in load({"Resources": resources}).policies if p.address == "Cap"]
    assert [(p.kind, p.consumption) for p in found] == [("session", "ignored")]


def test_types_of_organization_policies_that_are_not_iam_are_left_alone() -> None:
    for name in ("TAG_POLICY", "BACKUP_POLICY", "AISERVICES_OPT_OUT_POLICY", "CHATBOT_POLICY"):
        one = template("AWS::Organizations::Policy", "Content", DOCUMENT)
        one["Resources"]["X"]["Properties"]["Type"] = name  # type: ignore[index]
        assert load(one).policies == ()
    one["Resources"]["X"]["Properties"]["Type"] = "RESOURCE_CONTROL_POLICY"  # type: ignore[index]
    assert [(p.kind, p.consumption) for p in load(one).policies] == [("rcp", "ignored")]
