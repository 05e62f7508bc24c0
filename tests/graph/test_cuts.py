"""The least that ends every way: tried on projects, against brute force over all that may go."""

import json
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.worked import load

from leastwise.graph.answers.cuts import Link, cheapest
from leastwise.graph.answers.removal import Removable, Removals
from leastwise.graph.model import Proof, Step
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

ARN = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ACTIONS = ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "ec2:RunInstances")


def document(*rows):
    found = [{"Effect": "Allow", "Action": list(actions), "Resource": "*"} for actions in rows]
    return {"Version": "2012-10-17", "Statement": found}


def account(*, inline=(), managed=(), of_group=(), attached=()):
    """Return a user with inline policies, managed ones, those of a group and those of AWS."""
    policies = {f"m{n}": rows for n, rows in enumerate(managed)}
    dump = {
        "UserDetailList": [
            {
                "UserName": name,
                "Arn": f"{ARN}:user/{name}",
                "Path": "/",
                "UserPolicyList": [
                    {"PolicyName": f"p{n}", "PolicyDocument": document(*rows)}
                    for n, rows in enumerate(inline if name == "ann" else ())
                ],
                "AttachedManagedPolicies": [
                    {"PolicyName": name, "PolicyArn": f"{ARN}:policy/{name}"} for name in policies
                ]
                + [{"PolicyName": arn, "PolicyArn": arn} for arn in attached],
                "GroupList": ["team"] if of_group else [],
            }
            for name in ("ann", "bob")
        ],
        "GroupDetailList": [
            {
                "GroupName": "team",
                "Arn": f"{ARN}:group/team",
                "Path": "/",
                "GroupPolicyList": [
                    {"PolicyName": f"g{n}", "PolicyDocument": document(*rows)}
                    for n, rows in enumerate(of_group)
                ],
                "AttachedManagedPolicies": [],
            }
        ],
        "RoleDetailList": [],
        "Policies": [
            {
                "PolicyName": name,
                "Arn": f"{ARN}:policy/{name}",
                "AttachmentCount": 2,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(*rows)}
                ],
            }
            for name, rows in policies.items()
        ],
    }
    return load(MemoryTree({"account.json": json.dumps(dump).encode()}))


def ways_of(*needed):
    """Return a finder of the ways that need some calls each of the first principal."""

    def find(project):
        access = access_of(project.principals[0])
        for calls in needed:
            answers = [allows(access, RequestPattern((call,))) for call in calls]
            if all(answer.certainty != "no" for answer in answers):
                step = Step(0, 1, "", "proven")
                yield (Link(Proof(step, "", tuple(answers)), source=0),)

    return find


def told(removables):
    return {
        (r.policy.address.rpartition("/")[2], r.statement, r.holder and r.holder.id.name.literal)
        for r in removables
    }


def test_one_statement_that_every_way_needs_goes():
    project = account(inline=[[ACTIONS[:1], ACTIONS[1:]]])
    found = cheapest(project, ways_of(ACTIONS[:2], (ACTIONS[0], ACTIONS[3])))
    assert found.least.is_smallest
    ((_, statement, holder),) = told(found.least.chosen)
    assert (statement, holder) == (0, None)
    assert found.kept is None


def test_a_policy_goes_whole_where_more_of_it_would_have_to_go():
    project = account(inline=[[(action,) for action in ACTIONS]])
    found = cheapest(project, ways_of(*((action,) for action in ACTIONS)))
    ((_, statement, holder),) = told(found.least.chosen)
    assert (statement, holder) == (None, "ann")
    assert found.least.is_smallest
    assert {statement for _, statement, _ in told(found.kept.chosen)} == {0, 1, 2, 3}
    assert found.kept.is_smallest


def test_what_aws_manages_is_detached():
    project = account(attached=[ADMIN])
    found = cheapest(project, ways_of((ACTIONS[0],)))
    assert told(found.least.chosen) == {("AdministratorAccess", None, "ann")}
    assert found.kept is None


def test_what_a_group_gives_is_taken_from_the_group():
    project = account(of_group=[[ACTIONS[:1], ACTIONS[1:2]]])
    found = cheapest(project, ways_of(*((action,) for action in ACTIONS[:2])))
    assert {holder for _, _, holder in told(found.least.chosen)} == {"team"}
    (one,) = found.least.chosen
    gone = {p.address.rpartition(":")[2] for p in Removals(project).holders(one)}
    assert gone == {"user/ann", "user/bob", "group/team"}


def test_a_statement_of_a_shared_policy_goes_for_all_who_hold_it():
    project = account(managed=[[ACTIONS[:1]]])
    found = cheapest(project, ways_of(ACTIONS[:1]))
    (one,) = found.least.chosen
    assert one.statement == 0
    left = Removals(project).without([one])
    for principal in left.principals[:2]:
        assert allows(access_of(principal), RequestPattern((ACTIONS[0],))).certainty == "no"


def test_what_does_not_change_stays_the_same_object():
    project = account(inline=[[ACTIONS[:1]]], managed=[[ACTIONS[1:2]]])
    ann, bob = project.principals[:2]
    left = Removals(project).without([Removable(ann.attachments[0].policy, 0)])
    assert left.principals[0] is not ann
    assert left.principals[1] is bob
    assert left.principals[0].attachments[1] is ann.attachments[1]


def test_a_way_of_which_nothing_can_go_has_no_cut():
    project = account()

    def find(project):
        yield (Link(Proof(Step(0, 1, "", "proven"), project.principals[0].address, ())),)

    found = cheapest(project, find)
    assert found.least.chosen is None
    assert found.least.endless


ROWS = st.lists(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2), min_size=1, max_size=2)
NEEDED = st.lists(
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(inline=st.lists(ROWS, max_size=2), of_group=st.lists(ROWS, max_size=1), needed=NEEDED)
def test_nothing_smaller_ends_every_way(inline, of_group, needed):
    project = account(inline=inline, of_group=of_group)
    find = ways_of(*needed)
    found = cheapest(project, find)
    assert found.least.is_smallest
    size = len(found.least.chosen)
    removals = Removals(project)
    assert not list(find(removals.without(found.least.chosen)))
    for few in range(size):
        for gone in combinations(everything(project), few):
            assert list(find(removals.without(gone)))


def everything(project):
    """Return all that may go from the first principal."""
    ann, groups = project.principals[0], {p.address: p for p in project.principals}
    found = []
    for attachment in ann.attachments:
        holder = ann if attachment.via is None else groups[attachment.via]
        found.append(Removable(attachment.policy, holder=holder))
        indices = range(len(attachment.policy.document.statements))
        found += (Removable(attachment.policy, index) for index in indices)
    return found


@pytest.mark.parametrize("rows", [[ACTIONS[:1]], [ACTIONS[:1], ACTIONS[1:2]]])
def test_a_statement_is_named_before_its_policy(rows):
    project = account(managed=[rows])
    found = cheapest(project, ways_of(ACTIONS[:1]))
    assert [r.statement for r in found.least.chosen] == [0]
