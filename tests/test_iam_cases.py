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


def test_all_cases_are_judged():
    assert len(CASES) == 109
    assert {c["id"] for c in CASES} >= NEEDS_MORE
