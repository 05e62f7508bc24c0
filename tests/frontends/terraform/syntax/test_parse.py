"""The reader sees what HashiCorp's reader sees, or refuses the file."""

import pytest

from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.second_opinion import parses
from leastwise.frontends.terraform.syntax.tree import (
    Conditional,
    Expression,
    File,
    SplatStep,
    Template,
    Traversal,
)
from leastwise.source.diagnostic import Diagnostic


def parsed(text: str | bytes) -> File:
    data = text.encode() if isinstance(text, str) else text
    file = parse_file("main.tf", data)
    assert isinstance(file, File), file
    return file


def refused(text: str | bytes) -> Diagnostic:
    data = text.encode() if isinstance(text, str) else text
    problem = parse_file("main.tf", data)
    assert isinstance(problem, Diagnostic)
    return problem


def expression(text: str) -> Expression:
    return parsed(f"a = {text}\n").attributes["a"].expression


def literal(text: str) -> str:
    found = expression(text)
    assert isinstance(found, Template)
    return "".join(part.chars.text for part in found.parts)  # type: ignore[union-attr]


def test_a_block_has_type_labels_attributes_and_nested_blocks() -> None:
    (block,) = parsed('resource "aws_iam_role" ci {\n  name = "x"\n  inline_policy {}\n}\n').blocks
    assert (block.type, [label.text for label in block.labels]) == (
        "resource",
        ["aws_iam_role", "ci"],
    )
    assert list(block.attributes) == ["name"]
    assert [inner.type for inner in block.blocks] == ["inline_policy"]


def test_comments_are_found_wherever_they_stand() -> None:
    text = "# one\nr {\n  // two\n  a = [ # three\n    1,\n  ] /* four */\n}\n# five"
    assert [c.text for c in parsed(text).comments] == [
        "# one",
        "// two",
        "# three",
        "/* four */",
        "# five",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"x # y // z /* w */"', "x # y // z /* w */"),
        ('"a\\tb\\"\\\\\\u00e9\\U0001F600"', 'a\tb"\\é😀'),
        ('"e\\u0301"', "\u00e9"),
        ("<<EOT\ne\u0301\nEOT", "\u00e9\n"),
        ('"$${x} %%{y} $ % $$ %%"', "${x} %{y} $ % $$ %%"),
        ('"$$${x}"', "$${x}"),
        ('"%%%{if}"', "%%{if}"),
        ("<<EOT\na\\n\nEOT", "a\\n\n"),
        ("<<EOT\nEOT", ""),
        ("<<EOT\nx\n  EOT  ", "x\n"),
        ("<<EOT\r\nx\r\nEOT\r\n", "x\r\n"),
        ("<<EOT\nEOTX\nxEOT\nEOT x\nEOT", "EOTX\nxEOT\nEOT x\n"),
        ("<<-EOT\n    x\n      y\n   z\n    EOT", " x\n   y\nz\n"),
        ("<<-EOT\n  \n      x\n  \ty\n    \nEOT", "  \n   x\ny\n    \n"),
        ("<<-EOT\n\t\ttab\n\t\t  sp\n    EOT", "tab\n  sp\n"),
        ("<<EOT\n# foo\n// bar\n/* x\nEOT", "# foo\n// bar\n/* x\n"),
    ],
)
def test_a_literal_spells_what_terraform_reads(text: str, expected: str) -> None:
    assert literal(text) == expected


def test_every_literal_segment_spells_its_characters() -> None:
    text = 'a = <<-EOT\n    Ünï\n      "x" $${y}\n  EOT\n'
    data = text.encode()
    found = parsed(text).attributes["a"].expression
    assert isinstance(found, Template)
    (part,) = found.parts
    chars = part.chars  # type: ignore[union-attr]
    assert chars.text == 'Ünï\n  "x" ${y}\n'
    for segment in chars.segments:
        written = data[segment.span.start : segment.span.end].decode()
        if segment.exact:
            assert written == chars.text[segment.start : segment.end]
        else:
            assert (written, chars.text[segment.start : segment.end]) == ("$$", "$")


def test_conditionals_group_to_the_right() -> None:
    found = expression("a ? b : c ? d : e ? f : g")
    assert isinstance(found, Conditional)
    assert isinstance(found.otherwise, Conditional)
    assert isinstance(found.otherwise.otherwise, Conditional)


def test_a_full_splat_takes_the_rest_and_an_attribute_splat_only_attributes() -> None:
    full, attribute = expression("x[*].a[0].b"), expression("x.*.a[0].b")
    assert isinstance(full, Traversal)
    assert isinstance(attribute, Traversal)
    assert [type(step).__name__ for step in full.steps] == ["SplatStep"]
    assert [type(step).__name__ for step in attribute.steps] == [
        "SplatStep",
        "IndexStep",
        "AttributeStep",
    ]
    (splat,) = full.steps
    assert isinstance(splat, SplatStep)
    assert len(splat.steps) == 3


def test_places_count_the_byte_order_mark() -> None:
    (block,) = parsed(b"\xef\xbb\xbfr {}\n").blocks
    assert (block.span.start, block.span.end) == (3, 7)


def test_blocks_after_a_heredoc_with_spaces_behind_its_end_are_not_lost() -> None:
    text = "r {\n  a = <<EOT\nx\nEOT  \n}\ns {}\n"
    assert [block.type for block in parsed(text).blocks] == ["r", "s"]


