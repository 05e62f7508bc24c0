"""Which string speaks for an attachment: the ARN as the user wrote it, where that is one."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import terraform
from leastwise.source.tree import MemoryTree

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
MODULE = b"""\
variable "arns" { type = map(string) }
resource "aws_iam_role" "this" { name = "r" }
resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.arns
  role       = aws_iam_role.this.name
  policy_arn = each.value
}
"""


def spelled(files: dict[str, bytes]) -> list[tuple[str, str]]:
    tree = MemoryTree(files)
    found = []
    for root in terraform.roots(tree, tuple(files)):
        for principal in terraform.load(root, tree, Config()).principals:
            for attachment in principal.attachments:
                span = attachment.span
                assert span is not None
                text = files[span.path][span.start : span.end].decode()
                found.append((span.path, text))
    return found


def test_argument_of_the_module_call_speaks_for_each_value():
    call = f'module "m" {{\n  source = "./m"\n  arns = {{ a = "{ADMIN}" }}\n}}\n'
    assert spelled({"main.tf": call.encode(), "m/main.tf": MODULE}) == [("main.tf", ADMIN)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [(f'"{ADMIN}"', ADMIN), ("local.admin", "local.admin")],
)
def test_expression_of_a_single_attachment_speaks_for_itself(expression, expected):
    text = f"""\
locals {{ admin = "{ADMIN}" }}
resource "aws_iam_role" "r" {{ name = "r" }}
resource "aws_iam_role_policy_attachment" "a" {{
  role       = aws_iam_role.r.name
  policy_arn = {expression}
}}
"""
    assert spelled({"main.tf": text.encode()}) == [("main.tf", expected)]
