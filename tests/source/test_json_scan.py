import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.json_write import json_text
from leastwise.source.span import Span, source_file
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

BUCKET = Symbol("root|aws_s3_bucket.b.arn", "aws_s3_bucket.b.arn")


def read(data: bytes) -> Value | Diagnostic:
    text = text_of_file(source_file("p.json", data))
    return text if isinstance(text, Diagnostic) else parse_json(text, path="p.json")


def value_of(data: bytes) -> Value:
    value = read(data)
    assert not isinstance(value, Diagnostic), value
    return value


def parse(*pieces) -> Value:
    value = parse_json(Text(tuple(Chars(p) if isinstance(p, str) else p for p in pieces)), path="f")
    assert not isinstance(value, Diagnostic), value
    return value


def plain(value: Value) -> object:
    match value:
        case Text():
            return value.literal
        case Scalar():
            return value.value
        case Sequence():
            return [plain(item) for item in value.items]
        case Mapping():
            return {key.literal: plain(item) for key, item in value.entries}
        case _:
            raise AssertionError(value)


def texts(value: Value) -> list[Text]:
    match value:
        case Text():
            return [value]
        case Sequence():
            return [t for item in value.items for t in texts(item)]
        case Mapping():
            return [t for key, item in value.entries for t in (key, *texts(item))]
        case _:
            return []


def parts(text: Text) -> list[tuple[str, int, int, bool, tuple[str, ...]]]:
    return [
        (piece.text[s.start : s.end], s.span.start, s.span.end, s.exact, s.codecs)
        for piece in text.pieces
        if isinstance(piece, Chars)
        for s in piece.segments
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals(-1000, 1000, places=3)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.booleans(), st.sampled_from([None, 2]), st.booleans())
def test_random_json_reads_as_python_reads_it_and_spans_spell_values(
    document, ascii_only, indent, mark
):
    class Number(float):
        def __init__(self, number):
            self.number = number

        def __repr__(self):
            return str(self.number)

    def spell(item):
        if isinstance(item, Decimal):
            return Number(item)
        if isinstance(item, list):
            return [spell(x) for x in item]
        return {k: spell(v) for k, v in item.items()} if isinstance(item, dict) else item

    text = json.dumps(spell(document), ensure_ascii=ascii_only, indent=indent)
    data = b"\xef\xbb\xbf" * mark + text.encode()
    value = value_of(data)
    assert plain(value) == json.loads(text, parse_float=Decimal)
    for string in texts(value):
        assert string.span is not None
        assert json.loads(data[string.span.start : string.span.end]) == string.literal
        covered = 0
        for characters, start, end, exact, codecs in parts(string):
            assert codecs == ("json-string",)
            written = data[start:end].decode()
            assert (written if exact else json.loads(f'"{written}"')) == characters
            covered += len(characters)
        assert covered == len(string.literal)


@settings(max_examples=80, deadline=None)
@given(JSON, st.booleans())
def test_json_inside_a_json_string_maps_through_both_encodings(document, ascii_only):
    inner = json.dumps(document, ensure_ascii=ascii_only, default=float)
    data = json.dumps({"document": inner}, ensure_ascii=ascii_only).encode()
    outer = value_of(data)
    assert isinstance(outer, Mapping)
    string = outer.get("document")
    assert isinstance(string, Text)
    value = parse_json(string, path="p.json")
    assert not isinstance(value, Diagnostic)
    assert plain(value) == json.loads(inner, parse_float=Decimal)
    for text in texts(value):
        for characters, start, end, exact, codecs in parts(text):
            assert codecs == ("json-string", "json-string")
            written = data[start:end].decode()
            if not exact:
                written = json.loads('"' + json.loads(f'"{written}"') + '"')
            assert written == characters


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\u0019deE+-.ntr \n\ud83d\ud800é'), max_size=30))
def test_anything_else_is_refused_where_python_refuses_it(text):
    result = parse_json(Text((Chars(text),) if text else ()), path="p.json")
    try:
        expected = json.loads(text, parse_constant=pytest.fail)
    except ValueError:
        assert isinstance(result, Diagnostic)
        return
    if isinstance(result, Diagnostic):
        # Python keeps the last of equal keys, lone surrogates, and floats as infinity.
        assert result.code in ("duplicate-key", "number-too-long") or "surrogate" in result.message
    elif "." not in text and "e" not in text.lower():
        assert plain(result) == expected


