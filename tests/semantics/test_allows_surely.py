"""The quicker question: what is allowed for certain, and nothing of what is only possible."""

import pytest

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.semantics.access import allows, allows_surely
from leastwise.semantics.model import EffectiveAccess, RequestPattern
from leastwise.source.value import Symbol

READ = RequestPattern(("s3:GetObject",), (Pattern(("arn:aws:s3:::logs/a",)),))
UNKNOWN = RequestPattern(("s3:GetObject",), (Pattern(("arn:aws:s3:::", Symbol("b", "var.b"))),))


@pytest.mark.parametrize(
    ("resource", "question", "certainty"),
    [
        ("arn:aws:s3:::logs/*", READ, "proven"),
        ("arn:aws:s3:::other/*", READ, "no"),
        ("arn:aws:s3:::logs/*", RequestPattern(("s3:PutObject",)), "no"),
        ("arn:aws:s3:::logs/*", UNKNOWN, "possible"),
    ],
)
def test_what_is_only_possible_counts_as_no(resource, question, certainty):
    statement = f'{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "{resource}"}}'
    document = PolicyDocument.parse(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    access = EffectiveAccess.of(identity=[document], caller="arn:aws:iam::111122223333:role/app")
    full, sure = allows(access, question), allows_surely(access, question)
    assert full.certainty == certainty
    assert sure == full if certainty == "proven" else sure.certainty == "no"
