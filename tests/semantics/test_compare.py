"""What comparisons answer, by example; ``test_compare_brute_force`` and others hold the rest."""

from dataclasses import replace

import pytest

from leastwise.semantics.compare import disjoint, equivalent, implies
from leastwise.semantics.model import Counterexample, Proof, Undecided
from leastwise.source.value import Assumption, Symbol

WITHIN, NOT, OPEN = "within", "not", "open"
ANSWERS = {Proof: WITHIN, Counterexample: NOT, Undecided: OPEN}
HOME = "arn:aws:s3:::home/${aws:username}/*"


def allow(action="s3:*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="s3:*", resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


def s3(name):
    return f"arn:aws:s3:::{name}"


PAIRS = [
    ("fewer actions", allow("s3:Get*"), allow(), WITHIN),
    ("more actions", allow(), allow("s3:Get*"), NOT),
    ("a list that is longer", allow("s3:Get*", s3("a")), allow("s3:Get*", [s3("a"), s3("b")]), WITHIN),
    ("two statements for one", allow(), [allow(resource=s3("a*")), allow("*")], WITHIN),
    ("a union covers", allow("s3:*Object"), [allow("s3:*t"), allow("iam:*")], WITHIN),
    ("unknown actions count", allow("s3:GetObjec*"), allow(["s3:GetObject", "s3:GetObjectAcl"]), NOT),
    ("case of actions", allow("S3:getobject"), allow("s3:GetObject"), WITHIN),
    ("case of resources", allow(resource=s3("A")), allow(resource=s3("a")), NOT),
    ("case of the service", allow(resource="arn:aws:S3:::a"), allow(resource=s3("a")), WITHIN),
    ("everything but", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("*"), WITHIN),
    ("a Deny takes away", [allow(), deny("s3:Put*")], allow(), WITHIN),
    ("a Deny that goes", allow(), [allow(), deny("s3:Put*")], NOT),
    ("a Deny of what is not allowed", allow(), [allow(), deny("iam:*")], WITHIN),
    ("a Deny as NotResource", [allow(), {"Effect": "Deny", "Action": "*", "NotResource": s3("a")}],
     allow(resource=s3("a")), WITHIN),
    ("a condition narrows", allow(**when("Bool", "aws:SecureTransport", "true")), allow(), WITHIN),
    ("cases of one key", allow(), [allow(**when("StringEquals", "aws:PrincipalOrgID", "o-1")),
     allow(**when("StringNotEquals", "aws:PrincipalOrgID", "o-1"))], WITHIN),
    ("a missing key is a case", allow(), [allow(**when("StringEquals", "aws:PrincipalOrgID", "o-1")),
     allow(**when("StringLike", "aws:PrincipalOrgID", "*"))], NOT),
    ("numbers", allow(**when("NumericLessThan", "s3:max-keys", "5")),
     allow(**when("NumericLessThanEquals", "s3:max-keys", "5.0")), WITHIN),
    ("dates of two spellings", allow(**when("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")),
     allow(**when("DateLessThan", "aws:CurrentTime", "1767225600")), WITHIN),
    ("blocks of addresses", allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9")),
     allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8")), WITHIN),
    ("one address more", allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
     allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/10")), NOT),
    ("all of the values", allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "a")),
     allow(**when("ForAllValues:StringLike", "aws:TagKeys", "a*")), WITHIN),
    ("any of the values is not all", allow(**when("ForAnyValue:StringEquals", "aws:TagKeys", "a")),
     allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "a")), NOT),
    ("case or not", allow(**when("StringEquals", "aws:UserAgent", "Cli")),
     allow(**when("StringEqualsIgnoreCase", "aws:UserAgent", "cLI")), WITHIN),
    ("a variable in place", allow(resource=HOME), allow(resource=[HOME, s3("x")]), WITHIN),
    ("a variable under a wildcard", allow(resource=HOME), allow(resource=s3("home/*")), WITHIN),
    ("a variable may be any value", allow(resource=HOME), [allow(resource=s3("home/*")), deny(resource=s3("home/bob/*"))], NOT),
    ("more than the variable", allow(resource=s3("home/*")), allow(resource=HOME), NOT),
    ("a symbol in place", allow(resource=s3("«b»/*")), allow(resource=[s3("«b»/*"), s3("c")]), WITHIN),
    ("another symbol", allow(resource=s3("«a»/*")), allow(resource=s3("«b»/*")), NOT),
    ("a symbol that may be denied", allow(resource=s3("«a»")), [allow(), deny(resource=s3("x"))], NOT),
    ("a symbol for an action", allow("«var.action»"), allow("s3:*"), NOT),
    ("who asks for its identity needs nothing", allow("sts:GetCallerIdentity"), allow(), WITHIN),
    ("a contested wildcard", allow(resource="arn:aws:iam::1:role/x"), allow(resource="arn:aws:iam:*:role/x"), OPEN),
    ("the same contested wildcard", allow(resource="arn:aws:iam:*:role/x"),
     allow(resource=["arn:aws:iam:*:role/x", s3("a")]), WITHIN),
    ("an operator that AWS does not define", allow(**when("StringIs", "aws:UserAgent", "x")), allow(), WITHIN),
    ("nor on the other side", allow(), allow(**when("StringIs", "aws:UserAgent", "x")), OPEN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "answer"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS]
)
def test_pairs_are_told_apart(iam, left, right, answer):
    found = implies(iam.document(left), iam.document(right))
    assert ANSWERS[type(found)] == answer
    if answer == NOT and "«" not in str(left):
        assert iam.decide(found.request, iam.access(left)).outcome == "allowed"
        assert iam.decide(found.request, iam.access(right), "for").outcome != "allowed"


