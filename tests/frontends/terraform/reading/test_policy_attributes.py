"""Every attribute that holds, names or only looks like an IAM policy, one row each.

The rows of ``policy_attributes.csv`` are from the AWS provider's schema 6.25.0 (``terraform
providers schema -json``), newer ones from the documentation of pulumi-aws 7.51.
"""

from pathlib import Path

import pytest

from leastwise.api.load import load_root
from leastwise.config.model import Config
from leastwise.iam.project import Project, Root
from leastwise.source.tree import MemoryTree

ROWS = tuple(
    tuple(line.split(","))
    for line in (Path(__file__).parent / "policy_attributes.csv").read_text().splitlines()[1:]
)
DOCUMENTS = ("identity", "trust", "resource", "session", "scp")
STATEMENTS = """jsonencode({
  Version   = "2012-10-17"
  Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
})"""

READ_AS = {
    "aws_iot_policy": ("identity", "ignored"),  # held by certificates
    "aws_vpc_endpoint": ("endpoint", "ignored"),
    "aws_vpc_endpoint_policy": ("endpoint", "ignored"),
    "aws_iam_policy": ("identity", "unattached"),
}
NO_DOCUMENT = {
    ("aws_ram_permission", "policy_template"),  # one statement without principal and resource
    ("aws_rolesanywhere_profile", "managed_policy_arns"),  # names session policies, see below
    ("aws_emr_studio_session_mapping", "session_policy_arn"),
}


def load(text: str) -> Project:
    tree = MemoryTree({"main.tf": text.encode()})
    return load_root(Root("terraform", ""), tree=tree, config=Config())


def resource(block: str, kind: str, path: str, value: str) -> str:
    *blocks, name = path.split(".")
    labels = '"aws"' if block == "provider" else f'"{kind}" "x"'
    inside = "".join(f"{one} {{\n" for one in blocks)
    region = 'data "aws_region" "x" {}\n'
    return f"{region}{block} {labels} {{\n{inside}{name} = {value}\n{'}' * len(blocks)}\n}}\n"


def of_kind(*kinds: str) -> list[tuple[str, ...]]:
    return [row for row in ROWS if row[3] in kinds]


def named(rows: list[tuple[str, ...]]) -> list[str]:
    return [f"{kind}.{path}" for _, kind, path, _ in rows]


HOLDING = [row for row in of_kind(*DOCUMENTS) if (row[1], row[2]) not in NO_DOCUMENT]


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), HOLDING, ids=named(HOLDING))
def test_an_attribute_with_a_document_is_a_policy(
    block: str, kind: str, path: str, meaning: str
) -> None:
    found = load(resource(block, kind, path, STATEMENTS))
    # A role without a trust policy has one that is not known.
    policies = [p for p in found.policies if p.document.opaque is None]
    *blocks, name = path.split(".")
    attribute = "".join(f"{one}[0]." for one in blocks) + name
    use = "attached" if meaning in ("identity", "trust", "resource") else "ignored"
    expected = READ_AS.get(kind, (meaning, use))
    address = "provider.aws" if block == "provider" else f"{kind}.x"
    assert [(p.address, p.attribute, (p.kind, p.consumption)) for p in policies] == [
        (address, attribute, expected)
    ]
    assert len(policies[0].document.statements) == 1


NOT_IAM = of_kind("not-iam")


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), NOT_IAM, ids=named(NOT_IAM))
def test_what_only_looks_like_a_policy_is_none(
    block: str, kind: str, path: str, meaning: str
) -> None:
    assert meaning == "not-iam"
    found = load(resource(block, kind, path, STATEMENTS))
    assert (found.policies, found.resources, found.diagnostics) == ((), (), ())


