"""The accounts of ``variants`` as CloudFormation templates, where nothing has to run as a role."""

from tests.graph.variants import ACCOUNT

OWNERS = {"user": "Users", "role": "Roles", "group": "Groups"}


def template(account):
    """Spell an account as one template, None where the other forms are needed for it."""
    if account.workload is not None or account.caller.kind == "permission-set":
        return None
    resources = {}
    for person in (account.caller, *account.others):
        resources |= person_resources(person)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def logical(kind, name):
    return f"{kind.title()}{name.title()}"


def substituted(value):
    """Spell the number of the account as the stack's own."""
    if isinstance(value, dict):
        return {key: substituted(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [substituted(one) for one in value]
    if isinstance(value, str) and ACCOUNT in value:
        return {"Fn::Sub": value.replace(ACCOUNT, "${AWS::AccountId}")}
    return value


def document(statements):
    return {"Version": "2012-10-17", "Statement": substituted(statements)}


def policy_resource(name, statements, **holders):
    properties = {"ManagedPolicyName": name, "PolicyDocument": document(statements), **holders}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def person_resources(person):
    """Spell a role, user, group or lone policy with its managed policy."""
    kind, name = person.kind, person.name
    if kind == "policy":
        return {logical("policy", name): policy_resource(name, person.statements)}
    label = logical(kind, name)
    properties = {f"{kind.title()}Name": name}
    found = {label: {"Type": f"AWS::IAM::{kind.title()}", "Properties": properties}}
    if person.trust is not None:
        properties["AssumeRolePolicyDocument"] = document([person.trust.statement])
    if person.boundary:
        limit = f"limit_{name}"
        found[logical("limit", name)] = policy_resource(limit, person.boundary)
        properties["PermissionsBoundary"] = {"Ref": logical("limit", name)}
    if person.groups:
        properties["Groups"] = [{"Ref": logical("group", one)} for one in person.groups]
    if person.password:
        properties["LoginProfile"] = {"Password": "{{resolve:secretsmanager:first-password}}"}
    if person.statements:
        holders = {OWNERS[kind]: [{"Ref": label}]}
        found[logical("policy", name)] = policy_resource(name, person.statements, **holders)
    if person.trust is not None and person.trust.name == "ec2.amazonaws.com":
        profile = {"InstanceProfileName": name, "Roles": [{"Ref": label}]}
        found[logical("profile", name)] = {
            "Type": "AWS::IAM::InstanceProfile",
            "Properties": profile,
        }
    return found
