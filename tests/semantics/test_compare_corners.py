"""Compare documents and layers at the corners where a proof would be wrong, or nearly is."""

import pytest

from leastwise.semantics.compare import disjoint, implies
from leastwise.semantics.model import Counterexample, Proof, Undecided

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/R"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s"
NOTHING = {"Effect": "Allow", "Action": "x:Nothing", "Resource": "arn:aws:x:::nothing"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_a_session_carries_the_arn_of_its_role(iam):
    is_role = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
    named = allow("s3:*", Principal={"AWS": SESSION}, Condition=is_role)
    service = {**NOTHING, "Principal": {"Service": "ec2.amazonaws.com"}}
    found = implies(iam.document(named, "resource"), iam.document(service, "resource"))
    assert isinstance(found, Counterexample)
    assert dict(found.request.context) == {"aws:principalarn": (ROLE,)}
    one = iam.access(allow("s3:*", Condition=is_role), kind="role", arn=SESSION)
    assert isinstance(implies(one, iam.access(NOTHING, kind="role", arn=SESSION)), Counterexample)
    assert iam.allows(one, iam.ask("s3:GetObject")).certainty == "proven"


def test_the_version_of_a_document_tells_what_an_escape_is(iam):
    condition = {"StringLike": {"aws:useragent": "${*}"}}
    old = iam.document(allow("s3:*", Condition=condition), version="2008-10-17")
    new = iam.document(allow("s3:*", Condition=condition))
    forth, back = implies(old, new), implies(new, old)
    assert dict(forth.request.context) == {"aws:useragent": ("${example}",)}
    assert dict(back.request.context) == {"aws:useragent": ("*",)}


def test_rcps_may_not_reach_a_service_that_is_not_known(iam):
    deny = iam.policy([{**ALL, "Effect": "Deny", "Principal": "*"}], "rcp")
    left = iam.access(allow("foo:*"), kind="role", arn=ROLE, rcps=((deny,),))
    nothing = iam.access(NOTHING, kind="role", arn=ROLE)
    assert isinstance(implies(left, nothing), Undecided)
    left = iam.access(allow("sqs:NewAction"), kind="role", arn=ROLE, rcps=((deny,),))
    assert isinstance(implies(left, nothing), Proof)


def test_whom_a_gateway_endpoint_means_is_open_for_new_actions_too(iam):
    def behind(action):
        named = iam.policy([allow(action, Principal={"AWS": ROLE})], "endpoint")
        access = iam.access(allow(action), kind="role", arn=ROLE)
        return implies(access, access._replace(endpoint=(named,)))

    assert isinstance(behind("s3:NewAction"), Undecided)
    assert isinstance(behind("sqs:NewAction"), Proof)


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:NewAction"])
def test_a_key_must_itself_allow_whatever_policy_is_in_view(iam, action):
    bucket = allow("s3:*", "arn:aws:s3:::b/*", Principal={"AWS": ROLE})
    left = iam.access(allow(action), kind="role", arn=ROLE)
    alone = left._replace(resource_account=ACCOUNT)
    assert not isinstance(implies(left, alone), Proof)
    beside = alone._replace(resource=iam.policy([bucket], "resource"))
    assert not isinstance(implies(left, beside), Proof)


def test_other_resources_of_the_account_need_no_policy(iam):
    left = iam.access(allow("s3:*"), kind="role", arn=ROLE)
    assert isinstance(implies(left, left._replace(resource_account=ACCOUNT)), Proof)


def test_a_variable_of_not_resource_may_have_no_value(iam):
    spared = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::home/${aws:userid}"}
    left, right = allow("s3:*", "arn:aws:s3:::other/*"), iam.document(spared)
    assert isinstance(implies(iam.document(left), right), Undecided)
    has = {"Null": {"aws:userid": "false"}}
    assert isinstance(implies(iam.document({**left, "Condition": has}), right), Proof)
    with_default = spared["NotResource"].replace("}", ", 'x'}")
    right = iam.document({**spared, "NotResource": with_default})
    assert isinstance(implies(iam.document(left), right), Proof)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (allow("s3:*", "arn:aws:s3:::?"), allow("s3:*", "arn:aws:s3:::\ue000")),
        (allow("s3:*", "arn:aws:s3:::?"), allow("s3:*", "arn:aws:s3:::\ue001")),
        (allow("x:?"), allow("x:\ue000")),
        (
            allow("s3:*", Condition={"StringLike": {"aws:UserAgent": "?"}}),
            allow("s3:*", Condition={"StringEquals": {"aws:UserAgent": "\ue000"}}),
        ),
    ],
)
def test_private_characters_of_a_policy_stand_for_nothing_else(iam, left, right):
    assert not isinstance(implies(iam.document(left), iam.document(right)), Proof)


