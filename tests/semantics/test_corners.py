"""Answer at the corners: little work, names without a value, data that is not there."""

import sqlite3
from dataclasses import replace

import pytest

from leastwise.iam.policy import Patterns
from leastwise.semantics import access as access_module
from leastwise.semantics import actions as actions_module
from leastwise.semantics import compare as compare_module
from leastwise.semantics.actions import FALLBACK_DATE, info, parse_index
from leastwise.semantics.asking import SEVERAL_VALUES, ask
from leastwise.semantics.compare import disjoint, implies
from leastwise.semantics.effort import Effort
from leastwise.semantics.explain import explain
from leastwise.semantics.holder import Holder
from leastwise.semantics.keys import written_keys
from leastwise.semantics.model import (
    Counterexample,
    Deciding,
    EffectiveAccess,
    Proof,
    Undecided,
)
from leastwise.semantics.nearest import Probe, standings
from leastwise.semantics.openactions import TOO_MANY_NAMES
from leastwise.semantics.valuation import bind, sample
from leastwise.semantics.within import decide_within
from leastwise.source.value import Assumption

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = {"kind": "role", "arn": f"arn:aws:iam::{ACCOUNT}:role/app"}
OBJECT = "arn:aws:s3:::shop/a"


def allow(action="s3:GetObject", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="s3:GetObject", resource="*", **more):
    return allow(action, resource, **more) | {"Effect": "Deny"}


