"""Whatever one statement is said to cover, the engine of comparisons does not refute."""

from itertools import permutations

import pytest

from leastwise.iam.policy import PolicyDocument
from leastwise.rules.python.validity.implied import is_implied
from leastwise.semantics.compare import implies
from leastwise.semantics.model import Counterexample

STATEMENTS = (
    '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"',
    '"Action": "S3:Get*", "Resource": "arn:aws:s3:::*"',
    '"Action": "s3:Get?bject", "Resource": ["arn:aws:s3:::a/?", "arn:aws:s3:::a/b*"]',
    '"NotAction": "iam:*", "Resource": "*"',
    '"NotAction": ["iam:*", "s3:Get*"], "NotResource": "arn:aws:s3:::a/*"',
    '"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}',
    (
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", "Condition": {'
        '"Bool": {"AWS:SecureTransport": "true"}, "StringLike": {"aws:RequestedRegion": "eu-*"}}'
    ),
)


def document(text):
    return PolicyDocument.parse(
        f'{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {text}}}}}'
    )


PAIRS = tuple(permutations(map(document, STATEMENTS), 2))


@pytest.mark.parametrize(("narrow", "wide"), PAIRS)
def test_a_covered_statement_is_implied(narrow, wide):
    if is_implied(narrow.statements[0], wide.statements[0]):
        assert not isinstance(implies(narrow, wide), Counterexample)


def test_statements_are_covered_by_entries_and_conditions():
    rows = [document(text).statements[0] for text in STATEMENTS]
    found = {
        (n, m) for n, own in enumerate(rows) for m, by in enumerate(rows) if is_implied(own, by)
    }
    own = {(n, n) for n in range(len(rows))}
    assert found - own == {(0, 1), (2, 1), (4, 3), (6, 1), (6, 0), (6, 5)}
