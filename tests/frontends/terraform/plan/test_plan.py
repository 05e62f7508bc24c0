"""What a plan leaves in place is read as if it had been evaluated from HCL."""

import json

import pytest
from tests.frontends.terraform.plan.plans import (
    ADMIN,
    ROLE,
    TRUST,
    One,
    attachment,
    plan_of,
    policy,
    role,
    text_of,
    to,
)

from leastwise.iam.resolution import plain

READ_ALL = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
)


def held(project):
    return {p.address: sorted(a.policy.address for a in p.attachments) for p in project.principals}


def codes(project):
    return [(d.severity, d.code) for d in project.diagnostics]


def documents(project):
    return {(p.address, p.attribute): plain(p.value) for p in project.policies}


def test_policy_whose_arn_is_unknown_is_attached_by_reference(read):
    project = read(plan_of(policy(), role(), attachment()))
    assert held(project) == {"aws_iam_role.ci": ["aws_iam_policy.p"]}
    assert codes(project) == []
    (principal,) = project.principals
    assert str(principal.id.name) == "ci"
    assert not principal.attachments_open


def test_place_is_the_text_inside_of_the_plan(read):
    data = text_of(plan_of(policy(), role(), attachment()))
    project = read(data)
    found = next(p for p in project.policies if p.address == "aws_iam_policy.p")
    (statement,) = found.document.statements
    (action,) = statement.actions.globs
    start, end = action.origin.span.start, action.origin.span.end
    assert data[start:end] == b'\\"*\\"'


def test_deleted_attachment_attaches_nothing(read):
    gone = attachment(
        actions=["delete"], before={"role": "ci", "policy_arn": "arn:aws:iam::1:policy/p"}
    )
    gone.values = None
    assert held(read(plan_of(policy(), role(), gone))) == {"aws_iam_role.ci": []}


def test_what_the_role_echoes_is_left_out_when_nobody_sets_it(read):
    echo = role(
        actions=["no-op"],
        values={
            "managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "inline_policy": [{"name": "old", "policy": ADMIN}],
        },
    )
    assert held(read(plan_of(echo))) == {"aws_iam_role.ci": []}


def test_list_that_the_configuration_sets_is_read(read):
    listed = role(values={"managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"]})
    listed.unknown = {"arn": True, "id": True}
    listed.expressions = {"managed_policy_arns": {"constant_value": []}}
    (principal,) = read(plan_of(listed)).principals
    assert [str(a.policy.arn) for a in principal.attachments] == [
        "arn:aws:iam::aws:policy/AdministratorAccess"
    ]


def test_inline_policy_block_is_read_once(read):
    inline = role(values={"inline_policy": [{"name": "x", "policy": ADMIN}]})
    inline.unknown = {"arn": True}
    inline.expressions = {"inline_policy": [{"policy": {}}]}
    found = [p.attribute for p in read(plan_of(inline)).policies]
    assert found == ["assume_role_policy", "inline_policy[0].policy"]


@pytest.mark.parametrize(
    ("actions", "stays"),
    [
        (["no-op"], True),
        (["update"], True),
        (["create"], True),
        (["delete", "create"], True),
        (["create", "delete"], True),
        (["delete"], False),
    ],
)
def test_what_stays_is_judged(read, actions, stays):
    one = role(actions=actions)
    if not stays:
        one.before, one.values = one.values, None
    assert [p.address for p in read(plan_of(one)).principals] == ["aws_iam_role.ci"] * stays


def test_forgotten_resource_stays_in_the_account(read):
    forgotten = role(
        actions=["forget"], before={**ROLE, "arn": "arn:aws:iam::111122223333:role/ci"}
    )
    forgotten.values = None
    project = read(plan_of(forgotten))
    assert [p.address for p in project.principals] == ["aws_iam_role.ci"]
    assert codes(project) == [("note", "forgotten")]


def test_resource_that_only_the_changes_show_is_read(read):
    data = plan_of(role())
    del data["planned_values"]
    assert [p.address for p in read(data).principals] == ["aws_iam_role.ci"]


