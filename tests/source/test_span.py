import pytest

from leastwise.source.span import Location, Span, locate, source_file

BOM = b"\xef\xbb\xbf"


def test_lines_start_after_each_line_feed():
    assert source_file("a", b"one\ntwo\r\n\nfour").line_starts == (0, 4, 9, 10)


def test_empty_file_has_one_empty_line():
    file = source_file("a", b"")
    assert file.line_starts == (0,)
    assert file.line(1) == ""


@pytest.mark.parametrize(
    ("number", "text"), [(1, "one"), (2, "two"), (3, ""), (4, "four\r\rx"), (5, "caf\ufffd")]
)
def test_line_is_given_without_its_end(number, text):
    file = source_file("a", BOM + b"one\ntwo\r\n\nfour\r\rx\r\ncaf\xe9")
    assert file.line(number) == text


@pytest.mark.parametrize(
    ("data", "start", "end", "expected"),
    [
        (b"one\ntwo\n", 4, 7, (2, 1, 2, 4)),
        (b"one\ntwo\n", 0, 8, (1, 1, 3, 1)),
        ('é = ["ü"]'.encode(), 7, 9, (1, 7, 1, 8)),
        ("😀x".encode(), 4, 5, (1, 2, 1, 3)),
        (b"a\r\nb", 1, 3, (1, 2, 2, 1)),
        (b"ab", 5, 9, (1, 3, 1, 3)),
        (b"ab", -3, 1, (1, 1, 1, 2)),
        (b"", 0, 0, (1, 1, 1, 1)),
    ],
)
def test_columns_count_code_points_from_one(data, start, end, expected):
    assert locate(source_file("f", data), Span("f", start, end)) == Location("f", *expected)


@pytest.mark.parametrize(("offset", "column"), [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2)])
def test_byte_order_mark_takes_no_column(offset, column):
    found = locate(source_file("f", BOM + b"ab\nc"), Span("f", offset, offset))
    assert (found.start_line, found.start_column) == (1, column)


def test_byte_order_mark_counts_on_later_lines():
    found = locate(source_file("f", b"a\n" + BOM + b"b"), Span("f", 5, 6))
    assert (found.start_line, found.start_column) == (2, 2)
