import pytest

from leastwise.source.words import spelled_out


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"Statement": []}', b'{"Statement": []}'),
        (rb'"Stat\u0065ment"', b'"Statement"'),
        (rb'"\x41WS::IAM::Role"', b'"AWS::IAM::Role"'),
        (rb'"\U00000041WS::"', b'"AWS::"'),
        (b'"AW\\\r\n    S::"', b'"AWS::"'),
        ("Effect".encode("utf-16-le"), b"Effect"),
        (rb'"\u00"', rb'"\u00"'),
    ],
)
def test_words_are_found_however_they_are_written(data, words):
    assert spelled_out(data) == words
