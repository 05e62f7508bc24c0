"""Cuts of small accounts against brute force: nothing smaller leaves no way, whatever it is."""

import json
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.worked import load

from leastwise.config.model import Config
from leastwise.graph.answers.cuts import cuts_between
from leastwise.graph.answers.removal import Removable, Removals
from leastwise.graph.closure.reach import graph_of
from leastwise.source.tree import MemoryTree

ARN = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
LAMBDA = {"Service": "lambda.amazonaws.com"}
NAMES = ("start", "middle", "end", "admin")
GRANTS = (
    ["iam:PassRole"],
    ["lambda:CreateFunction", "lambda:InvokeFunction"],
    ["iam:PassRole", "lambda:*"],
    ["sts:AssumeRole"],
    ["iam:UpdateAssumeRolePolicy"],
    ["iam:PutRolePolicy"],
    ["s3:GetObject"],
)
ON = ("*", f"{ARN}:role/middle", f"{ARN}:role/admin", f"{ARN}:role/start")
TRUSTED = (
    LAMBDA,
    {"AWS": f"{ARN}:root"},
    {"AWS": f"{ARN}:role/start"},
    {"AWS": f"{ARN}:role/middle"},
)
STATEMENT = st.tuples(st.sampled_from(GRANTS), st.sampled_from(ON)).map(
    lambda row: {
        "Effect": "Allow",
        "Action": row[0],
        "Resource": "*" if any(a.startswith(("lambda", "s3")) for a in row[0]) else row[1],
    }
)
ROLE = st.tuples(
    st.lists(STATEMENT, max_size=2), st.lists(st.sampled_from(TRUSTED), min_size=1, max_size=2)
)


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def role(name, statements, trusted):
    trust = [{"Effect": "Allow", "Principal": p, "Action": "sts:AssumeRole"} for p in trusted]
    return {
        "RoleName": name,
        "Arn": f"{ARN}:role/{name}",
        "Path": "/",
        "AssumeRolePolicyDocument": document(trust),
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document(statements)}]
        if statements
        else [],
        "AttachedManagedPolicies": [{"PolicyName": "a", "PolicyArn": ADMIN}]
        if name == "admin"
        else [],
    }


def account(rows):
    roles = [role(name, *row) for name, row in zip(NAMES, rows, strict=True)]
    dump = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}
    return load(MemoryTree({"account.json": json.dumps(dump).encode()}))


def is_open(project):
    graph = graph_of(project, Config())
    return bool(graph.admins_in(graph.reach(0, possibly=True)))


def everything(project):
    """Return all that may go but for what makes the administrator one."""
    found = []
    for principal in project.principals:
        policies = [principal.trust]
        if not principal.address.endswith("admin"):
            policies += [a.policy for a in principal.attachments]
            found += [Removable(a.policy, holder=principal) for a in principal.attachments]
        found += [Removable(p, n) for p in policies for n in range(len(p.document.statements))]
    return found


@settings(max_examples=25, deadline=None)
@given(st.tuples(ROLE, ROLE, ROLE, ROLE))
def test_nothing_smaller_ends_every_way(rows):
    project = account(rows)
    if not is_open(project):
        return
    found = cuts_between(graph_of(project, Config()), 0, None).least
    assert found.is_smallest
    removals = Removals(project)
    assert not is_open(removals.without(found.chosen))
    for few in range(len(found.chosen)):
        for gone in combinations(everything(project), few):
            assert is_open(removals.without(gone)), gone
