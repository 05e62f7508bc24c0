"""Where the paths of the catalogue lead: the calls of one way, and the accounts they reach."""

import json

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.config.model import Config
from leastwise.graph.closure.reach import graph_of
from leastwise.source.tree import MemoryTree

STATEMENT = [
    {"Effect": "Allow", "Action": ["iam:AttachRolePolicy", "sts:AssumeRole"], "Resource": "*"}
]


def dump(account, name, statements):
    """Spell an account with one role that the whole account may assume."""
    root = f"arn:aws:iam::{account}:root"
    trust = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": statements}
    user = {
        "UserName": "ci",
        "Arn": f"arn:aws:iam::{account}:user/ci",
        "Path": "/",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
    }
    role = {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
    }
    return json.dumps({"UserDetailList": [user], "RoleDetailList": [role]}).encode()


def test_a_role_of_another_account_does_not_stand_for_one_of_the_own():
    files = {
        "a.json": dump("111122223333", "first", []),
        "b.json": dump("444455556666", "second", STATEMENT),
    }
    named = frozenset(files)
    workspace = Workspace(MemoryTree(files), tuple(files), named, named, "", None)
    project = load_workspace(workspace, Config(), Options(jobs=1)).project
    graph = graph_of(project, Config())
    (caller,) = (n.number for n in graph.nodes if n.arn == "arn:aws:iam::444455556666:user/ci")
    found = {lead.path.id: lead.found.sure for lead, _ in graph.edges(caller).leads}
    (target,) = (n.number for n in graph.nodes if n.arn == "arn:aws:iam::444455556666:role/second")
    assert found["iam/attach-role-policy+assume"] == 1 << target


def test_a_variable_for_the_own_name_names_nobody_of_another_name():
    own = [
        {
            "Effect": "Allow",
            "Action": "iam:UpdateAssumeRolePolicy",
            "Resource": "arn:aws:iam::111122223333:role/${aws:username}-*",
        }
    ]
    account = json.loads(dump("111122223333", "ci-x", own))
    account["RoleDetailList"] += json.loads(dump("111122223333", "bob-x", []))["RoleDetailList"]
    account["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"] = own
    files = {"a.json": json.dumps(account).encode()}
    named = frozenset(files)
    workspace = Workspace(MemoryTree(files), tuple(files), named, named, "", None)
    project = load_workspace(workspace, Config(), Options(jobs=1)).project
    graph = graph_of(project, Config())
    numbers = {n.arn.rpartition("/")[2]: n.number for n in graph.nodes}
    found = {lead.path.id: lead.found for lead, _ in graph.edges(numbers["ci"]).leads}
    assert found["iam/update-assume-role-policy"].sure == 1 << numbers["ci-x"]
    assert found["iam/update-assume-role-policy"].maybe == 0
