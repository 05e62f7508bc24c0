"""The YAML reader: values, places, and hostile text."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml
from leastwise.source.span import locate, source_file
from leastwise.source.text import source_spans, span_of
from leastwise.source.value import Chars, Choice, Mapping, Scalar, Sequence, Text, Unknown


def read(text, path="t.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return read_yaml(source_file(path, data))


def plain(value):
    """Spell a value as Python data; texts as strings."""
    match value:
        case Mapping():
            return {k.literal: plain(v) for k, v in value.entries}
        case Sequence():
            return [plain(v) for v in value.items]
        case Text():
            return value.literal
        case Scalar():
            return value.value
        case Unknown() | Choice() | None:
            return value


def texts(value):
    pending = [value]
    while pending:
        item = pending.pop()
        match item:
            case Text():
                yield item
            case Sequence():
                pending += item.items
            case Mapping():
                pending += [part for entry in item.entries for part in entry]


def assert_spells(data, value):
    """Every exact segment's bytes are its characters."""
    for text in texts(value):
        for piece in text.pieces:
            assert isinstance(piece, Chars)
            for segment in piece.segments:
                if segment.exact:
                    spelled = data[segment.span.start : segment.span.end].decode()
                    assert spelled == piece.text[segment.start : segment.end]


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("'2012-10-17'", "2012-10-17"),
        ("123456789012", 123456789012),
        ("012345670123", "012345670123"),
        ("-7", -7),
        ("1.50", Decimal("1.50")),
        ("1:30", "1:30"),
        ("0x1f", "0x1f"),
        ("true", True),
        ("Yes", True),
        ("off", False),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("9" * 101, "9" * 101),
    ],
)
def test_plain_scalars_mean_what_cloudformation_takes_them_for(spelled, value):
    assert plain(read(f"a: {spelled}\n").value) == {"a": value}


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("!Ref Role", {"Ref": "Role"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}),
        ("!GetAtt Role.Arn", {"Fn::GetAtt": ["Role", "Arn"]}),
        ("!GetAtt Stack.Outputs.X", {"Fn::GetAtt": ["Stack", "Outputs.X"]}),
        ("!GetAtt [Role, Arn]", {"Fn::GetAtt": ["Role", "Arn"]}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Ref 123", {"Ref": "123"}),
    ],
)
def test_short_tags_become_the_long_form(spelled, value):
    assert plain(read(f"a: {spelled}\n").value) == {"a": value}


@pytest.mark.parametrize(
    "scalar",
    [
        "iam:PassRole",
        "'iam:PassRole'",
        '"iam:PassRole"',
        "!Sub iam:PassRole",
        '!Sub "iam:PassRole"',
        "&x iam:PassRole",
        "&x !Sub 'iam:PassRole'",
        "!Sub  # why\n    iam:PassRole",
        "|\n    iam:PassRole",
        ">-\n\n    iam:PassRole\n\n",
        "|2-\n    iam:PassRole",
    ],
)
def test_a_scalar_of_any_style_is_found_at_its_very_bytes(scalar):
    data = f"# h\u00e9\na:\n  b: {scalar}\n".encode()
    inner = [t for t in texts(read(data).value) if "iam:PassRole" in (t.literal or "")]
    piece = inner[0].pieces[0]
    start = piece.text.index("iam:PassRole")
    (span,) = source_spans(piece, start, start + len("iam:PassRole"))
    assert data[span.start : span.end] == b"iam:PassRole"


