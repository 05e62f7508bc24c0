import json
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.reporters.escape import (
    command_starts,
    json_text,
    sarif_link_text,
    sarif_message,
    terminal,
    uri,
    visible,
)

HOSTILE = [
    ("\x1b[31mred", "\\u{1b}[31mred"),
    ("bell\x07", "bell\\u{7}"),
    ("nul\0", "nul\\u{0}"),
    ("del\x7f", "del\\u{7f}"),
    ("csi\x9b2J", "csi\\u{9b}2J"),
    ("bidi\u202eevil\u202c", "bidi\\u{202e}evil\\u{202c}"),
    ("isolate\u2066x\u2069", "isolate\\u{2066}x\\u{2069}"),
    ("zero\u200bwidth\u200d\ufeff", "zero\\u{200b}width\\u{200d}\\u{feff}"),
    ("line\u2028sep\u2029", "line\\u{2028}sep\\u{2029}"),
    ("one\r\n::error::two", "one\\u{d}\\u{a}::error::two"),
    ("next\x85line", "next\\u{85}line"),
    ("tab\there", "tab\\u{9}here"),
    ("tag\U000e0041", "tag\\u{e0041}"),
    ("blank\u3164\u2800", "blank\\u{3164}\\u{2800}"),
    ("not utf-8 \udce9", "not utf-8 \\u{dce9}"),
    ("##[error]x", "\\u{23}#[error]x"),
    ("a ###[group]x", "a #\\u{23}#[group]x"),
    ("##vso[task.setvariable]x", "\\u{23}#vso[task.setvariable]x"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_terminal_text_shows_what_would_act(text, shown):
    assert terminal(text) == shown


@pytest.mark.parametrize(
    "text", ["plain", "é 日本語\u3000名 😀", "## heading [x]", "arn:aws:iam::1:role/x"]
)
def test_plain_text_is_left_alone(text):
    assert terminal(text) == text


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_terminal_text_has_no_control_and_no_command(text):
    shown = terminal(text)
    assert all(c.isprintable() or c == "\u3000" for c in shown)
    assert not re.search(r"##[A-Za-z]*\[", shown)
    assert terminal(shown) == shown


def test_command_starts_are_where_terminal_escapes():
    assert command_starts("a ##[x] ##vso[y] # #[z]") == (2, 8)
    assert command_starts("none") == ()


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x202A, 0x2067, 0x200E])
def test_every_control_is_visible(code):
    assert visible(chr(code)) == f"\\u{{{code:x}}}"


def test_whole_of_unicode_is_decided():
    hidden = sum(visible(chr(code)) != chr(code) for code in range(sys.maxunicode + 1))
    assert hidden > 0xD800 - 0xD000


@settings(max_examples=50, deadline=None)
@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_json_is_ascii_and_reads_back(value):
    text = json_text(value)
    assert text.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]|##", text)
    assert json.loads(text) == value


def test_json_has_no_lone_surrogates_and_no_workflow_command():
    assert json.loads(json_text("caf\udce9 ##[error]")) == "caf\ufffd ##[error]"
    assert json_text("##[error]") == '"\\u0023#[error]"\n'
    assert json_text("😀") == '"\\ud83d\\ude00"\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aws_iam_role.x[0]", "aws_iam_role.x[0]"),
        ("see [me](1) \\", "see \\[me\\](1) \\\\"),
        ("x\n[a](b)", "x\\\\u{a}\\[a\\](b)"),
        ("bidi\u202e", "bidi\\u{202e}"),
    ],
)
def test_sarif_message_holds_no_link_of_the_user(text, shown):
    assert sarif_message(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("role[0] \\", "role(0) /"), ("", "here"), (" \t ", "/u{9}"), ("a](9) b", "a)(9) b")],
)
def test_sarif_link_text_cannot_end_its_link(text, shown):
    assert sarif_link_text(text) == shown


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("a/b-c_d.~tf", "a/b-c_d.~tf"),
        ("a b#c?d%e.tf", "a%20b%23c%3Fd%25e.tf"),
        ("c:/x.tf", "c%3A/x.tf"),
        ("é.tf", "%C3%A9.tf"),
        ("raw-\udce9", "raw-%E9"),
        ("x\n", "x%0A"),
    ],
)
def test_uris_are_percent_encoded(path, encoded):
    assert uri(path) == encoded
