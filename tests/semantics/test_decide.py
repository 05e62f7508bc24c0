"""Decide single requests: one row for each rule of the evaluation table, with its page.

Pages are those of the IAM User Guide, https://docs.aws.amazon.com/IAM/latest/UserGuide/.
"""

import pytest

LOGIC = "reference_policies_evaluation-logic.html"
ACTION = "reference_policies_elements_action.html"
NOT_ACTION = "reference_policies_elements_notaction.html"
RESOURCE = "reference_policies_elements_resource.html"
NOT_RESOURCE = "reference_policies_elements_notresource.html"
VARIABLES = "reference_policies_variables.html"
OPERATORS = "reference_policies_elements_condition_operators.html"
MULTIVALUED = "reference_policies_condition-single-vs-multi-valued-context-keys.html"
VALUES = "reference_policies_condition-logic-multiple-context-keys-or-values.html"
PRINCIPAL = "reference_policies_elements_principal.html"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal.html"
BOUNDARIES = "access_policies_boundaries.html"

OBJECT = "arn:aws:s3:::b/x"
ROLE = "arn:aws:iam::123456789012:role/app/ci"
ALLOWED, IMPLICIT, EXPLICIT = "allowed", "implicitly-denied", "explicitly-denied"


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


LAYERS = [
    (LOGIC, "nothing allows", [], None, IMPLICIT, "identity"),
    (LOGIC, "one Allow is enough", [allow()], None, ALLOWED, None),
    (
        LOGIC,
        "a Deny wins over an Allow",
        [allow(), deny("s3:GetObject")],
        None,
        EXPLICIT,
        "identity",
    ),
    (
        LOGIC,
        "a Deny of another action does not block",
        [allow(), deny("s3:PutObject")],
        None,
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "a Deny of another resource does not block",
        [allow(), deny("*", "arn:aws:s3:::c/*")],
        None,
        ALLOWED,
        None,
    ),
    (
        BOUNDARIES,
        "a boundary must allow as well",
        [allow()],
        [allow("iam:*")],
        IMPLICIT,
        "boundary",
    ),
    (BOUNDARIES, "a boundary grants nothing", [], [allow()], IMPLICIT, "identity"),
    (BOUNDARIES, "both allow", [allow("s3:*")], [allow("s3:Get*")], ALLOWED, None),
    (
        BOUNDARIES,
        "a Deny in the boundary blocks",
        [allow()],
        [allow(), deny("s3:*")],
        EXPLICIT,
        "boundary",
    ),
    (BOUNDARIES, "an empty boundary caps to nothing", [allow()], [], IMPLICIT, "boundary"),
]


@pytest.mark.parametrize(("page", "claim", "identity", "boundary", "outcome", "layer"), LAYERS)
def test_layers_combine_as_documented(  # noqa: PLR0917 - one row of the table
    iam, page, claim, identity, boundary, outcome, layer
):
    access = iam.access(identity, boundary=None if boundary is None else [boundary])
    found = iam.decide(iam.request("s3:GetObject", OBJECT), access)
    assert (found.outcome, found.layer) == (outcome, layer), f"{claim} ({page})"