def when(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


# Access.


def test_root_needs_no_policy_for_a_question_about_actions(iam):
    answer = iam.allows_all(iam.access(kind="user", arn=ROOT), iam.ask("s3:*"))
    assert (answer.certainty, answer.deciding) == ("proven", ())


def test_what_is_not_in_view_covers_all_perhaps_and_is_no_statement(iam):
    answer = iam.allows_all(iam.access(allow(), open=True, **ROLE), iam.ask("iam:*"))
    assert (answer.certainty, answer.deciding) == ("possible", ())


WORK = [0, 40, 100, 200, 400, 800, 1600, 3200, 6400]


@pytest.mark.parametrize("work", WORK)
def test_with_little_work_nothing_that_is_allowed_is_answered_no(iam, monkeypatch, work):
    monkeypatch.setattr(access_module, "Effort", lambda: Effort(work))
    statements = [
        allow(["s3:*", "foo:*"], **when("StringLike", "aws:PrincipalTag/team", "a*", "b*")),
        deny("s3:*", "arn:aws:s3:::other/*", **when("StringEquals", "s3:prefix", "x")),
    ]
    access = iam.access(statements, **ROLE)
    for action in ("s3:GetObject", "s3:*", "*", "foo:Bar"):
        assert iam.allows(access, iam.ask(action)).certainty != "no"


@pytest.mark.parametrize("work", [*WORK, 12800, 25600])
def test_with_little_work_no_comparison_is_shown_that_does_not_hold(iam, monkeypatch, work):
    monkeypatch.setattr(compare_module, "MOST_WORK", work)
    left = iam.document(
        [
            allow(["s3:*", "foo:*"], **when("StringLike", "aws:UserAgent", "a*", "b*")),
            deny("s3:*", "arn:aws:s3:::other/*", **when("StringEquals", "s3:prefix", "x")),
        ]
    )
    right = iam.document(allow("s3:*", **when("StringLike", "aws:UserAgent", "a*", "*b")))
    assert not isinstance(implies(left, right), Proof)
    assert not isinstance(disjoint(left, right), Proof)


# Actions.


def test_an_index_without_a_date_has_the_usual_one_and_skips_what_names_no_service():
    found = parse_index("# names of actions\n\nnoise\nS3:GetObject,PutObject\nsqs:SendMessage\n")
    assert found.data_date == FALLBACK_DATE
    assert list(found.services) == ["s3", "sqs"]
    assert found.everything.bit_count() == 3


@pytest.fixture
def data(monkeypatch, tmp_path):
    def forget():
        known = actions_module._database.cache_info().currsize
        opened = actions_module._database() if known else None
        if opened is not None:
            # Python 3.13 warns about a connection that is dropped open.
            opened.close()
        actions_module._database.cache_clear()
        info.cache_clear()

    actions_module.action_index()
    monkeypatch.setattr(actions_module, "_DATA", tmp_path)
    forget()
    yield tmp_path
    forget()


def test_without_the_database_nothing_is_known_of_an_action(data):
    assert not list(data.iterdir())
    assert info("s3:GetObject") is None


def test_of_an_action_that_the_database_lacks_nothing_is_known(data):
    with sqlite3.connect(data / "actions.sqlite") as made:
        made.execute("CREATE TABLE actions (service, name, access_level)")
    made.close()
    assert info("s3:GetObject") is None


# Asking.


def asked(iam, statements, given=(), resources=(OBJECT,), version="2012-10-17", action=None):
    access = iam.access(statements, version=version, **ROLE)
    question = iam.ask(action or "s3:GetObject", resources=resources)
    return ask(access, question, dict(given))


def test_it_is_open_how_a_condition_takes_several_values_of_a_key(iam):
    statements = [allow("s3:*", **when("StringEquals", "aws:TagKeys", "a"))]
    ruling = asked(iam, statements, {"aws:tagkeys": ("a", "b")}, action="s3:PutObjectTagging")
    assert ruling.outcome == "depends"
    assert ruling.answer.certainty == "possible"
    assert ruling.answer.reasons == (SEVERAL_VALUES,)


def test_without_a_resource_the_region_may_be_any(iam):
    statements = [allow("ec2:*", **when("StringEquals", "aws:RequestedRegion", "eu-west-1"))]
    ruling = asked(iam, statements, resources=None, action="ec2:DescribeInstances")
    assert (ruling.outcome, ruling.deciding_keys) == (
        "depends",
        (("aws:requestedregion", ("eu-west-1",)),),
    )


def test_an_old_document_has_no_variables_that_ask_for_keys(iam):
    home = [allow(resource="arn:aws:s3:::shop/${aws:PrincipalTag/team}")]
    assert asked(iam, home).outcome == "depends"
    assert asked(iam, home, version="2008-10-17").outcome == "not-allowed"


def test_a_glob_given_for_a_key_that_turns_nothing_is_not_told(iam):
    condition = {"StringLike": {"s3:prefix": "a/*", "s3:delimiter": "*"}}
    ruling = asked(
        iam,
        [allow("s3:ListBucket", Condition=condition)],
        {"s3:prefix": ("?/x",), "s3:delimiter": ("?",)},
        ("arn:aws:s3:::shop",),
        action="s3:ListBucket",
    )
    assert (ruling.outcome, ruling.deciding_keys) == ("depends", (("s3:prefix", ("a/x",)),))


def test_a_time_at_which_every_request_comes_is_not_told(iam):
    condition = {
        "StringEquals": {"aws:SourceVpce": "vpce-1"},
        "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
    }
    ruling = asked(iam, [allow(Condition=condition)])
    assert (ruling.outcome, ruling.deciding_keys) == (
        "depends",
        (("aws:sourcevpce", ("vpce-1",)),),
    )


def test_a_resource_with_unknown_parts_stays_as_it_is_where_keys_vary(iam):
    statements = [allow("s3:*", **when("DateLessThan", "aws:CurrentTime", "2100-01-01T00:00:00Z"))]
    ruling = asked(iam, statements, resources=("arn:aws:s3:::shop/«var.name»",))
    assert (ruling.outcome, [k for k, _ in ruling.deciding_keys]) == (
        "depends",
        ["aws:currenttime"],
    )


# Values of keys.

TIMES = [
    ("StringEquals", "2100-01-01T00:00:00Z", "proven"),
    ("StringLike", "2100-*", "possible"),
    ("StringEquals", "2001-01-01T00:00:00Z", "no"),
    ("StringEquals", "tomorrow", "no"),
    ("StringEquals", "«var.when»", "possible"),
    ("DateLessThan", "99999999999999", "proven"),
    ("DateGreaterThan", "99999999999999", "proven"),
]


@pytest.mark.parametrize(
    ("statements", "certainty"),
    [
        ([allow()], "proven"),
        ([allow(), deny(**when("StringLike", "aws:CurrentTime", "2100-*"))], "possible"),
    ],
)
def test_a_time_that_is_refused_leaves_not_every_request_allowed(iam, statements, certainty):
    access = iam.access(statements, **ROLE)
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == "proven"
    assert iam.allows_all(access, iam.ask("s3:GetObject")).certainty == certainty


@pytest.mark.parametrize(("operator", "value", "certainty"), TIMES)
def test_the_time_is_a_date_that_is_not_past(iam, operator, value, certainty):
    access = iam.access(allow(**when(operator, "aws:CurrentTime", value)), **ROLE)
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == certainty


@pytest.mark.parametrize(
    ("values", "certainty"),
    [(["host"], "possible"), (["host", "10.0.0.0/8"], "proven"), (["10.0.0.0/99"], "possible")],
)
def test_what_is_no_network_may_hold_an_address(iam, values, certainty):
    access = iam.access(allow(**when("IpAddress", "aws:SourceIp", *values)), **ROLE)
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == certainty


# Comparisons.


def test_a_document_with_principals_beside_layers_decides_alone(iam):
    named = iam.document(allow(Principal="*"), "resource")
    layers = iam.access(allow(), **ROLE)
    assert isinstance(implies(layers, named), Proof)
    narrower = iam.document(allow(resource="arn:aws:s3:::b/*", Principal="*"), "resource")
    assert isinstance(implies(layers, narrower), Counterexample)


def test_a_side_that_says_no_caller_takes_that_of_the_other(iam):
    own = allow(**when("ArnEquals", "aws:PrincipalArn", ROLE["arn"]))
    anyone, role = iam.access(allow()), iam.access(own, **ROLE)
    assert isinstance(implies(anyone, role), Proof)
    assert isinstance(implies(role, anyone), Proof)


def test_a_symbol_in_a_condition_of_an_old_document_equals_itself(iam):
    tagged = allow(**when("StringEquals", "aws:UserAgent", "«var.agent»"))
    other = allow(**when("StringEquals", "aws:UserAgent", "«var.other»"))
    left = iam.document(tagged, version="2008-10-17")
    assert isinstance(implies(left, iam.document(tagged)), Proof)
    assert not isinstance(implies(left, iam.document(other)), Proof)


def test_case_does_not_matter_to_a_symbol_either(iam):
    folded = iam.document(allow(**when("StringEqualsIgnoreCase", "aws:UserAgent", "x«var.a»")))
    exact = iam.document(allow(**when("StringEquals", "aws:UserAgent", "x«var.a»")))
    assert isinstance(implies(exact, folded), Proof)
    assert isinstance(implies(folded, exact), Counterexample)


MIXED = {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "StringNotEquals": {"aws:TagKeys": "b"}}


@pytest.mark.parametrize(
    ("right", "kind"),
    [
        ({"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}, Proof),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "b"}}, Counterexample),
    ],
)
def test_conditions_with_and_without_a_quantifier_stand_on_one_key(iam, right, kind):
    left = iam.document(allow(Condition=MIXED))
    assert isinstance(implies(left, iam.document(allow(Condition=right))), kind)


def test_sets_of_values_that_are_too_many_show_nothing(iam):
    values = [f"{n:02}" for n in range(40)]
    left = [allow()] + [deny(**when("ForAnyValue:StringEquals", "aws:TagKeys", v)) for v in values]
    right = [allow(**when("ForAllValues:StringNotEquals", "aws:TagKeys", v)) for v in values]
    assert not isinstance(implies(iam.document(right), iam.document(left)), Proof)


def test_a_name_that_no_readable_word_fits_is_not_found(iam):
    services = ("zz", "zzunknown-service", "zzx", "zzq", "zzz", "zz7")
    right = iam.document(allow([f"{service}:*" for service in services]))
    assert implies(iam.document(allow("zz*:*")), right) == Undecided(TOO_MANY_NAMES)


def test_names_that_are_all_known_are_set_aside_in_a_few_rounds_only(iam):
    names = [
        f"s3:{verb}{what}"
        for verb in ("Get", "Put")
        for what in ("Object", "ObjectAcl", "ObjectTagging", "BucketAcl", "BucketTagging")
    ]
    ends, starts = [f"{n[:-1]}?" for n in names], [f"{n[:5]}?{n[6:]}" for n in names]
    left = iam.access(allow(ends), boundary=[[allow(starts)]])
    assert implies(left, iam.access(allow(names))) == Undecided(TOO_MANY_NAMES)
    few = iam.access(allow(ends[:3]), boundary=[[allow(starts[:3])]])
    assert isinstance(implies(few, iam.access(allow(names))), Proof)


# Explanations.


def test_a_statement_that_a_deny_makes_void_explains_nothing(iam):
    access = iam.access(
        [
            allow(resource="a"),
            allow(resource="arn:aws:s3:::b/*"),
            allow(resource="arn:aws:s3:::c/*"),
            deny(resource="arn:aws:s3:::c/*"),
        ],
        **ROLE,
    )
    (ending,) = explain(access, iam.ask("s3:GetObject"))
    assert [d.statement for d in ending] == [1]


def test_nothing_that_is_written_explains_what_root_may(iam):
    access = iam.access(allow(), kind="user", arn=ROOT)
    assert explain(access, iam.ask("s3:GetObject")) == ()


# Layers, holders, keys.


def test_layers_are_put_together_from_documents(iam):
    document = iam.document(allow())
    found = EffectiveAccess.of(
        identity=[document], boundary=document, scps=[[document], []], caller=ROLE["arn"]
    )
    assert [p.kind for p in (*found.identity, *found.boundary)] == ["identity", "boundary"]
    assert [[p.kind for p in level] for level in found.scps] == [["scp"], []]
    assert (found.caller_kind, str(found.caller_arn)) == ("role", ROLE["arn"])
    assert (found.session, found.resource, found.rcps) == (None, None, ())


def test_a_holder_whose_arn_is_not_known_has_no_account(iam):
    arn = iam.pattern("«aws_iam_role.app.arn»")
    assert Holder("role", arn).keys() == {
        "aws:username": None,
        "aws:principaltype": ("AssumedRole",),
        "aws:principalarn": arn.pieces,
    }


def test_keys_are_written_as_the_first_statement_has_them(iam):
    policy = iam.policy(
        [
            allow(Condition={"StringEquals": {"aws:PRINCIPALTAG/Team": "a", "«var.key»": "b"}}),
            allow(Condition={"StringEquals": {"aws:PrincipalTag/Team": "a"}}),
        ]
    )
    deciding = [Deciding("identity", policy, index) for index in (-1, 0, 1)]
    assert written_keys(deciding) == {"aws:principaltag/team": "aws:PRINCIPALTAG/Team"}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("data.aws_region.here.name", "us-east-1"),
        ("data.aws_partition.current.dns_suffix", "amazonaws.com"),
        ("data.aws_kms_key.it.id", "data-aws-kms-key-it-id"),
    ],
)
def test_only_some_of_what_the_environment_says_has_a_usual_value(iam, reference, value):
    assert sample(iam.symbol(reference)) == value


@pytest.mark.parametrize(("account", "certainty"), [(ACCOUNT, "proven"), ("«var.a»", "possible")])
def test_a_caller_of_an_unknown_account_may_be_of_the_same(iam, account, certainty):
    role = f"arn:aws:iam::{account}:role/app"
    bucket = iam.policy([allow("s3:*", Principal={"AWS": "*"})], "resource")
    access = iam.access(kind="role", arn=role, resource=bucket, resource_account=ACCOUNT)
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == certainty


# Variables without a value.


@pytest.mark.parametrize(
    ("element", "resource", "certainty"),
    [
        ("Resource", "arn:aws:s3:::home/${aws:username}", "no"),
        ("Resource", "arn:aws:s3:::home/${aws:username, 'guest'}", "proven"),
        ("NotResource", "arn:aws:s3:::home/${aws:username}", "possible"),
        ("NotResource", "arn:aws:s3:::home/${aws:username, 'guest'}", "proven"),
    ],
)
def test_a_role_has_no_user_name_but_a_variable_may_have_a_default(
    iam, element, resource, certainty
):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", element: resource}
    access = iam.access(statement, **ROLE)
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == certainty


# Statements that are not known in full.


def edited(iam, statement, **changes):
    found = iam.document(statement)
    return iam.policy(replace(found, statements=(replace(found.statements[0], **changes),)))


def test_further_resources_may_be_the_one_that_is_asked_for(iam):
    further = Patterns((iam.pattern("arn:aws:s3:::c/*"),), tail=iam.symbol("var.more"))
    access = iam.access(edited(iam, allow(), resources=further), **ROLE)
    assert iam.allows(access, iam.ask("s3:GetObject", resources=[OBJECT])).certainty == "possible"
    inside = iam.ask("s3:GetObject", resources=["arn:aws:s3:::c/x"])
    assert iam.allows(access, inside).certainty == "proven"


@pytest.mark.parametrize(
    ("condition", "certainty"), [({}, "no"), ({"StringFoo": {"aws:UserAgent": "x"}}, "possible")]
)
def test_a_deny_under_a_condition_that_is_not_known_may_not_hold(iam, condition, certainty):
    bucket = "arn:aws:s3:::b/*"
    access = iam.access([allow(resource=bucket), deny(resource=bucket, Condition=condition)])
    assert iam.allows(access, iam.ask("s3:GetObject")).certainty == certainty


def in_world(iam, statement, outcome):
    when = (Assumption("var.stage", outcome, f"var.stage is {outcome}"),)
    return replace(iam.document(statement).statements[0], when=when)


def test_a_test_with_named_outcomes_may_have_another(iam):
    rows = tuple(in_world(iam, allow(), stage) for stage in ("dev", "prod"))
    access = iam.access(replace(iam.document([]), statements=rows), **ROLE)
    answer = iam.allows(access, iam.ask("s3:GetObject"))
    assert (answer.certainty, [a.text for a in answer.assumptions]) == (
        "possible",
        ["var.stage is dev"],
    )


# Trust.


def trusted(principal, action="sts:AssumeRole", **more):
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


GITHUB = "token.actions.githubusercontent.com"
SUB = {"StringEquals": {f"{GITHUB}:sub": "repo:o/r"}}
TRUSTED = [
    ("sub of its own", GITHUB, "sts:AssumeRoleWithWebIdentity", "proven"),
    ("sub of another", "accounts.example.com", "sts:AssumeRoleWithWebIdentity", "no"),
    ("sub without a token", GITHUB, "sts:AssumeRoleWithSAML", "no"),
]


@pytest.mark.parametrize(("claim", "provider", "action", "certainty"), TRUSTED)
def test_claims_are_in_tokens_of_their_provider(iam, claim, provider, action, certainty):
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"
    access = iam.access(trust=[trusted({"Federated": arn}, action, Condition=SUB)])
    assert iam.allows(access, iam.ask("sts:*")).certainty == certainty, claim


def test_a_trust_that_is_taken_back_is_none(iam):
    named = trusted({"AWS": ROLE["arn"]})
    access = iam.access(trust=[named, named | {"Effect": "Deny"}])
    assert iam.allows(access, iam.ask("sts:AssumeRole")).certainty == "no"


def test_a_caller_whose_arn_has_no_account_has_no_key_of_one(iam):
    arn = "arn:aws:iam:::role/x"
    condition = {"ArnEquals": {"aws:PrincipalArn": arn}}
    access = iam.access(trust=[trusted({"AWS": arn}, Condition=condition)])
    answer = iam.allows(access, iam.ask("sts:AssumeRole"))
    assert dict(answer.witness.context) == {"aws:principalarn": (arn,)}


# Limits.


def test_sets_that_only_many_values_escape_are_possible(iam):
    names = [f"t{n}" for n in range(12)]
    every = {"ForAllValues:StringEquals": {"aws:TagKeys": names}}
    statements = [allow("ec2:CreateTags", Condition=every)]
    for name in names:
        others = [n for n in names if n != name]
        statements.append(deny("*", **when("ForAllValues:StringEquals", "aws:TagKeys", *others)))
    answer = iam.allows(iam.access(statements, **ROLE), iam.ask("ec2:CreateTags"))
    assert (answer.certainty, answer.reasons) == ("possible", (access_module.LIMIT_MET,))
    few = iam.access(statements[:4], **ROLE)
    assert iam.allows(few, iam.ask("ec2:CreateTags")).certainty == "proven"


def test_what_the_search_finds_and_decide_refuses_is_not_tried_for_ever(iam):
    condition = {
        "StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"},
        "StringNotEquals": {"aws:PrincipalTag/b": "${aws:PrincipalTag/a}"},
    }
    access = iam.access(allow("*", "arn:aws:*:*:*:*", Condition=condition), **ROLE)
    assert iam.allows(access, iam.ask("*")).certainty == "no"


