"""Write plans and states in the form of ``terraform show -json``.

The shape is that of https://developer.hashicorp.com/terraform/internals/json-format as Terraform
1.11 and the AWS provider 6 write it: ``id`` and ``arn`` are unknown, what is not set is null, and
the role's ``managed_policy_arns`` and ``inline_policy`` are computed.
"""

import json

ADMIN = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow",'
    '"Principal":{"Service":"ec2.amazonaws.com"}}]}'
)
AWS = "registry.terraform.io/hashicorp/aws"
ROLE_UNKNOWN = dict.fromkeys(
    ("arn", "create_date", "id", "inline_policy", "managed_policy_arns", "name_prefix"), True
)
ROLE = {
    "assume_role_policy": TRUST,
    "description": None,
    "max_session_duration": 3600,
    "name": "ci",
    "path": "/",
    "permissions_boundary": None,
}
POLICY = {"description": None, "name": "p", "path": "/", "policy": ADMIN}
POLICY_UNKNOWN = {"arn": True, "id": True, "policy_id": True, "name_prefix": True}


def to(*names):
    """Return an expression with references, prefixes after each as Terraform lists them."""
    found = []
    for name in names:
        parts = name.split(".")
        least = 3 if parts[0] == "data" else 2
        found += [".".join(parts[:n]) for n in range(len(parts), least - 1, -1)]
    return {"references": found}


class One:
    """Describe one resource instance of a plan."""

    def __init__(self, address, values, unknown=None, expressions=None, **more):
        self.address = address
        self.values = values
        self.unknown = unknown or {}
        self.expressions = expressions or {}
        self.actions = more.get("actions", ["create"])
        self.before = more.get("before")
        self.sensitive = more.get("sensitive", {})
        self.key = more.get("key")
        self.provider = more.get("provider", "aws")
        plain = (
            address.rpartition("module.")[2].split(".", 1)[-1] if "module." in address else address
        )
        self.mode = "data" if plain.startswith("data.") else "managed"
        plain = plain.removeprefix("data.").partition("[")[0]
        self.type, self.name = plain.split(".")

    @property
    def head(self):
        index = {} if self.key is None else {"index": self.key}
        return {
            "address": self.address,
            "mode": self.mode,
            "type": self.type,
            "name": self.name,
            **index,
            "provider_name": AWS,
        }

    @property
    def planned(self):
        return {
            **self.head,
            "schema_version": 0,
            "values": self.values,
            "sensitive_values": self.sensitive,
        }

    @property
    def change(self):
        change = {
            "actions": self.actions,
            "before": self.before,
            "after": self.values,
            "after_unknown": self.unknown,
            "before_sensitive": {},
            "after_sensitive": self.sensitive,
        }
        return {**self.head, "change": change}

    @property
    def block(self):
        prefix = "data." if self.mode == "data" else ""
        return {
            "address": f"{prefix}{self.type}.{self.name}",
            "mode": self.mode,
            "type": self.type,
            "name": self.name,
            "provider_config_key": self.provider,
            "expressions": self.expressions,
            "schema_version": 0,
        }


def role(**more):
    given = {"assume_role_policy": {}, "name": {"constant_value": "ci"}}
    return One("aws_iam_role.ci", {**ROLE, **more.pop("values", {})}, ROLE_UNKNOWN, given, **more)


def policy(**more):
    given = {"policy": {}, "name": {"constant_value": "p"}}
    return One("aws_iam_policy.p", POLICY, POLICY_UNKNOWN, given, **more)


def attachment(**more):
    given = {"role": to("aws_iam_role.ci.name"), "policy_arn": to("aws_iam_policy.p.arn")}
    return One(
        "aws_iam_role_policy_attachment.a",
        {"role": "ci"},
        {"id": True, "policy_arn": True},
        given,
        **more,
    )


def plan_of(*found, prior=(), configuration=None, **more):
    """Return a plan of resources of the root module as data."""
    blocks = {str(one.block["address"]): one.block for one in (*prior, *found)}
    root = {"resources": list(blocks.values())}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {
            "root_module": {"resources": [o.planned for o in found if o.values is not None]}
        },
        "resource_changes": [one.change for one in found],
        "prior_state": {
            "format_version": "1.0",
            "values": {"root_module": {"resources": [one.planned for one in prior]}},
        },
        "configuration": configuration
        or {
            "provider_config": {"aws": {"name": "aws", "full_name": AWS}},
            "root_module": root,
        },
        "complete": True,
        "errored": False,
        **more,
    }


def text_of(data):
    """Write data as Terraform does: on one line."""
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"