LONG = [
    f"{service}:{verb}Object" for service in ("iam", "s3", "sqs") for verb in ("Put", "Tag", "X")
]
ELEMENTS = [
    (ACTION, "actions compare without case", {"Action": "S3:gETobject", "Resource": "*"}, True),
    (ACTION, "* stands for any characters", {"Action": "s3:Get*", "Resource": "*"}, True),
    (ACTION, "? stands for one character", {"Action": "s3:?etObject", "Resource": "*"}, True),
    (ACTION, "? is not empty", {"Action": "s3:GetObject?", "Resource": "*"}, False),
    (ACTION, "a prefix is not the whole", {"Action": "s3:Get", "Resource": "*"}, False),
    (ACTION, "a wildcard may stand in the middle", {"Action": "s3:G*t*ect", "Resource": "*"}, True),
    (
        NOT_ACTION,
        "NotAction is the complement",
        {"NotAction": "s3:PutObject", "Resource": "*"},
        True,
    ),
    (
        NOT_ACTION,
        "what NotAction lists is out",
        {"NotAction": ["iam:*", "S3:get*"], "Resource": "*"},
        False,
    ),
    (NOT_ACTION, "NotAction spans services", {"NotAction": "iam:*", "Resource": "*"}, True),
    (ACTION, "a long list counts to its end", {"Action": [*LONG, "S3:g*"], "Resource": "*"}, True),
    (
        ACTION,
        "in it a service may be a glob",
        {"Action": [*LONG, "s*:Get*"], "Resource": "*"},
        True,
    ),
    (ACTION, "in it * is every service", {"Action": [*LONG, "*Object"], "Resource": "*"}, True),
    (ACTION, "a long list may name none", {"Action": LONG, "Resource": "*"}, False),
    (
        RESOURCE,
        "the resource part has case",
        {"Action": "*", "Resource": "arn:aws:s3:::B/x"},
        False,
    ),
    (RESOURCE, "the service has no case", {"Action": "*", "Resource": "arn:aws:S3:::b/x"}, True),
    (RESOURCE, "* crosses the slash", {"Action": "*", "Resource": "arn:aws:s3:::*x"}, True),
    (RESOURCE, "* in an empty segment", {"Action": "*", "Resource": "arn:*:s3:*:*:b/*"}, True),
    (RESOURCE, "short ARNs are filled", {"Action": "*", "Resource": "arn:aws:s3"}, True),
    (RESOURCE, "another bucket", {"Action": "*", "Resource": "arn:aws:s3:::bb/*"}, False),
    (
        NOT_RESOURCE,
        "NotResource is the complement",
        {"Action": "*", "NotResource": "arn:aws:s3:::c/*"},
        True,
    ),
    (
        NOT_RESOURCE,
        "what NotResource lists is out",
        {"Action": "*", "NotResource": "arn:aws:s3:::b/*"},
        False,
    ),
]


@pytest.mark.parametrize(("page", "claim", "elements", "matches"), ELEMENTS)
def test_elements_match_as_documented(iam, page, claim, elements, matches):
    access = iam.access([{"Effect": "Allow", **elements}])
    found = iam.decide(iam.request("s3:GetObject", OBJECT), access)
    assert (found.outcome == ALLOWED) is matches, f"{claim} ({page})"


def test_star_crosses_colons_in_the_sixth_part(iam):
    access = iam.access([allow("*", "arn:aws:lambda:us-east-1:123456789012:function:*")])
    target = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
    assert iam.decide(iam.request("lambda:InvokeFunction", target), access).outcome == ALLOWED


def test_star_that_ends_an_earlier_segment_is_contested(iam):
    access = iam.access([allow("iam:PassRole", "arn:aws:iam:*:role/app/ci")])
    asked = iam.request("iam:PassRole", ROLE)
    assert iam.decide(asked, access).outcome == IMPLICIT
    assert iam.decide(asked, access, "for").outcome == ALLOWED


def test_star_within_a_segment_does_not_cross_the_colon(iam):
    access = iam.access([allow("iam:PassRole", "arn:aws:i*m::123456789012:role/app/ci")])
    assert iam.decide(iam.request("iam:PassRole", ROLE), access, "for").outcome == ALLOWED
    access = iam.access([allow("iam:PassRole", "arn:a*m::123456789012:role/app/ci")])
    assert iam.decide(iam.request("iam:PassRole", ROLE), access, "for").outcome == IMPLICIT
    access = iam.access([allow("*", "arn:aws:l*1:123456789012:function:f")])
    target = "arn:aws:lambda:us-east-1:123456789012:function:f"
    assert iam.decide(iam.request("lambda:InvokeFunction", target), access, "for").outcome == (
        IMPLICIT
    )


VARIABLE_CASES = [
    ("a variable is the value of its key", "b/${aws:username}", {"aws:username": "x"}, True),
    ("keys of variables have no case", "b/${AWS:UserName}", {"aws:username": "x"}, True),
    ("another value does not match", "b/${aws:username}", {"aws:username": "y"}, False),
    ("a variable without value matches nothing", "b/${aws:username}", {}, False),
    ("a default stands in for no value", "b/${aws:PrincipalTag/t, 'x'}", {}, True),
    (
        "a default yields to a value",
        "b/${aws:PrincipalTag/t, 'x'}",
        {"aws:PrincipalTag/t": "y"},
        False,
    ),
    ("the asterisk of a value is a character", "b/${aws:username}", {"aws:username": "*"}, False),
    ("${*} is an asterisk", "b/${*}", {}, False),
    ("${?} is a question mark", "b/${?}", {}, False),
    ("a key of several values is none", "b/${aws:TagKeys}", {"aws:TagKeys": ["x", "y"]}, False),
    ("an unclosed variable is text", "b/${aws:username", {"aws:username": "x"}, False),
]


