"""What findings say of their subject: which root it is of, and who holds it."""

from leastwise.config.model import Config
from leastwise.frontends import terraform
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
        "Policy aws_iam_policy.p allows every action on every resource (nobody in view holds it)"
    )
