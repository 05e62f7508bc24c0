"""``data.aws_iam_policy_document`` renders as the provider does and keeps the user's nodes."""

from leastwise.frontends.terraform.documents.policy_document import document_text
from leastwise.frontends.terraform.model import Body
from leastwise.source.span import Span
from leastwise.source.text import display, literal_text
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

HERE = Span("main.tf", 0, 0)


def written(text: str, at: int = 0) -> Text:
    """Spell a string literal whose characters lie at ``at``."""
    span = Span("main.tf", at, at + len(text))
    return literal_text(text, (Segment(0, len(text), span),), span)


def strings(*items: str) -> Sequence:
    return Sequence(tuple(written(item) for item in items))


def body(
    *blocks: tuple[str, Body], maybe: bool = False, many: bool = False, **attributes: Value
) -> Body:
    return Body(dict(attributes), blocks, HERE, maybe=maybe, many=many)


def plain(value: Value) -> object:
    """Spell a value as the JSON it stands for; a tail shows as ``...``."""
    match value:
        case Text():
            return display(value)
        case Scalar():
            return value.value
        case Sequence():
            return [plain(v) for v in value.items] + (["..."] if value.tail else [])
        case Mapping():
            spelled = {display(k): plain(v) for k, v in value.entries}
            return spelled | ({"...": True} if value.tail else {})
        case Choice():
            return {f"{a.outcome}?": plain(v) for a, v in value.alternatives}
        case Unknown():
            return "${" + value.symbol.reference + "}"


def rendered(document: Body) -> Value:
    text = document_text(document, "infra", "data.aws_iam_policy_document.x")
    (piece,) = text.pieces
    assert isinstance(piece, Encoded)
    return piece.value


def statements(document: Body) -> object:
    spelled = plain(rendered(document))
    assert isinstance(spelled, dict)
    return spelled["Statement"]


def encoded(document: Body) -> Text:
    return document_text(document, "infra", "data.aws_iam_policy_document.other")


def test_a_statement_has_the_elements_of_the_json() -> None:
    statement = body(
        sid=written("Read"),
        effect=written("Deny"),
        not_actions=strings("s3:GetObject"),
        not_resources=strings("arn:aws:s3:::a/*"),
    )
    assert plain(rendered(body(("statement", statement)))) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Deny",
                "NotAction": "s3:GetObject",
                "NotResource": "arn:aws:s3:::a/*",
            }
        ],
    }


def test_effect_is_allow_and_empty_lists_are_left_out() -> None:
    statement = body(
        sid=written(""),
        effect=Scalar(None),
        actions=strings("s3:GetObject"),
        not_actions=Sequence(()),
        resources=strings("*"),
    )
    assert statements(body(("statement", statement))) == [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    ]


def test_an_action_is_the_node_of_the_configuration() -> None:
    actions = Sequence((written("*", 41),))
    value = rendered(body(("statement", body(actions=actions))))
    assert isinstance(value, Mapping)
    found = value.get("Statement")
    assert isinstance(found, Sequence)
    (statement,) = found.items
    assert isinstance(statement, Mapping)
    assert statement.get("Action") is actions.items[0]


def test_version_and_id_are_rendered() -> None:
    document = body(version=written("2008-10-17"), policy_id=written("p"))
    assert plain(rendered(document)) == {"Version": "2008-10-17", "Id": "p"}


