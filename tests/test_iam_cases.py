"""Cases of IAM with the level that a reviewer gives them, judged as account dumps.

``data/iam_cases.yaml`` holds what must stay quiet (FP), what must be found (FN), ways to break a
delegation with boundaries (BB) and trust policies (TR). Levels were weighed from AWS documentation.
The four that no dump can say are spelled out below.
"""

import json
from functools import cache
from pathlib import Path

import pytest
import yaml

from leastwise.api.rule_examples import load
from leastwise.config.model import Config
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

ACCOUNT = "111122223333"
CASES = yaml.safe_load((Path(__file__).parent / "data" / "iam_cases.yaml").read_bytes())
NEEDS_MORE = {"FP-28", "FN-12", "BB-20", "BB-24"}
RANK = {"none": 0, "note": 1, "warn": 2, "warning": 2, "error": 3}
ESCALATION = {"iam", "passrole", "existing", "sts", "credential", "sso", "org", "graph"}
SERVICE_TRUST = [
    {
        "Effect": "Allow",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
]
HARMLESS = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def inline(policies):
    return [
        {"PolicyName": f"p{n}", "PolicyDocument": document(statements)}
        for n, statements in enumerate(policies or [])
    ]


class Dump:
    """Gather the entries of an account dump."""

    def __init__(self):
        self.entries = {
            "UserDetailList": [],
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        }

    def managed(self, name, statements):
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
        version = {"Document": document(statements), "VersionId": "v1", "IsDefaultVersion": True}
        entry = {"PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "AttachmentCount": 1}
        self.entries["Policies"].append(entry | {"PolicyVersionList": [version]})
        return arn

    def principal(self, kind, facts, attached, boundary, trust=None):
        name = facts["name"]
        entry = {
            "Path": "/",
            "Arn": f"arn:aws:iam::{ACCOUNT}:{kind}/{name}",
            "AttachedManagedPolicies": [
                {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached
            ],
        }
        if boundary:
            arn = self.managed(f"boundary-of-{name}", boundary)
            entry["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": arn,
            }
        if kind == "user":
            entry |= {"UserName": name, "GroupList": facts.get("groups", [])}
            entry["UserPolicyList"] = inline(facts.get("policies"))
            self.entries["UserDetailList"].append(entry)
            return
        entry |= {"RoleName": name, "RolePolicyList": inline(facts.get("policies"))}
        entry["AssumeRolePolicyDocument"] = document(trust or SERVICE_TRUST)
        entry["InstanceProfileList"] = []
        self.entries["RoleDetailList"].append(entry)


def dump_of(given):
    dump = Dump()

    def attached(kind, facts):
        own = [
            f"arn:aws:iam::{ACCOUNT}:policy/{policy['name']}"
            for policy in given.get("policies", [])
            if f"{kind}/{facts['name']}" in policy.get("attached_to", [])
        ]
        return [*facts.get("managed", []), *own]

    if "principal" in given:
        facts = given["principal"]
        kind = facts.get("kind", "role")
        boundary = facts.get("boundary") or given.get("boundary")
        dump.principal(kind, facts, attached(kind, facts), boundary)
    if "trust" in given:
        facts = {"name": "subject", "policies": given.get("subject_policies") or [HARMLESS]}
        dump.principal("role", facts, [], None, given["trust"])
    for facts in given.get("roles", []):
        boundary = facts.get("boundary")
        dump.principal("role", facts, attached("role", facts), boundary, facts.get("trust"))
    for group in given.get("groups", []):
        entry = {"GroupName": group["name"], "GroupPolicyList": inline(group.get("policies"))}
        entry |= {"Arn": f"arn:aws:iam::{ACCOUNT}:group/{group['name']}", "Path": "/"}
        dump.entries["GroupDetailList"].append(entry | {"AttachedManagedPolicies": []})
    for policy in given.get("policies", []):
        listing = [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}]
        dump.managed(policy["name"], policy.get("document") or listing)
    for boundary in given.get("boundaries", []):
        dump.managed(boundary["name"], boundary["policy"])
    return dump.entries


@cache
def rules():
    return chosen(catalogue(), Config())


def findings_of(tree, config=None):
    config = config or Config()
    project = load(tree, config)
    assert [d for d in project.diagnostics if d.severity == "error"] == []
    return evaluate(project, config, chosen(catalogue(), config)).findings


def told(finding, subject, family):
    group = finding.rule.partition("/")[0]
    if finding.subject.address.rpartition("/")[2] != subject.rpartition("/")[2]:
        return False
    return group == ("escalation" if family in ESCALATION else family)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["id"] not in NEEDS_MORE], ids=lambda c: f"{c['id']} {c['title']}"
)
def test_case_is_told_at_its_level(case):
    tree = MemoryTree({"account.json": json.dumps(dump_of(case["given"])).encode()})
    subject = case["given"].get("principal", {"name": "subject"})["name"]
    family = case["expect"]["rule"].partition("/")[0]
    found = [f for f in findings_of(tree) if told(f, subject, family)]
    most = max((RANK[f.level] for f in found), default=0)
    assert most == RANK[case["expect"]["level"]], [f.message for f in found]


