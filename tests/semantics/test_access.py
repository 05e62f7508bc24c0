"""Ask whether access allows some, or all, requests of a pattern."""

import random

import pytest

from leastwise.semantics.access import (
    BOUNDARY_NOT_IN_VIEW,
    LIMIT_MET,
    MANY_WORLDS,
    POLICY_NOT_IN_VIEW,
    TEMPORARY_CREDENTIALS,
)

ROLE = {"kind": "role", "arn": "arn:aws:iam::111122223333:role/caller"}
USER = {"kind": "user", "arn": "arn:aws:iam::111122223333:user/caller"}
LATER = {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}
EARLIER = {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}
MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
BOUNDARY_KEY = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}
RDS = "monitoring.rds.amazonaws.com"
OWN = "arn:«data.partition|aws*»:iam::«data.account|????????????»:role/self"


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def not_action(effect, actions, **more):
    return {"Effect": effect, "NotAction": actions, "Resource": "*", **more}


ADMIN = [
    ("spelled out", [allow()], "proven"),
    ("spelled **", [allow("**")], "proven"),
    ("spelled *:*", [allow("*:*")], "proven"),
    ("as NotAction of nothing real", [not_action("Allow", "iam:Foo")], "proven"),
    ("NotAction of something real", [not_action("Allow", "iam:DeleteUser")], "no"),
    (
        "split over two statements",
        [allow("iam:*Role*"), not_action("Allow", "iam:*role*")],
        "proven",
    ),
    ("a gap between two statements", [allow("iam:*Role"), not_action("Allow", "iam:*role*")], "no"),
    ("every known service but no unknown one", [allow(["a*:*", "iam:*"])], "no"),
    ("only one bucket", [allow("*", "arn:aws:s3:::b/*")], "no"),
    ("a service carved out", [allow(), deny("iam:*")], "no"),
    ("a Deny of everything", [allow(), deny()], "no"),
    ("a Deny without MFA", [allow(), deny(Condition=MFA)], "no"),
    ("a Deny that can never hold", [allow(), deny(Condition=EARLIER)], "proven"),
    ("a condition that always holds", [allow(Condition=LATER)], "proven"),
    ("a condition", [allow(Condition={"Bool": {"aws:SecureTransport": "true"}})], "no"),
    (
        "two conditions that cover all",
        [
            allow(Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
            allow(Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}),
        ],
        "proven",
    ),
    (
        "two conditions that leave the absent key",
        [
            allow(Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
            allow(
                Condition={
                    "StringNotLike": {"aws:SourceVpc": "vpc-1"},
                    "Null": {"aws:SourceVpc": "false"},
                }
            ),
        ],
        "no",
    ),
]


@pytest.mark.parametrize(("claim", "statements", "certainty"), ADMIN)
def test_admin_is_every_action_on_every_resource(iam, claim, statements, certainty):
    answer = iam.allows_all(iam.access(statements, **ROLE), iam.ask("*"))
    assert answer.certainty == certainty, claim
    assert (answer.witness is None) is (certainty == "no")


SOME = [
    ("case does not matter", [allow("IAM:passROLE")], {}, ["iam:PassRole"], "proven"),
    ("wildcards in the service", [allow("i*:*")], {}, ["iam:PassRole"], "proven"),
    (
        "FN-02",
        [allow(["iam:Cr*PolicyVersion", "IAM:set?efaultpolicyversion"])],
        ROLE,
        ["iam:CreatePolicyVersion"],
        "proven",
    ),
    (
        "FN-03",
        [not_action("Allow", ["iam:Update*", "iam:Create*", "iam:Attach*"])],
        ROLE,
        ["iam:PutRolePolicy"],
        "proven",
    ),
    (
        "FN-05",
        [allow("iam:CreatePolicyVersion", Condition=LATER)],
        ROLE,
        ["iam:CreatePolicyVersion"],
        "proven",
    ),
    (
        "FN-06",
        [allow("iam:CreatePolicyVersion", Condition=LATER)],
        USER,
        ["iam:CreatePolicyVersion"],
        "possible",
    ),
    (
        "FP-22, role",
        [allow("iam:CreatePolicyVersion", Condition=EARLIER)],
        ROLE,
        ["iam:CreatePolicyVersion"],
        "no",
    ),
    (
        "FP-22, user",
        [allow("iam:CreatePolicyVersion", Condition=EARLIER)],
        USER,
        ["iam:CreatePolicyVersion"],
        "no",
    ),
    (
        "FP-23",
        [allow(["iam:PutGroupPolicy", "iam:AddUserToGroup"], Condition=BOUNDARY_KEY)],
        USER,
        ["iam:PutGroupPolicy", "iam:AddUserToGroup"],
        "no",
    ),
    (
        "the key on an action that carries it",
        [allow("iam:CreateRole", Condition=BOUNDARY_KEY)],
        USER,
        ["iam:CreateRole"],
        "proven",
    ),
    ("FP-31, iam", [allow(), not_action("Deny", ["s3:Get*", "logs:*"])], ROLE, ["iam:*"], "no"),
    (
        "FP-31, what is spared",
        [allow(), not_action("Deny", ["s3:Get*", "logs:*"])],
        ROLE,
        ["s3:GetObject"],
        "proven",
    ),
    ("FP-11", [allow(), deny()], ROLE, ["*"], "no"),
    (
        "FP-16",
        [allow("iam:PassRole", "arn:aws:iam::999999999999:role/admin")],
        ROLE,
        ["iam:PassRole"],
        "no",
    ),
    (
        "a Deny without MFA leaves requests with it",
        [allow(), deny(Condition=MFA)],
        ROLE,
        ["iam:PassRole"],
        "proven",
    ),
    (
        "a Deny on one role leaves others",
        [allow("iam:PassRole"), deny("iam:PassRole", "arn:aws:iam::111122223333:role/a")],
        ROLE,
        ["iam:PassRole"],
        "proven",
    ),
    (
        "a Deny on all roles of the account",
        [allow("iam:PassRole"), deny("iam:PassRole", "arn:aws:iam::111122223333:role/*")],
        ROLE,
        ["iam:PassRole"],
        "no",
    ),
    (
        "NotResource spares the rest",
        [
            allow("iam:PassRole"),
            {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:iam::*:role/a"},
        ],
        ROLE,
        ["iam:PassRole"],
        "proven",
    ),
    (
        "a resource of another type",
        [allow("iam:PassRole", "arn:aws:s3:::b")],
        ROLE,
        ["iam:PassRole"],
        "no",
    ),
    (
        "an action without resources on an ARN",
        [allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")],
        ROLE,
        ["s3:ListAllMyBuckets"],
        "no",
    ),
    (
        "a user's variable in a role",
        [allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")],
        ROLE,
        ["iam:CreateAccessKey"],
        "no",
    ),
    ("an action that nobody knows", [allow("s3:*")], {}, ["s3:Frobnicate"], "proven"),
    ("a slip of the pen grants nothing", [allow("s3:Frobnicate")], {}, ["s3:*"], "no"),
    (
        "an action of an unknown service",
        [allow("newservice:Do*")],
        {},
        ["newservice:DoIt"],
        "proven",
    ),
    (
        "a contested wildcard",
        [allow("iam:PassRole", "arn:aws:iam:*:role/x")],
        {},
        ["iam:PassRole"],
        "possible",
    ),
    (
        "an operator AWS does not define",
        [allow("iam:PassRole", Condition={"StringSame": {"aws:SourceVpc": "v"}})],
        {},
        ["iam:PassRole"],
        "possible",
    ),
]


@pytest.mark.parametrize(("claim", "statements", "holder", "actions", "certainty"), SOME)
def test_some_request_is_allowed(iam, claim, statements, holder, actions, certainty):
    answer = iam.allows(iam.access(statements, **holder), iam.ask(*actions))
    assert answer.certainty == certainty, claim
    assert (answer.witness is None) is (certainty == "no")


PASSED = [
    ("FP-02", {"StringEquals": {"iam:PassedToService": RDS}}, ["lambda.amazonaws.com"], "no"),
    (
        "pinned to the service asked for",
        {"StringEquals": {"iam:PassedToService": RDS}},
        [RDS],
        "proven",
    ),
    (
        "a glob",
        {"StringLike": {"iam:PassedToService": "lambda*.amazonaws.com"}},
        ["lambda.amazonaws.com"],
        "proven",
    ),
    (
        "FN-09, present",
        {"StringEqualsIfExists": {"iam:PassedToService": RDS}},
        ["lambda.amazonaws.com"],
        "no",
    ),
    ("FN-09, absent", {"StringEqualsIfExists": {"iam:PassedToService": RDS}}, None, "proven"),
    ("FN-10, absent", {"ForAllValues:StringEquals": {"iam:PassedToService": RDS}}, None, "proven"),
    ("absent but required", {"StringEquals": {"iam:PassedToService": RDS}}, None, "no"),
    (
        "negated",
        {"StringNotEquals": {"iam:PassedToService": RDS}},
        ["lambda.amazonaws.com"],
        "proven",
    ),
    (
        "one of several asked for",
        {"StringEquals": {"iam:PassedToService": RDS}},
        ["lambda.amazonaws.com", RDS],
        "proven",
    ),
]


@pytest.mark.parametrize(("claim", "condition", "services", "certainty"), PASSED)
def test_question_pins_a_key_or_its_absence(iam, claim, condition, services, certainty):
    access = iam.access([allow("iam:PassRole", Condition=condition)], **ROLE)
    answer = iam.allows(access, iam.ask("iam:PassRole", context={"iam:PassedToService": services}))
    assert answer.certainty == certainty, claim


def test_boundary_caps_what_policies_grant(iam):
    access = iam.access([allow()], boundary=[[allow("s3:*")]])
    assert iam.allows(access, iam.ask("iam:PassRole")).certainty == "no"
    answer = iam.allows(access, iam.ask("s3:GetObject"))
    assert [(d.layer, str(d.action)) for d in answer.deciding] == [
        ("identity", "*"),
        ("boundary", "s3:*"),
    ]


def test_boundary_not_in_view_is_taken_as_binding(iam):
    opaque = iam.document([]).__class__((), opaque=iam.symbol("boundary"))
    access = iam.access([allow("iam:*")], boundary=[opaque])
    answer = iam.allows(access, iam.ask("iam:PassRole"))
    assert (answer.certainty, answer.reasons) == ("no", (BOUNDARY_NOT_IN_VIEW,))
    assert iam.allows(access, iam.ask("s3:GetObject")).reasons == ()


def test_policy_not_in_view_may_allow_and_deny(iam):
    opaque = iam.document([]).__class__((), opaque=iam.symbol("policy"))
    for access in (iam.access([allow("iam:*")], opaque), iam.access([allow("iam:*")], open=True)):
        known = iam.allows(access, iam.ask("iam:PassRole"))
        assert (known.certainty, known.reasons) == ("possible", (POLICY_NOT_IN_VIEW,))
        assert [d.statement for d in known.deciding] == [0]
        other = iam.allows(access, iam.ask("s3:GetObject"))
        assert other.certainty == "possible"
        assert [d.statement for d in other.deciding] in ([], [-1])


def test_user_condition_on_token_needs_temporary_credentials(iam):
    access = iam.access([allow("iam:CreatePolicyVersion", Condition=LATER)], **USER)
    answer = iam.allows(access, iam.ask("iam:CreatePolicyVersion"))
    assert answer.reasons == (TEMPORARY_CREDENTIALS,)


def test_witness_is_concrete_and_names_the_caller(iam):
    access = iam.access(
        [allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "ec2*"}})], **ROLE
    )
    witness = iam.allows(access, iam.ask("iam:*")).witness
    assert witness.principal.name == "arn:aws:iam::111122223333:role/caller"
    assert (witness.action, witness.resource) == (
        "iam:PassRole",
        "arn:aws:iam::111122223333:role/example",
    )
    assert witness.context == (("iam:passedtoservice", ("ec2example",)),)


def test_all_needs_every_statement_that_covers_a_part(iam):
    answer = iam.allows_all(
        iam.access([allow("s3:*"), allow("iam:*Role*"), not_action("Allow", "iam:*role*")]),
        iam.ask("*"),
    )
    assert [d.statement for d in answer.deciding] == [1, 2]
    assert [d.action and str(d.action) for d in answer.deciding] == ["iam:*Role*", None]


def test_all_prefers_the_one_statement_that_covers(iam):
    answer = iam.allows_all(iam.access([allow("iam:*Role*"), allow("i*:*")]), iam.ask("iam:*"))
    assert [d.statement for d in answer.deciding] == [1]


def test_all_of_no_requests_is_no(iam):
    access = iam.access([allow()], **ROLE)
    pattern = iam.ask("iam:PassRole", resources=["arn:aws:s3:::b"])
    assert iam.allows_all(access, pattern).certainty == "no"


SYMBOLS = [
    ("a symbol is some resource", [allow("s3:*", "«bucket.arn»/*")], {}, None, "proven"),
    (
        "the same symbol on both sides",
        [allow("s3:*", "arn:aws:s3:::«b»/*")],
        {},
        ["arn:aws:s3:::«b»/k"],
        "proven",
    ),
    (
        "a symbol may be the literal",
        [allow("s3:*", "arn:aws:s3:::«b»/*")],
        {},
        ["arn:aws:s3:::prod/k"],
        "possible",
    ),
    (
        "its glob rules the literal out",
        [allow("s3:*", "arn:aws:s3:::«b|dev-*»/*")],
        {},
        ["arn:aws:s3:::prod/k"],
        "no",
    ),
    (
        "a Deny of the same symbol",
        [allow("s3:*", "arn:aws:s3:::«b»/*"), deny("s3:*", "arn:aws:s3:::«b»/*")],
        {},
        None,
        "no",
    ),
    (
        "a Deny of another symbol",
        [allow("s3:*", "arn:aws:s3:::«b»/*"), deny("s3:*", "arn:aws:s3:::«c»/*")],
        {},
        None,
        "possible",
    ),
    (
        "a Deny of a literal it may be",
        [allow("s3:*", "arn:aws:s3:::«b»/*"), deny("s3:*", "arn:aws:s3:::p/*")],
        {},
        None,
        "possible",
    ),
    (
        "a literal where the symbol must differ",
        [allow("s3:*", "arn:aws:s3:::p/*"), deny("s3:*", "arn:aws:s3:::«b»/*")],
        {},
        None,
        "possible",
    ),
    (
        "an Allow that may spare the symbol",
        [
            {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a*"},
            {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::«b»/*"},
        ],
        {},
        None,
        "possible",
    ),
    ("a symbol in the action", [allow("s3:«verb»*")], {}, None, "possible"),
]


@pytest.mark.parametrize(("claim", "statements", "holder", "resources", "certainty"), SYMBOLS)
def test_unknown_values_prove_only_what_holds_for_all(
    iam, claim, statements, holder, resources, certainty
):
    answer = iam.allows(
        iam.access(statements, **holder), iam.ask("s3:GetObject", resources=resources)
    )
    assert answer.certainty == certainty, claim


def test_own_arn_with_unknown_account(iam):
    holder = {"kind": "role", "arn": OWN}
    assert iam.allows_all(iam.access([allow()], **holder), iam.ask("*")).certainty == "proven"
    question = iam.ask("iam:PutRolePolicy", resources=[OWN])
    assert iam.allows(iam.access([allow("iam:*")], **holder), question).certainty == "proven"
    guarded = iam.access([allow("iam:*"), deny("iam:Put*", OWN)], **holder)
    assert iam.allows(guarded, question).certainty == "no"
    literal = iam.access([allow("iam:*", "arn:aws:iam::111122223333:role/*")], **holder)
    answer = iam.allows(literal, question)
    assert answer.certainty == "possible"
    assert answer.witness.resource == "arn:aws:iam::111122223333:role/self"
    assert answer.witness.principal.name == "arn:aws:iam::111122223333:role/self"
    assert answer.reasons == (
        "holds when ${data.partition} is 'aws'",
        "holds when ${data.account} is '111122223333'",
    )


def test_variable_of_a_known_user_is_its_name(iam):
    access = iam.access(
        [allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")], **USER
    )
    own, other = "arn:aws:iam::111122223333:user/caller", "arn:aws:iam::111122223333:user/admin"
    question = iam.ask("iam:CreateAccessKey", resources=[own])
    assert iam.allows(access, question).certainty == "proven"
    assert iam.allows_all(access, question).certainty == "proven"
    assert iam.allows(access, iam.ask("iam:CreateAccessKey", resources=[other])).certainty == "no"


def test_variable_of_an_unknown_user_may_be_any_name(iam):
    access = iam.access([allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")])
    other = "arn:aws:iam::111122223333:user/admin"
    answer = iam.allows(access, iam.ask("iam:CreateAccessKey", resources=[other]))
    assert answer.certainty == "possible"
    assert answer.witness.context == (("aws:username", ("admin",)),)


def in_world(iam, statement, *assumptions):
    from dataclasses import replace

    from leastwise.source.value import Assumption

    when = tuple(Assumption(i, o, f"{i} is {o}") for i, o in assumptions)
    return tuple(replace(s, when=when) for s in iam.document([statement]).statements)


def held(iam, *statements):
    document = iam.document([]).__class__(tuple(s for row in statements for s in row))
    return iam.access(document)


def test_grant_of_one_world_is_possible_and_names_it(iam):
    access = held(iam, in_world(iam, allow("iam:*"), ("var.admin", "true")))
    answer = iam.allows(access, iam.ask("iam:PassRole"))
    assert (answer.certainty, [a.text for a in answer.assumptions]) == (
        "possible",
        ["var.admin is true"],
    )


def test_grants_of_all_worlds_are_proven(iam):
    access = held(
        iam,
        in_world(iam, allow("iam:*"), ("var.admin", "true")),
        in_world(iam, allow("iam:PassRole"), ("var.admin", "false")),
    )
    assert iam.allows(access, iam.ask("iam:PassRole")).certainty == "proven"
    assert iam.allows_all(access, iam.ask("iam:PassRole")).certainty == "proven"
    assert iam.allows(access, iam.ask("iam:CreateRole")).certainty == "possible"
    assert iam.allows_all(access, iam.ask("iam:*")).certainty == "possible"


def test_deny_of_the_same_world_stops_the_grant(iam):
    access = held(
        iam,
        in_world(iam, allow("iam:*"), ("var.admin", "true")),
        in_world(iam, deny("iam:PassRole"), ("var.admin", "true")),
    )
    assert iam.allows(access, iam.ask("iam:PassRole")).certainty == "no"


def test_deny_of_one_world_leaves_the_other(iam):
    access = held(
        iam,
        in_world(iam, allow("iam:*")),
        in_world(iam, deny("iam:PassRole"), ("var.lock", "true")),
    )
    answer = iam.allows(access, iam.ask("iam:PassRole"))
    assert (answer.certainty, [a.outcome for a in answer.assumptions]) == ("possible", ["false"])


def test_too_many_worlds_are_taken_together(iam):
    rows = [in_world(iam, allow("iam:PassRole"), (f"var.x{i}", "true")) for i in range(5)]
    answer = iam.allows(held(iam, *rows), iam.ask("iam:PassRole"))
    assert answer.certainty == "possible"
    assert MANY_WORLDS in answer.reasons
    always = held(iam, in_world(iam, allow("iam:*")), *rows)
    assert iam.allows(always, iam.ask("iam:PassRole")).certainty == "proven"


def test_search_that_meets_its_limit_is_no_pass(iam):
    letters = ("a", "b", "c")
    chance = random.Random(1)  # noqa: S311 - cases, not keys
    globs = ["*".join(chance.choice(letters) for _ in range(12)) for _ in range(60)]
    held = [
        allow("s3:*", [f"arn:aws:s3:::{glob}*" for glob in globs]),
        deny("s3:*", [f"arn:aws:s3:::*{letter}*" for letter in letters]),
    ]
    answer = iam.allows(iam.access(held), iam.ask("s3:GetObject"))
    assert (answer.certainty, answer.witness) == ("possible", None)
    assert answer.reasons == (LIMIT_MET,)
    assert [d.statement for d in answer.deciding] == [0]
    hidden = iam.access([allow("s3:*", [f"arn:aws:s3:::*{x}*{g}*" for g in globs for x in "abc"])])
    assert iam.allows_all(hidden, iam.ask("s3:GetObject")).certainty != "proven"


NAMED_AFTER_WHAT_IS_ASKED = [
    [allow("s3:*", "*"), deny("s3:GetObject", "arn:aws:s3:::«data»/*")],
    [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::«data»/*"}],
    [allow("s3:*", "*"), deny("s3:GetObject", "arn:aws:s3:::«ata|d*»/*")],
]


@pytest.mark.parametrize("statements", NAMED_AFTER_WHAT_IS_ASKED)
def test_a_symbol_named_after_what_is_asked_may_be_something_else(iam, statements):
    asked = iam.ask("s3:GetObject", resources=["arn:aws:s3:::data/x"])
    assert iam.allows(iam.access(statements), asked).certainty == "possible"


def test_a_symbol_that_spares_one_deny_need_not_be_what_another_statement_spares(iam):
    statements = [
        {"Effect": "Allow", "Action": "s3:PutObject", "NotResource": "arn:aws:s3:::«b»/*"},
        {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::«b»/*"},
    ]
    asked = iam.ask("s3:PutObject", resources=["arn:aws:s3:::data/x"])
    assert iam.allows(iam.access(statements), asked).certainty == "possible"


def test_a_deny_of_one_of_too_many_worlds_hides_nothing_of_the_others(iam):
    rows = [in_world(iam, allow("iam:GetRole"), (f"var.x{i}", "true")) for i in range(5)]
    denied = in_world(iam, deny("iam:PassRole"), ("var.x0", "true"))
    granted = in_world(iam, allow("iam:PassRole"), ("var.x0", "false"))
    access = held(iam, granted, denied, *rows)
    answer = iam.allows(access, iam.ask("iam:PassRole"))
    assert (answer.certainty, MANY_WORLDS in answer.reasons) == ("possible", True)
    assert [a.text for a in answer.assumptions] == ["var.x0 is false"]
    both = in_world(iam, allow("iam:PassRole"), ("var.x0", "false"), ("var.x0", "true"))
    assert iam.allows(held(iam, both, *rows), iam.ask("iam:PassRole")).certainty == "no"


@pytest.mark.parametrize(
    "caller", ["arn:aws:iam::000000000000:*", "arn:aws:iam::000000000000:role/*"]
)
def test_a_caller_asked_for_by_a_glob_may_be_one_that_a_condition_tells_apart(iam, caller):
    trust = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}},
    }
    access = iam.access(trust=iam.policy([trust], "trust"))
    answer = iam.allows(access, iam.ask("sts:AssumeRole", principal=("AWS", caller)))
    assert answer.certainty == "proven"
    assert answer.witness.principal.name == "arn:aws:iam::000000000000:role/ci"


def test_a_resource_type_with_two_formats_has_both(iam):
    """API Gateway has HTTP and REST APIs: "stages" are of either."""
    for kind in ("apis", "restapis"):
        stage = f"arn:aws:apigateway:eu-west-1::/{kind}/a1/stages/prod"
        access = iam.access([allow("apigateway:PATCH", stage)])
        assert iam.allows(access, iam.ask("apigateway:PATCH")).certainty == "proven", kind
