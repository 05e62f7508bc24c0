import pytest

from leastwise.iam.lower import lower_document
from leastwise.iam.policy import (
    Operator,
    Pattern,
    Patterns,
    PolicyDocument,
    PrincipalEntry,
    Principals,
    Statement,
)
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import Span, source_file
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
)

ARN = Symbol("r|aws_iam_role.ci.arn", "aws_iam_role.ci.arn")
LIST = Symbol("r|var.actions", "var.actions")
ON = Assumption("r|var.on", "true", "when var.on is true")
OFF = Assumption("r|var.on", "false", "when var.on is false")


def lower(text, kind="identity"):
    """Lower JSON text as the file p.json."""
    found = text_of_file(source_file("p.json", text.encode()))
    assert isinstance(found, Text)
    return lower_document(found, kind, scope="r")


def lower_pieces(*pieces, kind="identity"):
    """Lower JSON text with symbols in it."""
    text = Text(tuple(Chars(p) if isinstance(p, str) else p for p in pieces))
    return lower_document(text, kind, scope="r")


def statement(text, kind="identity"):
    lowered = lower('{"Version": "2012-10-17", "Statement": ' + text + "}", kind)
    assert lowered.diagnostics == ()
    (found,) = lowered.document.statements
    return found


def globs(*texts):
    return tuple(Pattern((text,)) for text in texts)


def object_of(**entries):
    return Mapping(tuple((literal_text(name), value) for name, value in entries.items()))


ALLOW = literal_text("Allow")


def test_one_string_and_a_list_of_one_mean_the_same():
    one = lower(
        '{"Version": "2012-10-17",'
        ' "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'
    )
    many = lower(
        '{"Version": "2012-10-17",'
        ' "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}]}'
    )
    assert one.document == many.document
    assert hash(one.document) == hash(many.document)
    assert one.document == PolicyDocument(
        (Statement("Allow", Patterns(globs("s3:Get*")), Patterns(globs("*"))),)
    )


def test_not_elements_are_negated():
    found = statement(
        '{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "NotResource": "arn:aws:s3:::b"}'
    )
    assert found.effect == "Deny"
    assert found.actions == Patterns(globs("iam:*", "sts:*"), negated=True)
    assert found.resources == Patterns(globs("arn:aws:s3:::b"), negated=True)


def test_version_defaults_to_the_old_one_in_which_variables_are_text():
    assert lower('{"Statement": []}').document == PolicyDocument((), "2008-10-17")
    assert lower('{"Version": "2012-10-17", "Statement": []}').diagnostics == ()


@pytest.mark.parametrize(
    ("principal", "entries"),
    [
        ('"*"', [("*", "*")]),
        ('{"AWS": "*"}', [("AWS", "*")]),
        (
            '{"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}',
            [("AWS", "111122223333"), ("AWS", "arn:aws:iam::111122223333:root")],
        ),
        (
            '{"Service": "ec2.amazonaws.com", "Federated": "cognito-identity.amazonaws.com"}',
            [("Service", "ec2.amazonaws.com"), ("Federated", "cognito-identity.amazonaws.com")],
        ),
        ('{"AWS": 111122223333}', [("AWS", "111122223333")]),
        ('{"CanonicalUser": "79a5"}', [("CanonicalUser", "79a5")]),
    ],
)
@pytest.mark.parametrize(("element", "negated"), [("Principal", False), ("NotPrincipal", True)])
def test_principal_forms(principal, entries, element, negated):
    found = statement(
        f'{{"Effect": "Allow", "{element}": {principal}, "Action": "sts:AssumeRole"}}', "trust"
    )
    expected = tuple(PrincipalEntry(kind, Pattern((name,))) for kind, name in entries)
    assert found.principals == Principals(expected, negated)
    assert found.resources is None


def test_a_resource_policy_without_resource_is_about_its_own():
    found = statement('{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}', "resource")
    assert found.resources is None


def test_condition_values_are_spelled_as_strings():
    found = statement(
        '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {'
        '"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": [5, 7.5]},'
        '"StringEquals": {"aws:username": ["a", "b"]}}}'
    )
    assert [(c.operator.name, c.key.literal, c.values) for c in found.conditions] == [
        ("Bool", "aws:SecureTransport", globs("true")),
        ("NumericLessThan", "s3:max-keys", globs("5", "7.5")),
        ("StringEquals", "aws:username", globs("a", "b")),
    ]


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("StringEquals", Operator("StringEquals")),
        ("stringlike", Operator("StringLike")),
        ("StringLikeIfExists", Operator("StringLike", None, if_exists=True)),
        (
            "ForAllValues:StringLikeIfExists",
            Operator("StringLike", "ForAllValues", if_exists=True),
        ),
        ("foranyvalue:ARNLIKE", Operator("ArnLike", "ForAnyValue")),
        ("Null", Operator("Null")),
    ],
)
def test_operators_compare_without_case(text, operator):
    found = statement(
        '{"Effect": "Allow", "Action": "*", "Resource": "*",'
        f' "Condition": {{"{text}": {{"k": "v"}}}}}}'
    )
    assert [c.operator for c in found.conditions] == [operator]


