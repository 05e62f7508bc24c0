"""Spell the IAM resources of a Terraform state as the account dump that they would make.

    terraform show -json | python scripts/dump_of_state.py > account.json

Standard input is what ``terraform show -json`` prints of a state, standard output what
``aws iam get-account-authorization-details`` would print of the account, as far as managed
policies, their attachments, groups, boundaries, trust policies and instance profiles go. Nothing
of the package takes part, so that the dump may be held against what it reads from the source.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

DATE = "2026-01-01T00:00:00+00:00"
Values = dict[str, Any]


def resources_of(module: Values) -> Iterator[Values]:
    """Yield the managed resources of a module and of those that it calls."""
    for resource in module.get("resources", ()):
        if resource["mode"] == "managed":
            yield resource
    for child in module.get("child_modules", ()):
        yield from resources_of(child)


class State:
    """Hold the resources of a state by their type."""

    def __init__(self, content: Values) -> None:
        self.resources = list(resources_of(content["values"]["root_module"]))

    def all(self, kind: str) -> list[Values]:
        """Return the attributes of all resources of a type."""
        return [r["values"] for r in self.resources if r["type"] == kind]

    def attached(self, kind: str, one: Values) -> list[Values]:
        """Return the managed policies of a role, user or group."""
        found = self.all(f"aws_iam_{kind}_policy_attachment")
        arns = [a["policy_arn"] for a in found if a[kind] == one["name"]]
        arns += one.get("managed_policy_arns") or []
        named = dict.fromkeys(arns)
        return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in named]


def _head(kind: str, prefix: str, one: Values) -> Values:
    letters = "".join(c for c in one["name"].upper() if c.isalnum())
    head = {
        "Path": one.get("path") or "/",
        f"{kind}Name": one["name"],
        f"{kind}Id": f"{prefix}{letters}"[:21],
        "Arn": one["arn"],
        "CreateDate": DATE,
    }
    if one.get("permissions_boundary"):
        head["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": one["permissions_boundary"],
        }
    return head


def users(state: State) -> list[Values]:
    """Spell the users."""
    members = state.all("aws_iam_group_membership")
    return [
        {
            **_head("User", "AIDA", one),
            "GroupList": [m["group"] for m in members if one["name"] in m["users"]],
            "AttachedManagedPolicies": state.attached("user", one),
            "UserPolicyList": [],
        }
        for one in state.all("aws_iam_user")
    ]


def groups(state: State) -> list[Values]:
    """Spell the groups."""
    return [
        {
            **_head("Group", "AGPA", one),
            "GroupPolicyList": [],
            "AttachedManagedPolicies": state.attached("group", one),
        }
        for one in state.all("aws_iam_group")
    ]


def roles(state: State) -> list[Values]:
    """Spell the roles."""
    profiles = state.all("aws_iam_instance_profile")
    return [
        {
            **_head("Role", "AROA", one),
            "AssumeRolePolicyDocument": json.loads(one["assume_role_policy"]),
            "InstanceProfileList": [
                {**_head("InstanceProfile", "AIPA", p), "Roles": []}
                for p in profiles
                if p["role"] == one["name"]
            ],
            "RolePolicyList": [],
            "AttachedManagedPolicies": state.attached("role", one),
        }
        for one in state.all("aws_iam_role")
    ]


def policies(state: State, held: list[str]) -> list[Values]:
    """Spell the customer managed policies; ``held`` has an ARN for each attachment."""
    return [
        {
            **_head("Policy", "ANPA", one),
            "DefaultVersionId": "v1",
            "AttachmentCount": held.count(one["arn"]),
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "PolicyVersionList": [
                {
                    "Document": json.loads(one["policy"]),
                    "VersionId": "v1",
                    "IsDefaultVersion": True,
                    "CreateDate": DATE,
                }
            ],
        }
        for one in state.all("aws_iam_policy")
    ]


def main() -> None:
    """Read a state, print a dump."""
    state = State(json.load(sys.stdin))
    found = {
        "UserDetailList": users(state),
        "GroupDetailList": groups(state),
        "RoleDetailList": roles(state),
    }
    everyone = [one for some in found.values() for one in some]
    held = [p["PolicyArn"] for one in everyone for p in one["AttachedManagedPolicies"]]
    json.dump(found | {"Policies": policies(state, held)}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
