"""One policy written in many ways: the same finding, in the right place, from each of them.

The folders of ``tests/data/encodings`` give one role all actions on all resources. What differs
is how the document is spelled, where it comes from and how it is attached.
"""

import json
from pathlib import Path

import pytest

from leastwise.cli.main import main

FOLDER = Path(__file__).parents[1] / "data" / "encodings"
NAMES = sorted(path.name for path in FOLDER.iterdir())

SUBJECTS = {
    "inline-block": "role",
    "inline-dynamic": "role",
    "managed": "managed",
    "managed-exclusive": "managed",
    "managed-list": "managed",
    "managed-shared": "managed",
    "for-each": "instance",
}
"""Whose policy it is, where it is not the resource ``aws_iam_role_policy.admin``."""

PRINTS = {
    "": "26f119e8",
    "role": "d7d5fc40",
    "managed": "d16e5db5",
    "instance": "5f385937",
}
"""How the fingerprints begin: the policy in the same resource has the same one everywhere."""

PLACES = {
    "auto-tfvars-json": ("x.auto.tfvars.json", 1, 12, '"*"'),
    "document": ("main.tf", 18, 18, '"*"'),
    "document-dynamic": ("main.tf", 17, 25, '"*"'),
    "document-override": ("main.tf", 18, 18, '"*"'),
    "file": ("admin.json", 3, 62, '"*"'),
    "file-decoded": ("admin.json", 3, 62, '"*"'),
    "for": ("main.tf", 14, 47, '"*"'),
    "format": ("main.tf", 12, 123, '"*"'),
    "heredoc": ("main.tf", 15, 62, '"*"'),
    "indented-heredoc": ("main.tf", 15, 66, '"*"'),
    "inline-dynamic": ("main.tf", 10, 62, '"*"'),
    "json-document": ("document.tf.json", 9, 15, '"*"'),
    "json-syntax": ("main.tf.json", 13, 120, r"\"*\""),
    "jsonencode": ("main.tf", 14, 60, '"*"'),
    "local-object": ("main.tf", 18, 60, '"*"'),
    "module-input": ("main.tf", 5, 60, '"*"'),
    "module-output": ("document/main.tf", 5, 18, '"*"'),
    "override-file": ("override.tf", 4, 60, '"*"'),
    "quoted": ("main.tf", 12, 119, r"\"*\""),
    "templatefile": ("admin.tftpl", 3, 62, '"${action}"'),
    "tfvars": ("terraform.tfvars", 1, 10, '"*"'),
    "variable-default": ("main.tf", 20, 62, '"*"'),
}
"""File, line, column and text of the finding, for encodings that differ in it."""


@pytest.fixture
def report(capsys, monkeypatch, tmp_path):
    """Check a folder as a tree of its own and return the report."""

    def check(name: str):
        root = tmp_path / name
        for source in (FOLDER / name).rglob("*"):
            if source.is_file():
                target = root / source.relative_to(FOLDER / name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        monkeypatch.chdir(root)
        main(["check", ".", "--format", "json", "--show-all"])
        return json.loads(capsys.readouterr().out)

    return check


@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_gives_the_same_finding(report, name):
    found = report(name)
    assert found["diagnostics"] == []
    said = [(f["rule"], f["level"], f["confidence"]) for f in found["findings"]]
    assert said == [("wildcard/admin", "error", "proven")]
    prints = found["findings"][0]["fingerprint"]
    assert prints[:8] == PRINTS[SUBJECTS.get(name, "")]


@pytest.mark.parametrize("name", PLACES)
def test_the_finding_points_at_the_characters(report, name):
    place = report(name)["findings"][0]["location"]
    file, line, column, text = PLACES[name]
    assert (place["file"], place["start_line"], place["start_column"]) == (file, line, column)
    lines = (FOLDER / name / file).read_text(encoding="utf-8").split("\n")
    assert lines[line - 1][column - 1 : place["end_column"] - 1] == text