def test_a_trust_policy_is_not_a_resource_policy_that_says_the_same(iam):
    other = {"AWS": "210987654321"}
    named = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": other}]
    left = iam.access(allow("sts:*"), kind="role", arn=ROLE, resource_account=ACCOUNT)
    left = left._replace(resource=iam.policy(named, "resource"))
    assert isinstance(implies(left, left), Proof)
    right = left._replace(resource=iam.policy(named, "trust"))
    assert not isinstance(implies(left, right), Proof)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Effect": "Alow"}, {"Effect": "Denie"}),
        ({"Condition": {"StringFoo": {"a": "b"}}}, {"Condition": {"StringBar": {"a": "b"}}}),
        ({"Principal": {"Foo": "a"}}, {"Principal": {"Bar": "a"}}),
    ],
)
def test_what_is_not_known_has_no_name_to_compare(iam, one, other):
    kind = "resource" if "Principal" in one else "identity"
    left, right = (iam.document({**allow("s3:*"), **more}, kind) for more in (one, other))
    assert isinstance(implies(left, right), Undecided)
    assert isinstance(implies(left, left), Proof)


def test_layers_that_ask_who_calls_prove_nothing_without_a_caller(iam):
    bob = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}
    left = iam.access(resource=iam.policy([allow("s3:*", Principal=bob)], "resource"))
    nothing = iam.access(NOTHING)
    assert isinstance(implies(left, nothing), Undecided)
    someone = left._replace(caller_arn=iam.pattern(ROLE))
    assert isinstance(implies(someone, nothing), Proof)


def test_a_document_beside_layers_is_an_identity_policy(iam):
    document = iam.document(ALL)
    boundary = iam.access(ALL, boundary=[[allow("s3:*")]])
    assert isinstance(implies(boundary, document), Proof)
    assert isinstance(implies(iam.access(allow("sts:*")), document), Proof)
    assert isinstance(implies(document, iam.access(ALL)), Proof)


@pytest.mark.parametrize("resource", ["«z»", "«z»/*", "«z»:b"])
def test_a_resource_may_begin_with_a_symbol(iam, resource):
    left = iam.document(allow("s3:*", resource))
    assert not isinstance(implies(left, iam.document(NOTHING)), Proof)
    deny = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::a*"}
    assert not isinstance(implies(left, iam.document([ALL, deny])), Proof)
    assert isinstance(implies(left, iam.document(ALL)), Proof)
    assert isinstance(implies(left, iam.document(allow("*", resource))), Proof)


def test_what_a_symbol_names_may_be_the_caller(iam):
    nothing = iam.access(NOTHING, kind="role", arn=ROLE)
    named = iam.policy([allow("s3:*", Principal={"AWS": "«who»"})], "resource")
    assert not isinstance(implies(nothing._replace(resource=named), nothing), Proof)
    is_it = {"ArnEquals": {"aws:PrincipalArn": "«who»"}}
    left = iam.access(allow("s3:*", Condition=is_it), kind="role", arn=ROLE)
    assert not isinstance(implies(left, nothing), Proof)


def test_an_account_that_is_a_symbol_has_all_callers(iam):
    federated = f"arn:aws:sts::{ACCOUNT}:federated-user/u"
    theirs = [allow("s3:*", Principal={"AWS": "«account|????????????»"})]
    one = [allow("s3:*", Principal={"AWS": federated})]
    left, right = (iam.document(policy, "resource") for policy in (theirs, one))
    assert not isinstance(disjoint(left, right), Proof)


def test_two_conditions_may_name_one_value_by_different_symbols(iam):
    both = {"StringLike": {"aws:UserAgent": "a«c»"}, "StringEquals": {"aws:UserAgent": "«d»"}}
    left = iam.document(allow("s3:*", Condition=both))
    assert not isinstance(implies(left, iam.document(NOTHING)), Proof)