@pytest.mark.parametrize("work", [*WORK, 12800])
def test_with_little_work_a_person_is_not_told_no(iam, monkeypatch, work):
    monkeypatch.setattr(access_module, "Effort", lambda: Effort(work))
    condition = {"StringLike": {"aws:SourceVpce": ["a*", "*b", "*c*"], "aws:UserAgent": "x*"}}
    assert asked(iam, [allow(Condition=condition)]).outcome == "depends"


def test_a_symbol_is_bound_as_far_as_a_few_steps_go(iam):
    assert bind((iam.symbol("a|*b"),), "a" * 40 + "b", {}) == {"a": "a" * 40 + "b"}
    assert bind((iam.symbol("a|*b"),), "a" * 20_000, {}) is None


def test_a_request_that_meets_too_many_combinations_is_decided_as_it_stands(iam):
    letters = "abcdefghijklmnopqrst"
    statements = [allow(resource=f"*{a}*{b}*") for a in letters for b in letters if a != b]
    asked_for = iam.request("s3:GetObject", f"arn:aws:s3:::{letters * 3}*")
    assert decide_within(asked_for, iam.access(statements)).outcome == "allowed"


def test_a_probe_without_a_resource_asks_for_any(iam):
    caller = ("AWS", (ROLE["arn"],))
    probe = Probe("s3:GetObject", (), caller, {}, frozenset())
    (found,) = standings("identity", [iam.policy(allow(resource=OBJECT))], probe)
    assert (found.resource, found.distance) == (True, 0)


