"""What the words of two policies show about them, whatever the words mean."""

import pytest

from leastwise import Counterexample, Proof, implies

ON_KEY = "arn:aws:kms:*:*:key/${aws:PrincipalTag/Key}"
UNLESS_OWN = {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}


def allow(action, resource, conditions=None, **more):
    found = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return found | ({"Condition": conditions} if conditions else {})


COVERED = {
    "by a statement with another Sid": (
        [allow("kms:Decrypt", ON_KEY, UNLESS_OWN)],
        [allow("kms:Decrypt", ON_KEY, UNLESS_OWN, Sid="Decrypt")],
    ),
    "by the same words in another order and case": (
        [allow(["s3:GetObject", "s3:PutObject"], [ON_KEY, "arn:aws:s3:::b/*"], UNLESS_OWN)],
        [
            allow(
                ["s3:putobject", "s3:getobject"],
                ["arn:aws:s3:::b/*", ON_KEY],
                {"StringNotEquals": {"AWS:RESOURCEACCOUNT": "${aws:PrincipalAccount}"}},
            )
        ],
    ),
    "by more resources under the same condition": (
        [allow("s3:GetObject", "arn:aws:s3:*:*:accesspoint/a*", UNLESS_OWN)],
        [allow("s3:GetObject", ["arn:aws:s3:::b", "arn:aws:s3:*:*:accesspoint/a*"], UNLESS_OWN)],
    ),
    "by fewer conditions": (
        [allow("kms:Decrypt", ON_KEY, UNLESS_OWN | {"Bool": {"aws:SecureTransport": "true"}})],
        [allow("kms:Decrypt", ON_KEY, UNLESS_OWN)],
    ),
    "by two statements, each with some of the resources": (
        [
            allow(
                "s3:GetObject", ["arn:aws:s3:::${aws:username}-a", "arn:aws:s3:::*b*c*"], UNLESS_OWN
            )
        ],
        [
            allow("s3:GetObject", "arn:aws:s3:::${aws:username}-a", UNLESS_OWN),
            allow("s3:Get*", "*"),
            allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::*b*c*", UNLESS_OWN),
        ],
    ),
    "by two statements, each with some of the actions": (
        [allow(["kms:Decrypt", "kms:Encrypt"], ON_KEY, UNLESS_OWN)],
        [allow("kms:Decrypt", ON_KEY, UNLESS_OWN), allow("kms:Encrypt", ON_KEY, UNLESS_OWN)],
    ),
}
NOT_COVERED = {
    "where each of two statements lacks an action and a resource": (
        [allow(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"])],
        [allow("s3:GetObject", "arn:aws:s3:::a/x"), allow("s3:PutObject", "arn:aws:s3:::b/x")],
    ),
    "where the other has one more condition": (
        [allow("s3:GetObject", "*", UNLESS_OWN)],
        [allow("s3:GetObject", "*", UNLESS_OWN | {"Bool": {"aws:SecureTransport": "true"}})],
    ),
    "where NotResource lists one more": (
        [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": ["arn:aws:s3:::a/x"]}],
        [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "NotResource": ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"],
            }
        ],
    ),
    "where the same words are variables in one of the versions only": (
        [allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*")],
        [allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*")],
        "2008-10-17",
    ),
}


@pytest.mark.parametrize("case", COVERED)
def test_a_statement_is_covered(iam, case):
    left, right = COVERED[case]
    assert implies(iam.document(left), iam.document(right)) == Proof()


@pytest.mark.parametrize("case", NOT_COVERED)
def test_a_statement_is_not_covered(iam, case):
    left, right, *version = NOT_COVERED[case]
    found = implies(iam.document(left), iam.document(right, version=(*version, "2012-10-17")[0]))
    assert isinstance(found, Counterexample)


def test_a_deny_is_covered_by_a_deny_of_more(iam):
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": ON_KEY, "Condition": UNLESS_OWN}
    everything = allow("*", "*")
    wider = denied | {"Action": ["s3:*", "kms:*"]}
    assert implies(iam.document([everything, wider]), iam.document([everything, denied])) == Proof()
    back = implies(iam.document([everything, denied]), iam.document([everything, wider]))
    assert isinstance(back, Counterexample)