@pytest.mark.parametrize(
    ("data", "code", "start", "end", "message"),
    [
        (b"", "json-syntax", 0, 0, "expected a JSON value, found the end of the text"),
        (b'{"a":1,}', "json-syntax", 6, 7, "expected a key in double quotes after ',', found '}'"),
        (b"[1,]", "json-syntax", 2, 3, "expected a value after ',', found ']'"),
        (b"[1 2]", "json-syntax", 3, 4, "expected ',' or ']', found '2'"),
        (b"{'a':1}", "json-syntax", 1, 2, "expected a key in double quotes or '}', found \"'\""),
        (b'{"a" 1}', "json-syntax", 5, 6, "expected ':' after the key, found '1'"),
        (b'{"a":}', "json-syntax", 5, 6, "expected a value after ':', found '}'"),
        (b'{"a":1}]', "json-syntax", 7, 8, "expected the end of the JSON text, found ']'"),
        (b"NaN", "json-syntax", 0, 3, "expected a JSON value, found 'NaN'"),
        (b"[-Infinity]", "json-syntax", 1, 10, "expected a value, found '-Infinity'"),
        (b"012", "json-syntax", 0, 3, "expected a JSON value, found '012'"),
        (b'"ab', "json-syntax", 0, 3, "expected '\"' to end the string, found the end of the text"),
        (b'"a\nb"', "json-syntax", 0, 2, "expected '\"' to end the string, found a line break"),
        (b'"\xc3\xa9\\x"', "json-syntax", 3, 5, "'\\\\x' is not an escape sequence of JSON"),
        (b'"\\ud800"', "json-syntax", 1, 7, "'\\\\ud800' is half of a surrogate pair"),
        (b'"\\udc00\\ud800"', "json-syntax", 1, 7, "'\\\\udc00' is half of a surrogate pair"),
        (b'"\\u00zz"', "json-syntax", 1, 3, "'\\\\u' needs four hexadecimal digits"),
        (b'{"a":1,"a":2}', "duplicate-key", 7, 10, "the key 'a' is given twice in one object"),
        (
            b'{"a":1,"\\u0061":2}',
            "duplicate-key",
            7,
            15,
            "the key 'a' is given twice in one object",
        ),
        (b"[" * 65, "too-deep", 64, 65, "the JSON is nested more than 64 levels deep"),
        (b"1" * 101, "number-too-long", 0, 101, "the number is too long"),
        (b"1e9999", "number-too-long", 0, 6, "the number is too long"),
        (b"\xff\xfe{\x00", "encoding", 0, 2, "the file is UTF-16"),
        (b'"a\0"', "encoding", 2, 3, "the file has a NUL byte, so it is not text"),
        (b'\xef\xbb\xbf"\xff"', "encoding", 4, 5, "the byte 0xff is not UTF-8"),
    ],
)
def test_what_is_not_json_is_said_at_its_place(data, code, start, end, message):
    result = read(data)
    assert isinstance(result, Diagnostic)
    assert (result.severity, result.code, result.message) == ("error", code, message)
    assert result.span == Span("p.json", start, end)
    assert result.remedy


def test_nesting_up_to_the_cap_is_read():
    assert isinstance(read(b"[" * 64 + b"]" * 64), Sequence)


def test_hostile_nesting_is_refused_at_once():
    result = read(b'{"a":' * 1_000_000)
    assert isinstance(result, Diagnostic)
    assert result.code == "too-deep"


def test_escapes_are_segments_of_their_own():
    value = value_of(b'"a\\n\\ud83d\\ude00\xc3\xa9"')
    assert isinstance(value, Text)
    assert value.literal == "a\n\U0001f600é"
    assert parts(value) == [
        ("a", 1, 2, True, ("json-string",)),
        ("\n", 2, 4, False, ("json-string",)),
        ("\U0001f600", 4, 16, False, ("json-string",)),
        ("é", 16, 18, True, ("json-string",)),
    ]


def test_a_string_of_very_many_escapes_is_read_in_linear_time():
    value = value_of(b'"' + b"\\na" * 20_000 + b'"')
    assert isinstance(value, Text)
    assert value.literal == "\na" * 20_000
    assert parts(value)[-1] == ("a", 60_000, 60_001, True, ("json-string",))


def test_values_keep_the_places_of_a_heredoc():
    # <<-EOT with two spaces of indent cut away: lines at 10 and 30 of the file
    lines = '{"Action":\n"s3:Get"}'
    text = Text(
        (
            Chars(
                lines,
                (
                    Segment(0, 11, Span("main.tf", 10, 21), codecs=("heredoc",)),
                    Segment(11, 20, Span("main.tf", 23, 32), codecs=("heredoc",)),
                ),
            ),
        )
    )
    value = parse_json(text, path="main.tf")
    assert isinstance(value, Mapping)
    action = value.get("Action")
    assert isinstance(action, Text)
    assert parts(action) == [("s3:Get", 24, 30, True, ("heredoc", "json-string"))]
    assert action.span == Span("main.tf", 23, 31)
    assert value.span == Span("main.tf", 10, 32)


def test_an_escape_of_two_encodings_points_at_all_of_its_bytes():
    # "{\"a\\n\"...": the HCL escape \\ gives the backslash of the JSON escape \n
    hcl = ("hcl-quoted",)
    text = Text(
        (
            Chars(
                '"a\\n"',
                (
                    Segment(0, 1, Span("m.tf", 5, 7), exact=False, codecs=hcl),
                    Segment(1, 2, Span("m.tf", 7, 8), codecs=hcl),
                    Segment(2, 3, Span("m.tf", 8, 10), exact=False, codecs=hcl),
                    Segment(3, 4, Span("m.tf", 10, 11), codecs=hcl),
                    Segment(4, 5, Span("m.tf", 11, 13), exact=False, codecs=hcl),
                ),
            ),
        )
    )
    value = parse_json(text, path="m.tf")
    assert isinstance(value, Text)
    assert parts(value) == [
        ("a", 7, 8, True, ("hcl-quoted", "json-string")),
        ("\n", 8, 11, False, ("hcl-quoted", "json-string")),
    ]
    assert value.span == Span("m.tf", 5, 13)


