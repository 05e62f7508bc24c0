"""How statements are prepared for the search."""

import pytest

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.holder import Holder
from leastwise.semantics.terms import NARROW, WIDE, terms

PLAIN = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"}'
OWN = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*"}'
HOLDERS = [
    Holder("user", Pattern((f"arn:aws:iam::111122223333:user/{name}",))) for name in ("ana", "ben")
]


def read(statement, reading):
    document = PolicyDocument.parse(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    policy = Policy("p", "policy", "identity", document, "concrete", None)
    return [terms(policy, ("identity", "Allow"), holder, reading)[0] for holder in HOLDERS]


@pytest.mark.parametrize("reading", [NARROW, WIDE])
def test_statement_without_variables_is_prepared_once_for_all_holders(reading):
    first, second = read(PLAIN, reading)
    assert first is second


@pytest.mark.parametrize("reading", [NARROW, WIDE])
def test_variables_have_the_values_of_each_holder(reading):
    first, second = read(OWN, reading)
    assert first.resource != second.resource
