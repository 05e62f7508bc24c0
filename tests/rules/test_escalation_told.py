"""How ways to more access are told: which path speaks, who makes each call, what is assumed."""

from leastwise.config.model import Config
from leastwise.frontends import terraform
from leastwise.iam.project import merge
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

PROVIDER = 'provider "aws" { allowed_account_ids = ["111122223333"] }\n'
DEV = """
resource "aws_iam_user" "dev" { name = "dev" }
resource "aws_iam_user_policy" "dev" {
  user   = aws_iam_user.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
"""
ROLE = """
resource "aws_iam_role" "%(name)s" {
  name               = "%(name)s"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { %(trusts)s } }]
  })
}
"""
HELD = """
resource "aws_iam_role_policy" "%(name)s" {
  role   = aws_iam_role.%(name)s.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%(statement)s] })
}
"""
ADMIN = """
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
OF_ACCOUNT = 'AWS = "arn:aws:iam::111122223333:root"'
OF_LAMBDA = 'Service = "lambda.amazonaws.com"'


def role(name, trusts, statement=None):
    text = ROLE % {"name": name, "trusts": trusts}
    return text + (HELD % {"name": name, "statement": statement} if statement else "")


def allow(actions, resource):
    names = ", ".join(f'"{action}"' for action in actions.split())
    return f'{{ Effect = "Allow", Action = [{names}], Resource = {resource} }}'


def told_of_dev(files):
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    roots = terraform.roots(tree, tuple(files))
    project = merge(tuple(terraform.load(root, tree, Config()) for root in roots))
    found = evaluate(project, Config(), catalogue()).findings
    (finding,) = (
        f
        for f in found
        if f.rule.startswith("escalation/") and f.subject.address == "aws_iam_user.dev"
    )
    return finding


def test_each_call_of_a_chain_is_told_with_who_makes_it_and_where_it_is_granted():
    finding = told_of_dev(
        {
            "dev.tf": PROVIDER + DEV % allow("sts:AssumeRole", "aws_iam_role.ci.arn"),
            "ci.tf": role("ci", OF_ACCOUNT, allow("sts:AssumeRole", "aws_iam_role.build.arn")),
            "build.tf": role(
                "build", OF_ACCOUNT, allow("iam:UpdateAssumeRolePolicy", "aws_iam_role.admin.arn")
            ),
            "admin.tf": role("admin", OF_LAMBDA) + ADMIN,
        }
    )
    assert finding.message == (
        "User aws_iam_user.dev can assume role aws_iam_role.ci, go on as role aws_iam_role.build"
        " and then rewrite the trust policy of role aws_iam_role.admin and assume it, and gains"
        " control over permissions or credentials by it"
    )
    arn = "arn:aws:iam::111122223333:role"
    assert [(step.message, step.span.path) for step in finding.steps] == [
        (f"calls sts:AssumeRole on {arn}/ci", "dev.tf"),
        (f"as role aws_iam_role.ci calls sts:AssumeRole on {arn}/build", "ci.tf"),
        (f"as role aws_iam_role.build calls iam:UpdateAssumeRolePolicy on {arn}/admin", "build.tf"),
    ]


def test_second_step_is_told_in_full():
    group = """
resource "aws_iam_group" "sre" { name = "sre" }
resource "aws_iam_group_policy" "sre" {
  group  = aws_iam_group.sre.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
"""
    finding = told_of_dev(
        {
            "main.tf": PROVIDER
            + DEV % allow("iam:AddUserToGroup", "aws_iam_group.sre.arn")
            + group % allow("iam:UpdateAssumeRolePolicy", "aws_iam_role.admin.arn")
            + role("admin", OF_LAMBDA)
            + ADMIN
        }
    )
    assert finding.message == (
        "User aws_iam_user.dev can join group aws_iam_group.sre and then, as a member of it,"
        " rewrite the trust policy of role aws_iam_role.admin and assume it, and gains control"
        " over permissions or credentials by it"
    )


def test_of_many_equal_paths_the_best_known_speaks():
    user = """
resource "aws_iam_user" "dev" { name = "dev" }
resource "aws_iam_user_policy_attachment" "dev" {
  user       = aws_iam_user.dev.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}
"""
    finding = told_of_dev({"main.tf": PROVIDER + user})
    assert finding.rule == "escalation/existing-lambda-update-code"
    assert "escalation/existing-apprunner-update" in [also.rule for also in finding.also]


def test_function_that_others_invoke_is_not_told_as_invoked_by_the_caller():
    calls = allow("lambda:CreateFunction iam:PassRole", '"*"')
    finding = told_of_dev({"main.tf": PROVIDER + DEV % calls + role("admin", OF_LAMBDA) + ADMIN})
    assert finding.message == (
        "User aws_iam_user.dev can pass role aws_iam_role.admin to a Lambda function that it"
        " creates, and gains control over permissions or credentials by it once somebody invokes"
        " the function"
    )


def test_password_that_a_user_may_have_is_an_assumption():
    boss = """
resource "aws_iam_user" "boss" { name = "boss" }
resource "aws_iam_user_policy_attachment" "boss" {
  user       = aws_iam_user.boss.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
    calls = allow("iam:UpdateLoginProfile", "aws_iam_user.boss.arn")
    finding = told_of_dev({"main.tf": PROVIDER + DEV % calls + boss})
    assert (finding.level, finding.confidence) == ("warning", "possible")
    assert finding.assumptions == ("that aws_iam_user.boss has a console password",)


def test_step_by_a_policy_of_aws_points_at_its_attachment_to_whoever_makes_it():
    attached = """
resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AWSLambda_FullAccess"
}
"""
    finding = told_of_dev(
        {
            "dev.tf": PROVIDER + DEV % allow("sts:AssumeRole", "aws_iam_role.ci.arn"),
            "ci.tf": role("ci", OF_ACCOUNT),
            "held.tf": attached,
            "admin.tf": role("admin", OF_LAMBDA) + ADMIN,
        }
    )
    assert [step.span.path for step in finding.steps] == ["dev.tf", "held.tf", "held.tf", "held.tf"]
