"""What examples can't show of the rules about the structure of documents."""

import json

import pytest
from tests.rules.worked import ACCOUNT, load

from leastwise.config.model import Config
from leastwise.iam.policy import Pattern
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.rules.python.validity.sizes import measure
from leastwise.rules.python.validity.variables import Variable, variables
from leastwise.source.json_scan import parse_json
from leastwise.source.text import literal_text
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Assumption, Choice, Sequence, Symbol, Text, Unknown

VALIDITY = tuple(rule for rule in catalogue() if rule.info.group == "validity")


def findings(tree, *names):
    rules = tuple(r for r in VALIDITY if r.info.id.removeprefix("validity/") in names)
    return evaluate(load(MemoryTree(tree)), Config(), rules).findings


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("{}", 2),
        ('{ "Version": "2012-10-17" }', 24),
        ('{"Statement": [ {"Action": ["a", "b"]},\n {"Sid": ""} ]}', 47),
        ('{"Sid": "a\\"b"}', 14),
        ("[true, false, null, 10]", 20),
    ],
)
def test_a_document_is_as_large_as_its_json_without_white_space(text, size):
    assert len(json.dumps(json.loads(text), separators=(",", ":"))) == size
    assert measure(parse_json(literal_text(text), path="p.json")) == size


def test_what_is_not_known_counts_for_nothing():
    symbol = Symbol("s", "var.s")
    assert measure(Text((symbol,))) == 2
    assert measure(Unknown(symbol)) == 0
    either = Choice(
        (
            (Assumption("t", "true", "t is true"), literal_text("long one")),
            (Assumption("t", "false", "t is false"), literal_text("one")),
        )
    )
    assert measure(Sequence((either,))) == 7


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (("${aws:username}",), [Variable("aws:username", closed=True)]),
        (("a${b}c${d",), [Variable("b", closed=True), Variable("d", closed=False)]),
        (("$", "{a}"), []),
        (("${a", Symbol("s", "var.s"), "}"), []),
        ((Symbol("s", "var.s"), "${a"), [Variable("a", closed=False)]),
        (("}{$}",), []),
    ],
)
def test_variables_are_those_that_are_known_to_be_the_strings_own(pieces, found):
    assert list(variables(Pattern(pieces))) == found


def test_an_effect_that_is_wrong_in_one_world_is_possible():
    text = b"""
variable "open" { type = bool }
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = var.open ? "Allow" : "None", Action = "s3:Get*", Resource = "*" }]
  })
}
"""
    (found,) = findings({"main.tf": text}, "malformed-policy")
    assert (found.level, found.confidence) == ("warning", "possible")
    assert found.assumptions == ("var.open is false",)


def test_statements_of_two_worlds_do_not_share_a_sid():
    text = b"""
variable "open" { type = bool }
locals {
  wide   = { Sid = "Read", Effect = "Allow", Action = "s3:Get*", Resource = "*" }
  narrow = { Sid = "Read", Effect = "Allow", Action = "s3:Get*", Resource = "arn:aws:s3:::b/*" }
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [var.open ? local.wide : local.narrow]
  })
}
"""
    assert findings({"main.tf": text}, "invalid-sid") == ()


def test_the_quota_of_inline_policies_is_told_once():
    statement = {"Effect": "Allow", "Action": "s3:GetObject"}
    documents = [
        {"Version": "2012-10-17", "Statement": [statement | {"Resource": f"arn:aws:s3:::{n}"}]}
        for n in (c * 1_500 for c in "ab")
    ]
    inline = [
        {"PolicyName": f"p{n}", "PolicyDocument": document} for n, document in enumerate(documents)
    ]
    user = {
        "UserName": "u",
        "Path": "/",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/u",
        "GroupList": [],
        "AttachedManagedPolicies": [],
        "UserPolicyList": inline,
    }
    dump = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    (found,) = findings({"account.json": json.dumps(dump).encode()}, "policy-too-large")
    assert "with the other inline policies of" in found.message
    assert found.level == "error"


def test_a_trust_policy_is_called_one():
    text = b"""
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Grant", Principal = "*", Action = "sts:AssumeRole" }]
  })
}
"""
    (found,) = findings({"main.tf": text}, "malformed-policy")
    assert found.message.startswith(
        "The trust policy of role aws_iam_role.r has the Effect 'Grant'"
    )


NESTED = json.dumps({"Version": "2012-10-17", "Statement": [[[[{"Effect": "Allow"}]]]]})
HOSTILE = [
    "[" * 5_000,
    NESTED,
    '{"Version": {"a": 1}, "Id": [], "Statement": 7}',
    '{"Version": "2012-10-17", "Statement": [null, true, 1e999, "", [], {}, {"Effect": {}}]}',
    json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": [],
                "Effect": "",
                "Principal": {"AWS": [[], {}, 5, "\x00"], "": "", "Service": {"a": "b"}},
                "Action": {"a": "b"},
                "Resource": [["${"], "${${a}}", "$" * 2_000],
                "Condition": {"": {"": {"": ""}}, "StringEquals": [[]], "Null": {"a": [[]]}},
            },
        }
    ),
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["identity", "trust", "resource", "scp", "rcp", "boundary"])
def test_nothing_that_is_written_raises(text, kind):
    project = load(MemoryTree({"policy.json": text.encode()}), kind=kind)
    evaluate(project, Config(), VALIDITY)


@pytest.mark.parametrize(
    ("text", "rule", "level"),
    [
        ('{ Sid = var.sid, Effect = "Allow", Action = "a:B", Resource = "*" }', "sid", "warning"),
        ('{ Sid = "x-y", Effect = "Allow", Action = var.sid, Resource = "*" }', "sid", "error"),
        (
            '{ Sid = "x-${var.sid}", Effect = "Deny", Action = "a:B", Resource = "*" }',
            "sid",
            "warning",
        ),
        ('{ Sid = "x", Effect = "allow", Action = var.sid, Resource = "*" }', "policy", "error"),
    ],
)
def test_what_is_written_does_not_rest_on_a_default(text, rule, level):
    """A module that is judged alone has defaults, which a caller may replace."""
    module = f"""
variable "sid" {{ default = "a-b" }}
resource "aws_iam_policy" "p" {{
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{text}] }})
}}
"""
    names = {"sid": "invalid-sid", "policy": "malformed-policy"}
    (found,) = findings({"main.tf": module.encode()}, names[rule])
    assert found.level == level
    assert bool(found.rests_on) is (level == "warning")


def test_a_document_without_statements_by_default_is_possible():
    text = b"""
variable "statements" { default = [] }
data "aws_iam_policy_document" "p" {
  dynamic "statement" {
    for_each = var.statements
    content { actions = statement.value }
  }
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.p.json }
"""
    (found,) = findings({"main.tf": text}, "missing-element")
    assert (found.level, found.confidence) == ("warning", "possible")
    assert [use.name for use in found.rests_on] == ["statements"]
