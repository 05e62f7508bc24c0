"""Removing an attachment leaves a file that looks hand-written and still parses."""

import subprocess
from pathlib import Path

import pytest

from leastwise.frontends.terraform.parse import parse_file
from leastwise.frontends.terraform.removal import block_edit, element_edits
from leastwise.frontends.terraform.sources import Sources
from leastwise.frontends.terraform.syntax import File, TupleConstructor
from leastwise.source.edit import apply_edits
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

LISTS = {
    "the first of a line": ('x = ["a", "b", "c"]\n', 0, 'x = ["b", "c"]\n'),
    "one in the middle of a line": ('x = ["a", "b", "c"]\n', 1, 'x = ["a", "c"]\n'),
    "the last of a line": ('x = ["a", "b", "c"]\n', 2, 'x = ["a", "b"]\n'),
    "the only one": ('x = ["a"]\n', 0, "x = []\n"),
    "the only one, on a line": ('x = [\n  "a", # why\n]\n', 0, "x = []\n"),
    "a line of its own": (
        'x = [\n  "a",\n  "b", # b, of course\n  "c",\n]\n',
        1,
        'x = [\n  "a",\n  "c",\n]\n',
    ),
    "the last line": ('x = [\n  "a",\n  "b",\n]\n', 1, 'x = [\n  "a",\n]\n'),
    "the last line without a comma": (
        'x = [\n  "a", # one, two\n  "b"\n]\n',
        1,
        'x = [\n  "a" # one, two\n]\n',
    ),
    "the first line": ('x = [\n  "a", /* , */\n  "b"\n]\n', 1, 'x = [\n  "a" /* , */\n]\n'),
    "two on a line": ('x = [\n  "a", "b",\n  "c",\n]\n', 1, 'x = [\n  "a",\n  "c",\n]\n'),
    "behind the bracket": ('x = ["a",\n"b",\n"c"]\n', 2, 'x = ["a",\n"b"]\n'),
    "an expression": (
        "x = [aws_iam_policy.a.arn, local.b[0], f(1, 2)]\n",
        1,
        "x = [aws_iam_policy.a.arn, f(1, 2)]\n",
    ),
    "windows line ends": ('x = [\r\n  "a",\r\n  "b",\r\n]\r\n', 0, 'x = [\r\n  "b",\r\n]\r\n'),
}


def parsed(data: bytes) -> File:
    file = parse_file("main.tf", data)
    assert isinstance(file, File)
    return file


@pytest.mark.parametrize(("before", "index", "after"), LISTS.values(), ids=LISTS.keys())
def test_an_element_goes_with_its_comma(before: str, index: int, after: str) -> None:
    data = before.encode()
    written = parsed(data).attributes["x"].expression
    assert isinstance(written, TupleConstructor)
    edits = element_edits(Sources(MemoryTree({"main.tf": data})), written, index)
    edited = apply_edits(data, edits)
    assert edited.decode() == after
    again = parsed(edited).attributes["x"].expression
    assert isinstance(again, TupleConstructor)
    assert len(again.items) == len(written.items) - 1


FIRST = 'resource "a" "first" {\n}\n'
ADMIN = 'resource "a" "admin" {\n  x = 1\n}\n'
LAST = 'resource "a" "last" {\n}\n'

BLOCKS = {
    "between blocks": (f"{FIRST}\n{ADMIN}\n{LAST}", f"{FIRST}\n{LAST}"),
    "with its comment": (
        f"{FIRST}\n# Full access,\n// for now.\n{ADMIN}\n{LAST}",
        f"{FIRST}\n{LAST}",
    ),
    "not with a heading": (
        f"{FIRST}\n# Attachments\n\n{ADMIN}\n{LAST}",
        f"{FIRST}\n# Attachments\n\n{LAST}",
    ),
    "at the end": (f"{FIRST}\n{ADMIN}", FIRST),
    "at the end, no line end": (f"{FIRST}\n{ADMIN.rstrip()}", FIRST),
    "at the start": (f"{ADMIN}\n{LAST}", LAST),
    "without blank lines": (f"{FIRST}{ADMIN}{LAST}", f"{FIRST}{LAST}"),
    "alone": (ADMIN, ""),
    "with a comment behind": (f"{FIRST}\n{ADMIN.rstrip()} # end\n\n{LAST}", f"{FIRST}\n{LAST}"),
    "below a block comment": (
        f"/*\n# all\n*/\n{ADMIN}\n{LAST}",
        f"/*\n# all\n*/\n{LAST}",
    ),
    "behind a byte order mark": (f"\ufeff{ADMIN}\n{LAST}", f"\ufeff{LAST}"),
    "windows line ends": (
        f"{FIRST}\n# why\n{ADMIN}\n{LAST}".replace("\n", "\r\n"),
        f"{FIRST}\n{LAST}".replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize(("before", "after"), BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_goes_with_its_comment_and_a_blank_line(before: str, after: str) -> None:
    data = before.encode()
    (block,) = [b for b in parsed(data).blocks if b.labels[1].text == "admin"]
    edited = apply_edits(data, block_edit(Sources(MemoryTree({"main.tf": data})), block.span))
    assert edited.decode() == after
    assert len(parsed(edited).blocks) == len(parsed(data).blocks) - 1


@pytest.mark.needs("terraform")
def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    edited = [after for _, _, after in LISTS.values()] + [after for _, after in BLOCKS.values()]
    for number, text in enumerate(edited):
        (tmp_path / f"{number}.tf").write_bytes(text.replace("\r", "").strip("\ufeff").encode())
    command = ["terraform", "fmt", "-check", "-diff", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_json_syntax_is_not_edited() -> None:
    sources = Sources(MemoryTree({"main.tf.json": b"{}"}))
    assert block_edit(sources, Span("main.tf.json", 0, 2)) == ()
