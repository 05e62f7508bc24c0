"""A module is judged through those who call it, and alone when nobody does."""

import pytest
from tests.cli.texts import ROLE_TF, write

MODULE = (
    'variable "actions" {\n  type    = list(string)\n  default = ["s3:ListBucket"]\n}\n'
    + ROLE_TF
    + """
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}
"""
)
CALL = 'module "app" {\n  source  = "../../modules/app"\n  actions = ["iam:*"]\n}\n'
BACKEND = 'terraform {\n  backend "s3" {\n  }\n}\n'


def rules(ran):
    return [(f["rule"], f["roots"]) for f in ran.json["findings"]]


def test_a_named_module_is_judged_through_a_caller_elsewhere(run, folder):
    write(folder, modules__app__main_tf=MODULE, envs__prod__main_tf=CALL)
    ran = run("check", "modules/app", "--format", "json")
    assert ran.code == 1
    assert rules(ran)[0] == ("wildcard/admin", ["envs/prod"])
    assert {root for _, roots in rules(ran) for root in roots} == {"envs/prod"}


def test_a_module_that_nobody_calls_is_judged_alone(run, folder):
    write(folder, modules__app__main_tf=MODULE)
    ran = run("check", "modules/app", "--format", "json")
    assert (ran.code, rules(ran)) == (0, [])


def test_a_called_module_with_a_backend_is_judged_both_ways(run, folder):
    text = BACKEND + MODULE.replace('"s3:ListBucket"', '"s3:*"')
    write(folder, modules__app__main_tf=text, envs__prod__main_tf=CALL)
    ran = run("check", "--format", "json")
    assert {(rule, *roots) for rule, roots in rules(ran)} >= {
        ("wildcard/admin", "envs/prod"),
        ("wildcard/service-admin", "modules/app"),
    }


@pytest.mark.parametrize(
    ("sign", "confidence"),
    [
        ("", "possible"),
        (BACKEND, "proven"),
        ('provider "aws" {\n  region = "eu-west-1"\n}\n', "proven"),
    ],
)
def test_defaults_are_values_of_a_root_that_is_deployed(run, folder, sign, confidence):
    write(folder, main_tf=sign + MODULE.replace('"s3:ListBucket"', '"s3:*"'))
    (finding,) = run("check", "--format", "json").json["findings"]
    assert (finding["rule"], finding["confidence"]) == ("wildcard/service-admin", confidence)