UNENDED = "this string does not end, a quote is missing here or on a line above"


@pytest.mark.parametrize(
    ("text", "code", "message", "offset"),
    [
        ("a = \n", "syntax-error", "unexpected line end, expected a value", 4),
        ('r "x" {\n a = 1\n', "syntax-error", "unexpected end of the file, expected '}'", 15),
        ('a = "b\nc = "d"\n', "syntax-error", UNENDED, 14),
        ("a = [1,,2]\n", "syntax-error", "unexpected ',2]', expected a value", 7),
        ("a = 1 b = 2\n", "syntax-error", "expected a line end after the argument before this", 6),
        ("r {} s {}\n", "syntax-error", "expected a line end after the block before this", 5),
        ("a =\n 1\n", "syntax-error", "expected this value on the line of its name", 5),
        ("r\n{\n}\n", "syntax-error", "expected '{' on the line where the block begins", 2),
        ("r { b {} }\n", "syntax-error", "a block on one line holds one argument at most", 4),
        ("r { a = 1\n}\n", "syntax-error", "unexpected line end before this '}'", 10),
        ("r {\n a = 1 }\n", "syntax-error", "expected line end before this '}'", 11),
        (
            "a = 1 /*\n*/ b = 2\n",
            "syntax-error",
            "expected a line end after the argument before this",
            12,
        ),
        (
            "a = <<EOT\nx\n",
            "syntax-error",
            "this heredoc does not end, expected a line that holds its marker alone",
            4,
        ),
        ("a = 1 /* x\n", "syntax-error", "this comment does not end, expected '*/'", 7),
        (
            'a = "\\q"\n',
            "syntax-error",
            'HCL knows no such escape, expected one of \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN',
            5,
        ),
        ('a = "${}"\n', "syntax-error", "expected an expression inside", 5),
        (
            'a = "%{ endif }"\n',
            "syntax-error",
            "unexpected '%{ endif }'",
            5,
        ),
        (
            'a = "%{ for x in y }%{ else }%{ endfor }"\n',
            "syntax-error",
            "unexpected '%{ else }'",
            20,
        ),
        (
            "a = <<EOT\n  %{ if x }\nEOT\n",
            "syntax-error",
            "the template ends before '%{ endif }', which this needs",
            12,
        ),
        (b"a = '\xff'", "encoding", "the byte 0xff is not UTF-8", 5),
        ("a = 1\n".encode("utf-16"), "encoding", "the file is UTF-16", 0),
        (b"a = 1\0", "encoding", "the file has a NUL byte, so it is not text", 5),
        (
            "a = <<EOT\nx\n\u00a0EOT\nb = <<EOT\nEOT\n",
            "syntax-error",
            "unusual white space around a heredoc's end marker",
            12,
        ),
        ("a = " + "[" * 5000 + "]" * 5000, "too-deep", "", None),
        ("a = " + "!" * 5000 + "x", "too-deep", "", None),
        ("a = " + "x ? 1 : " * 5000 + "2", "too-deep", "", None),
        ("a = 1" + " + 1" * 5000, "too-deep", "", None),
        ("a {\n" * 5000 + "}\n" * 5000, "too-deep", "", None),
        ('a = "' + "%{if x}" * 500 + "%{endif}" * 500 + '"', "too-deep", "", None),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_at_its_place(
    text: str | bytes, code: str, message: str, offset: int | None
) -> None:
    problem = refused(text)
    assert (problem.severity, problem.code) == ("error", code)
    if offset is not None:
        assert (problem.message, problem.span.start) == (message, offset)


@pytest.mark.parametrize(
    "text",
    [
        "<<EOT\nEOT${x}\nEOT",
        "<<-EOT\n  EOTX ${x} Q\n  QQQ\n  EOT",
    ],
)
def test_templates_behind_a_heredocs_marker_are_found(text: str) -> None:
    found = expression(text)
    assert isinstance(found, Template)
    assert [type(part).__name__ for part in found.parts][:2] == ["LiteralPart", "InterpolationPart"]


@pytest.mark.parametrize(
    "text",
    [
        "r {}",
        "r {\n}",
        "r { a = 1 }",
        "r { a = [1,\n2] }",
        "r {\n  a = 1 # c\n\n  b = 2 // d\n}",
        "r { # c\n  a = 1\n}",
        "r /* c */ {\n  a = 1 /* c */\n}",
        "a = 1 /* c\n*/\nb = 2",
        "/* c */ a = 1",
        "r {\n  a = <<E\nx\nE\n  b = 2\n}",
        "r {\r\n  a = 1\r\n}\r\n",
    ],
)
def test_lines_end_where_terraform_wants_them(text: str) -> None:
    assert isinstance(parsed(text), File)


def test_exponents_without_a_point_are_read() -> None:
    assert parsed("a = 1e3\nb = x1e-3\n").attributes["a"].expression.value.value == 1000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a = 1\n", True),
        (b"a = 1", True),
        (b'r "x" {\n', False),
        (b"a = \xff", False),
        (b"a = <<EOT\nx\nEOT\n", True),
    ],
)
def test_both_readers_must_accept_a_patched_file(data: bytes, expected: bool) -> None:
    assert parses(data) is expected