# Data.

TABLES = """
CREATE TABLE actions (service, name, access_level);
CREATE TABLE action_resources (service, action, resource_type);
CREATE TABLE resource_types (service, name, arn_format);
CREATE TABLE action_conditions (service, action, key);
CREATE TABLE resource_conditions (service, resource_type, key);
INSERT INTO actions VALUES ('s3', 'GetObject', 'Read');
INSERT INTO action_resources VALUES ('s3', 'GetObject', 'odd');
INSERT INTO resource_types VALUES ('s3', 'odd', 'odd/${Name}');
"""


def test_a_format_in_the_reference_that_is_no_arn_is_taken_as_it_is(iam, data):
    with sqlite3.connect(data / "actions.sqlite") as made:
        made.executescript(TABLES)
    made.close()
    access = iam.access(allow(resource="odd/x*"), **ROLE)
    answer = iam.allows(access, iam.ask("s3:GetObject"))
    assert answer.certainty == "proven"
    assert answer.witness.resource.startswith("odd/x")


@pytest.mark.usefixtures("data")
def test_without_the_database_an_action_may_have_any_resource(iam):
    access = iam.access(allow(resource="arn:aws:s3:::b/*"), **ROLE)
    answer = iam.allows(access, iam.ask("s3:GetObject"))
    assert answer.certainty == "proven"
    assert answer.witness.resource.startswith("arn:aws:s3:::b/")
