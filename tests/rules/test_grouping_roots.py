"""Two roots may use one address for two roles; each is told of its own findings."""

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