def test_policy_variables_come_alive_except_in_actions() -> None:
    condition = body(
        test=written("StringLike"),
        variable=written("s3:prefix"),
        values=strings("home/&{aws:username}/*"),
    )
    statement = body(
        ("condition", condition),
        actions=strings("s3:&{x}"),
        resources=strings("arn:aws:s3:::b/&{aws:username}", "arn:aws:s3:::b"),
    )
    assert statements(body(("statement", statement))) == [
        {
            "Effect": "Allow",
            "Action": "s3:&{x}",
            "Resource": ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b"],
            "Condition": {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
        }
    ]


def test_a_policy_variable_keeps_the_places_of_its_text() -> None:
    statement = body(resources=Sequence((written("b/&{aws:userid}/x", 10),)))
    value = rendered(body(("statement", statement)))
    assert isinstance(value, Mapping)
    found = value.get("Statement")
    assert isinstance(found, Sequence)
    assert isinstance(found.items[0], Mapping)
    text = found.items[0].get("Resource")
    assert isinstance(text, Text)
    assert text.derived
    (piece,) = text.pieces
    assert isinstance(piece, Chars)
    assert [(s.start, s.end, s.span.start, s.span.end, s.exact) for s in piece.segments] == [
        (0, 2, 10, 12, True),
        (2, 4, 12, 14, False),
        (4, 17, 14, 27, True),
    ]


def test_conditions_of_one_test_and_variable_share_their_values() -> None:
    def condition(test: str, variable: str, *values: str) -> tuple[str, Body]:
        return "condition", body(
            test=written(test), variable=written(variable), values=strings(*values)
        )

    statement = body(
        condition("StringEquals", "aws:PrincipalTag/team", "a"),
        condition("StringEquals", "aws:PrincipalTag/team", "b", "c"),
        condition("StringEquals", "aws:RequestedRegion", "eu-west-1"),
        condition("Bool", "aws:MultiFactorAuthPresent", "true"),
    )
    assert statements(body(("statement", statement))) == [
        {
            "Effect": "Allow",
            "Condition": {
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
                "StringEquals": {
                    "aws:PrincipalTag/team": ["a", "b", "c"],
                    "aws:RequestedRegion": "eu-west-1",
                },
            },
        }
    ]


def test_booleans_and_numbers_become_strings() -> None:
    condition = body(
        test=written("Bool"),
        variable=written("aws:SecureTransport"),
        values=Sequence((Scalar(False), Scalar(7))),
    )
    assert statements(body(("statement", body(("condition", condition))))) == [
        {"Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": ["false", "7"]}}}
    ]


def test_principals_of_one_type_are_joined() -> None:
    statement = body(
        ("principals", body(type=written("AWS"), identifiers=strings("111122223333"))),
        ("principals", body(type=written("AWS"), identifiers=strings("*"))),
        ("principals", body(type=written("Service"), identifiers=strings("ec2.amazonaws.com"))),
    )
    assert statements(body(("statement", statement))) == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": ["111122223333", "*"], "Service": "ec2.amazonaws.com"},
        }
    ]


def test_only_type_star_renders_as_a_bare_star() -> None:
    anyone = body(type=written("*"), identifiers=strings("*"))
    aws = body(type=written("AWS"), identifiers=strings("*"))
    document = body(
        ("statement", body(("principals", anyone))), ("statement", body(("not_principals", aws)))
    )
    assert statements(document) == [
        {"Effect": "Allow", "Principal": "*"},
        {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}},
    ]


def test_what_an_unknown_collection_may_add_is_left_open() -> None:
    perhaps = body(actions=strings("iam:*"), maybe=True)
    assert statements(body(("statement", perhaps))) == [
        {"present?": {"Effect": "Allow", "Action": "iam:*"}, "absent?": None}
    ]
    once = body(actions=Unknown(Symbol("x", "statement.value")), maybe=True)
    assert statements(body(("statement", once))) == [
        {"present?": {"Effect": "Allow", "Action": "${statement.value}"}, "absent?": None}
    ]
    repeated = once._replace(many=True)
    assert statements(body(("statement", repeated))) == [
        {"present?": {"Effect": "Allow", "Action": "${statement.value}"}, "absent?": None},
        "...",
    ]
    statement = body(
        ("condition", body(test=written("Bool"), maybe=True)),
        ("principals", body(type=written("AWS"), maybe=True)),
    )
    assert statements(body(("statement", statement))) == [
        {"Effect": "Allow", "Principal": {"...": True}, "Condition": {"...": True}}
    ]


def test_an_unknown_condition_key_or_test_leaves_the_conditions_open() -> None:
    condition = body(
        test=Unknown(Symbol("t", "var.test")), variable=written("k"), values=strings("v")
    )
    assert statements(body(("statement", body(("condition", condition))))) == [
        {"Effect": "Allow", "Condition": {"...": True}}
    ]


