"""What a caller can't request by itself is possible, and says what else must be so."""

import pytest
from tests.rules.worked import find_terraform

RULE = "escalation/iam-put-role-policy-self"
ROLE = """
resource "aws_iam_role" "held" {
  name               = "held"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "held" {
  role   = aws_iam_role.held.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "iam:PutRolePolicy"
      Resource  = "*"
      Condition = { StringEquals = { "KEY" = "VALUE" } }
    }]
  })
}
"""


@pytest.mark.parametrize(
    ("key", "value", "level", "assumed"),
    [
        (
            "aws:CalledViaLast",
            "ssm.amazonaws.com",
            "warning",
            ["that ssm.amazonaws.com makes this call for it"],
        ),
        ("aws:CalledViaLast", "cloudformation.amazonaws.com", "error", []),
        ("aws:UserAgent", "x", "error", []),
    ],
)
def test_what_others_have_a_say_in_is_possible(key, value, level, assumed):
    text = ROLE.replace("KEY", key).replace("VALUE", value)
    (finding,) = [f for f in find_terraform(text).findings if f.rule == RULE]
    assert (finding.level, list(finding.assumptions)) == (level, assumed)