POLICIES = """
resource "aws_iam_policy" "p" {
  name   = "p"
  path   = "/x/"
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_group" "g" {
  name = "g"
}
resource "aws_iam_group_policy_attachment" "g" {
  group      = aws_iam_group.g.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_ssoadmin_permission_set" "s" {
  name = "s"
}
data "aws_iam_policy" "name" {
  name = "ReadOnlyAccess"
}
data "aws_iam_policy" "arn" {
  arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
"""
P = "policy_arn = aws_iam_policy.p.arn"
SET = "permission_set_arn = aws_ssoadmin_permission_set.s.arn"
BY_NAME = 'customer_managed_policy_reference {\nname = "p"\npath = "/x/"\n}'
GUARD = "guardrail_policy_arns = [aws_iam_policy.p.arn]"

ATTACHED: dict[tuple[str, str], tuple[str, str]] = {
    ("aws_iam_role_policy_attachment", "policy_arn"): (
        f"role = aws_iam_role.r.name\n{P}",
        "aws_iam_role.r holds p",
    ),
    ("aws_iam_user_policy_attachment", "policy_arn"): (
        f"user = aws_iam_user.u.name\n{P}",
        "aws_iam_user.u holds p",
    ),
    ("aws_iam_group_policy_attachment", "policy_arn"): (
        f"group = aws_iam_group.g.name\n{P}",
        "aws_iam_group.g holds p",
    ),
    ("aws_iam_policy_attachment", "policy_arn"): (
        f"users = [aws_iam_user.u.name]\n{P}",
        "aws_iam_user.u holds p",
    ),
    ("aws_iam_role", "managed_policy_arns"): (
        "managed_policy_arns = [aws_iam_policy.p.arn]",
        "aws_iam_role.x holds p",
    ),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns"): (
        "role_name = aws_iam_role.r.name\npolicy_arns = [aws_iam_policy.p.arn]",
        "aws_iam_role.r holds p",
    ),
    ("aws_iam_user_policy_attachments_exclusive", "policy_arns"): (
        "user_name = aws_iam_user.u.name\npolicy_arns = [aws_iam_policy.p.arn]",
        "aws_iam_user.u holds p",
    ),
    ("aws_iam_group_policy_attachments_exclusive", "policy_arns"): (
        "group_name = aws_iam_group.g.name\npolicy_arns = [aws_iam_policy.p.arn]",
        "aws_iam_group.g holds p",
    ),
    ("aws_ssoadmin_managed_policy_attachment", "managed_policy_arn"): (
        f"{SET}\nmanaged_policy_arn = aws_iam_policy.p.arn",
        "aws_ssoadmin_permission_set.s holds p",
    ),
    ("aws_ssoadmin_customer_managed_policy_attachment", "customer_managed_policy_reference"): (
        f"{SET}\n{BY_NAME}",
        "aws_ssoadmin_permission_set.s holds p",
    ),
    ("aws_eks_access_policy_association", "policy_arn"): (P, "p is unattached"),
    ("aws_quicksight_iam_policy_assignment", "policy_arn"): (P, "p is attached"),
    ("aws_budgets_budget_action", "definition.iam_action_definition.policy_arn"): (
        f"definition {{\niam_action_definition {{\n{P}\nroles = [aws_iam_role.r.name]\n}}\n}}",
        "aws_iam_role.r holds p",
    ),
    ("aws_iam_instance_profile", "role"): ("role = aws_iam_role.r.name", ""),
    ("aws_iam_group_membership", "users"): (
        "group = aws_iam_group.g.name\nusers = [aws_iam_user.u.name]",
        "aws_iam_user.u holds ReadOnlyAccess",
    ),
    ("aws_iam_user_group_membership", "groups"): (
        "user = aws_iam_user.u.name\ngroups = [aws_iam_group.g.name]",
        "aws_iam_user.u holds ReadOnlyAccess",
    ),
    ("aws_iam_role", "permissions_boundary"): (
        "permissions_boundary = aws_iam_policy.p.arn",
        "p is boundary",
    ),
    ("aws_iam_user", "permissions_boundary"): (
        "permissions_boundary = aws_iam_policy.p.arn",
        "p is boundary",
    ),
    (
        "aws_ssoadmin_permissions_boundary_attachment",
        "permissions_boundary.managed_policy_arn",
    ): (
        f"{SET}\npermissions_boundary {{\nmanaged_policy_arn = aws_iam_policy.p.arn\n}}",
        "p is boundary",
    ),
    (
        "aws_ssoadmin_permissions_boundary_attachment",
        "permissions_boundary.customer_managed_policy_reference",
    ): (f"{SET}\npermissions_boundary {{\n{BY_NAME}\n}}", "p is boundary"),
    ("aws_chatbot_slack_channel_configuration", "guardrail_policy_arns"): (GUARD, "p is session"),
    ("aws_chatbot_teams_channel_configuration", "guardrail_policy_arns"): (GUARD, "p is session"),
    ("aws_rolesanywhere_profile", "managed_policy_arns"): (
        "managed_policy_arns = [aws_iam_policy.p.arn]",
        "p is session",
    ),
    ("aws_emr_studio_session_mapping", "session_policy_arn"): (
        "session_policy_arn = aws_iam_policy.p.arn",
        "p is session",
    ),
    ("aws_iam_policy", "arn"): ("", ""),
    ("aws_iam_policy", "name"): ("", ""),
}
NOT_ATTACHING = {
    # What is listed is attached by other resources; what is not, Terraform removes.
    ("aws_iam_role_policies_exclusive", "policy_names"),
    ("aws_iam_user_policies_exclusive", "policy_names"),
    ("aws_iam_group_policies_exclusive", "policy_names"),
    # They put an SCP on an account, which grants nothing.
    ("aws_organizations_policy_attachment", "policy_id"),
    ("aws_budgets_budget_action", "definition.scp_action_definition.policy_id"),
}
NAMING = [
    row
    for row in ROWS
    if row[3] in ("managed-attachment-ref", "boundary-ref") or (row[1], row[2]) in ATTACHED
]