def of_role(name, service, *statements):
    """Spell a role in Terraform, with one inline policy."""
    return f"""
resource "aws_iam_role" "{name}" {{
  name = "{name}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "{service}.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{", ".join(statements)}] }})
}}
"""


ADMIN_STATEMENT = '{ Effect = "Allow", Action = "*", Resource = "*" }'
STARTS_A_BUILD = (
    of_role(
        "caller",
        "ec2",
        '{ Effect = "Allow", Action = "codebuild:StartBuild", Resource = aws_codebuild_project.p.arn }',
        '{ Effect = "Allow", Action = "logs:*", Resource = "*" }',
    )
    + of_role(
        "cb", "codebuild", '{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }'
    )
    + 'resource "aws_codebuild_project" "p" {\n  name = "p"\n  service_role = aws_iam_role.cb.arn\n}\n'
)
TAGS_ITS_TARGET = (
    of_role(
        "caller",
        "lambda",
        """{
      Effect = "Allow", Action = "ssm:StartSession", Resource = "*"
      Condition = { StringEquals = { "aws:ResourceTag/access" = "dev" } }
    }""",
        '{ Effect = "Allow", Action = "ec2:CreateTags", Resource = "*" }',
    )
    + of_role("admin", "ec2", ADMIN_STATEMENT)
    + """
resource "aws_iam_instance_profile" "admin" {
  name = "admin"
  role = aws_iam_role.admin.name
}
resource "aws_instance" "prod" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.admin.name
}
"""
)
LIMIT = """
resource "aws_iam_policy" "limit" {
  name   = "limit"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_user" "ci" {
  name                 = "ci"
  permissions_boundary = aws_iam_policy.limit.arn
}
"""
KEY = """
resource "aws_kms_key" "data" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = NAMED }, Action = "kms:Decrypt", Resource = "*" }]
  })
}
"""
PAST_A_BOUNDARY = LIMIT + KEY.replace("NAMED", "aws_iam_user.ci.arn")
UNBOUND = of_role("x", "lambda", '{ Effect = "Allow", Action = "s3:*", Resource = "*" }')
REQUIRED = Config(required_boundary="arn:aws:iam::111122223333:policy/b")


def in_terraform(text, config=None):
    found = findings_of(MemoryTree({"main.tf": text.encode()}), config)
    return {(f.rule, f.level, f.subject.address) for f in found}


def test_fp_28_a_build_whose_role_is_no_stronger_is_no_way_up():
    found = in_terraform(STARTS_A_BUILD)
    assert {rule for rule, _, _ in found if rule.startswith("escalation/")} == set()
    assert {level for _, level, _ in found} <= {"note"}


def test_fn_12_a_tag_that_its_holder_may_put_keeps_it_from_nothing():
    found = in_terraform(TAGS_ITS_TARGET)
    assert ("escalation/iam-tag-target-abac", "error", "aws_iam_role.caller") in found
    assert ("trust/abac-retagging", "warning", "aws_iam_role_policy.caller") in found
    kept = TAGS_ITS_TARGET.replace(
        '"ec2:CreateTags", Resource = "*" }',
        '"ec2:CreateTags", Resource = "*", Condition = { StringEquals = { "ec2:CreateAction" = "RunInstances" } } }',
    )
    assert kept != TAGS_ITS_TARGET
    assert "trust/abac-retagging" not in {rule for rule, _, _ in in_terraform(kept)}
    of_the_graph = {
        (rule, level) for rule, level, who in in_terraform(kept) if who.endswith("caller")
    }
    assert ("escalation/existing-ssm-start-session", "warning") in of_the_graph
    assert "error" not in {level for rule, level in of_the_graph if rule.startswith("escalation/")}


def test_bb_20_a_resource_policy_that_names_a_user_passes_its_boundary_by():
    found = in_terraform(PAST_A_BOUNDARY)
    assert ("boundary/resource-policy-bypass", "note", "aws_kms_key.data") in found
    of_account = LIMIT + KEY.replace("NAMED", '"arn:aws:iam::111122223333:root"')
    assert "boundary/resource-policy-bypass" not in {r for r, _, _ in in_terraform(of_account)}


def test_bb_24_a_role_without_the_boundary_that_is_required_is_a_warning():
    told = ("boundary/absent", "warning", "aws_iam_role.x")
    assert told in in_terraform(UNBOUND, REQUIRED)
    assert told not in in_terraform(UNBOUND)
    bound = UNBOUND.replace(
        'name = "x"', f'name = "x"\n  permissions_boundary = "{REQUIRED.required_boundary}"'
    )
    assert "boundary/absent" not in {rule for rule, _, _ in in_terraform(bound, REQUIRED)}


def test_all_cases_are_judged():
    assert len(CASES) == 109
    assert {c["id"] for c in CASES} >= NEEDS_MORE
