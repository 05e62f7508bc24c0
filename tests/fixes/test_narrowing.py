"""What is accepted as narrower, on real source text."""

from dataclasses import replace

from leastwise.config.model import Config
from leastwise.fixes.narrowing import widened_by
from leastwise.frontends import terraform
from leastwise.iam.project import Project, merge
from leastwise.source.tree import MemoryTree

ROLE = """\
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
"""
ADMIN = """\
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
READ = """\
resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.app.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}
"""


def project(text: str) -> Project:
    tree = MemoryTree({"main.tf": text.encode()})
    roots = terraform.roots(tree, ("main.tf",))
    return merge(tuple(terraform.load(root, tree, Config()) for root in roots))


def reason(before: str, after: str) -> str | None:
    return widened_by(project(before), project(after))


def test_same_text_is_not_wider():
    assert reason(ROLE + ADMIN + READ, ROLE + ADMIN + READ) is None


def test_detaching_an_allow_is_narrower():
    assert reason(ROLE + ADMIN + READ, ROLE + READ) is None


def test_attaching_is_wider():
    assert reason(ROLE + READ, ROLE + ADMIN + READ) == (
        "aws_iam_role.app: its policies would allow iam:AttachRolePolicy"
        " on arn:aws:iam::123456789012:role/example"
    )


def test_attaching_what_was_allowed_already_is_not_wider():
    assert reason(ROLE + ADMIN, ROLE + ADMIN + READ) is None
    assert reason(ROLE + ADMIN, ROLE + READ) is None


def test_taking_away_a_document_with_a_deny_may_be_wider():
    deny = READ.replace('"Allow", Action', '"Deny", Action')
    assert reason(ROLE + ADMIN + deny, ROLE + ADMIN) == (
        "aws_iam_role.app: its policies would no longer deny s3:GetObject"
        " on arn:aws:s3:::example/example"
    )


def test_a_changed_trust_is_refused():
    assert reason(ROLE, ROLE.replace("ec2.amazonaws.com", "lambda.amazonaws.com")) == (
        "aws_iam_role.app: its trust policy would allow sts:AssumeRole"
        " on arn:aws:iam::123456789012:role/example to lambda.amazonaws.com"
    )


def test_a_trust_that_asks_for_more_is_narrower():
    asking = ROLE.replace(
        'Action = "sts:AssumeRole"',
        'Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:SourceAccount" = "1" } }',
    )
    assert reason(ROLE, asking) is None
    assert reason(asking, ROLE) is not None


def test_a_new_principal_is_refused():
    other = ROLE.replace('"app"', '"other"')
    assert reason(ROLE, ROLE + other) == "aws_iam_role.other is new"


def test_a_boundary_that_goes_is_refused():
    bounded = ROLE.replace(
        '  name               = "app"\n',
        '  name               = "app"\n'
        '  permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n',
    )
    assert reason(bounded, ROLE) == "aws_iam_role.app: its permissions boundary is gone"
    assert reason(ROLE, bounded) is None


def test_a_document_that_shrinks_is_narrower_and_one_that_grows_is_not():
    smaller = READ.replace('"*"', '"arn:aws:s3:::b/*"')
    assert reason(ROLE + READ, ROLE + smaller) is None
    assert reason(ROLE + smaller, ROLE + READ) == (
        "aws_iam_role.app: its policies would allow s3:GetObject on arn:aws:s3:::example/example"
    )


def test_a_document_that_is_not_known_is_not_shown_to_be_narrower():
    unknown = READ.replace('"s3:GetObject"', "var.actions")
    grown = "aws_iam_role.app: its policies would allow iam:AttachRolePolicy"
    assert (reason(ROLE + READ, ROLE + unknown) or "").startswith(grown)
    assert reason(ROLE + unknown, ROLE + unknown) is None
    assert reason(ROLE + unknown, ROLE) is None


def test_one_of_several_namesakes_may_not_go():
    two = ROLE.replace('name               = "app"', "count = var.n\n  name = each.value")
    both = project(two)
    twice = both._replace(principals=both.principals * 2)
    assert widened_by(twice, both) == f"one of several {both.principals[0].address} is gone"
    assert widened_by(twice, twice) is None


def test_policies_that_are_no_longer_known_are_refused():
    assert reason(ROLE, ROLE.replace("}\n", "  managed_policy_arns = var.arns\n}\n")) is not None
    known = project(ROLE)
    opened = tuple(replace(p, attachments_open=True) for p in known.principals)
    assert widened_by(known, known._replace(principals=opened)) == (
        "aws_iam_role.app: it may hold further policies that are not in view"
    )
    assert widened_by(known._replace(principals=opened), known) is None


BUCKET = """\
resource "aws_s3_bucket_policy" "b" {
  bucket = "b"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
}
"""
LOOSE = """\
resource "aws_iam_policy" "loose" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}
"""


def test_policies_that_stand_by_themselves_stay_as_they_are():
    assert reason(BUCKET, BUCKET) is None
    gone = "the policy of aws_s3_bucket_policy.b would no longer deny s3:"
    assert (reason(BUCKET, "") or "").startswith(gone)
    assert reason("", BUCKET) == "the policy of aws_s3_bucket_policy.b is new"
    assert (reason(BUCKET, BUCKET.replace("s3:*", "s3:Get*")) or "").startswith(gone)
    assert reason(BUCKET.replace("s3:*", "s3:Get*"), BUCKET) is None
    assert reason(LOOSE, "") is None
    assert reason(LOOSE.replace('"Allow"', '"Deny"'), "") == (
        "the policy of aws_iam_policy.loose would no longer deny s3:GetObject"
        " on arn:aws:s3:::example/example"
    )
