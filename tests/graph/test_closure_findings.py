"""What a check says of chains that no path of the catalogue holds by itself."""

import json

import pytest

from leastwise.api.rule_examples import load
from leastwise.config.model import Config
from leastwise.graph.closure.reach import graph_of
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

IAM = "arn:aws:iam::111122223333:"
ACCOUNT = {"AWS": f"{IAM}root"}


def allow(*actions, on="*", **condition):
    statement = {"Effect": "Allow", "Action": [*actions], "Resource": on}
    return statement | ({"Condition": condition} if condition else {})


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": [*statements]}


def role(name, *statements, lets_in=ACCOUNT, by="sts:AssumeRole", limit=None):
    entry = {
        "RoleName": name,
        "Arn": f"{IAM}role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": policy({"Effect": "Allow", "Principal": lets_in, "Action": by}),
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(*statements)}],
    }
    if limit is not None:
        arn = f"{IAM}policy/{limit}"
        entry["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        }
    return entry


def managed(name, *statements):
    version = {"Document": policy(*statements), "VersionId": "v1", "IsDefaultVersion": True}
    return {
        "PolicyName": name,
        "Arn": f"{IAM}policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [version],
    }


def user(name):
    return {"UserName": name, "Arn": f"{IAM}user/{name}", "Path": "/", "GroupList": []}


def group(name, *statements):
    return {
        "GroupName": name,
        "Arn": f"{IAM}group/{name}",
        "Path": "/",
        "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(*statements)}],
    }


def escalations(roles, policies=(), **others):
    """Return the rule, level and message of each escalation of the role that is called dev."""
    dump = {"RoleDetailList": roles, "Policies": [*policies], **others}
    config = Config()
    project = load(MemoryTree({"account.json": json.dumps(dump).encode()}), config)
    found = evaluate(project, config, chosen(catalogue(), config)).findings
    return [
        (f.rule, f.level, f.message)
        for f in found
        if f.rule.startswith("escalation/") and f.subject.address.endswith("role/dev")
    ]


SERVED = {"Service": "ec2.amazonaws.com"}
LIMIT = managed("limit", allow("s3:GetObject"))
BOUNDED = role("app", allow("*"), limit="limit")


def test_steps_that_lead_to_an_administrator_only_together_are_told():
    roles = [
        role("dev", allow("sts:AssumeRole", on=f"{IAM}role/app"), lets_in=SERVED),
        BOUNDED,
    ]
    assert {level for _, level, _ in escalations(roles, [LIMIT])} <= {"warning", "note"}
    writes = allow("iam:CreatePolicyVersion", on=f"{IAM}policy/limit")
    roles[0]["RolePolicyList"][0]["PolicyDocument"]["Statement"].append(writes)
    found = escalations(roles, [LIMIT])
    told = [message for rule, level, message in found if level == "error"]
    assert len(told) == 1
    assert "can assume role" in told[0]
    assert "gains" in told[0]


PINNED = {"StringEquals": {"iam:PermissionsBoundary": f"{IAM}policy/limit"}}


@pytest.mark.parametrize(
    ("left", "levels"), [(("s3:*", "logs:*"), set()), (("iam:*", "s3:*"), {"error"})]
)
def test_a_boundary_that_has_to_be_set_on_a_new_role_is_told_if_that_can_take_it_off(left, levels):
    roles = [
        role(
            "dev",
            allow("iam:CreateRole", "iam:PutRolePolicy", on=f"{IAM}role/app/*", **PINNED),
            lets_in=SERVED,
        )
    ]
    found = escalations(roles, [managed("limit", allow(*left))])
    assert {level for _, level, _ in found} == levels
    assert all("within the boundary" in message for _, _, message in found)


SAML = {"Federated": f"{IAM}saml-provider/corp"}
OIDC = {"Federated": f"{IAM}oidc-provider/ci.example.com"}
_SIGNED = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}


