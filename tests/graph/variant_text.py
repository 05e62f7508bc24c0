"""The accounts of ``variants`` as Terraform, as an account dump, and as the one policy alone."""

import json

from tests.graph.variant_template import template
from tests.graph.variants import ACCOUNT, INSTANCE, Reference, arn, document


def of_caller(account):
    """Return the one policy of the principal in question, as one in an account looks."""
    return document(account.caller.statements)


def hcl(value):
    """Spell a document as a Terraform expression; references become interpolations."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(k)} : {hcl(v)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(hcl, value))}]"
    if isinstance(value, Reference) and value.address:
        return value.address
    return json.dumps(value)


def policy_text(name, statements):
    lines = ",\n      ".join(map(hcl, statements))
    return f"""
resource "aws_iam_policy" "{name}" {{
  name   = "{name}"
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {lines}
    ]
  }})
}}
"""


def attachment_text(person, policy):
    return f"""
resource "aws_iam_{person.kind}_policy_attachment" "{person.name}" {{
  {person.kind} = aws_iam_{person.kind}.{person.name}.name
  policy_arn = aws_iam_policy.{policy}.arn
}}
"""


def person_text(person):
    """Spell a role, user, group or lone policy with its managed policy."""
    name, kind = person.name, person.kind
    if kind == "policy":
        return policy_text(name, person.statements)
    if kind == "permission-set":
        return permission_set_text(person)
    bound = f"  permissions_boundary = aws_iam_policy.limit_{name}.arn\n" if person.boundary else ""
    trust = ""
    if person.trust is not None:
        trust = f"  assume_role_policy = jsonencode({hcl(document([person.trust.statement]))})\n"
    text = f'\nresource "aws_iam_{kind}" "{name}" {{\n  name = "{name}"\n{trust}{bound}}}\n'
    if person.boundary:
        text += policy_text(f"limit_{name}", person.boundary)
    if person.statements:
        text += policy_text(name, person.statements) + attachment_text(person, name)
    if person.trust is not None and person.trust.name == "ec2.amazonaws.com":
        text += (
            f'\nresource "aws_iam_instance_profile" "{name}" {{\n  name = "{name}"\n'
            f"  role = aws_iam_role.{name}.name\n}}\n"
        )
    for group in person.groups:
        text += (
            f'\nresource "aws_iam_user_group_membership" "{name}" {{\n'
            f"  user   = aws_iam_user.{name}.name\n  groups = [aws_iam_group.{group}.name]\n}}\n"
        )
    if person.password:
        text += (
            f'\nresource "aws_iam_user_login_profile" "{name}" {{\n'
            f"  user = aws_iam_user.{name}.name\n}}\n"
        )
    return text


def permission_set_text(person):
    return f"""
resource "aws_ssoadmin_permission_set" "{person.name}" {{
  name         = "{person.name}"
  instance_arn = "{INSTANCE}"
}}
resource "aws_ssoadmin_account_assignment" "{person.name}" {{
  instance_arn       = "{INSTANCE}"
  permission_set_arn = aws_ssoadmin_permission_set.{person.name}.arn
  principal_id       = "0a1b2c3d-0000-1111-2222-333344445555"
  principal_type     = "GROUP"
  target_id          = "{ACCOUNT}"
  target_type        = "AWS_ACCOUNT"
}}
resource "aws_ssoadmin_permission_set_inline_policy" "{person.name}" {{
  instance_arn       = "{INSTANCE}"
  permission_set_arn = aws_ssoadmin_permission_set.{person.name}.arn
  inline_policy      = jsonencode({hcl(document(person.statements))})
}}
{boundary_of_set(person)}"""


def boundary_of_set(person):
    if not person.boundary:
        return ""
    return f"""
resource "aws_ssoadmin_permissions_boundary_attachment" "{person.name}" {{
  instance_arn       = "{INSTANCE}"
  permission_set_arn = aws_ssoadmin_permission_set.{person.name}.arn
  permissions_boundary {{
    customer_managed_policy_reference {{
      name = aws_iam_policy.limit_{person.name}.name
      path = "/"
    }}
  }}
}}
{policy_text(f"limit_{person.name}", person.boundary)}"""


def terraform(account):
    """Spell an account as one Terraform file."""
    head = (
        'provider "aws" {\n  region              = "us-east-1"\n'
        f'  allowed_account_ids = ["{ACCOUNT}"]\n}}\n'
    )
    text = head + "".join(map(person_text, (account.caller, *account.others)))
    if account.workload is None:
        return text
    role = f"aws_iam_role.{account.runner}.arn"
    profile = f"aws_iam_instance_profile.{account.runner}.name"
    return text + account.workload.text.replace("ROLE", role).replace("PROFILE", profile)


def dump(account):
    """Spell an account as a dump, None if something has to run as a role or is not of IAM."""
    if account.workload is not None or account.caller.kind == "permission-set":
        return None
    entries = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    lists = {"user": "UserDetailList", "group": "GroupDetailList", "role": "RoleDetailList"}
    for person in (account.caller, *account.others):
        if person.statements:
            older = account.older if person is account.caller else None
            entries["Policies"].append(policy_entry(person.name, person.statements, older))
        if person.boundary:
            entries["Policies"].append(policy_entry(f"limit_{person.name}", person.boundary))
        if person.kind in lists:
            entries[lists[person.kind]].append(person_entry(person))
    return entries


def policy_entry(name, statements, older=None):
    versions = [{"Document": document(statements), "VersionId": "v2", "IsDefaultVersion": True}]
    if older is not None:
        versions.append({"Document": older, "VersionId": "v1", "IsDefaultVersion": False})
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{name.upper()}",
        "Arn": arn("policy", name),
        "Path": "/",
        "DefaultVersionId": "v2",
        "AttachmentCount": 1,
        "IsAttachable": True,
        "PolicyVersionList": versions,
    }


def person_entry(person):
    word = person.kind.capitalize()
    entry = {
        f"{word}Name": person.name,
        f"{word}Id": f"A{person.kind.upper()}{person.name.upper()}",
        f"{word}PolicyList": [],
        "Arn": person.arn,
        "Path": "/",
        "AttachedManagedPolicies": [
            {"PolicyName": person.name, "PolicyArn": arn("policy", person.name)}
        ]
        if person.statements
        else [],
    }
    if person.boundary:
        entry["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn("policy", f"limit_{person.name}"),
        }
    if person.kind == "user":
        entry["GroupList"] = list(person.groups)
    if person.trust is not None:
        profile = {
            "InstanceProfileName": person.name,
            "InstanceProfileId": "AIPA0123456789",
            "Arn": arn("instance-profile", person.name),
            "Path": "/",
            "Roles": [],
        }
        runs = person.trust.name == "ec2.amazonaws.com"
        entry["AssumeRolePolicyDocument"] = document([person.trust.statement])
        entry["InstanceProfileList"] = [profile] if runs else []
    return entry


def files_of(account, form):
    """Return the one file of an account in a form, by name; None where the form can't say it."""
    if form == "terraform":
        return {"main.tf": terraform(account).encode()}
    if form == "template":
        found, name = template(account), "template.yaml"
    else:
        found, name = dump(account), "account.json"
    return None if found is None else {name: json.dumps(found, indent=1).encode()}