def test_deferred_change_may_be_there(read):
    data = plan_of(policy(), role(), attachment())
    deferred = data["resource_changes"].pop()
    data["planned_values"]["root_module"]["resources"].pop()
    data["deferred_changes"] = [{"reason": "instance_count_unknown", "resource_change": deferred}]
    project = read(data)
    assert held(project) == {"aws_iam_role.ci": ["aws_iam_policy.p"]}
    assert codes(project) == [("warning", "plan-deferred")]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"errored": True}, [("error", "plan-errored")]),
        ({"complete": False}, [("warning", "plan-incomplete")]),
        ({"complete": False, "errored": True}, [("error", "plan-errored")]),
    ],
)
def test_plan_that_lacks_something_says_so(read, flags, expected):
    assert codes(read(plan_of(role(), **flags))) == expected


def test_unknown_policy_is_unknown_and_not_absent(read):
    one = policy()
    one.values, one.unknown = {"name": "p", "path": "/"}, {"policy": True, "arn": True}
    one.expressions = {"policy": to("aws_s3_bucket.b.arn")}
    (found,) = read(plan_of(one)).policies
    assert (found.address, found.resolution) == ("aws_iam_policy.p", "opaque")


def test_document_read_during_apply_is_followed(read):
    statement = {
        "actions": ["s3:GetObject"],
        "condition": [],
        "effect": "Allow",
        "not_actions": None,
        "not_principals": [],
        "not_resources": None,
        "principals": [],
        "resources": [None],
        "sid": None,
    }
    document = One(
        "data.aws_iam_policy_document.d",
        {"statement": [statement], "version": None},
        {"id": True, "json": True, "statement": [{"resources": [True]}]},
        {"statement": [{"resources": to("aws_s3_bucket.b.arn")}]},
        actions=["read"],
    )
    one = policy()
    one.values, one.unknown = {"name": "p", "path": "/"}, {"policy": True, "arn": True}
    one.expressions = {"policy": to("data.aws_iam_policy_document.d.json")}
    (found,) = read(plan_of(document, one)).policies
    (statement,) = found.document.statements
    assert [str(glob) for glob in statement.actions.globs] == ["s3:GetObject"]
    assert [str(glob) for glob in statement.resources.globs] == [
        "${data.aws_iam_policy_document.d.statement[0].resources[0]}"
    ]


def test_sensitive_policy_is_not_shown(read):
    secret = READ_ALL.replace("s3:Get*", "s3:Get-hush")
    one = policy(sensitive={"policy": True})
    one.values = {**one.values, "policy": secret}
    data = text_of(plan_of(one))
    project = read(data)
    (found,) = project.policies
    assert found.resolution == "opaque"
    assert "hush" not in json.dumps(documents(project)[found.address, "policy"])
    assert project.masked == {"plan.json"}
    assert not any(b"hush" in data[s.start : s.end] for s in project.quotable)


@pytest.mark.parametrize(
    ("expressions", "account"),
    [
        ({"allowed_account_ids": {"constant_value": ["111122223333"]}}, "111122223333"),
        ({"allowed_account_ids": {"references": ["var.account"]}}, "444455556666"),
        (
            {
                "assume_role": [
                    {"role_arn": {"constant_value": "arn:aws:iam::777788889999:role/ci"}}
                ]
            },
            "777788889999",
        ),
        ({"region": {"constant_value": "eu-west-1"}}, None),
    ],
)
def test_provider_binds_the_account(read, expressions, account):
    data = plan_of(role(), variables={"account": {"value": "444455556666"}})
    data["configuration"]["provider_config"]["aws"]["expressions"] = expressions
    (principal,) = read(data).principals
    assert principal.id.account.number == account


def test_caller_identity_that_was_read_binds_the_account(read):
    caller = One(
        "data.aws_caller_identity.me", {"account_id": "111122223333", "id": "111122223333"}
    )
    (principal,) = read(plan_of(role(), prior=[caller])).principals
    assert principal.id.account.number == "111122223333"


def rendered(address, text):
    return One(
        address,
        {
            "json": text,
            "statement": [
                {
                    "actions": ["s3:Get*"],
                    "effect": "Allow",
                    "resources": ["*"],
                    "condition": [],
                    "principals": [],
                }
            ],
        },
    )


