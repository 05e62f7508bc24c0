import pytest

from leastwise.source.edit import Applicability, Edit, apply_edits, overlaps
from leastwise.source.span import Span


def edit(start, end, replacement=b"", path="f"):
    return Edit(Span(path, start, end), replacement)


def test_display_is_the_least_applicable():
    assert Applicability.DISPLAY < Applicability.UNSAFE < Applicability.SAFE


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], b"0123456789"),
        ([edit(0, 0, b">")], b">0123456789"),
        ([edit(10, 10, b"<")], b"0123456789<"),
        ([edit(2, 5)], b"0156789"),
        ([edit(7, 8, b"seven"), edit(2, 3, b"two")], b"01two3456seven89"),
        ([edit(2, 4, b"x"), edit(4, 6, b"y")], b"01xy6789"),
    ],
)
def test_edits_replace_bytes_in_any_order(edits, expected):
    assert apply_edits(b"0123456789", edits) == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([edit(2, 5), edit(4, 6)], True),
        ([edit(2, 9), edit(3, 4)], True),
        ([edit(2, 2, b"x"), edit(2, 2, b"y")], True),
        ([edit(2, 2, b"x"), edit(2, 4)], True),
        ([edit(2, 4), edit(4, 4, b"x")], False),
        ([edit(2, 4), edit(4, 6)], False),
        ([edit(2, 5, path="a"), edit(4, 6, path="b")], False),
        ([edit(2, 5)], False),
    ],
)
def test_overlaps_mean_the_same_bytes_or_the_same_point(edits, expected):
    assert overlaps(edits) is expected


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ([edit(2, 5), edit(4, 6)], "overlap"),
        ([edit(1, 2, path="a"), edit(3, 4, path="b")], "different files"),
        ([edit(3, 4)], "beyond"),
        ([edit(-1, 2)], "beyond"),
        ([edit(2, 1)], "beyond"),
    ],
)
def test_misuse_is_refused(edits, why):
    data = b"0123456789" if why != "beyond" else b"012"
    with pytest.raises(ValueError, match=why):
        apply_edits(data, edits)
