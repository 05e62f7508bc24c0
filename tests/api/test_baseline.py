import pytest

from leastwise.api.baseline import read, spell
from leastwise.rules.model import Finding, Subject
from leastwise.source.span import Span

FINDING = Finding(
    "wildcard/admin",
    "error",
    "proven",
    "m",
    Subject("role", "aws_iam_role.a"),
    Span("a.tf", 0, 1),
    fingerprint="0123abcd",
)


def test_written_baseline_is_read_back():
    assert read(spell([FINDING], {})) == {"0123abcd": "in the baseline"}


def test_empty_baseline_is_valid():
    assert read(spell([], {})) == {}


def test_baseline_holds_no_path_and_no_line():
    assert "a.tf" not in spell([FINDING], {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not a leastwise baseline of version 1"),
        ('{"version": 2, "findings": []}', "it is not a leastwise baseline of version 1"),
        ('{"version": 1}', "it has no list of findings"),
        ('{"version": 1, "findings": [{}]}', "one of its findings has no fingerprint"),
    ],
)
def test_broken_baseline_is_said_in_words(text, problem):
    assert read(text) == problem