def facts(found: Project) -> set[str]:
    """Say who holds which policy, and what each policy is."""
    held = {
        f"{one.address} holds {str(a.policy.arn or a.policy.address).rpartition('/')[2]}"
        for one in found.principals
        for a in one.attachments
    }
    limits = {
        f"p is {policy.kind if policy.consumption == 'ignored' else policy.consumption}"
        for policy in found.policies
        if policy.address == "aws_iam_policy.p"
    }
    return held | limits


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), NAMING, ids=named(NAMING))
def test_an_attribute_that_names_a_policy_attaches_it(
    block: str, kind: str, path: str, meaning: str
) -> None:
    if (kind, path) in NOT_ATTACHING:
        return
    assert meaning in ("managed-attachment-ref", "boundary-ref", "session", "lookup")
    body, expected = ATTACHED[kind, path]
    text = f'resource "{kind}" "x" {{\n{body}\n}}\n' if body else ""
    found = facts(load(POLICIES + text))
    assert not expected or expected in found, (block, found)


@pytest.mark.parametrize("lookup", ["name", "arn"])
def test_a_policy_that_is_looked_up_is_attached(lookup: str) -> None:
    found = load(f"""{POLICIES}
resource "aws_iam_user_policy_attachment" "x" {{
  user       = aws_iam_user.u.name
  policy_arn = data.aws_iam_policy.{lookup}.arn
}}
""")
    assert "aws_iam_user.u holds ReadOnlyAccess" in facts(found)


GRANTS = of_kind("grant")
READ_GRANTS = {
    "aws_cloudwatch_event_permission",
    "aws_lambda_layer_version_permission",
    "aws_lambda_permission",
}


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), GRANTS, ids=named(GRANTS))
def test_grants_without_a_document(block: str, kind: str, path: str, meaning: str) -> None:
    assert meaning == "grant"
    found = load(resource(block, kind, path, '"123456789012"'))
    read = ["resource"] if kind in READ_GRANTS else []
    assert [p.kind for p in found.policies] == read


