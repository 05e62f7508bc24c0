"""Parsing the text of one policy: what is understood, and what is said of the rest."""

import json

import pytest

from leastwise.iam.policy import PolicyDocument

GOOD = """\
{
  "Version": "2012-10-17",
  "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]
}
"""
TYPO = """\
{
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Sid": "Typo", "Effect": "Allow", "Acton": "s3:*", "Action": "s3:Get*", "Resource": "*"}
  ]
}
"""


def statement(**elements):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | elements]})


def codes(document):
    return [(d.code, d.line, d.column) for d in document.diagnostics]


def test_policy_is_read_whole():
    document = PolicyDocument.parse(GOOD)
    assert document.version == "2012-10-17"
    assert [s.sid for s in document.statements] == ["Read"]
    assert (document.opaque, document.diagnostics) == (None, ())


def test_bytes_and_byte_order_marks_are_read_too():
    assert PolicyDocument.parse(GOOD.encode()) == PolicyDocument.parse(GOOD)
    assert PolicyDocument.parse("\ufeff" + GOOD) == PolicyDocument.parse(GOOD)


def test_equal_texts_give_equal_documents():
    for text in (GOOD, TYPO, "x"):
        assert PolicyDocument.parse(text) == PolicyDocument.parse(text)
        assert hash(PolicyDocument.parse(text)) == hash(PolicyDocument.parse(text))


def test_what_is_not_known_of_two_texts_is_not_the_same():
    assert PolicyDocument.parse("x").opaque != PolicyDocument.parse("y").opaque


def test_what_aws_would_refuse_leaves_the_document_not_known():
    document = PolicyDocument.parse(TYPO, path="typo.json")
    assert document.opaque is not None
    assert len(document.statements) == 2
    (found,) = document.diagnostics
    assert (found.severity, found.code) == ("warning", "invalid-policy")
    assert (found.file, found.line, found.column) == ("typo.json", 4, 40)
    assert found.message == "'Acton' is not a policy element"
    assert found.skipped == "statement 2 ('Typo')"
    assert found.remedy.startswith("use Sid, Effect,")
    assert str(found).startswith(
        "typo.json:4:40: warning[invalid-policy] 'Acton' is not a policy element:"
        " statement 2 ('Typo') counts as not known; use "
    )


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "json-syntax", 1, 1),
        ("policy", "json-syntax", 1, 1),
        ('{"Statement": [}', "json-syntax", 1, 16),
        ('{"Statement": []} {}', "json-syntax", 1, 19),
        ('{\n"Statement": [],\n"Statement": []}', "duplicate-key", 3, 1),
        ("[" * 100_000, "too-deep", 1, 65),
        ('{"Version": ' + "9" * 5_000 + "}", "number-too-long", 1, 13),
        ('{"Id": "\ud800"}', "encoding", 1, 9),
        ('{"Id": "\\ud800"}', "json-syntax", 1, 9),
        ('{"Id": "\0"}', "encoding", 1, 9),
        (GOOD.encode("utf-16"), "encoding", 1, 1),
        (GOOD.encode("utf-32"), "encoding", 1, 1),
        (b"\xff\xfe", "encoding", 1, 1),
        (b'{"Id": "caf\xe9"}', "encoding", 1, 12),
        (" " * (1024 * 1024 + 1), "too-large", 1, 1),
    ],
    ids=range(15),
)
def test_text_that_is_no_json_is_an_error_at_its_place(text, code, line, column):
    document = PolicyDocument.parse(text)
    (found,) = document.diagnostics
    assert (found.severity, found.file, found.skipped) == ("error", "<string>", "the policy")
    assert (found.code, found.line, found.column) == (code, line, column)
    assert found.message
    assert found.remedy
    assert document.statements == ()
    assert document.opaque is not None


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        "17",
        '"{}"',
        "{}",
        '{"Statement": "Allow"}',
        '{"Statement": [[]], "Statments": 1}',
        '{"Version": "2012-10-18", "Statement": []}',
        statement(Resource="*"),
        statement(Action="*"),
        statement(Action="*", Resource="*", Conditions={}),
        statement(Action="*", Resource="*", Condition=[]),
        statement(Action="*", Resource="*", Condition={"StringLikes": {"aws:username": "x"}}),
        statement(Action=[["*"]], Resource="*"),
        statement(Action=1, Resource="*"),
        statement(Action="*", Resource="*", NotResource="*"),
        statement(Action="*", Resource="*").replace("Allow", "allow"),
    ],
)
def test_json_that_is_no_policy_is_told(text):
    document = PolicyDocument.parse(text)
    assert {d.code for d in document.diagnostics} == {"invalid-policy"}
    assert document.opaque is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (statement(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"}), "trust"),
        (statement(Action="s3:GetObject", Principal="*", Resource="*"), "resource"),
        (statement(Action="s3:GetObject", Resource="*"), "identity"),
        (statement(Action="s3:GetObject", Resource="*"), "scp"),
    ],
)
def test_content_tells_the_kind(text, kind):
    document = PolicyDocument.parse(text)
    assert document == PolicyDocument.parse(text, kind)
    assert document.diagnostics == ()


def test_kind_that_is_asked_for_counts():
    text = statement(Action="s3:GetObject", Principal="*", Resource="*")
    (found,) = PolicyDocument.parse(text, "identity").diagnostics
    assert found.message == "a policy of kind 'identity' names no principal"


def test_many_broken_statements_are_read_in_one_go():
    text = json.dumps({"Statement": [{"Efect": "Allow"}] * 1_000})
    document = PolicyDocument.parse(text)
    assert len(document.statements) == 1_000
    assert {d.skipped for d in document.diagnostics} >= {"statement 1", "statement 1000"}
