"""What runs as a role, and which ARNs the calls name that take it over."""

from pathlib import Path

import pytest
from tests.rules.worked import load

import leastwise
from leastwise.graph.workloads import by_kind, called_on, uses_of, workloads
from leastwise.source.tree import MemoryTree

TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })'
ROLE = f'resource "aws_iam_role" "r" {{\n  name = "r"\n  {TRUST}\n}}\n'
PROFILE = 'resource "aws_iam_instance_profile" "p" {\n  role = aws_iam_role.r.name\n}\n'
ACCOUNT = """
data "aws_caller_identity" "current" {}
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
"""
REGIONAL = "arn:aws:%s:eu-west-1:111122223333:"


def terraform(*parts, **roots):
    files = {"main.tf": "".join((ACCOUNT, *parts))} if parts else {}
    files |= {f"{name}/main.tf": text for name, text in roots.items()}
    return load(MemoryTree({path: text.encode() for path, text in files.items()}))


def resource(kind, body):
    return f'resource "{kind}" "it" {{\n{body}\n}}\n'


def told(project):
    return [
        (
            one.kind,
            None if one.role is None else one.role.address,
            "sure" if one.sure else "unsure",
            "exact" if one.exact else "loose",
            [str(arn).removeprefix("arn:aws:") for arn in one.arns],
        )
        for one in workloads(project)
    ]


FUNCTION = resource("aws_lambda_function", 'function_name = "f"\nrole = aws_iam_role.r.arn')


def test_function_is_called_by_its_own_arn():
    (one,) = workloads(terraform(ROLE, FUNCTION))
    assert (one.kind, one.sure, one.exact, one.service) == (
        "function",
        True,
        True,
        "lambda.amazonaws.com",
    )
    assert one.role is not None
    assert one.role_arn == one.role.arn
    assert [str(arn) for arn in one.arns] == [REGIONAL % "lambda" + "function:f"]


def test_instance_runs_as_the_role_of_its_profile():
    body = "iam_instance_profile = aws_iam_instance_profile.p.name"
    found = told(terraform(ROLE, PROFILE, resource("aws_instance", body)))
    own = "ec2:eu-west-1:111122223333:instance/${aws_instance.it.id}"
    assert found == [("instance", "aws_iam_role.r", "sure", "exact", [own])]


def test_launch_template_is_itself_and_perhaps_instances():
    body = "iam_instance_profile {\n  arn = aws_iam_instance_profile.p.arn\n}"
    found = told(terraform(ROLE, PROFILE, resource("aws_launch_template", body)))
    assert found == [
        (
            "instance",
            "aws_iam_role.r",
            "unsure",
            "loose",
            ["ec2:eu-west-1:111122223333:instance/${aws_launch_template.it}"],
        ),
        (
            "launch-template",
            "aws_iam_role.r",
            "sure",
            "exact",
            ["ec2:eu-west-1:111122223333:launch-template/${aws_launch_template.it.id}"],
        ),
    ]


def test_role_that_is_not_in_view_is_none():
    body = 'function_name = "f"\nrole = "arn:aws:iam::111122223333:role/elsewhere"'
    (one,) = workloads(terraform(resource("aws_lambda_function", body)))
    assert (one.role, one.sure, str(one.role_arn)) == (
        None,
        False,
        "arn:aws:iam::111122223333:role/elsewhere",
    )


NAMING = resource(
    "aws_lambda_function", 'function_name = "f"\nrole = "arn:aws:iam::111122223333:role/r"'
)


@pytest.mark.parametrize(
    ("account", "role", "sure"),
    [
        (ACCOUNT, "aws_iam_role.r", True),
        ("", "aws_iam_role.r", False),
        (ACCOUNT.replace("111122223333", "444455556666"), None, False),
    ],
    ids=["of the account", "of an account not known", "of another account"],
)
def test_role_of_another_root_is_that_role_in_the_same_account(account, role, sure):
    project = terraform(roles=account + ROLE, functions=ACCOUNT + NAMING)
    (one,) = workloads(project)
    assert (one.role and one.role.address, one.sure) == (role, sure)


def test_role_of_the_own_root_is_meant_where_another_has_the_same():
    project = terraform(a=ACCOUNT + ROLE, b=ACCOUNT + ROLE + FUNCTION)
    (one,) = workloads(project)
    assert one.role is not None
    assert one.sure == (project.owner(one.role) == project.owner(one.resource))


def test_kinds_and_uses_are_found_together():
    step = resource("aws_sfn_state_machine", 'name = "s"\nrole_arn = aws_iam_role.r.arn')
    project = terraform(ROLE, FUNCTION, step)
    assert sorted(by_kind(project)) == ["function", "state-machine"]
    assert uses_of(project, project.principals[0]) == {"workload", "service"}


def test_action_names_the_arns_of_its_own_types():
    body = 'name = "e"\nexecution_role_arn = aws_iam_role.r.arn'
    (one,) = workloads(terraform(ROLE, resource("aws_mwaa_environment", body)))
    cli = [str(arn) for arn in called_on(one, "airflow:CreateCliToken")]
    web = [str(arn) for arn in called_on(one, "airflow:CreateWebLoginToken")]
    assert cli == [REGIONAL % "airflow" + "environment/e"]
    assert web == [REGIONAL % "airflow" + "role/e/${aws_mwaa_environment.it}"]


def test_every_row_is_of_a_type_that_names_a_role_there():
    data = Path(leastwise.__file__).parent / "data"
    named = {
        (kind, path.replace("[]", ""))
        for table in ("tf_role_consumers.csv", "cfn_role_consumers.csv")
        for kind, path, _ in (
            line.split(",") for line in (data / table).read_text("utf-8").splitlines()
        )
    }
    lines = (data / "workloads.csv").read_text("utf-8").splitlines()[1:]
    for line in lines:
        _, kind, attribute, *_ = line.split(",")
        assert any(k == kind and f"{p}.".startswith(f"{attribute}.") for k, p in named), line
    assert lines == sorted(lines)
