"""The shapes of a published vulnerable account, at the levels that reviewers give them.

https://github.com/BishopFox/iam-vulnerable holds one managed policy for each way up, attached to a
role and a user, four shapes that tools overlook (fn) and five traps (fp). Here are accounts of the
same shapes in words of our own, as Terraform and as an account dump; ``data/
iam_vulnerable_labels.csv`` has the levels of the repository's own resources, against which
``scripts/judge_iam_vulnerable.py`` holds a clone of it.
"""

import csv
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from leastwise.api.rule_examples import load
from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import evaluate
from leastwise.rules.model import LEVELS
from leastwise.source.tree import MemoryTree

ACCOUNT = "111122223333"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
SERVICES = [
    f"{name}.amazonaws.com"
    for name in (
        "ec2",
        "datapipeline",
        "cloudformation",
        "lambda",
        "glue",
        "codebuild",
        "sagemaker",
    )
]
UPWARDS = ("escalation/", "wildcard/admin")
ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
E, W, NONE = "error", "warning", ""


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def issued(operator, date):
    return {"Condition": {operator: {"aws:TokenIssueTime": date}}}


class Shape(NamedTuple):
    """Policies that a role and a user hold alike; the user may be in a group of its own.

    ``role`` and ``user`` are the levels at which they are told, ``path`` is named with them.
    """

    name: str
    policies: tuple
    role: str
    user: str
    path: str = ""
    grouped: bool = False


def shape(name, actions, role, user, path, **more):
    return Shape(name, ([allow(*actions.split())],), role, user, path, **more)