def test_generated_characters_have_no_segments_and_an_empty_span():
    written = Chars('["a","b"]', (Segment(0, 5, Span("f", 100, 105)),))
    value = parse_json(Text((written,)), path="f")
    assert isinstance(value, Sequence)
    assert [parts(item) for item in texts(value)] == [[("a", 102, 103, True, ("json-string",))], []]
    assert [item.span for item in texts(value)] == [Span("f", 101, 104), Span("f", 105, 105)]


def test_strings_of_a_derived_text_are_derived():
    value = parse_json(Text((Chars('["a"]'),), derived=True), path="f")
    assert [text.derived for text in texts(value)] == [True]


def test_a_symbol_in_a_string_is_a_piece_of_it():
    assert parse('{"Resource": "', BUCKET, '/*"}') == Mapping(
        ((Text((Chars("Resource"),)), Text((BUCKET, Chars("/*")))),)
    )


def test_a_symbol_in_the_place_of_a_value_is_an_unknown_value():
    assert parse('{"Resource": ', BUCKET, "}") == Mapping(
        ((Text((Chars("Resource"),)), Unknown(BUCKET)),)
    )
    assert parse(BUCKET) == Unknown(BUCKET)


@pytest.mark.parametrize(
    "pieces",
    [("[", BUCKET, ', "a"]'), ('["a"', BUCKET, "]"), ('["a", ', BUCKET, "]"), ("[", BUCKET, "]")],
)
def test_a_symbol_among_items_may_stand_for_several(pieces):
    value = parse(*pieces)
    assert isinstance(value, Sequence)
    assert value.tail == BUCKET


@pytest.mark.parametrize(
    "pieces",
    [
        ("{", BUCKET, ', "a": 1}'),
        ('{"a": 1 ', BUCKET, "}"),
        ('{"a": 1, ', BUCKET, "}"),
        ("{", BUCKET, ': 2, "a": 1}'),
    ],
)
def test_a_symbol_among_entries_may_stand_for_several(pieces):
    value = parse(*pieces)
    assert value == Mapping(((Text((Chars("a"),)), Scalar(1)),), tail=BUCKET)


def test_a_symbol_after_the_document_makes_it_unknown():
    assert parse("{}", BUCKET) == Unknown(BUCKET)


def test_a_partly_known_token_is_unknown_and_not_its_symbol():
    value = parse("[1", BUCKET, "]")
    assert isinstance(value, Sequence)
    (item,) = value.items
    assert isinstance(item, Unknown)
    assert item.symbol != BUCKET


def test_encoded_json_decodes_to_its_own_nodes():
    inner = Mapping((), Span("other.tf", 3, 9))
    assert parse(Encoded(inner)) is inner
    wrapped = parse('{"Statement": [', Encoded(inner), "]}")
    assert isinstance(wrapped, Mapping)
    statements = wrapped.get("Statement")
    assert isinstance(statements, Sequence)
    assert statements.items[0] is inner
    assert statements.tail is None


def test_encoded_json_inside_a_string_is_the_same_symbol_for_the_same_value():
    first, again = (parse('"', Encoded(Scalar(1, Span("f", n, n))), '"') for n in (1, 2))
    other = parse('"', Encoded(Scalar(2)), '"')
    assert first == again
    assert first != other


def test_a_lone_surrogate_of_a_text_is_no_hole():
    value = parse('"\ud800x"')
    assert isinstance(value, Text)
    assert value.literal == "\ud800x"


def test_a_value_is_spelled_as_json_with_its_unknowns():
    value = Mapping(
        (
            (
                Text((Chars('a"b'),)),
                Sequence((Scalar(None), Scalar(True), Scalar(Decimal("1.50")))),
            ),
            (Text((Chars("r"),)), Text((BUCKET, Chars("/é")))),
            (Text((Chars("u"),)), Unknown(BUCKET)),
        ),
        tail=Symbol("t", "rest"),
    )
    text = json_text(value)
    assert text.pieces == (
        Chars('{"a\\"b":[null,true,1.50],"r":"'),
        BUCKET,
        Chars('/é","u":'),
        BUCKET,
        Chars(","),
        Symbol("t", "rest"),
        Chars("}"),
    )
    assert text.derived
    assert parse_json(text, path="f") == value


def test_a_choice_is_spelled_as_one_symbol():
    choice = Choice(
        (
            (Assumption("var.x", "true", "when var.x is true"), Scalar(1)),
            (Assumption("var.x", "false", "when var.x is false"), Text((Encoded(Scalar(2)),))),
        )
    )
    (piece,) = json_text(choice).pieces
    assert isinstance(piece, Symbol)
    assert json_text(choice).pieces == (piece,)
