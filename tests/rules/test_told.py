"""What findings say of their subject: which root it is of, and who holds it."""

from leastwise.config.model import Config
from leastwise.frontends import cloudformation, terraform
from leastwise.iam.project import merge
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.tree import MemoryTree

ROLE = b"""\
resource "aws_iam_role" "lead" { name = "lead" }
resource "aws_iam_role_policy" "lead" {
  role   = aws_iam_role.lead.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:CreateRole", "iam:PutRolePolicy"], Resource = "*" }]
  })
}
"""


def test_equal_addresses_in_two_roots_do_not_fold_into_one():
    files = {"a/main.tf": ROLE, "b/main.tf": ROLE}
    tree = MemoryTree(files)
    roots = terraform.roots(tree, tuple(files))
    project = merge(tuple(terraform.load(root, tree, Config()) for root in roots))
    told = {
        path: [
            (f.rule, [a.rule for a in f.also])
            for f in evaluate(project, Config(), catalogue()).findings
            if f.span.path == path
        ]
        for path in files
    }
    assert told["a/main.tf"]
    assert told["a/main.tf"] == told["b/main.tf"]


def test_message_says_why_an_unheld_policy_is_less_serious():
    policy = b"""\
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
"""
    tree = MemoryTree({"main.tf": policy})
    project = terraform.load(terraform.roots(tree, ("main.tf",))[0], tree, Config())
    finding = evaluate(project, Config(), catalogue()).findings[0]
    assert finding.level == "warning"
    assert finding.message == (
        "Policy aws_iam_policy.p lets its holder call every action on every resource"
        " (nobody in view holds it)"
    )


def test_not_principal_in_a_trust_policy_is_told_once():
    role = b"""
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect       = "Allow"
      Action       = "sts:AssumeRole"
      NotPrincipal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}
"""
    tree = MemoryTree({"main.tf": role})
    project = terraform.load(terraform.roots(tree, ("main.tf",))[0], tree, Config())
    found = evaluate(project, Config(), catalogue()).findings
    (finding,) = (f for f in found if f.rule.startswith(("trust/", "validity/")))
    assert finding.rule == "trust/not-principal"
    assert [also.rule for also in finding.also] == ["validity/conflicting-elements"]


def test_star_that_loses_an_exception_is_told_once():
    policy = b"""
resource "aws_organizations_policy" "p" {
  name = "p"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "s3:*"
      Resource  = "*"
      Condition = { StringNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::*:role/admin" } }
    }]
  })
}
"""
    tree = MemoryTree({"main.tf": policy})
    project = terraform.load(terraform.roots(tree, ("main.tf",))[0], tree, Config())
    (finding,) = evaluate(project, Config(), catalogue()).findings
    assert finding.rule == "exposure/lost-exemption"
    assert [also.rule for also in finding.also] == ["validity/invalid-condition-value"]


LAMBDA_ROLE = """\
  {name}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
"""
ADMIN = LAMBDA_ROLE.format(name="Admin") + (
    "      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n"
)
PASSES = LAMBDA_ROLE.format(name="Deployer") + (
    "      Policies:\n"
    "        - PolicyName: deploy\n"
    "          PolicyDocument:\n"
    "            Statement:\n"
    "              - Effect: Allow\n"
    "                Action: [iam:PassRole, lambda:CreateFunction, lambda:InvokeFunction]\n"
    "                Resource: '*'\n"
)


def passes_found(files):
    files = {path: ("Resources:\n" + text).encode() for path, text in files.items()}
    tree = MemoryTree(files)
    roots = cloudformation.roots(tree, tuple(files))
    project = merge(tuple(cloudformation.load(root, tree, Config()) for root in roots))
    found = evaluate(project, Config(), catalogue()).findings
    return [f for f in found if f.rule == "escalation/passrole-lambda-create-invoke"]


def test_a_role_to_pass_is_found_however_many_roles_other_roots_have():
    many = "".join(LAMBDA_ROLE.format(name=f"R{i}") for i in range(210))
    (finding,) = passes_found({"a.yaml": many, "z.yaml": ADMIN + PASSES})
    assert (finding.level, finding.confidence) == ("error", "proven")
    assert "can pass role Admin to" in finding.message


def test_a_role_of_another_root_is_told_with_its_file_and_as_an_assumption():
    (finding,) = passes_found({"a.yaml": PASSES, "z.yaml": ADMIN})
    assert (finding.level, finding.confidence) == ("warning", "possible")
    assert "can pass role Admin (z.yaml) to" in finding.message
    assert finding.assumptions == (
        "that role Admin (z.yaml) is in the same account, which is not known here",
    )
