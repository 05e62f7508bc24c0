"""Turn the examples of rule files into trees, and load them with the real front ends."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from leastwise.config.model import Config
from leastwise.config.read import config_of
from leastwise.iam.project import Project, merge
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import Evaluation, evaluate
from leastwise.source.tree import MemoryTree

RULES = Path(__file__).resolve().parents[2] / "rules"
ACCOUNT = "111122223333"
SUBJECT = "subject"


@dataclass(frozen=True)
class Worked:
    """Hold one example of one rule file."""

    rule: str
    data: dict

    @property
    def id(self):
        return f"{self.rule}: {self.data['name']}"

    @property
    def form(self):
        forms = ("terraform", "cloudformation", "json")
        return next((form for form in forms if form in self.data), "statements")


@cache
def rule_files():
    return {
        path.relative_to(RULES).as_posix(): yaml.safe_load(path.read_bytes())
        for path in sorted(RULES.glob("*/*.yaml"))
    }


def examples():
    return [
        Worked(data["id"], example)
        for data in rule_files().values()
        for example in data["examples"]
    ]


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def tree_of(worked, subject_kind):
    """Spell an example as the one file of a tree."""
    match worked.form:
        case "terraform":
            return MemoryTree({"main.tf": worked.data["terraform"].encode()})
        case "cloudformation":
            text = f"AWSTemplateFormatVersion: '2010-09-09'\n{worked.data['cloudformation']}"
            return MemoryTree({"template.yaml": text.encode()})
        case "json":
            return MemoryTree({"policy.json": worked.data["json"].encode()})
        case _:
            dump = account_dump(worked.data, is_trust=subject_kind == "trust")
            return MemoryTree({"account.json": json.dumps(dump).encode()})


def account_dump(example, *, is_trust):
    """Spell an example of statements as `aws iam get-account-authorization-details` does."""
    dump = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    kind = example.get("principal", "role")
    statements = example.get("statements", [])
    inline = [] if is_trust else [s for s in (statements,) if s]
    subject = {
        "name": SUBJECT,
        "policies": inline + example.get("also_attached", []),
        "boundary": example.get("boundary"),
        "trust": statements if is_trust else None,
        "attached": [*example.get("managed", ())],
    }
    for name, held in example.get("policies", {}).items():
        subject["attached"].append(managed(dump, name, held))
    add(dump, kind, subject)
    for role in example.get("roles", []):
        policies = [role["statements"]] if "statements" in role else []
        add(dump, "role", {**role, "policies": policies, "attached": []})
    return dump


def managed(dump, name, statements):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    dump["Policies"].append(
        {
            "PolicyName": name,
            "Arn": arn,
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "PolicyVersionList": [
                {"Document": document(statements), "VersionId": "v1", "IsDefaultVersion": True}
            ],
        }
    )
    return arn


def add(dump, kind, facts):
    name = facts["name"]
    entry = {
        "Path": "/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:{kind}/{name}",
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in facts["attached"]
        ],
        "Tags": [],
    }
    if facts.get("boundary"):
        arn = managed(dump, f"boundary-of-{name}", facts["boundary"])
        entry["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        }
    inline = [
        {"PolicyName": f"p{number}", "PolicyDocument": document(statements)}
        for number, statements in enumerate(facts["policies"])
    ]
    if kind == "user":
        entry |= {"UserName": name, "UserPolicyList": inline, "GroupList": []}
        dump["UserDetailList"].append(entry)
        return
    trust = facts.get("trust") or [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
    entry |= {
        "RoleName": name,
        "RolePolicyList": inline,
        "AssumeRolePolicyDocument": document(trust),
        "InstanceProfileList": [],
    }
    dump["RoleDetailList"].append(entry)


def configured(example) -> Config:
    """Read the configuration of an example."""
    if "config" not in example:
        return Config(own_accounts=tuple(example.get("own_accounts", ())))
    return config_of(example["config"])


def load(tree: MemoryTree, config: Config | None = None, kind: str | None = None) -> Project:
    """Load everything in a tree of one kind of file."""
    config = config or Config()
    names = tuple(sorted(tree.files))
    if names[0].endswith(".tf"):
        from leastwise.frontends import terraform

        roots, front_end = terraform.roots(tree, names), terraform
    elif names[0].endswith(".yaml"):
        from leastwise.frontends import cloudformation

        roots, front_end = cloudformation.roots(tree, names, named=frozenset(names)), cloudformation
    else:
        from leastwise.frontends import iam_json

        roots = iam_json.roots(tree, names, kind=kind, named=frozenset(names))
        front_end = iam_json
    return merge(tuple(front_end.load(root, tree, config) for root in roots))


def find(tree: MemoryTree, config: Config | None = None) -> Evaluation:
    """Evaluate all rules on a tree."""
    config = config or Config()
    return evaluate(load(tree, config), config, catalogue())


def find_terraform(text: str, config: Config | None = None) -> Evaluation:
    return find(MemoryTree({"main.tf": text.encode()}), config)
