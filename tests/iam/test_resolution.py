import json
from decimal import Decimal

import pytest

from leastwise.iam.lower import lower_document
from leastwise.iam.resolution import plain, resolution_of
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

REGION = Symbol("r|region", "data.aws_region.name", environment=True)
NAME = Symbol("r|var.name", "var.name")
ON = Assumption("r|var.on", "true", "when var.on is true")
OFF = Assumption("r|var.on", "false", "when var.on is false")

EMPTY = Mapping(((literal_text("Statement"), Sequence(())),))


def document(action='"s3:*"', resource=('"*"',), rest=()):
    pieces = (
        '{"Statement": {"Effect": "Allow", "Action": ',
        action,
        ', "Resource": ',
        *resource,
        *rest,
        "}}",
    )
    merged: list = []
    for piece in pieces:
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return Text(tuple(Chars(p) if isinstance(p, str) else p for p in merged))


@pytest.mark.parametrize(
    ("value", "resolution"),
    [
        (document(), "concrete"),
        (document(resource=('"arn:aws:s3:', REGION, ':b"')), "environment"),
        (document(resource=('"arn:aws:s3:', REGION, ":", NAME, '"')), "symbolic"),
        (document(resource=(NAME,)), "symbolic"),
        (document(rest=(', "Condition": {"Bool": ', NAME, "}")), "symbolic"),
        (document(rest=(', "Condition": {"StringLike": {"', NAME, ':sub": "x"}}')), "symbolic"),
        (document(action=NAME), "action-unknown"),
        (Choice(((ON, document()), (OFF, document(action='"*"')))), "choice"),
        (Text((Encoded(Choice(((ON, EMPTY), (OFF, EMPTY)))),)), "choice"),
        (Choice(((ON, document()), (OFF, document(action=NAME)))), "action-unknown"),
        (Unknown(NAME), "opaque"),
        (literal_text("no policy"), "opaque"),
    ],
)
def test_the_worst_that_applies_is_named(value, resolution):
    lowered = lower_document(value, "identity", scope="r")
    assert resolution_of(value, lowered.document) == resolution


def test_plain_spells_unknown_parts_by_reference():
    value = Mapping(
        (
            (literal_text("Effect"), literal_text("Allow")),
            (literal_text("Action"), Sequence((literal_text("a:b"),), tail=NAME)),
            (literal_text("Resource"), Text((Chars("arn:aws:s3:"), REGION, Chars(":b")))),
            (literal_text("Numbers"), Sequence((Scalar(1), Scalar(Decimal("2.5")), Scalar(None)))),
            (literal_text("Choice"), Choice(((ON, literal_text("x")), (OFF, Unknown(NAME))))),
            (literal_text("Encoded"), Text((Encoded(Scalar(True)),))),
        ),
        tail=NAME,
    )
    spelled = plain(value)
    assert spelled == {
        "Effect": "Allow",
        "Action": ["a:b", "${var.name}"],
        "Resource": "arn:aws:s3:${data.aws_region.name}:b",
        "Numbers": [1, 2.5, None],
        "Choice": {
            "${choice}": {"when var.on is true": "x", "when var.on is false": "${var.name}"}
        },
        "Encoded": True,
        "${var.name}": "...",
    }
    json.dumps(spelled, allow_nan=False)


def test_plain_reads_the_json_of_a_policy_that_is_text():
    assert plain(literal_text('{"Statement": []}')) == {"Statement": []}
    assert plain(literal_text("arn:aws:s3:::b")) == "arn:aws:s3:::b"


@pytest.mark.parametrize("number", ["1E+999", "1E-999", "0.12345678901234567890"])
def test_plain_spells_numbers_that_readers_would_round_as_text(number):
    assert plain(Scalar(Decimal(number))) == number


def test_plain_of_a_bomb_is_one_unknown():
    value = literal_text("a:b")
    for _ in range(60):
        value = Sequence((value, value))
    assert plain(value) == "${...}"
