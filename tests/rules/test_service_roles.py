"""A role that only AWS services act with: what it could do to the account takes a misuse of them."""

import pytest
from tests.rules.worked import find_terraform

RULE = "escalation/iam-put-role-policy-self"
ROLE = """
resource "aws_iam_role" "held" {
  name               = "held"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [TRUST] })
}
resource "aws_iam_role_policy" "held" {
  role   = aws_iam_role.held.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "*" }]
  })
}
"""
CONFIG = '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "config.amazonaws.com" } }'
PERSON = (
    '{ Effect = "Allow", Action = "sts:AssumeRole",'
    ' Principal = { AWS = "arn:aws:iam::111122223333:role/ops" } }'
)
DENIED = '{ Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" } }'
RECORDER = 'resource "aws_config_configuration_recorder" "r" { role_arn = aws_iam_role.held.arn }\n'
FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.held.arn
}
"""


def found(trust, users):
    text = ROLE.replace("TRUST", trust) + users
    return [f for f in find_terraform(text).findings if f.rule == RULE]


def test_a_role_that_a_service_keeps_to_itself_is_a_warning_that_says_so():
    (finding,) = found(CONFIG, RECORDER)
    assert (finding.level, finding.confidence) == ("warning", "proven")
    assert finding.assumptions == (
        "that somebody makes the AWS service misuse this role, which nobody else holds",
    )


@pytest.mark.parametrize(
    ("trust", "users"),
    [
        (CONFIG, ""),
        (f"{CONFIG}, {PERSON}", RECORDER),
        (PERSON, RECORDER),
        (CONFIG.replace("config.", "lambda."), FUNCTION),
        (CONFIG, RECORDER + FUNCTION),
        ("var.unknown", RECORDER),
    ],
    ids=[
        "nobody in view uses it",
        "a person may assume it too",
        "only a person may",
        "code runs with it",
        "code runs with it too",
        "who may is not known",
    ],
)
def test_a_role_that_others_hold_keeps_its_level(trust, users):
    (finding,) = found(trust, 'variable "unknown" {}\n' + users)
    assert finding.level == "error"


def test_a_deny_in_its_trust_lets_nobody_in():
    assert [f.level for f in found(f"{CONFIG}, {DENIED}", RECORDER)] == ["warning"]