@pytest.mark.parametrize(
    "text", ["StringIs", "NullIfExists", "ForSomeValues:StringLike", ":StringLike", "", "Unknown"]
)
def test_an_operator_aws_does_not_define_is_unknown(text):
    lowered = lower(
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",'
        f' "Condition": {{"{text}": {{"k": "v"}}}}}}}}'
    )
    (condition,) = lowered.document.statements[0].conditions
    assert condition.operator == Operator("Unknown")
    assert condition.values == globs("v")
    (diagnostic,) = lowered.diagnostics
    assert diagnostic.message == f"{text!r} is not a condition operator"


def test_places_are_those_of_the_strings():
    text = '{"Statement": {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}}'
    lowered = lower(text)
    (found,) = lowered.document.statements
    assert found.span == Span("p.json", text.index('{"Effect'), len(text) - 1)
    assert found.actions.span == Span("p.json", text.index('["s3'), text.index('], "R') + 1)
    origin = found.actions.globs[0].origin
    assert origin is not None
    assert origin.span == Span("p.json", text.index('"s3'), text.index('], "R'))


REFUSED = [
    # text of the whole document, message, text at the place
    ('{"Version": "2012-10-17"}', "the policy has no Statement", '{"Version": "2012-10-17"}'),
    (
        '{"Statement": {"Action": "*", "Resource": "*"}}',
        "the statement has no Effect",
        '{"Action": "*", "Resource": "*"}',
    ),
    (
        '{"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}',
        "'allow' is not an Effect",
        '"allow"',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Resource": "*"}}',
        "the statement has no Action",
        '{"Effect": "Allow", "Resource": "*"}',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": "*"}}',
        "the statement has no Resource",
        '{"Effect": "Allow", "Action": "*"}',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "a:b", "Resource": "*"}}',
        "the statement has both Action and NotAction",
        '"a:b"',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}',
        "a policy of kind 'identity' names no principal",
        '"*"}}',
    ),
    (
        '{"Statement": {"Effect": "Allow", "action": "*", "Resource": "*"}}',
        "'action' is not a policy element",
        '"action"',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": [["*"]], "Resource": "*"}}',
        "a list stands inside a list",
        '["*"]]',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": 5, "Resource": "*"}}',
        "expected a string, found another type",
        "5",
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": {"a": 1}}}',
        "expected a string, found an object",
        '{"a": 1}',
    ),
    (
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": "x"}}',
        "the Condition element is not an object",
        '"x"',
    ),
    (
        '{"Version": "2012-10-18", "Statement": []}',
        "'2012-10-18' is not a policy version",
        '"2012-10-18"',
    ),
    ('{"Statement": ["x"]}', "a statement is not an object", '"x"'),
    ("[]", "this is not a policy document", "[]"),
    ("null", "this is not a policy document", "null"),
]


@pytest.mark.parametrize(("text", "message", "place"), REFUSED)
def test_what_aws_refuses_is_a_warning_at_its_place(text, message, place):
    lowered = lower(text)
    assert [(d.severity, d.code, d.message) for d in lowered.diagnostics] == [
        ("warning", "invalid-policy", message)
    ]
    span = lowered.diagnostics[0].span
    assert text[span.start :].startswith(place)
    assert lowered.diagnostics[0].remedy


def test_a_missing_effect_is_unknown_not_harmless():
    lowered = lower('{"Statement": {"Action": "*", "Resource": "*"}}')
    assert lowered.document.statements[0].effect == "Unknown"


def test_a_trust_policy_with_resource_is_refused():
    lowered = lower(
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",'
        ' "Resource": "*"}}',
        "trust",
    )
    assert [d.message for d in lowered.diagnostics] == ["a trust policy has no Resource"]
    assert lowered.document.statements[0].resources is None


@pytest.mark.parametrize("principal", ['"arn:aws:iam::111122223333:root"', '["*"]', '{"aws": "*"}'])
def test_a_principal_that_aws_refuses_is_a_warning(principal):
    lowered = lower(
        f'{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "a:b"}}}}',
        "trust",
    )
    assert [d.code for d in lowered.diagnostics] == ["invalid-policy"]
    assert lowered.document.statements[0].principals is not None


def test_what_is_no_policy_is_opaque():
    for text in ("[]", "5", '"text"', "null", '{"Statement": ["x"]}'):
        assert lower(text).document.opaque is not None