EMBEDDED = of_kind("embedded-template")
STACK = """jsonencode({
  Resources = {
    x = {
      Type       = "AWS::IAM::ManagedPolicy"
      Properties = { PolicyDocument = { Version = "2012-10-17", Statement = [] } }
    }
  }
})"""


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), EMBEDDED, ids=named(EMBEDDED))
def test_templates_are_read_as_such(block: str, kind: str, path: str, meaning: str) -> None:
    assert meaning == "embedded-template"
    text = resource(block, kind, path, STACK)
    if kind == "aws_cloudcontrolapi_resource":
        state = "jsonencode({ PolicyDocument = { Statement = [] } })"
        text = resource(block, kind, path, f'{state}\ntype_name = "AWS::IAM::ManagedPolicy"')
    found = load(text)
    assert [(p.address, p.attribute, p.kind) for p in found.policies] == [
        ("x", "PolicyDocument", "identity")
    ]


BUILDERS = {
    "source_policy_documents": ("source_policy_documents = [local.other]", "other"),
    "override_policy_documents": ("override_policy_documents = [local.other]", "other"),
    "statement": ('statement {\nsid = "here"\n}', "here"),
    "statement.sid": ('statement {\nsid = "here"\n}', "here"),
    "statement.effect": ('statement {\neffect = "Deny"\n}', "Deny"),
    "statement.actions": ('statement {\nactions = ["s3:Get*"]\n}', "s3:Get*"),
    "statement.not_actions": ('statement {\nnot_actions = ["s3:Get*"]\n}', "NotAction"),
    "statement.resources": ('statement {\nresources = ["arn:aws:s3:::b"]\n}', "arn:aws:s3:::b"),
    "statement.not_resources": ('statement {\nnot_resources = ["*"]\n}', "NotResource"),
    "statement.principals": (
        'statement {\nactions = ["s3:*"]\nprincipals {\ntype = "AWS"\nidentifiers = ["*"]\n}\n}',
        "Principal",
    ),
    "statement.not_principals": (
        'statement {\nactions = ["s3:*"]\nnot_principals {\ntype = "AWS"\nidentifiers = ["*"]\n}\n}',
        "NotPrincipal",
    ),
    "statement.condition": (
        'statement {\ncondition {\ntest = "Bool"\nvariable = "k"\nvalues = ["true"]\n}\n}',
        "Bool",
    ),
    "version": ('version = "2008-10-17"', "2008-10-17"),
    "policy_id": ('policy_id = "here"', "here"),
}
BUILDING = of_kind("document-builder")


@pytest.mark.parametrize(("block", "kind", "path", "meaning"), BUILDING, ids=named(BUILDING))
def test_arguments_of_a_document_are_in_it(block: str, kind: str, path: str, meaning: str) -> None:
    assert (block, kind, meaning) == ("data", "aws_iam_policy_document", "document-builder")
    body, expected = BUILDERS[path]
    found = load(f"""
locals {{
  other = jsonencode({{ Version = "2012-10-17", Statement = [{{ Sid = "other" }}] }})
}}
data "aws_iam_policy_document" "x" {{
  {body}
}}
resource "aws_iam_policy" "x" {{
  policy = data.aws_iam_policy_document.x.json
}}
""")
    (policy,) = found.policies
    assert policy.address == "aws_iam_policy.x"
    assert f'"{expected}"' in f"{policy.value!r}".replace("'", '"')


def test_a_document_that_is_only_simulated_is_used_by_nobody() -> None:
    found = load("""
data "aws_iam_policy_document" "x" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_iam_principal_policy_simulation" "x" {
  additional_policies_json = [data.aws_iam_policy_document.x.json]
}
""")
    assert [(p.address, p.consumption) for p in found.policies] == [
        ("data.aws_iam_policy_document.x", "builder")
    ]


def test_every_row_is_tested() -> None:
    tested = [*HOLDING, *NOT_IAM, *NAMING, *GRANTS, *EMBEDDED, *BUILDING, *of_kind("lookup")]
    left = {(kind, path) for _, kind, path, _ in set(ROWS) - set(tested)}
    assert left == {("aws_ram_permission", "policy_template")}
    assert len(ROWS) == 174
