"""Mermaid and DOT stay valid whatever the names, and show what is possible by broken lines."""

import re
import shutil
import subprocess

import pytest
from tests.reporters.graph.pictures import EMPTY, hostile, large, small

from leastwise.reporters.graph import dot, mermaid

PICTURES = {"small": small(), "large": large(), "hostile": hostile(), "empty": EMPTY}
LABEL = r'"(?:[A-Za-z0-9 .,:/_-]|#\d+;|<br/>)*"'
NODE = (
    rf"  n\d+(?:\[|\(\[|\[\[|\[/|\{{\{{|\[\\|>|\[\(|\(\(|\(|\(\(\(){LABEL}"
    r"(?:\]|\]\)|\]\]|/\]|\}\}|\\\]|\)\]|\)\)|\)|\)\)\))"
)
MERMAID_LINES = [
    r"%% [^{}`]*",
    r"flowchart LR",
    NODE,
    rf"  n\d+ (?:-->|-\.->)\|{LABEL}\| n\d+",
    r"  classDef admin stroke-width:3px",
    r"  class n\d+(?:,n\d+)* admin",
]
DOT_STRING = r'"(?:[^"\\\n]|\\["\\n])*"'
DOT_LINES = [
    r"digraph leastwise \{",
    r"\}",
    r"  rankdir=LR",
    r"  labelloc=t",
    rf"  label={DOT_STRING}",
    r'  node \[fontname="sans-serif"\]',
    r'  edge \[fontname="sans-serif", fontsize=10\]',
    rf"  n\d+ \[label={DOT_STRING}, shape=[a-z0-9]+(?:, penwidth=3)?\]",
    rf"  n\d+ -> n\d+ \[label={DOT_STRING}(?:, style=dashed)?\]",
]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(
    ("render", "grammar"), [(mermaid.render, MERMAID_LINES), (dot.render, DOT_LINES)]
)
def test_every_line_is_of_the_language(name, render, grammar):
    for line in render(PICTURES[name]).splitlines():
        assert any(re.fullmatch(pattern, line) for pattern in grammar), line


@pytest.mark.parametrize("name", PICTURES)
def test_graphviz_reads_it(name):
    program = shutil.which("dot")
    if program is None:
        pytest.skip("dot is not installed")
    text = dot.render(PICTURES[name])
    done = subprocess.run(
        [program, "-Tplain"], input=text, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""


def test_what_is_possible_is_dashed_and_said():
    assert 'n4 -.->|"possibly: enter by the trust policy of aws_iam_role.ops"| n3' in (
        mermaid.render(small())
    )
    assert (
        'n4 -> n3 [label="possibly: enter by the trust policy of aws_iam_role.ops", style=dashed]'
    ) in dot.render(small())


def test_administrators_stand_out():
    assert "  class n2,n3 admin\n" in mermaid.render(small())
    assert 'label="role\\naws_iam_role.ops", shape=box, penwidth=3]' in dot.render(small())


def test_large_graphs_are_cut_and_say_so():
    text = mermaid.render(large(users=500))
    assert len(re.findall(rf"^{NODE}$", text, re.MULTILINE)) <= mermaid.MOST_SPOTS
    assert "more chains left out" in text
    assert len(text) < 50_000
    graph = dot.render(large(users=500))
    assert graph.count("shape=") <= dot.MOST_SPOTS
    assert "more chains left out" in graph


def test_a_name_that_is_a_word_of_mermaid_is_only_a_label():
    assert 'n1["role<br/>end"]' in mermaid.render(hostile())