def test_a_json_policy_in_a_block_scalar_points_to_the_action():
    from leastwise.source.json_scan import parse_json

    text = (
        "\ufeffResources:\r\n"
        "  Emoji: '\U0001f600'\r\n"
        "  P: |\r\n"
        "    {\r\n"
        '      "Statement": [{\r\n'
        '        "Action": "iam:*"\r\n'
        "      }]\r\n"
        "    }\r\n"
    )
    data = text.encode()
    file = source_file("t.yaml", data)
    block = read(data).value.get("Resources").get("P")
    action = parse_json(block, path="t.yaml").get("Statement").items[0].get("Action")
    (span,) = source_spans(action.pieces[0])
    assert data[span.start : span.end] == b"iam:*"
    place = locate(file, span)
    assert (place.start_line, place.start_column, place.end_column) == (6, 20, 25)


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("|\n  a\n  b\n", "a\nb\n"),
        ("|-\n  a\n\n  b\n\n", "a\n\nb"),
        ("|+\n  a\n\n", "a\n\n"),
        (">\n  a\n  b\n\n  c\n", "a b\nc\n"),
        (">\n  a\n    b\n  c\n", "a\n  b\nc\n"),
        (">-\n\n  a\n  b", "\na b"),
        ("|4\n      a\n     b\n", "  a\n b\n"),
        ("'it''s\n  so'\n", "it's so"),
        ('"a\\\n  b \\u00e9\\n\n\n  c"\n', "ab \u00e9\n\nc"),
        ("a\n  b\n\n  c\n", "a b\nc"),
    ],
)
def test_folding_keeps_the_place_of_every_known_character(block, value):
    data = f"k: {block}".encode()
    found = read(data).value
    assert found.get("k").literal == value
    assert_spells(data, found)
    covered = sum(s.end - s.start for s in found.get("k").pieces[0].segments)
    assert covered == len(value)
    letters = [c for c in value if c.isalpha() and c.isascii()]
    exact = [
        value[i]
        for s in found.get("k").pieces[0].segments
        if s.exact
        for i in range(s.start, s.end)
        if value[i].isalpha() and value[i].isascii()
    ]
    assert exact == letters


def test_block_collections_end_with_their_last_item_not_at_the_next_token():
    data = b"a:\n  - x # c\n\n# comment\nb: 1\n"
    span = span_of(read(data).value.get("a"))
    assert data[span.start : span.end] == b"- x"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: [\n", "yaml-syntax", (2, 1)),
        ("a:\n\t- b\n", "yaml-syntax", (2, 1)),
        ("a: *nothing\n", "yaml-syntax", (1, 4)),
        ("a: {{ .Values.x }}\n", "yaml-syntax", (1, 5)),
        ("a: \x01\n", "yaml-syntax", (1, 4)),
        ("a: &a\n  b: *a\n", "recursive-alias", (2, 6)),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", (3, 1)),
        ("a: !!python/object:os.system x\n", "unknown-tag", (1, 4)),
        ("[" * 70, "too-deep", (1, 65)),
        ("a:\n" + "- " * 100_000, "too-deep", (2, 127)),
        (b"a: \xff\n", "encoding", (1, 4)),
        (b"a: \0\n", "encoding", (1, 4)),
        (b"\xff\xfea\0", "encoding", (1, 1)),
    ],
)
def test_bad_yaml_is_one_error_at_its_place(text, code, place):
    data = text if isinstance(text, bytes) else text.encode()
    (diagnostic,) = read(data).diagnostics
    at = locate(source_file("t.yaml", data), diagnostic.span)
    assert (diagnostic.severity, diagnostic.code) == ("error", code)
    assert (at.start_line, at.start_column) == place
    assert diagnostic.message
    assert diagnostic.remedy


def test_an_alias_bomb_is_unknown_where_it_gets_too_large_and_the_rest_is_read():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        inner = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{inner}]")
    found = read("\n".join([*lines, "z: 1"]))
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "too-large"
    assert isinstance(found.value.get("a5").items[-1], Unknown)
    assert plain(found.value.get("z")) == 1


def test_a_chain_of_aliases_can_not_go_deeper_than_the_cap():
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100)]
    found = read("\n".join(lines))
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "too-deep"
    assert isinstance(found.value.get("a62").items[0], Unknown)


DEEP = [
    "[" * 100_000 + "]" * 100_000,
    "{a: " * 100_000 + "}" * 100_000,
    "\n  " + "- " * 100_000,
    "\n  " + "- " * 70 + "[" * 100_000 + "]" * 100_000,
    "[" * 70 + "\"]\", ']', it's, # ]\n" + "&x y" + "]" * 70,
]


@pytest.mark.parametrize("deep", DEEP, ids=range(len(DEEP)))
def test_what_is_nested_too_deep_is_unknown_and_the_rest_is_read(deep):
    found = read(f"a: 1\nb: {deep}\nc: *x\n" if "&x" in deep else f"a: 1\nb: {deep}\nc: 3\n")
    assert [(d.severity, d.code) for d in found.diagnostics] == [("error", "too-deep")]
    value, depth = found.value.get("b"), 0
    while not isinstance(value, Unknown):
        value = value.items[0] if isinstance(value, Sequence) else value.entries[0][1]
        depth += 1
    assert depth == 63
    rest = found.value.get("c")
    assert isinstance(rest, Unknown) if "&x" in deep else plain(rest) == 3


