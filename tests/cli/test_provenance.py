"""A finding says by which module calls it is reached and which values it rests on."""

import pytest
from tests.cli.texts import write

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
ROLE = 'resource "aws_iam_role" "r" { name = "r" }\n'
POLICY = """resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = VALUE, Resource = "*" }]
  })
}
"""
DEFAULT = 'variable "actions" {\n  default = ["*"]\n}\n'
UNSEEN = 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'


def policy(actions):
    return ROLE + POLICY.replace("VALUE", actions)


def told(ran, word):
    lines = (line.strip() for line in ran.out.splitlines())
    return [line.removeprefix(f"= {word}: ") for line in lines if line.startswith(f"= {word}: ")]


def test_module_that_is_not_in_view_counts_where_that_is_asked_for(run, folder):
    write(folder, infra__main_tf=UNSEEN)
    ran = run("check")
    assert ran.code == 0
    assert "module.vpc (terraform-aws-modules/vpc/aws): the module is not installed" in ran.out
    assert "= help: run 'terraform get' in infra" in ran.out
    assert run("check", "--strict").code == 2
    assert run("check", "--strict", "--allow-incomplete").code == 0
    (unseen,) = run("check", "--format", "json").json["not_in_view"]
    assert (unseen["kind"], unseen["count"]) == ("module", 1)
    sarif = run("check", "--format", "sarif").json
    (told,) = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert told["descriptor"]["id"] == "not-in-view"


def test_what_a_module_not_in_view_is_given_is_possible(run, folder):
    text = UNSEEN.replace("}", '  policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]\n}')
    write(folder, main_tf=text)
    (finding,) = run("check", "--format", "json").json["findings"]
    assert (finding["rule"], finding["level"]) == ("wildcard/admin", "warning")
    assert finding["confidence"] == "possible"
    assert finding["location"]["start_line"] == 3
    assert "module.vpc, which is not in view, grants what it is given" in finding["assumptions"]


def test_assumption_of_a_possible_finding_is_told_once(run, folder):
    text = UNSEEN.replace("}", '  policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]\n}')
    write(folder, main_tf=text)
    ran = run("check")
    assert told(ran, "assumes") == ["module.vpc, which is not in view, grants what it is given"]
    assert told(ran, "possible") == ["only where the above holds"]


def test_chains_of_calls_are_told_once_for_each_place(run, folder):
    calls = "".join(
        f'module "{name}" {{\n  source   = "./m"\n  for_each = toset(["x", "y"])\n}}\n'
        for name in "abcde"
    )
    write(folder, main_tf=PROVIDER + calls, m__main_tf=policy('"*"'))
    ran = run("check")
    assert ran.out.count("error[wildcard/admin]") == 1
    assert told(ran, "reached by") == [
        'module.a["x"] at main.tf:4',
        'module.b["x"] at main.tf:8',
        'module.c["x"] at main.tf:12',
        "and 2 more calls",
    ]
    (finding,) = run("check", "--format", "json").json["findings"]
    assert len(finding["reached_by"]) == 10
    first = finding["reached_by"][0][0]
    assert (first["call"], first["location"]["start_line"]) == ('module.a["x"]', 4)
    sarif = run("check", "--format", "sarif").json
    related = sarif["runs"][0]["results"][0]["relatedLocations"]
    assert 'module.a["x"] is called here' in [r["message"]["text"] for r in related]


@pytest.mark.parametrize(
    ("more", "level", "possible"),
    [
        (PROVIDER, "error", []),
        ("", "warning", ["this module is judged alone: a caller may pass other values"]),
    ],
)
def test_default_is_a_value_of_a_root_and_a_guess_of_a_module(run, folder, more, level, possible):
    write(folder, main_tf=policy("var.actions") + more, variables_tf=DEFAULT)
    ran = run("check")
    assert f"{level}[wildcard/admin]" in ran.out
    assert told(ran, "holds") == ['with default var.actions = ["*"] (variables.tf:2)']
    assert told(ran, "possible") == possible


def test_given_value_is_told_with_its_file(run, folder):
    write(folder, main_tf=policy("var.actions"), variables_tf=DEFAULT)
    write(folder, terraform_tfvars='actions = ["iam:*"]\n')
    ran = run("check", "--select", "wildcard/admin")
    assert told(ran, "holds") == ['with var.actions = ["iam:*"] (terraform.tfvars:1)']


def test_values_that_the_statement_holds_come_first_and_three_are_told(run, folder):
    names = ["a", "b", "c", "d"]
    tests = " && ".join(f"var.{name}" for name in names)
    flags = "".join(f'variable "{name}" {{ default = true }}\n' for name in names)
    write(folder, main_tf=PROVIDER + flags + policy(f"{tests} ? var.actions : []"))
    write(folder, variables_tf=DEFAULT)
    assert told(run("check"), "holds") == [
        'with default var.actions = ["*"] (variables.tf:2)',
        "with default var.a = true (main.tf:4)",
        "with default var.b = true (main.tf:5)",
        "with 2 more values of variables",
    ]


def test_sensitive_default_is_not_told(run, folder):
    text = 'variable "flag" {\n  sensitive = true\n  default   = "sesame"\n}\n'
    write(folder, main_tf=PROVIDER + text + policy('var.flag == "sesame" ? "*" : "s3:*"'))
    ran = run("check")
    assert told(ran, "holds") == ["with default var.flag (sensitive) (main.tf:6)"]
    (finding,) = run("check", "--format", "json").json["findings"]
    assert finding["variables"][0]["value"] == ""
