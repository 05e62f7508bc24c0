"""No statement that may replace another by its Sid hides what is there when it does not."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform import load
from leastwise.iam.policy import Statement
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

BASE = """
variable "x" {}
variable "name" {}
resource "aws_iam_policy" "held" {
  policy = data.aws_iam_policy_document.p.json
}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "S"
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "p" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
"""
OVER = 'actions = ["s3:GetObject"]\n resources = ["*"]'
DYNAMIC = 'dynamic "statement" {{\n for_each = {0}\n content {{\n sid = {1}\n {2}\n }}\n }}\n}}\n'


def statements(text: str) -> tuple[Statement, ...]:
    project = load(Root("terraform", ""), MemoryTree({"main.tf": text.encode()}), Config())
    (policy,) = (p for p in project.policies if p.address == "aws_iam_policy.held")
    return policy.document.statements


def allowed(body: str) -> set[tuple[str, tuple[str, ...]]]:
    """Return the actions of each statement of the merged document, with what each assumes."""
    return {
        (str(glob), tuple(a.outcome for a in statement.when))
        for statement in statements(BASE + body)
        for glob in statement.actions.globs
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'statement {{\n sid = "S"\n {OVER}\n }}\n}}\n', {("s3:GetObject", ())}),
        (f"statement {{\n {OVER}\n }}\n}}\n", {("*", ()), ("s3:GetObject", ())}),
        (
            DYNAMIC.format("var.x", '"S"', OVER),
            {("*", ("absent",)), ("s3:GetObject", ("present",))},
        ),
        (
            f"statement {{\n sid = var.name\n {OVER}\n }}\n}}\n",
            {("*", ("kept",)), ("s3:GetObject", ())},
        ),
    ],
    ids=["replaced", "beside", "perhaps there", "name not known"],
)
def test_a_statement_is_replaced_only_where_the_other_is_there(body, expected):
    assert allowed(body) == expected


def test_a_block_for_each_case_of_a_choice_hides_nothing_either():
    found = allowed(DYNAMIC.format("var.x ? [1] : []", '"S"', OVER))
    assert {action for action, _ in found} == {"*", "s3:GetObject"}
    assert not any(when == () for action, when in found)


def test_an_override_that_is_one_of_two_leaves_both_it_may_replace():
    source = BASE.replace(
        '"base" {',
        '"base" {\n statement {\n sid = "T"\n effect = "Deny"\n actions = ["iam:*"]\n resources = ["*"]\n }',
    )
    one = 'Effect = "Allow", Action = "s3:GetObject", Resource = "*"'
    override = (
        "override_policy_documents = [jsonencode({ Statement = [\n"
        f'  var.x ? {{ Sid = "S", {one} }} : {{ Sid = "T", {one} }}\n] }})]\n}}\n'
    )
    found = statements(source + override)
    certain = {(s.effect, str(s.actions.globs[0])) for s in found if not s.when}
    assert ("Deny", "iam:*") not in certain
    assert "*" in {str(g) for s in found for g in s.actions.globs}


def test_a_statement_whose_name_is_not_known_may_be_the_one_replaced():
    source = BASE.replace('sid       = "S"', 'sid = var.name\n effect = "Deny"')
    body = f'statement {{\n sid = "S"\n {OVER}\n }}\n}}\n'
    found = statements(source + body)
    deny = next(s for s in found if s.effect == "Deny")
    assert [a.outcome for a in deny.when] == ["kept"]


@pytest.mark.parametrize(
    ("collection", "open_ones"), [("[1]", False), ("var.x", True), ("var.x ? [1] : []", True)]
)
def test_a_condition_that_may_be_there_is_none_to_count_on(collection, open_ones):
    condition = (
        f'dynamic "condition" {{\n for_each = {collection}\n content {{\n test = "Bool"\n'
        ' variable = "aws:MultiFactorAuthPresent"\n values = ["true"]\n }\n }\n'
    )
    body = f"statement {{\n {OVER}\n {condition} }}\n}}\n"
    (statement,) = (s for s in statements(BASE + body) if s.actions.globs[0].pieces != ("*",))
    assert (statement.conditions_tail is not None) == open_ones
    assert [c.operator.name for c in statement.conditions] == ([] if open_ones else ["Bool"])


def test_more_blocks_than_are_made_are_not_none():
    body = DYNAMIC.format("concat(range(1020), range(1020))", "null", OVER)
    assert "s3:GetObject" in {action for action, _ in allowed(body)}
