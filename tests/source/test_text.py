import pytest

from leastwise.source.span import Span
from leastwise.source.text import (
    concat,
    cover,
    display,
    glob_of,
    join_pieces,
    literal_text,
    slice_piece,
    source_spans,
    span_of,
    text_of_unknown,
)
from leastwise.source.value import (
    Chars,
    Encoded,
    Mapping,
    Scalar,
    Segment,
    Symbol,
    Text,
    Unknown,
)

ACCOUNT = Symbol("root|account", "data.aws_caller_identity.me.account_id", glob="*")
NAME = Symbol("root|name", "var.name", glob="app-*")


def chars(text, start, *, path="f"):
    size = len(text.encode())
    return Chars(text, (Segment(0, len(text), Span(path, start, start + size)),))


def test_empty_text_has_no_pieces_and_is_known():
    assert literal_text("").pieces == ()
    assert literal_text("").literal == ""


def test_text_is_literal_only_when_all_of_it_is_known():
    assert literal_text("s3:*").literal == "s3:*"
    assert Text((NAME,)).literal is None
    assert Text((Chars("a"), NAME)).literal is None


def test_exact_segment_maps_a_part_to_its_bytes():
    assert source_spans(chars("é:ü*", 10), 1, 3) == (Span("f", 12, 15),)
    assert source_spans(chars("é:ü*", 10)) == (Span("f", 10, 16),)


def test_escape_sequence_maps_only_as_a_whole():
    piece = Chars("ab\ncd", (Segment(0, 5, Span("f", 0, 6), exact=False),))
    assert source_spans(piece, 1, 2) == (Span("f", 0, 6),)


def test_segments_outside_a_slice_are_dropped_and_the_rest_shifted():
    piece = Chars(
        "abcdef",
        (
            Segment(0, 2, Span("f", 0, 2)),
            Segment(2, 3, Span("f", 2, 4), exact=False, codecs=("json-string",)),
            Segment(3, 6, Span("f", 4, 7)),
        ),
    )
    part = slice_piece(piece, 2, 5)
    assert part.text == "cde"
    assert part.segments == (
        Segment(0, 1, Span("f", 2, 4), exact=False, codecs=("json-string",)),
        Segment(1, 3, Span("f", 4, 6)),
    )


def test_generated_characters_have_no_place():
    assert source_spans(Chars("generated")) == ()


def test_joined_pieces_merge_neighbours_and_drop_empty_ones():
    pieces = join_pieces([chars("a", 0), Chars(""), chars("bc", 5), NAME, chars("d", 9)])
    assert pieces == (Chars("abc"), NAME, Chars("d"))
    assert pieces[0].segments == (Segment(0, 1, Span("f", 0, 1)), Segment(1, 3, Span("f", 5, 7)))


def test_concatenation_keeps_pieces_and_is_derived_when_a_part_is():
    left, right = literal_text("arn:aws:iam::"), Text((ACCOUNT,))
    whole = concat([left, right, literal_text(":role/x")], Span("f", 0, 9))
    assert whole.pieces == (Chars("arn:aws:iam::"), ACCOUNT, Chars(":role/x"))
    assert (whole.span, whole.derived) == (Span("f", 0, 9), False)
    assert concat([left, Text((Chars("x"),), derived=True)]).derived


MIXED = Text((Chars("arn:"), NAME, Encoded(Mapping(()))))


def test_glob_covers_every_value_of_the_text():
    assert glob_of(MIXED) == "arn:app-**"


def test_display_spells_unknown_parts_as_references():
    assert display(MIXED) == "arn:${var.name}${json}"


def test_unknown_used_as_a_string_is_its_symbol():
    text = text_of_unknown(Unknown(NAME, "no default", Span("f", 3, 4)))
    assert (text.pieces, text.span) == ((NAME,), Span("f", 3, 4))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Scalar(True, Span("f", 1, 5)), Span("f", 1, 5)),
        (Scalar(True), None),
        (Text((chars("a", 4), NAME, chars("b", 9))), Span("f", 4, 10)),
        (Text((NAME,)), None),
    ],
)
def test_span_of_a_value_is_where_it_is_written(value, expected):
    assert span_of(value) == expected


def test_cover_stays_in_the_file_of_the_first_span():
    assert cover([]) is None
    assert cover([Span("f", 5, 6), Span("g", 0, 99), Span("f", 1, 2)]) == Span("f", 1, 6)