@pytest.mark.parametrize(("claim", "name", "context", "matches"), VARIABLE_CASES)
def test_policy_variables_resolve_as_documented(iam, claim, name, context, matches):
    access = iam.access([allow("*", f"arn:aws:s3:::{name}")])
    found = iam.decide(iam.request("s3:GetObject", OBJECT, context), access)
    assert (found.outcome == ALLOWED) is matches, f"{claim} ({VARIABLES})"


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_are_text_in_old_versions(iam, version):
    access = iam.access([allow("*", "arn:aws:s3:::b/${aws:username}")], version=version)
    named = iam.request("s3:GetObject", OBJECT, {"aws:username": "x"})
    spelled = iam.request("s3:GetObject", "arn:aws:s3:::b/${aws:username}")
    assert iam.decide(named, access).outcome == IMPLICIT
    assert iam.decide(spelled, access).outcome == ALLOWED


def test_special_characters_match_themselves(iam):
    access = iam.access([allow("*", "arn:aws:s3:::b/${*}${?}${$}")])
    assert iam.decide(iam.request("s3:GetObject", "arn:aws:s3:::b/*?$"), access).outcome == ALLOWED


CONDITIONS = [
    (OPERATORS, {"StringEquals": {"k": "a"}}, "a", True),
    (OPERATORS, {"StringEquals": {"k": "a"}}, "A", False),
    (OPERATORS, {"StringEquals": {"k": "a*"}}, "ab", False),
    (OPERATORS, {"StringEquals": {"k": ["a", "b"]}}, "b", True),
    (OPERATORS, {"StringNotEquals": {"k": "a"}}, "b", True),
    (VALUES, {"StringNotEquals": {"k": ["a", "b"]}}, "b", False),
    (OPERATORS, {"StringEqualsIgnoreCase": {"k": "AbC"}}, "aBc", True),
    (OPERATORS, {"StringNotEqualsIgnoreCase": {"k": "AbC"}}, "aBc", False),
    (OPERATORS, {"StringLike": {"k": "a*c?"}}, "abbcd", True),
    (OPERATORS, {"StringLike": {"k": "a*c?"}}, "abbc", False),
    (OPERATORS, {"StringNotLike": {"k": "a*"}}, "abc", False),
    (OPERATORS, {"StringEquals": {"K": "a"}}, "a", True),
    (OPERATORS, {"NumericEquals": {"k": "10"}}, "10.0", True),
    (OPERATORS, {"NumericLessThan": {"k": "10"}}, "10", False),
    (OPERATORS, {"NumericLessThanEquals": {"k": "10"}}, "10", True),
    (OPERATORS, {"NumericGreaterThan": {"k": "9.5"}}, "10", True),
    (OPERATORS, {"NumericGreaterThanEquals": {"k": "10"}}, "9.99", False),
    (OPERATORS, {"NumericGreaterThanEquals": {"k": "10"}}, "10.0", True),
    (OPERATORS, {"NumericNotEquals": {"k": "10"}}, "11", True),
    (OPERATORS, {"NumericNotEquals": {"k": "10"}}, "many", False),
    (OPERATORS, {"DateLessThan": {"k": "2026-01-01T00:00:00Z"}}, "2025-12-31T23:59:59Z", True),
    (OPERATORS, {"DateLessThan": {"k": "2026-01-01T00:00:00Z"}}, "2026-01-01T00:30:00+01:00", True),
    (OPERATORS, {"DateGreaterThan": {"k": "2026-01-01"}}, "2026-01-01T00:00:01Z", True),
    (OPERATORS, {"DateEquals": {"k": "1767225600"}}, "2026-01-01T00:00:00Z", True),
    (OPERATORS, {"DateNotEquals": {"k": "2026"}}, "2026-01-01T00:00:00Z", False),
    (OPERATORS, {"Bool": {"k": "true"}}, "TRUE", True),
    (OPERATORS, {"Bool": {"k": "false"}}, "true", False),
    (OPERATORS, {"BinaryEquals": {"k": "QmluYXJ5"}}, "QmluYXJ5", True),
    (OPERATORS, {"BinaryEquals": {"k": "QmluYXJ5"}}, "QmluYXJ6", False),
    (OPERATORS, {"BinaryEquals": {"k": "AAECAw"}}, "AAECAw", False),
    (OPERATORS, {"IpAddress": {"k": "203.0.113.0/24"}}, "203.0.113.255", True),
    (OPERATORS, {"IpAddress": {"k": "203.0.113.0/24"}}, "203.0.114.0", False),
    (OPERATORS, {"IpAddress": {"k": "203.0.113.7"}}, "203.0.113.7", True),
    (OPERATORS, {"IpAddress": {"k": "2001:DB8::/32"}}, "2001:db8:1::1", True),
    (OPERATORS, {"IpAddress": {"k": "203.0.113.0/24"}}, "2001:db8::1", False),
    (OPERATORS, {"NotIpAddress": {"k": "203.0.113.0/24"}}, "203.0.114.0", True),
    (OPERATORS, {"NotIpAddress": {"k": ["203.0.113.0/24", "0.0.0.0/0"]}}, "8.8.8.8", False),
    (
        OPERATORS,
        {"ArnEquals": {"k": "arn:aws:sns:*:123456789012:t*"}},
        "arn:aws:sns:us-east-1:123456789012:t1",
        True,
    ),
    (
        OPERATORS,
        {"ArnLike": {"k": "arn:aws:sns:*:t"}},
        "arn:aws:sns:us-east-1:123456789012:t",
        False,
    ),
    (
        OPERATORS,
        {"ArnLike": {"k": "arn:aws:lambda:*:*:function:*"}},
        "arn:aws:lambda:us-east-1:1:function:a:b",
        True,
    ),
    (OPERATORS, {"ArnLike": {"k": "arn:aws:sns:*:1:t"}}, "arn:aws:SNS:us-east-1:1:t", False),
    (OPERATORS, {"ArnNotEquals": {"k": "arn:aws:sns:*:*:*"}}, "arn:aws:sqs:us-east-1:1:q", True),
    (OPERATORS, {"ArnNotLike": {"k": "arn:aws:sns:*:*:*"}}, "arn:aws:sns:us-east-1:1:t", False),
    (OPERATORS, {"Null": {"k": "true"}}, "a", False),
    (OPERATORS, {"Null": {"k": "false"}}, "a", True),
    (OPERATORS, {"Null": {"k": "true"}}, None, True),
    (OPERATORS, {"Null": {"k": "false"}}, None, False),
    (OPERATORS, {"Null": {"k": ["true", "false"]}}, None, True),
    (OPERATORS, {"StringEquals": {"k": "a"}}, None, False),
    (OPERATORS, {"StringNotEquals": {"k": "a"}}, None, True),
    (OPERATORS, {"NotIpAddress": {"k": "10.0.0.0/8"}}, None, True),
    (OPERATORS, {"DateGreaterThan": {"k": "2020-01-01"}}, None, False),
    (OPERATORS, {"Bool": {"k": "false"}}, None, False),
    (OPERATORS, {"StringEqualsIfExists": {"k": "a"}}, None, True),
    (OPERATORS, {"StringEqualsIfExists": {"k": "a"}}, "b", False),
    (OPERATORS, {"BoolIfExists": {"k": "true"}}, None, True),
    (OPERATORS, {"StringEquals": {"k": []}}, "a", False),
    (OPERATORS, {"StringNotEquals": {"k": []}}, "a", True),
    (MULTIVALUED, {"ForAllValues:StringEquals": {"k": ["a", "b"]}}, ["a", "b"], True),
    (MULTIVALUED, {"ForAllValues:StringEquals": {"k": ["a", "b"]}}, ["a", "c"], False),
    (MULTIVALUED, {"ForAllValues:StringEquals": {"k": ["a", "b"]}}, None, True),
    (MULTIVALUED, {"ForAllValues:StringNotEquals": {"k": ["a"]}}, ["a", "b"], False),
    (MULTIVALUED, {"ForAnyValue:StringEquals": {"k": ["a", "b"]}}, ["c", "b"], True),
    (MULTIVALUED, {"ForAnyValue:StringEquals": {"k": ["a"]}}, None, False),
    (MULTIVALUED, {"ForAnyValue:StringNotEquals": {"k": ["a"]}}, None, False),
    (MULTIVALUED, {"ForAnyValue:StringNotEquals": {"k": ["a"]}}, ["a", "b"], True),
    (MULTIVALUED, {"ForAnyValue:StringNotEquals": {"k": ["a"]}}, ["a"], False),
    (VALUES, {"StringEquals": {"k": "a"}, "StringLike": {"k": "b*"}}, "a", False),
    (VARIABLES, {"StringEquals": {"k": "${aws:username}"}}, "bob", True),
    (VARIABLES, {"StringLike": {"k": "x/${aws:username}/*"}}, "x/bob/y", True),
    (VARIABLES, {"StringNotEquals": {"k": "${aws:PrincipalTag/none}"}}, "a", True),
    (VARIABLES, {"StringEquals": {"k": "${aws:PrincipalTag/none}"}}, "a", False),
    (VARIABLES, {"StringEquals": {"k": "a${*}"}}, "a*", True),
]


