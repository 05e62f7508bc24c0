"""Accounts made to keep the graph busy: many who can become many, in trees that are soon sent."""

import json
from collections.abc import Mapping

from tests.hostile.case import Case

_ACCOUNT = "arn:aws:iam::123456789012:role"


def _document(*statements: Mapping[str, object]) -> str:
    rows = [{"Effect": "Allow", **one} for one in statements]
    return f"<<-EOT\n{json.dumps({'Version': '2012-10-17', 'Statement': rows})}\nEOT"


def _role(name: str, trusted: Mapping[str, object], *statements: Mapping[str, object]) -> str:
    trust = _document({"Action": "sts:AssumeRole", "Principal": trusted})
    return f"""\
resource "aws_iam_role" "{name}" {{
  name               = "{name}"
  assume_role_policy = {trust}
}}

resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = {_document(*statements)}
}}
"""


def _own_bucket(number: int) -> dict[str, object]:
    return {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket{number}/*"}


def _all_trust_all(count: int) -> str:
    everybody = {"AWS": [f"{_ACCOUNT}/r{n}" for n in range(count)]}
    assume = {"Action": "sts:AssumeRole", "Resource": "*"}
    return "\n".join(_role(f"r{n}", everybody, assume, _own_bucket(n)) for n in range(count))


def _ring(count: int) -> str:
    """Let each role rewrite the next, which trusts all: whoever begins, all can be changed."""
    everybody = {"AWS": [f"{_ACCOUNT}/r{n}" for n in range(count)]}
    roles = []
    for n in range(count):
        rewrite = {
            "Action": ["sts:AssumeRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
            "Resource": f"{_ACCOUNT}/r{(n + 1) % count}",
        }
        roles.append(_role(f"r{n}", everybody, rewrite, _own_bucket(n)))
    return "\n".join(roles)


def _deployers(count: int, functions: int) -> str:
    service = {"Service": "lambda.amazonaws.com"}
    made = [
        f"""{_role(f"f{n}", service, _own_bucket(n))}
resource "aws_lambda_function" "f{n}" {{
  function_name = "f{n}"
  role          = aws_iam_role.f{n}.arn
}}
"""
        for n in range(functions)
    ]
    for n in range(count):
        own = {"Action": "lambda:*", "Resource": f"arn:aws:lambda:*:*:function:f{n}*"}
        made.append(_role(f"d{n}", {"Service": "codebuild.amazonaws.com"}, own))
    return "\n".join(made)


CASES = (
    Case("all-trust-all", {"main.tf": _all_trust_all(100)}, found=("main.tf",)),
    Case("ring-of-rewriters", {"main.tf": _ring(100)}, found=("main.tf",)),
    Case("functions-and-deployers", {"main.tf": _deployers(50, 300)}, found=("main.tf",)),
)