def test_variables_are_text_in_an_older_version(iam):
    old = iam.document(allow(resource=HOME), version="2008-10-17")
    new = iam.document(allow(resource=HOME))
    assert isinstance(implies(new, old), Counterexample)
    assert isinstance(implies(old, iam.document(allow(resource=s3("home/*")))), Proof)


def test_a_counterexample_says_for_which_values_it_holds(iam):
    found = implies(iam.document(allow(resource=s3("«a»"))), iam.document(allow(resource=s3("x"))))
    assert isinstance(found, Counterexample)
    assert found.typed
    assert [str(d.resource) for d in found.deciding] == ["arn:aws:s3:::${a}"]


def test_a_counterexample_outside_of_the_reference_is_not_typed(iam):
    p = iam.document(allow("s3:GetObjec?", resource="arn:aws:iam::1:role/x"))
    found = implies(p, iam.document(allow("s3:PutObject")))
    assert isinstance(found, Counterexample)
    assert not found.typed


def world(document, outcome):
    when = (Assumption("var.x", outcome, f"var.x is {outcome}"),)
    return replace(document, statements=tuple(replace(s, when=when) for s in document.statements))


def test_worlds_are_compared_one_by_one(iam):
    some, more = iam.document(allow("s3:Get*")), iam.document(allow())
    assert isinstance(implies(world(some, "true"), world(more, "true")), Proof)
    found = implies(world(some, "true"), world(more, "false"))
    assert isinstance(found, Counterexample)
    assert [(a.id, a.outcome) for a in found.assumptions] == [("var.x", "true")]


def test_more_worlds_than_are_looked_at_one_by_one_are_not_decided_alone(iam):
    p = iam.document([allow("s3:Get*")])
    many = tuple(
        replace(p.statements[0], when=(Assumption(f"var.x{n}", "true", ""),)) for n in range(6)
    )
    assert isinstance(implies(replace(p, statements=many), p), Proof)
    assert isinstance(implies(p, replace(p, statements=many)), Undecided)


def test_a_document_that_is_not_known_proves_nothing(iam):
    known = iam.document(allow())
    opaque = replace(known, opaque=Symbol("data.x", "data.x"))
    assert isinstance(implies(opaque, known), Undecided)
    assert isinstance(implies(known, opaque), Undecided)
    assert isinstance(implies(opaque, opaque), Proof)
    everything = iam.document(allow("*"))
    assert isinstance(implies(opaque, everything), Proof)


def test_what_is_not_in_view_of_two_callers_need_not_be_the_same(iam):
    one, other = iam.access(allow(), open=True), iam.access(allow(), open=True)
    assert isinstance(implies(one, one), Proof)
    assert isinstance(implies(one, other), Undecided)
    arn = "arn:aws:iam::123456789012:role/app"
    before, after = (iam.access(allow(), open=True, kind="role", arn=arn) for _ in range(2))
    assert isinstance(implies(after, before), Proof)


def test_who_may_ask_is_compared_too(iam):
    def doc(principal):
        return iam.document({**allow(), "Principal": principal}, kind="resource")

    own = "arn:aws:iam::111122223333:role/app"
    account = doc({"AWS": "111122223333"})
    assert isinstance(implies(doc({"AWS": own}), account), Proof)
    assert isinstance(implies(doc({"AWS": "arn:aws:iam::111122223333:root"}), account), Proof)
    found = implies(account, doc({"AWS": own}))
    assert isinstance(found, Counterexample)
    assert ":111122223333:" in found.request.principal.name
    assert isinstance(implies(doc("*"), doc({"AWS": "*"})), Proof)
    assert isinstance(implies(doc({"Service": "ec2.amazonaws.com"}), account), Counterexample)
    assert isinstance(disjoint(doc({"Service": "ec2.amazonaws.com"}), account), Proof)


def test_equivalent_documents_need_not_look_alike(iam):
    one = iam.document([allow(["s3:Get*", "s3:Put*"]), deny("s3:PutObject")])
    other = iam.document([allow("s3:Put*"), allow("s3:Get*"), deny("s3:putobject")])
    assert isinstance(equivalent(one, other), Proof)


def test_layers_together_are_compared(iam):
    def role(*identity, **more):
        arn = "arn:aws:iam::123456789012:role/app"
        return iam.access(*identity, kind="role", arn=arn, **more)

    free, capped = role(allow("*")), role(allow("*"), boundary=[[allow()]])
    assert isinstance(implies(capped, role(allow())), Proof)
    assert isinstance(implies(role(allow()), capped), Proof)
    assert isinstance(implies(free, capped), Counterexample)
    bucket = iam.policy(
        {**allow(resource=s3("b/*")), "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}},
        "resource",
    )
    assert isinstance(implies(role(resource=bucket), role(allow())), Proof)
    assert isinstance(implies(role(resource=bucket), role(allow("s3:Get*"))), Counterexample)