@pytest.mark.parametrize(("page", "condition", "value", "matches"), CONDITIONS)
def test_conditions_hold_as_documented(iam, page, condition, value, matches):
    access = iam.access([allow(Condition=condition)])
    context = {"aws:username": "bob"} if value is None else {"aws:username": "bob", "k": value}
    found = iam.decide(iam.request("s3:GetObject", OBJECT, context), access)
    assert (found.outcome == ALLOWED) is matches, page


UNDECIDED = [
    ({"StringSimilar": {"k": "a"}}, "a"),
    ({"StringEquals": {"k": "a"}}, ["a", "b"]),
    ({"NumericEquals": {"k": "ten"}}, "10"),
    ({"IpAddress": {"k": "10.0.0.0/99"}}, "10.0.0.1"),
    ({"Bool": {"k": "${aws:username}"}}, "true"),
    ({"ArnLike": {"k": "*"}}, "arn:aws:sns:us-east-1:1:t"),
]


@pytest.mark.parametrize(("condition", "value"), UNDECIDED)
def test_what_is_not_decided_counts_for_whom_one_asks(iam, condition, value):
    asked = iam.request("s3:GetObject", OBJECT, {"k": value, "aws:username": "bob"})
    granting = iam.access([allow(Condition=condition)])
    assert iam.decide(asked, granting).outcome == IMPLICIT
    assert iam.decide(asked, granting, "for").outcome == ALLOWED
    denying = iam.access([allow(), deny(Condition=condition)])
    assert iam.decide(asked, denying).outcome == EXPLICIT
    assert iam.decide(asked, denying, "for").outcome == ALLOWED


