from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.frontends.iam_json.reading.uri import decode_uri
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Chars, Segment, Text


def encoded(text):
    span = Span("d.json", 100, 100 + len(text.encode()))
    return Text((Chars(text, (Segment(0, len(text), span, codecs=("json-string",)),)),))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_decoding_undoes_encoding_and_every_character_knows_its_escapes(text):
    written = quote(text, safe="*+ab")
    decoded = decode_uri(encoded(written), "d.json")
    assert isinstance(decoded, Text)
    assert decoded.literal == text
    for piece in decoded.pieces:
        assert isinstance(piece, Chars)
        for segment in piece.segments:
            place = written[segment.span.start - 100 : segment.span.end - 100]
            characters = piece.text[segment.start : segment.end]
            assert place == (characters if segment.exact else quote(characters, safe=""))
            assert segment.codecs == ("json-string", "uri")
        assert sum(s.end - s.start for s in piece.segments) == len(piece.text)


def test_a_percent_sign_without_digits_stands_for_itself():
    decoded = decode_uri(encoded("%7Ba%zz%7"), "d.json")
    assert isinstance(decoded, Text)
    assert decoded.literal == "{a%zz%7"


def test_bytes_that_are_not_utf_8_are_refused_at_their_place():
    found = decode_uri(encoded("ab%7B%FF%7D"), "d.json")
    assert isinstance(found, Diagnostic)
    assert (found.code, found.span) == ("encoding", Span("d.json", 105, 108))
