"""A request for a pattern of resources is allowed when one resource of it is."""

import pytest

from leastwise.semantics.within import decide_within, is_pattern

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/a/*"}
DENY_ALL = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
SPARE = {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::shop/a/open"}
OWN = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::shop/${aws:username}/*",
}


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", "arn:aws:s3:::shop/*", True),
        ("s3:GetObject", "arn:aws:s3:::shop/?", True),
        ("s3:GetObject", "arn:aws:s3:::shop/a", False),
        ("unheard:Of", "*", True),
        # This action has no resource to name: the star is what every request of it says.
        ("s3:ListAllMyBuckets", "*", False),
    ],
)
def test_wildcards_ask_for_a_pattern_unless_they_must(iam, action, resource, expected):
    assert is_pattern(iam.request(action, resource)) is expected


@pytest.mark.parametrize(
    ("resource", "statements", "outcome"),
    [
        ("arn:aws:s3:::shop/*", [READ], "allowed"),
        ("arn:aws:s3:::shop/a/b*", [READ], "allowed"),
        ("arn:aws:s3:::shop/b/*", [READ], "implicitly-denied"),
        ("arn:aws:s3:::shop/*", [READ, DENY_ALL], "explicitly-denied"),
        # One object is spared, and it is in the pattern.
        ("arn:aws:s3:::shop/a/*", [READ, SPARE], "allowed"),
        ("arn:aws:s3:::shop/a/o?", [READ, SPARE], "explicitly-denied"),
        ("arn:aws:s3:::shop/bob/*", [OWN], "allowed"),
        ("arn:aws:s3:::shop/eve/*", [OWN], "implicitly-denied"),
        ("arn:aws:s3:::shop/*", [], "implicitly-denied"),
    ],
)
def test_the_most_favourable_resource_counts(iam, resource, statements, outcome):
    request = iam.request("s3:GetObject", resource, {"aws:username": "bob"})
    assert decide_within(request, iam.access(statements)).outcome == outcome
