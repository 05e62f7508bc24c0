"""Texts that tree-sitter needs too much memory or time for are refused before it sees them."""

import pytest

from leastwise.frontends.terraform.syntax.parse import parse_file, parse_template
from leastwise.frontends.terraform.syntax.tree import File
from leastwise.source.diagnostic import Diagnostic

MARKS = "'main.tf' has more than 500000 brackets, quotes and other marks"
BLANKS = "'main.tf' has more than 50000 blanks and line ends in a row"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 600_000, MARKS),
        ("! " * 600_000, MARKS),
        ('"${' * 200_000, MARKS),
        ("%{" * 300_000, MARKS),
        ("a?" * 600_000, MARKS),
        ("\n" * 60_000, BLANKS),
        (" \t\n" * 30_000, BLANKS),
    ],
)
def test_a_text_of_little_else_than_marks_or_blanks_is_refused(text, message):
    found = parse_file("main.tf", f"locals {{\n  a = {text}".encode())
    assert isinstance(found, Diagnostic)
    assert (found.code, found.message) == ("too-large", message)
    template = parse_template("main.tf", text.encode())
    assert isinstance(template, Diagnostic)
    assert (template.code, template.message) == ("too-large", message)


def test_a_large_document_is_still_read():
    line = '    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a-b/*"},\n'
    text = "locals {\n  a = <<EOF\n" + line * 18_000 + "EOF\n}\n"
    assert isinstance(parse_file("main.tf", text.encode()), File)