SESSION = "arn:aws:sts::111122223333:assumed-role/ci/run-1"
TRUST = [
    (PRINCIPAL, {"AWS": "111122223333"}, ("AWS", "arn:aws:iam::111122223333:role/app/ci"), True),
    (
        PRINCIPAL,
        {"AWS": "arn:aws:iam::111122223333:root"},
        ("AWS", "arn:aws:iam::111122223333:user/bob"),
        True,
    ),
    (PRINCIPAL, {"AWS": "arn:aws:iam::111122223333:root"}, ("AWS", SESSION), True),
    (PRINCIPAL, {"AWS": "111122223333"}, ("AWS", "arn:aws:iam::444455556666:user/bob"), False),
    (
        PRINCIPAL,
        {"AWS": "arn:aws:iam::111122223333:user/bob"},
        ("AWS", "arn:aws:iam::111122223333:user/bob"),
        True,
    ),
    (
        PRINCIPAL,
        {"AWS": "arn:aws:iam::111122223333:user/bob"},
        ("AWS", "arn:aws:iam::111122223333:user/Bob"),
        False,
    ),
    (PRINCIPAL, {"AWS": "arn:aws:iam::111122223333:role/app/ci"}, ("AWS", SESSION), True),
    (PRINCIPAL, {"AWS": "arn:aws:iam::111122223333:role/cd"}, ("AWS", SESSION), False),
    (PRINCIPAL, {"AWS": "arn:aws:iam::444455556666:role/ci"}, ("AWS", SESSION), False),
    (PRINCIPAL, {"AWS": SESSION}, ("AWS", SESSION), True),
    (
        PRINCIPAL,
        {"AWS": SESSION},
        ("AWS", "arn:aws:sts::111122223333:assumed-role/ci/run-2"),
        False,
    ),
    (
        PRINCIPAL,
        {"AWS": "arn:aws:iam::111122223333:role/*"},
        ("AWS", "arn:aws:iam::111122223333:role/ci"),
        False,
    ),
    (PRINCIPAL, "*", ("AWS", "arn:aws:iam::999999999999:user/x"), True),
    (PRINCIPAL, {"AWS": "*"}, ("AWS", "arn:aws:iam::999999999999:user/x"), True),
    (PRINCIPAL, "*", ("Service", "ec2.amazonaws.com"), True),
    (PRINCIPAL, {"Service": "ec2.amazonaws.com"}, ("Service", "ec2.amazonaws.com"), True),
    (
        PRINCIPAL,
        {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
        ("Service", "b.amazonaws.com"),
        True,
    ),
    (PRINCIPAL, {"Service": "ec2.amazonaws.com"}, ("AWS", "ec2.amazonaws.com"), False),
    (
        PRINCIPAL,
        {"Federated": "cognito-identity.amazonaws.com"},
        ("Federated", "cognito-identity.amazonaws.com"),
        True,
    ),
    (PRINCIPAL, {"Federated": "accounts.google.com"}, ("Federated", "www.amazon.com"), False),
]


@pytest.mark.parametrize(("page", "principal", "caller", "matches"), TRUST)
def test_principals_match_as_documented(iam, page, principal, caller, matches):
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    found = iam.decide(iam.request("sts:AssumeRole", ROLE, (), caller), iam.access(trust=trust))
    assert (found.outcome == ALLOWED) is matches, page


def test_not_principal_allows_everyone_else(iam):
    named = {"AWS": "arn:aws:iam::111122223333:user/bob"}
    trust = {"Effect": "Allow", "NotPrincipal": named, "Action": "sts:AssumeRole"}
    access = iam.access(trust=trust)
    bob = iam.request("sts:AssumeRole", ROLE, (), ("AWS", "arn:aws:iam::111122223333:user/bob"))
    eve = iam.request("sts:AssumeRole", ROLE, (), ("AWS", "arn:aws:iam::111122223333:user/eve"))
    assert iam.decide(bob, access).outcome == IMPLICIT
    assert iam.decide(eve, access).outcome == ALLOWED


@pytest.mark.parametrize(("listed", "against"), [((), EXPLICIT), (("111122223333",), ALLOWED)])
def test_not_principal_with_deny_needs_the_account_too(iam, listed, against):
    role = "arn:aws:iam::111122223333:role/ci"
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": [role, *listed]}, "Action": "*"}
    access = iam.access(trust=[everyone, others])
    asked = iam.request("sts:AssumeRole", ROLE, (), ("AWS", role))
    assert iam.decide(asked, access).outcome == against, NOT_PRINCIPAL
    assert iam.decide(asked, access, "for").outcome == ALLOWED


def test_decision_names_statements_strings_and_missing_keys(iam):
    held = [
        allow(["iam:*", "s3:Get*"], ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
        allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    ]
    found = iam.decide(iam.request("s3:GetObject", OBJECT), iam.access(held))
    assert [(d.layer, d.statement, str(d.action), str(d.resource)) for d in found.deciding] == [
        ("identity", 0, "s3:Get*", "arn:aws:s3:::b/*")
    ]
    assert found.missing_keys == ("aws:securetransport",)


def test_further_unknown_policies_may_allow_and_deny(iam):
    access = iam.access([allow()], open=True)
    asked = iam.request("s3:GetObject", OBJECT)
    assert iam.decide(asked, access).outcome == EXPLICIT
    assert iam.decide(asked, access, "for").outcome == ALLOWED
    assert iam.decide(asked, iam.access(open=True), "for").outcome == ALLOWED