@pytest.mark.parametrize(
    ("on", "levels"),
    [
        (f"{IAM}saml-provider/corp", {"error"}),
        (f"{IAM}saml-provider/c*", {"error"}),
        ("*", {"error"}),
        (f"{IAM}saml-provider/other", set()),
        ("arn:aws:iam::444455556666:saml-provider/corp", set()),
    ],
)
def test_who_replaces_the_metadata_of_a_provider_is_whoever_it_vouches_for(on, levels):
    admin = role("admin", allow("*"), lets_in=SAML, by="sts:AssumeRoleWithSAML")
    admin["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = _SIGNED
    roles = [role("dev", allow("iam:UpdateSAMLProvider", on=on), lets_in=SERVED), admin]
    found = [f for f in escalations(roles) if f[1] != "note"]
    assert {level for _, level, _ in found} == levels
    assert {rule for rule, _, _ in found} <= {"escalation/iam-update-saml-provider"}


def test_what_an_openid_connect_provider_takes_is_not_in_view():
    on = f"{IAM}oidc-provider/ci.example.com"
    admin = role("admin", allow("*"), lets_in=OIDC, by="sts:AssumeRoleWithWebIdentity")
    call = "iam:AddClientIDToOpenIDConnectProvider"
    roles = [role("dev", allow(call, on=on), lets_in=SERVED), admin]
    assert [(rule, level) for rule, level, _ in escalations(roles)] == [
        ("escalation/iam-oidc-thumbprint", "warning")
    ]


def test_a_provider_that_no_role_trusts_leads_nowhere():
    admin = role("admin", allow("*"), lets_in=OIDC, by="sts:AssumeRoleWithWebIdentity")
    roles = [role("dev", allow("iam:UpdateSAMLProvider"), lets_in=SERVED), admin]
    assert {level for _, level, _ in escalations(roles)} <= {"note"}


@pytest.mark.parametrize(
    ("statement", "users", "level"),
    [
        (allow("iam:CreateUser"), ["ann"], "warning"),
        (allow("s3:GetObject"), ["ann"], "note"),
        (allow("iam:CreateUser"), [], "note"),
    ],
    ids=["a group with more", "a group with little", "nobody to add"],
)
def test_a_role_that_adds_others_to_a_group_is_as_bad_as_what_they_get(statement, users, level):
    found = escalations(
        [role("dev", allow("iam:AddUserToGroup"))],
        UserDetailList=[user(name) for name in users],
        GroupDetailList=[group("sre", statement)],
    )
    assert [(rule, seen) for rule, seen, *_ in found] == [
        ("escalation/iam-add-user-to-group", level)
    ]


EC2 = "arn:aws:ec2:*:*:"
LAUNCHED_FROM = [f"{EC2}{x}/*" for x in ("network-interface", "security-group", "subnet")]
LAUNCHED_FROM += ["arn:aws:ec2:*::image/*"]


@pytest.mark.parametrize(
    ("statements", "levels"),
    [
        ([allow("ec2:RunInstances", on=[*LAUNCHED_FROM, f"{EC2}instance/*"])], {"error"}),
        ([allow("ec2:RunInstances", on=LAUNCHED_FROM)], {"note"}),
        ([allow("ec2:RunInstances", on=f"{EC2}instance/*")], {"note"}),
        (
            [
                allow("ec2:RunInstances"),
                allow("ec2:RunInstances", on=f"{EC2}instance/*") | {"Effect": "Deny"},
            ],
            {"note"},
        ),
        ([allow("ec2:RunInstances", Null={"ec2:InstanceProfile": "true"})], {"note"}),
    ],
    ids=["all", "no instance", "only the instance", "the instance denied", "without a profile"],
)
def test_an_instance_is_launched_only_where_each_part_of_the_call_is_allowed(statements, levels):
    found = escalations(
        [
            role("dev", allow("iam:PassRole"), *statements, lets_in=SERVED),
            role("admin", allow("*"), lets_in=SERVED),
        ]
    )
    assert {level for _, level, _ in found} == levels


@pytest.mark.parametrize("region", ["", ".us-east-1", ".us-gov-west-1"])
def test_a_service_may_be_trusted_by_the_name_that_it_has_in_a_region(region):
    calls = allow("iam:PassRole", "states:CreateStateMachine", "states:StartExecution")
    served = {"Service": f"states{region}.amazonaws.com"}
    found = escalations(
        [role("dev", calls, lets_in=SERVED), role("admin", allow("*"), lets_in=served)]
    )
    assert ("escalation/passrole-states-create-start", "error") in {f[:2] for f in found}


SHELL = "document/AWS-RunShellScript"


@pytest.mark.parametrize(
    ("on", "is_told"),
    [
        ([f"{EC2}instance/*", f"arn:aws:ssm:*::{SHELL}"], True),
        ([f"{EC2}instance/*", f"arn:aws:ssm:us-east-1:*:{SHELL}"], True),
        ([f"{EC2}instance/*", "arn:aws:ssm:*:*:document/Restart"], False),
        ([f"{EC2}instance/*"], False),
        (["arn:aws:ssm:*::document/*"], False),
    ],
    ids=["of AWS", "of any account", "another document", "no document", "no instance"],
)
def test_a_command_is_run_by_a_document_on_an_instance(on, is_told):
    found = escalations([role("dev", allow("ssm:SendCommand", on=on), lets_in=SERVED)])
    assert [rule for rule, *_ in found] == ["escalation/existing-ssm-send-command"] * is_told


def test_groups_are_joined_in_no_order():
    """One user and ten groups, each of which lets its members join the next, in seconds."""
    groups = [
        group(f"g{n}", allow("iam:AddUserToGroup", on=f"{IAM}group/g{n + 1}")) for n in range(10)
    ]
    groups.append(group("g10", allow("*")))
    first = user("ann") | {"GroupList": ["g0"]}
    dump = {"UserDetailList": [first], "GroupDetailList": groups}
    config = Config()
    project = load(MemoryTree({"account.json": json.dumps(dump).encode()}), config)
    found = evaluate(project, config, chosen(catalogue(), config)).findings
    assert [f.level for f in found if f.rule == "escalation/iam-add-user-to-group"] == ["error"]


def test_an_administrator_goes_on_into_another_account():
    own = json.dumps({"RoleDetailList": [role("dev", allow("*"), lets_in=SERVED)]})
    lets_in = {"AWS": f"{IAM}root"}
    others = role("target", allow("s3:GetObject"), lets_in=lets_in)
    others["Arn"] = "arn:aws:iam::444455556666:role/target"
    files = {"a.json": own.encode(), "b.json": json.dumps({"RoleDetailList": [others]}).encode()}
    config = Config()
    project = load(MemoryTree(files), config)
    graph = graph_of(project, config)
    start, end = (
        graph.nodes.index(n)
        for name in ("dev", "target")
        for n in graph.nodes
        if n.label.endswith(name)
    )
    assert graph.reach(start) >> end & 1