def test_documents_merge_by_sid_in_order() -> None:
    source = body(
        ("statement", body(sid=written("A"), actions=strings("s3:*"))),
        ("statement", body(sid=written("B"), actions=strings("ec2:*"))),
        ("statement", body(actions=strings("sqs:*"))),
    )
    override = written('{"Statement": [{"Sid": "B", "Effect": "Deny", "Action": "iam:*"}]}')
    document = body(
        ("statement", body(sid=written("A"), actions=strings("s3:GetObject"))),
        ("statement", body(actions=strings("sns:*"))),
        source_policy_documents=Sequence((encoded(source),)),
        override_policy_documents=Sequence((override,)),
    )
    assert plain(rendered(document)) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject"},
            {"Sid": "B", "Effect": "Deny", "Action": "iam:*"},
            {"Effect": "Allow", "Action": "sqs:*"},
            {"Effect": "Allow", "Action": "sns:*"},
        ],
    }


def test_old_source_and_override_json_merge_too() -> None:
    document = body(
        ("statement", body(sid=written("A"), actions=strings("s3:*"))),
        source_json=written('{"Version": "2008-10-17", "Statement": {"Sid": "Z"}}'),
        override_json=written('{"Statement": [{"Sid": "A", "Effect": "Deny"}]}'),
    )
    assert plain(rendered(document)) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Z"}, {"Sid": "A", "Effect": "Deny"}],
    }


def test_an_unknown_source_leaves_the_statements_open() -> None:
    document = body(
        ("statement", body(actions=strings("s3:*"))),
        source_policy_documents=Sequence((), tail=Symbol("v", "var.documents")),
    )
    assert statements(document) == [{"Effect": "Allow", "Action": "s3:*"}, "..."]


def test_an_unknown_override_may_replace_a_statement_with_a_sid() -> None:
    document = body(
        ("statement", body(sid=written("Guard"), effect=written("Deny"))),
        ("statement", body(actions=strings("s3:*"))),
        override_policy_documents=Sequence((Unknown(Symbol("v", "var.document")),)),
    )
    assert statements(document) == [
        {"kept?": {"Sid": "Guard", "Effect": "Deny"}, "replaced?": None},
        {"Effect": "Allow", "Action": "s3:*"},
        "...",
    ]


def test_a_choice_of_sources_is_a_choice_of_documents() -> None:
    def choice(yes: Value, no: Value) -> Choice:
        first = Assumption("var.x", "true", "var.x is true")
        return Choice(((first, yes), (Assumption("var.x", "false", "var.x is false"), no)))

    extra = encoded(body(("statement", body(actions=strings("iam:*")))))
    document = body(
        source_policy_documents=Sequence(
            (choice(extra, Scalar(None)), choice(Scalar(None), Scalar(None)))
        )
    )
    assert plain(rendered(document)) == {
        "true?": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "iam:*"}],
        },
        "false?": {"Version": "2012-10-17"},
    }


def test_many_choices_end_in_an_unknown_part() -> None:
    def choice(name: str) -> Choice:
        outcomes = (Assumption(name, "a", ""), Assumption(name, "b", ""))
        return Choice(tuple((o, written('{"Statement": []}')) for o in outcomes))

    document = body(source_policy_documents=Sequence(tuple(choice(f"v{i}") for i in range(40))))
    value = rendered(document)
    depth = 0
    while isinstance(value, Choice):
        value = value.alternatives[0][1]
        depth += 1
    assert depth == 4
    assert plain(value) == {"Statement": ["..."], "Version": "2012-10-17"}


def test_broken_source_text_is_unknown() -> None:
    document = body(source_policy_documents=strings('{"Statement": [', "null", "3"))
    assert statements(document) == ["..."]


def test_documents_that_double_each_other_end() -> None:
    document = body(("statement", body(actions=strings("s3:*"))))
    for _ in range(60):
        twice = (encoded(document), encoded(document))
        document = body(source_policy_documents=Sequence(twice))
        document = body(source_policy_documents=Sequence((encoded(document),)))
    spelled = statements(document)
    assert isinstance(spelled, list)
    assert len(spelled) == 1001
    assert spelled[-1] == "..."