def test_broken_json_is_an_error_and_opaque():
    lowered = lower('{"Statement": [}')
    assert [(d.severity, d.code) for d in lowered.diagnostics] == [("error", "json-syntax")]
    assert lowered.document.opaque is not None


def test_null_is_absence():
    assert statement(
        '[{"Effect": "Allow", "Action": ["a:b", null], "Resource": "*", "Condition": null}, null]'
    ) == Statement("Allow", Patterns(globs("a:b")), Patterns(globs("*")))


# What is not known.


def test_a_symbol_in_a_string_is_a_piece_of_its_pattern():
    lowered = lower_pieces(
        '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["', ARN, '/*"]}}'
    )
    resources = lowered.document.statements[0].resources
    assert resources == Patterns((Pattern((ARN, "/*")),))
    assert lowered.diagnostics == ()


def test_an_unknown_action_list_is_a_symbol():
    lowered = lower_pieces(
        '{"Statement": {"Effect": "Allow", "Action": ', LIST, ', "Resource": "*"}}'
    )
    assert lowered.document.statements[0].actions == Patterns((Pattern((LIST,)),))


def test_an_unknown_item_of_a_list_in_text_may_be_several():
    lowered = lower_pieces(
        '{"Statement": {"Effect": "Allow", "Action": ["a:b", ', LIST, '], "Resource": "*"}}'
    )
    assert lowered.document.statements[0].actions == Patterns(
        (Pattern(("a:b",)), Pattern((LIST,))), tail=LIST
    )


@pytest.mark.parametrize(
    "pieces",
    [
        (LIST,),
        ('{"Statement": ', LIST, "}"),
        ('{"Statement": [', LIST, "]}"),
        ("{", LIST, "}"),
        ("{}", LIST),
    ],
)
def test_unknown_statements_make_the_document_opaque(pieces):
    lowered = lower_pieces(*pieces)
    assert lowered.document.opaque == LIST
    assert lowered.document.statements == ()


def test_unknown_entries_of_a_statement_stand_for_what_is_missing():
    lowered = lower_pieces('{"Statement": {"Effect": "Allow", ', LIST, "}}", kind="resource")
    assert lowered.document.statements == (
        Statement(
            "Allow",
            Patterns((), tail=LIST),
            Patterns((), tail=LIST),
            Principals((), tail=LIST),
            conditions_tail=LIST,
        ),
    )
    assert lowered.diagnostics == ()


def test_an_unknown_effect_is_one_of_two_without_complaint():
    lowered = lower_pieces(
        '{"Statement": {"Effect": "', LIST, '", "Action": "*", "Resource": "*"}}'
    )
    found = [(s.effect, [a.outcome for a in s.when]) for s in lowered.document.statements]
    assert found == [("Allow", ["Allow"]), ("Deny", ["Deny"])]
    assert lowered.diagnostics == ()


def test_an_effect_known_in_part_is_unknown():
    lowered = lower_pieces(
        '{"Statement": {"Effect": "A', LIST, '", "Action": "*", "Resource": "*"}}'
    )
    assert [s.effect for s in lowered.document.statements] == ["Unknown"]


def test_an_unknown_principal_is_a_tail_and_a_typed_one_keeps_its_type():
    whole = lower_pieces(
        '{"Statement": {"Effect": "Allow", "Action": "a:b", "Principal": ', LIST, "}}", kind="trust"
    )
    assert whole.document.statements[0].principals == Principals((), tail=LIST)
    typed = lower_pieces(
        '{"Statement": {"Effect": "Allow", "Action": "a:b", "Principal": {"AWS": ',
        ARN,
        "}}}",
        kind="trust",
    )
    assert typed.document.statements[0].principals == Principals(
        (PrincipalEntry("AWS", Pattern((ARN,))),)
    )


def test_unknown_conditions_are_a_tail_of_their_operator():
    def tail_of(operator):
        lowered = lower_pieces(
            '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"'
            + operator
            + '": ',
            LIST,
            "}}}",
        )
        (found,) = lowered.document.statements
        assert found.conditions == ()
        return found.conditions_tail

    assert tail_of("StringLike") is not None
    assert tail_of("StringLike") == tail_of("StringLike")
    assert tail_of("StringLike") != tail_of("StringEquals")


def test_a_condition_that_is_no_object_may_be_any():
    lowered = lower(
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}}'
    )
    assert lowered.document.statements[0].conditions_tail is not None


# Alternatives.