SHAPES = (
    shape("policy-version", "iam:CreatePolicyVersion", E, E, "iam/create-policy-version"),
    shape("default-version", "iam:SetDefaultPolicyVersion", W, W, "iam/set-default-policy-version"),
    shape("access-key", "iam:CreateAccessKey", E, E, "iam/create-access-key"),
    shape("login-profile", "iam:CreateLoginProfile", E, E, "iam/create-login-profile"),
    shape("new-password", "iam:UpdateLoginProfile", W, W, "iam/update-login-profile"),
    shape("attach-to-user", "iam:AttachUserPolicy", W, E, "iam/attach-user-policy-self"),
    shape("attach-to-role", "iam:AttachRolePolicy", E, W, "iam/attach-role-policy-self"),
    shape(
        "attach-to-group",
        "iam:AttachGroupPolicy",
        W,
        E,
        "iam/attach-group-policy-member",
        grouped=True,
    ),
    shape("put-on-user", "iam:PutUserPolicy", W, E, "iam/put-user-policy-self"),
    shape("put-on-role", "iam:PutRolePolicy", E, W, "iam/put-role-policy-self"),
    shape("put-on-group", "iam:PutGroupPolicy", W, E, "iam/put-group-policy-member", grouped=True),
    shape("join-group", "iam:AddUserToGroup", W, E, "iam/add-user-to-group"),
    shape(
        "rewrite-trust",
        "iam:UpdateAssumeRolePolicy sts:AssumeRole",
        E,
        E,
        "iam/update-assume-role-policy",
    ),
    shape(
        "new-function",
        "iam:PassRole lambda:CreateFunction lambda:InvokeFunction",
        E,
        E,
        "passrole/lambda-create-invoke",
    ),
    shape(
        "new-function-on-event",
        "iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping",
        E,
        E,
        "passrole/lambda-create-eventsource",
    ),
    shape("new-instance", "iam:PassRole ec2:RunInstances", E, E, "passrole/ec2-run-instances"),
    shape(
        "new-endpoint", "iam:PassRole glue:CreateDevEndpoint", E, E, "passrole/glue-dev-endpoint"
    ),
    shape(
        "new-stack",
        "iam:PassRole cloudformation:CreateStack",
        E,
        E,
        "passrole/cloudformation-create-stack",
    ),
    shape(
        "new-pipeline",
        "iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition "
        "datapipeline:ActivatePipeline",
        E,
        E,
        "passrole/datapipeline",
    ),
    shape(
        "new-project",
        "iam:PassRole codebuild:CreateProject codebuild:StartBuild",
        E,
        E,
        "passrole/codebuild-create-start",
    ),
    shape(
        "new-training",
        "iam:PassRole sagemaker:CreateTrainingJob",
        E,
        E,
        "passrole/sagemaker-training-job",
    ),
    shape("edit-function", "lambda:UpdateFunctionCode", W, W, "existing/lambda-update-code"),
    shape("edit-endpoint", "glue:UpdateDevEndpoint", W, W, "existing/glue-update-dev-endpoint"),
    shape("edit-stack", "cloudformation:UpdateStack", W, W, "existing/cloudformation-update-stack"),
    shape("session", "ssm:StartSession", W, W, "existing/ssm-start-session"),
    shape("command", "ssm:SendCommand", W, W, "existing/ssm-send-command"),
    shape(
        "ssh-key", "ec2-instance-connect:SendSSHPublicKey", W, W, "existing/ec2-instance-connect"
    ),
    shape(
        "notebook",
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        W,
        W,
        "existing/sagemaker-presigned-notebook",
    ),
    Shape(
        "fn1-two-policies",
        ([allow("ec2:RunInstances")], [allow("iam:PassRole")]),
        E,
        E,
        "passrole/ec2-run-instances",
    ),
    Shape(
        "fn2-pattern",
        ([allow("iam:CreatePolicyVersion", resource="arn:aws:iam::*:policy/fn2-*")],),
        E,
        E,
        "iam/create-policy-version",
    ),
    Shape(
        "fn3-sessions",
        (
            [
                allow(
                    "iam:CreatePolicyVersion", **issued("DateGreaterThan", "2020-01-01T00:00:01Z")
                ),
            ],
        ),
        E,
        W,
        "iam/create-policy-version",
    ),
    Shape(
        "fn4-not-action",
        (
            [
                {
                    "Effect": "Allow",
                    "NotAction": ["iam:Create*", "iam:Attach*", "iam:Update*"],
                    "Resource": "*",
                }
            ],
        ),
        E,
        E,
    ),
    Shape(
        "fp1-denied",
        ([allow("iam:*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}],),
        NONE,
        NONE,
    ),
    Shape(
        "fp2-denied-elsewhere",
        ([ADMIN], [{"Effect": "Deny", "Action": "*", "Resource": "*"}]),
        NONE,
        NONE,
    ),
    Shape("fp3-deny", ([{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}],), NONE, NONE),
    Shape(
        "fp4-of-aws",
        ([allow("iam:CreatePolicyVersion", resource="arn:aws:iam::aws:policy/AmazonSNSRole")],),
        NONE,
        NONE,
    ),
    Shape(
        "fp5-past-sessions",
        (
            [
                allow("iam:CreatePolicyVersion", **issued("DateLessThan", "2020-01-01T00:00:01Z")),
            ],
        ),
        NONE,
        NONE,
    ),
)
RUNS = Shape("runs", ([ADMIN],), NONE, NONE)
TEAM = Shape("team", ([allow("iam:*", "ec2:*", "s3:*")],), NONE, NONE)


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def trust(principal):
    return document([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}])


def names_of(one):
    return [one.name + (f"-{n}" if n else "") for n in range(len(one.policies))]


# --- Terraform ------------------------------------------------------------------------------------


def block(kind, label, **given):
    lines = "\n".join(f"  {key} = {value}" for key, value in given.items())
    return f'\nresource "{kind}" "{label}" {{\n{lines}\n}}\n'


def role_text(name, principal):
    text = f"jsonencode({json.dumps(trust(principal))})"
    return block("aws_iam_role", name, name=json.dumps(name), assume_role_policy=text)


def policies_text(one):
    texts = zip(names_of(one), one.policies, strict=True)
    return "".join(
        block(
            "aws_iam_policy",
            name,
            name=json.dumps(name),
            policy=f"jsonencode({json.dumps(document(statements))})",
        )
        for name, statements in texts
    )


def attached_text(kind, who, name):
    holder = {kind: f"aws_iam_{kind}.{who}.name"}
    arn = f"aws_iam_policy.{name}.arn"
    return block(f"aws_iam_{kind}_policy_attachment", f"{who}-{name}", **holder, policy_arn=arn)


def shape_text(one):
    text = policies_text(one) + role_text(f"{one.name}-role", {"AWS": OPERATOR})
    text += block("aws_iam_user", f"{one.name}-user", name=f'"{one.name}-user"')
    for name in names_of(one):
        text += attached_text("role", f"{one.name}-role", name)
        text += attached_text("user", f"{one.name}-user", name)
    return text + group_text(one.name, f"{one.name}-user") if one.grouped else text


def group_text(name, user):
    return block("aws_iam_group", name, name=f'"{name}"') + block(
        "aws_iam_group_membership",
        name,
        name=f'"{name}"',
        group=f"aws_iam_group.{name}.name",
        users=f"[aws_iam_user.{user}.name]",
    )


def terraform():
    """Spell all shapes in one module, with the role that services run as and a strong team."""
    text = "".join(map(shape_text, SHAPES)) + policies_text(RUNS) + policies_text(TEAM)
    text += role_text("runs", {"Service": SERVICES}) + attached_text("role", "runs", "runs")
    text += block("aws_iam_instance_profile", "runs", name='"runs"', role="aws_iam_role.runs.name")
    text += block("aws_iam_user", "member", name='"member"')
    text += block("aws_iam_access_key", "member", user="aws_iam_user.member.name")
    text += group_text("team", "member") + attached_text("group", "team", "team")
    head = f'provider "aws" {{\n  allowed_account_ids = ["{ACCOUNT}"]\n}}\n'
    return MemoryTree({"main.tf": (head + text).encode()})


# --- the account dump -----------------------------------------------------------------------------


def entry(kind, name, held, **more):
    return {
        f"{kind}Name": name,
        "Path": "/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:{kind.lower()}/{name}",
        "AttachedManagedPolicies": [
            {"PolicyName": one, "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/{one}"} for one in held
        ],
        f"{kind}PolicyList": [],
        **more,
    }


def policy_entry(name, statements):
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(statements)}
    return {
        "PolicyName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "PolicyVersionList": [version],
    }


def role_entry(name, held, principal):
    profile = {
        "InstanceProfileName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}",
    }
    profiles = [profile | {"Path": "/", "Roles": []}] if "Service" in principal else []
    more = {"AssumeRolePolicyDocument": trust(principal), "InstanceProfileList": profiles}
    return entry("Role", name, held, **more)


def dump():
    """Spell all shapes as one account."""
    grouped = [one for one in SHAPES if one.grouped]
    found = {
        "UserDetailList": [
            entry("User", f"{one.name}-user", names_of(one), GroupList=[one.name] * one.grouped)
            for one in SHAPES
        ],
        "GroupDetailList": [entry("Group", one.name, []) for one in grouped],
        "RoleDetailList": [
            role_entry(f"{one.name}-role", names_of(one), {"AWS": OPERATOR}) for one in SHAPES
        ],
        "Policies": [
            policy_entry(name, statements)
            for one in (*SHAPES, RUNS, TEAM)
            for name, statements in zip(names_of(one), one.policies, strict=True)
        ],
    }
    found["RoleDetailList"].append(role_entry("runs", ["runs"], {"Service": SERVICES}))
    found["GroupDetailList"].append(entry("Group", "team", ["team"]))
    found["UserDetailList"].append(entry("User", "member", [], GroupList=["team"]))
    return MemoryTree({"account.json": json.dumps(found).encode()})


# --- what is told ---------------------------------------------------------------------------------


@cache
def told(form):
    """Return the most serious level and all paths by whom a finding names, subject or alike."""
    project = load(terraform() if form == "terraform" else dump())
    assert [d.message for d in project.diagnostics if d.severity == "error"] == []
    config = Config()
    heard = {}
    for finding in evaluate(project, config, chosen(catalogue(), config)).findings:
        if not finding.rule.startswith(UPWARDS):
            continue
        names = {finding.subject.address}
        _, _, others = finding.message.rpartition("; the same holds for ")
        names |= {p.address for p in project.principals if f"{p.address})" in others}
        for address in names:
            name = address.replace("/", ".").rpartition(".")[2]
            heard.setdefault(name, []).append(
                (finding.level, {finding.path_id, *(a.path_id for a in finding.also)})
            )
    return heard


def most(form, name):
    rank = ("", "note", "warning", "error").index
    level = max((level for level, _ in told(form).get(name, ())), key=rank, default="")
    return "" if level == "note" else level


@pytest.mark.parametrize("form", ["terraform", "dump"])
@pytest.mark.parametrize("kind", ["role", "user"])
@pytest.mark.parametrize("one", SHAPES, ids=[one.name for one in SHAPES])
def test_a_shape_is_told_at_its_level(one, kind, form):
    name = f"{one.name}-{kind}"
    assert most(form, name) == (one.role if kind == "role" else one.user), told(form).get(name)


@pytest.mark.parametrize("form", ["terraform", "dump"])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        (f"{one.name}-{kind}", one.path)
        for one in SHAPES
        for kind in ("role", "user")
        if one.path and (one.role if kind == "role" else one.user) == E
    ],
)
def test_an_error_names_the_published_path(name, path, form):
    assert path in {p for _, ids in told(form)[name] for p in ids}


def test_the_table_labels_what_the_script_can_judge():
    place = Path(__file__).parent / "data" / "iam_vulnerable_labels.csv"
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 143
    assert {row["expected_level"] for row in rows} == {"none", "warn", *LEVELS} - {"warning"}
    assert len({row["address"] for row in rows}) == len(rows)
