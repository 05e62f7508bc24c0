"""Plans and states are told from other files by what is in them."""

import io
import json
import zipfile

import pytest
from tests.frontends.terraform.plan.plans import ADMIN, ROLE, One, plan_of, role, text_of

from leastwise.config.model import Config
from leastwise.frontends.terraform import plan as plans
from leastwise.source.tree import MemoryTree

STATE = {
    "format_version": "1.0",
    "terraform_version": "1.11.4",
    "values": {"root_module": {"resources": [role().planned]}},
}


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("tfplan", "tfstate", "tfconfig/m-/main.tf"):
            archive.writestr(name, b"\x0a\x01")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (text_of(plan_of(role())), "terraform-plan"),
        (json.dumps(plan_of(role()), indent=1, sort_keys=True).encode(), "terraform-plan"),
        (text_of(STATE), "terraform-state"),
        (text_of({"version": 4, "terraform_version": "1.11.4", "lineage": "x", "resources": []}), "terraform-state"),
        (zipped(), "terraform-plan"),
        (b'{"@level":"info","@module":"terraform.ui","type":"version"}\n{"@level":"info"}', "terraform-plan"),
        (b'{"format_version":"1.2","planned_values":{"root_module":{"resources":[}}', "terraform-plan"),
        (text_of({"format_version": "1.0"}), None),
        (text_of({"format_version": "1", "Version": "2012-10-17", "Statement": [], "values": 1}), None),
        (text_of({"version": 3, "terraform_version": "0.11", "lineage": "x", "modules": []}), None),
        (b'["format_version", "planned_values"]', None),
        (b"\x00\x01", None),
        (b"", None),
    ],
)  # fmt: skip
def test_kind_is_told_by_the_content(data, kind):
    tree = MemoryTree({"x": data})
    found = plans.roots(tree, ("x",), named=frozenset("x"))
    assert [root.kind for root in found] == ([kind] if kind else [])


def test_binary_plan_is_refused_with_the_command():
    tree = MemoryTree({"p.bin": zipped()})
    (root,) = plans.roots(tree, ("p.bin",), named=frozenset(("p.bin",)))
    (problem,) = plans.load(root, tree, Config()).diagnostics
    assert (problem.severity, problem.code) == ("error", "binary-plan")
    assert problem.remedy == "terraform show -json FILE > plan.json, and check that"


def test_binary_plan_that_merely_lies_there_is_left_alone():
    assert plans.roots(MemoryTree({"p.bin": zipped()}), ("p.bin",)) == ()


def test_state_is_read():
    tree = MemoryTree({"s.json": text_of(STATE)})
    (root,) = plans.roots(tree, ("s.json",))
    (principal,) = plans.load(root, tree, Config()).principals
    assert principal.address == "aws_iam_role.ci"


RAW = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 1,
    "lineage": "x",
    "outputs": {},
    "resources": [
        {
            "module": 'module.a["k"]',
            "mode": "managed",
            "type": "aws_iam_role",
            "name": "ci",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"].west',
            "instances": [
                {"index_key": "x", "attributes": {**ROLE, "name": "x"}, "sensitive_attributes": []},
                {"index_key": 0, "attributes": {**ROLE, "name": "y"}},
                {"attributes": None},
            ],
        },
        {
            "mode": "data",
            "type": "aws_caller_identity",
            "name": "me",
            "instances": [{"attributes": {"account_id": "111122223333"}}],
        },
    ],
}


def test_state_file_itself_is_read():
    tree = MemoryTree({"terraform.tfstate": json.dumps(RAW, indent=2).encode()})
    (root,) = plans.roots(tree, ("terraform.tfstate",))
    project = plans.load(root, tree, Config())
    assert [p.address for p in project.principals] == [
        'module.a["k"].aws_iam_role.ci["x"]',
        'module.a["k"].aws_iam_role.ci[0]',
    ]
    assert [str(p.id.name) for p in project.principals] == ["x", "y"]


def test_policy_that_the_role_echoes_in_a_state_is_held_once():
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    by_hand = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    given = {
        **ROLE,
        "managed_policy_arns": [admin, by_hand],
        "inline_policy": [{"name": "own", "policy": ADMIN}],
    }
    attached = {"role": "ci", "policy_arn": admin, "id": "x"}
    inline = {"role": "ci", "name": "own", "policy": ADMIN}
    state = {
        **STATE,
        "values": {
            "root_module": {
                "resources": [
                    One("aws_iam_role.ci", given).planned,
                    One("aws_iam_role_policy_attachment.a", attached).planned,
                    One("aws_iam_role_policy.own", inline).planned,
                ]
            }
        },
    }
    tree = MemoryTree({"s.json": text_of(state)})
    (root,) = plans.roots(tree, ("s.json",))
    (principal,) = plans.load(root, tree, Config()).principals
    held = sorted((a.origin, a.policy.address) for a in principal.attachments)
    assert held == [
        ("aws_iam_role.ci", by_hand),
        ("aws_iam_role_policy.own", "aws_iam_role_policy.own"),
        ("aws_iam_role_policy_attachment.a", admin),
    ]