def test_of_equal_keys_the_last_one_counts():
    found = read("a: {k: 1, b: 2, k: 3}\na2: &m {x: 1, x: 2}\nc: {<<: *m, y: 1, y: 2}\n")
    assert plain(found.value) == {"a": {"k": 3, "b": 2}, "a2": {"x": 2}, "c": {"y": 2, "x": 2}}
    assert [d.code for d in found.diagnostics] == ["duplicate-key"] * 3


def test_an_alias_in_what_it_names_is_unknown_and_the_rest_is_read():
    found = read("a: &a {b: *a, c: 1}\nd: &d {<<: *d, e: 2}\n")
    assert isinstance(found.value.get("a").get("b"), Unknown)
    assert plain(found.value.get("a").get("c")) == 1
    assert found.value.get("d").tail is not None
    assert plain(found.value.get("d").get("e")) == 2
    assert [d.code for d in found.diagnostics] == ["recursive-alias"] * 2


def test_the_first_document_that_is_wanted_is_read():
    text = "a: &a 1\na: 2\n---\nb: 2\nb: 3\n---\nc: [\n"
    file = source_file("t.yaml", text.encode())
    found = read_yaml(file, lambda value: value.get("b") is not None)
    assert plain(found.value) == {"b": 3}
    assert found.several
    assert [d.code for d in found.diagnostics] == ["duplicate-key"]


def test_merge_keys_add_what_is_not_written():
    text = "x: &x {a: 1, b: 2}\ny: &y {c: 3}\nz:\n  <<: [*x, *y]\n  b: 5\n"
    found = read(text)
    assert plain(found.value.get("z")) == {"b": 5, "a": 1, "c": 3}
    assert found.aliases
    assert found.diagnostics == ()


def test_a_tag_of_a_preprocessor_is_unknown_with_a_warning():
    found = read("a: !Rain::Embed x.py\n")
    assert isinstance(found.value.get("a"), Unknown)
    assert [(d.severity, d.code) for d in found.diagnostics] == [("warning", "unknown-tag")]


def test_a_second_document_is_noticed_and_not_read():
    found = read("a: 1\n---\nb: [\n")
    assert plain(found.value) == {"a": 1}
    assert found.several


def test_an_empty_file_has_no_value():
    assert read("# nothing\n").value is None


def test_every_truncation_reads_without_an_exception():
    data = b"a: &x !Sub |\n  ${b}\n c: {'d': \"\\u00e9\", e: [*x, ~]}\n<<: *x\n"
    data += "d: !If [A, >-\n  \u00e9 f, 2]\n".encode()
    for end in range(len(data) + 1):
        read(data[:end])


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=" \n'\"\\:#-abc\u00e9{}*!", max_size=30),
    st.sampled_from(["'", '"', "|", ">", None]),
    st.sampled_from([20, 80]),
)
def test_any_string_that_yaml_writes_is_read_back_with_true_places(text, style, width):
    import yaml

    data = yaml.safe_dump(
        {"k": {"n": text}}, default_style=style, width=width, allow_unicode=True
    ).encode()
    found = read(data)
    assert found.diagnostics == ()
    value = found.value.get("k").get("n")
    assert value == read_back(yaml.safe_load(data)["k"]["n"]) or isinstance(value, Scalar)
    assert_spells(data, found.value)


def read_back(text):
    return Text((Chars(text),) if text else ())


@pytest.mark.parametrize(
    "text",
    [
        "a: !Sub 'x${y}'\nb: &n [1, *n2]\n",
        "a: |\n  {\n   x\n  }\n# c\nb:\n  - !GetAtt c.d\n  - >-\n   e\n   f\n",
        "a: {b: [c, 'd''e', \"f\\n\"]}\ng: !If [h, ~, \u00e9]\n",
        "a: [\n",
        "a:\n\t- b\n",
    ],
)
def test_pyyaml_without_libyaml_reads_the_same(text, monkeypatch):
    import yaml

    with_c = read(text)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    without = read(text)
    assert without.value == with_c.value
    assert [t.span for t in texts(without.value)] == [t.span for t in texts(with_c.value)]
    assert [d.code for d in without.diagnostics] == [d.code for d in with_c.diagnostics]


def test_a_scalar_of_very_many_escapes_maps_as_a_whole():
    found = read('a: "' + "\\n" * 60_000 + '"\n').value.get("a")
    assert found.literal == "\n" * 60_000
    assert len(found.pieces[0].segments) == 1