def test_document_that_a_policy_holds_is_no_finding_of_its_own(read):
    one = policy()
    one.values = {**one.values, "policy": READ_ALL}
    document = rendered("data.aws_iam_policy_document.d", READ_ALL)
    found = read(plan_of(one, prior=[document])).policies
    assert [p.address for p in found] == ["aws_iam_policy.p"]


def test_document_that_nobody_holds_is_a_builder(read):
    document = rendered("data.aws_iam_policy_document.d", READ_ALL)
    found = read(plan_of(role(), prior=[document])).policies
    assert ("data.aws_iam_policy_document.d", "builder") in [
        (p.address, p.consumption) for p in found
    ]


MODULE = {
    "provider_config": {"aws": {"name": "aws"}},
    "root_module": {
        "module_calls": {
            "app": {
                "source": "./app",
                "expressions": {"policy": {"references": ["module.base.arn", "module.base"]}},
                "for_each_expression": {"constant_value": ["a"]},
                "module": {
                    "resources": [
                        {**role().block},
                        {
                            **attachment().block,
                            "expressions": {
                                "role": to("aws_iam_role.ci.name"),
                                "policy_arn": {"references": ["var.policy"]},
                            },
                        },
                    ],
                    "variables": {"policy": {}},
                },
            },
            "base": {
                "source": "./base",
                "module": {
                    "outputs": {"arn": {"expression": to("aws_iam_policy.p.arn")}},
                    "resources": [policy().block],
                },
            },
        }
    },
}


def test_references_lead_through_modules(read):
    data = plan_of(configuration=MODULE)
    entries = []
    for module, one in (
        ("module.base", policy()),
        ('module.app["a"]', role()),
        ('module.app["a"]', attachment()),
    ):
        entries.append({**one.planned, "address": f"{module}.{one.address}"})
        data["resource_changes"].append({**one.change, "address": f"{module}.{one.address}"})
    data["planned_values"]["root_module"]["child_modules"] = [
        {"address": "module.base", "resources": entries[:1]},
        {"address": 'module.app["a"]', "resources": entries[1:]},
    ]
    project = read(data)
    assert held(project) == {'module.app["a"].aws_iam_role.ci': ["module.base.aws_iam_policy.p"]}
    assert project.principals[0].occurrence.module_call == 'module.app["a"]'


def test_reference_with_each_key_leads_to_the_same_key(read):
    found = []
    for key, text in (("a", ADMIN), ("b", READ_ALL)):
        found.append(
            One(
                f'aws_iam_policy.p["{key}"]',
                {"name": key, "path": "/", "policy": text},
                {"arn": True, "id": True},
                {"policy": {}},
                key=key,
            )
        )
        found.append(
            One(
                f'aws_iam_role_policy_attachment.a["{key}"]',
                {"role": "ci"},
                {"policy_arn": True},
                {"policy_arn": {"references": ["aws_iam_policy.p", "each.key"]}},
                key=key,
            )
        )
    project = read(plan_of(role(), *found))
    assert held(project) == {"aws_iam_role.ci": ['aws_iam_policy.p["a"]', 'aws_iam_policy.p["b"]']}


def test_trust_policy_is_read(read):
    assert documents(read(plan_of(role())))["aws_iam_role.ci", "assume_role_policy"] == json.loads(
        TRUST
    )


@pytest.mark.parametrize(
    ("expressions", "prior", "partition"),
    [
        ({"region": {"constant_value": "eu-west-1"}}, (), "aws"),
        ({"region": {"references": ["var.region"]}}, (), "aws-cn"),
        ({}, (One("data.aws_region.here", {"name": "us-gov-west-1"}),), "aws-us-gov"),
    ],
)
def test_region_of_the_provider_tells_the_partition(read, expressions, prior, partition):
    data = plan_of(role(), prior=prior, variables={"region": {"value": "cn-north-1"}})
    data["configuration"]["provider_config"]["aws"]["expressions"] = expressions
    (principal,) = read(data).principals
    assert str(principal.arn).startswith(f"arn:{partition}:iam::")
