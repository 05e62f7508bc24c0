"""Judge the examples of a rule file as a check would: each becomes a tree of its own.

Statements become an account dump with the role ``subject`` in account 111122223333; Terraform,
CloudFormation and JSON are a file each.
"""

import json
from collections.abc import Mapping
from typing import Any

from leastwise.api.load import with_declared
from leastwise.config.model import Config
from leastwise.config.read import config_of
from leastwise.iam.project import Project, merge
from leastwise.rules.engine import evaluate
from leastwise.rules.format import Rule
from leastwise.rules.model import Finding
from leastwise.source.span import locate, source_file
from leastwise.source.tree import MemoryTree

ACCOUNT = "111122223333"
SUBJECT = "subject"
_HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
_FORMS = {"terraform": "main.tf", "cloudformation": "template.yaml", "json": "policy.json"}

_Example = Mapping[str, Any]
_Dump = dict[str, list[dict[str, Any]]]


def form_of(example: _Example) -> str:
    """Return what an example is written in: statements, terraform, cloudformation or json."""
    return next((form for form in _FORMS if form in example), "statements")


def tree_of(example: _Example, subject: str) -> MemoryTree:
    """Spell an example as the one file of a tree; ``subject`` is the kind that its rule judges."""
    form = form_of(example)
    if form == "statements":
        dump = account_dump(example, is_trust=subject == "trust")
        return MemoryTree({"account.json": json.dumps(dump, default=str).encode()})
    head = _HEAD if form == "cloudformation" else ""
    return MemoryTree({_FORMS[form]: f"{head}{example[form]}".encode()})


def configuration_of(example: _Example) -> Config:
    """Read the configuration that an example is judged with."""
    if "config" in example:
        return config_of(example["config"])
    return Config(own_accounts=tuple(example.get("own_accounts", ())))


def load(
    tree: MemoryTree, config: Config | None = None, kind: Any = None, *, declared: bool = False
) -> Project:
    """Load the one file of a tree; ``kind`` says what raw JSON is.

    ``declared``: the resources that it declares are listed as well.
    """
    config = config or Config()
    project = _loaded(tree, config, kind)
    return with_declared(project, tree, config) if declared else project


def _loaded(tree: MemoryTree, config: Config, kind: Any) -> Project:
    names = tuple(sorted(tree.files))
    if names[0].endswith(".tf"):
        from leastwise.frontends import terraform

        found = terraform.roots(tree, names)
        return merge(tuple(terraform.load(root, tree, config) for root in found))
    if names[0].endswith(".yaml"):
        from leastwise.frontends import cloudformation

        found = cloudformation.roots(tree, names, named=frozenset(names))
        return merge(tuple(cloudformation.load(root, tree, config) for root in found))
    from leastwise.frontends import iam_json

    found = iam_json.roots(tree, names, kind=kind, named=frozenset(names))
    return merge(tuple(iam_json.load(root, tree, config) for root in found))


def findings_of(rule: Rule, example: _Example) -> tuple[Finding, ...]:
    """Return what one rule alone finds in an example; other principals of it do not count."""
    config = configuration_of(example)
    tree = tree_of(example, rule.info.subject)
    project = load(tree, config, example.get("kind"), declared=rule.needs == "declared")
    findings = evaluate(project, config, (rule,)).findings
    if form_of(example) == "statements":
        return tuple(f for f in findings if f.subject.address.endswith(f"/{SUBJECT}"))
    return findings


def told_otherwise(rule: Rule, example: _Example) -> str | None:
    """Say how an example is judged otherwise than it says, or None."""
    tree = tree_of(example, rule.info.subject)
    project = load(tree, configuration_of(example), example.get("kind"))
    broken = next((d for d in project.diagnostics if d.severity == "error"), None)
    if broken is not None:
        return f"it can't be read: {broken.message}"
    findings = findings_of(rule, example)
    if example["expect"] == "pass":
        return f"expected to pass, but: {findings[0].message}" if findings else None
    if not findings:
        return "expected to fail, but nothing was found"
    wanted = example.get("level", rule.info.level)
    levels = sorted({f.level for f in findings})
    if levels != [wanted]:
        return f"expected at level {wanted}, found at {' and '.join(levels)}"
    lines = lines_of(findings, tree)
    if "lines" in example and lines != example["lines"]:
        return f"expected on lines {example['lines']}, found on {lines}"
    return None


def lines_of(findings: tuple[Finding, ...], tree: MemoryTree) -> list[int]:
    """Return the lines of an example that findings start on."""
    shift = 1 if "template.yaml" in tree.files else 0
    files = {path: source_file(path, data) for path, data in tree.files.items()}
    return [locate(files[f.span.path], f.span).start_line - shift for f in findings]


def account_dump(example: _Example, *, is_trust: bool) -> _Dump:
    """Spell an example of statements as `aws iam get-account-authorization-details` does."""
    dump: _Dump = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []}
    dump["Policies"] = []
    statements = example.get("statements", [])
    inline = [] if is_trust or not statements else [statements]
    subject: dict[str, Any] = {
        "name": SUBJECT,
        "policies": [*inline, *example.get("also_attached", [])],
        "boundary": example.get("boundary"),
        "trust": statements if is_trust else None,
        "attached": [*example.get("managed", ())],
    }
    for name, held in example.get("policies", {}).items():
        subject["attached"].append(_managed(dump, name, held))
    add_principal(dump, example.get("principal", "role"), subject)
    for role in example.get("roles", []):
        policies = [role["statements"]] if "statements" in role else []
        add_principal(dump, "role", {**role, "policies": policies, "attached": []})
    return dump


def _document(statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _managed(dump: _Dump, name: str, statements: Any) -> str:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    version = {"Document": _document(statements), "VersionId": "v1", "IsDefaultVersion": True}
    dump["Policies"].append(
        {
            "PolicyName": name,
            "Arn": arn,
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "PolicyVersionList": [version],
        }
    )
    return arn


def add_principal(dump: _Dump, kind: str, facts: Mapping[str, Any]) -> None:
    """Add a role or user: name, policies, attached ARNs, perhaps a boundary and a trust policy."""
    name = facts["name"]
    entry: dict[str, Any] = {
        "Path": "/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:{kind}/{name}",
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in facts["attached"]
        ],
        "Tags": [],
    }
    if facts.get("boundary"):
        arn = _managed(dump, f"boundary-of-{name}", facts["boundary"])
        entry["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        }
    inline = [
        {"PolicyName": f"p{number}", "PolicyDocument": _document(statements)}
        for number, statements in enumerate(facts["policies"])
    ]
    if kind == "user":
        entry |= {"UserName": name, "UserPolicyList": inline, "GroupList": []}
        dump["UserDetailList"].append(entry)
        return
    trust = facts.get("trust") or [_TRUST]
    entry |= {
        "RoleName": name,
        "RolePolicyList": inline,
        "AssumeRolePolicyDocument": _document(trust),
        "InstanceProfileList": [],
    }
    dump["RoleDetailList"].append(entry)


_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