def test_an_alternative_action_makes_a_statement_per_world():
    action = Choice(((ON, literal_text("a:on")), (OFF, literal_text("a:off"))))
    value = object_of(
        Version=literal_text("2012-10-17"),
        Statement=Sequence(
            (
                object_of(Effect=ALLOW, Action=action, Resource=literal_text("*")),
                object_of(Effect=ALLOW, Action=literal_text("a:both"), Resource=literal_text("*")),
            )
        ),
    )
    document = lower_document(value, "identity", scope="r").document
    assert [(s.actions.globs, s.when) for s in document.statements] == [
        (globs("a:on"), (ON,)),
        (globs("a:off"), (OFF,)),
        (globs("a:both"), ()),
    ]


def test_one_assumption_decides_all_choices_that_name_it():
    def choice(on, off):
        return Choice(((ON, literal_text(on)), (OFF, literal_text(off))))

    value = object_of(
        Statement=object_of(
            Effect=ALLOW, Action=choice("a:on", "a:off"), Resource=choice("on", "off")
        )
    )
    document = lower_document(value, "identity", scope="r").document
    assert [
        (s.actions.globs, s.resources and s.resources.globs, s.when) for s in document.statements
    ] == [(globs("a:on"), globs("on"), (ON,)), (globs("a:off"), globs("off"), (OFF,))]


def test_a_statement_that_may_be_missing_is_in_one_world():
    one = object_of(Effect=ALLOW, Action=literal_text("a:b"), Resource=literal_text("*"))
    value = object_of(Statement=Sequence((Choice(((ON, one), (OFF, Scalar(None)))),)))
    lowered = lower_document(value, "identity", scope="r")
    assert [s.when for s in lowered.document.statements] == [(ON,)]
    assert lowered.document.opaque is None
    assert lowered.diagnostics == ()


def test_alternative_documents_are_read_each_in_its_own_encoding():
    text = literal_text('{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
    encoded = Text(
        (
            Encoded(
                object_of(
                    Statement=object_of(
                        Effect=ALLOW, Action=literal_text("*"), Resource=literal_text("*")
                    )
                )
            ),
        )
    )
    lowered = lower_document(Choice(((ON, text), (OFF, encoded))), "identity", scope="r")
    assert [(s.effect, s.when) for s in lowered.document.statements] == [
        ("Deny", (ON,)),
        ("Allow", (OFF,)),
    ]


def test_policy_variables_are_live_if_they_are_in_one_world():
    old, new = (
        object_of(Statement=Sequence(())),
        object_of(Version=literal_text("2012-10-17"), Statement=Sequence(())),
    )
    assert lower_document(Choice(((ON, old), (OFF, new))), "identity", scope="r").document == (
        PolicyDocument((), "2012-10-17")
    )


def test_more_than_16_worlds_of_a_statement_leave_a_part_unknown():
    choices = tuple(
        Choice(
            tuple(
                (Assumption(f"r|var.{i}", outcome, ""), literal_text(f"a:{i}-{outcome}"))
                for outcome in ("true", "false")
            )
        )
        for i in range(6)
    )
    value = object_of(
        Statement=object_of(Effect=ALLOW, Action=Sequence(choices), Resource=literal_text("*"))
    )
    lowered = lower_document(value, "identity", scope="r")
    assert len(lowered.document.statements) <= 16
    assert [d.code for d in lowered.diagnostics] == ["too-many-worlds"]
    # Every world is still covered: each statement has all six actions, known or not.
    assert {len(s.actions.globs) for s in lowered.document.statements} == {6}
    assert any(g.literal is None for s in lowered.document.statements for g in s.actions.globs)


def test_a_world_no_alternative_speaks_of_is_unknown():
    inner = Choice(((Assumption("r|var.on", "other", ""), literal_text("a:b")),))
    value = Choice(
        ((ON, object_of(Statement=object_of(Effect=ALLOW, Action=inner, Resource=ALLOW))),)
    )
    lowered = lower_document(value, "identity", scope="r")
    (found,) = lowered.document.statements
    assert found.actions.globs[0].literal is None
    assert found.when == (ON,)


# Hostile values.


def test_a_value_nested_too_deeply_is_opaque():
    value = Scalar(None)
    for _ in range(100_000):
        value = Sequence((value,))
    lowered = lower_document(value, "identity", scope="r")
    assert lowered.document.opaque is not None
    assert [d.code for d in lowered.diagnostics] == ["too-large"]


def test_a_value_of_shared_parts_that_unfolds_without_end_is_opaque():
    value = literal_text("a:b")
    for _ in range(60):
        value = Sequence((value, value))
    document = object_of(Statement=object_of(Effect=ALLOW, Action=value, Resource=ALLOW))
    lowered = lower_document(document, "identity", scope="r")
    assert lowered.document.opaque is not None


def test_unknown_values_keep_their_reason_to_themselves():
    lowered = lower_document(Unknown(LIST, "var.actions has no default"), "identity", scope="r")
    assert lowered.document == PolicyDocument((), "2008-10-17", LIST)
    assert lowered.diagnostics == ()
