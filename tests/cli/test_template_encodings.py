"""One policy in templates of every kind: the same finding, in the right place, from each of them.

The folders of ``tests/data/template_encodings`` give one role all actions on all resources. What
differs is the language, how the document is spelled, where it comes from and how it is attached.
"""

import json
from pathlib import Path
from shutil import copytree

import pytest

from leastwise.cli.main import main

FOLDER = Path(__file__).parents[1] / "data" / "template_encodings"
NAMES = sorted(path.name for path in FOLDER.iterdir())

SUBJECTS = {
    **dict.fromkeys(("for-each", "managed", "managed-list", "policy", "role-policy"), "policy"),
    **dict.fromkeys(("cli", "dump", "dump-url-encoded"), "account"),
    **dict.fromkeys(("sam-inline", "sam-single", "sam-state-machine"), "sam"),
    **dict.fromkeys(("sam-arn", "sam-name"), "sam by AWS"),
    **dict.fromkeys(("serverless", "serverless-old"), "serverless"),
    "managed-by-aws": "by AWS",
}
"""Whose policy it is, where it is not inline in the role ``Ci``."""

PRINTS = {
    "": "fe63def7",
    "policy": "69566658",
    "account": "d7d5fc40",
    "sam": "a86a83a3",
    "sam by AWS": "4ce35e00",
    "serverless": "4b98ce5d",
    "by AWS": "fa231ff2",
}
"""How the fingerprints begin: the policy in the same resource has the same one everywhere."""

PLACES = {
    "allowed-values": ("template.yaml", 5, '"*"'),
    "anchor": ("template.yaml", 18, '"*"'),
    "block-text": ("template.yaml", 16, '"*"'),
    "cdk": ("cdk.out/App.template.json", 27, '"*"'),
    "cli": ("policy.json", 9, '"*"'),
    "condition": ("template.yaml", 25, '"*"'),
    "dump": ("account.json", 32, '"*"'),
    "dump-url-encoded": ("account.json", 16, "%22%2A%22"),
    "find-in-map": ("template.yaml", 5, '"*"'),
    "find-in-map-default": ("template.yaml", 6, '"*"'),
    "for-each": ("template.yaml", 25, '"*"'),
    "if": ("template.yaml", 24, '"*"'),
    "if-either": ("template.yaml", 23, '"*"'),
    "if-statement": ("template.yaml", 26, '"*"'),
    "include": ("admin.yaml", 4, '"*"'),
    "inline": ("template.yaml", 18, '"*"'),
    "json": ("template.json", 27, '"*"'),
    "json-escaped": ("template.json", 27, '"\\u002a"'),
    "json-text": ("template.yaml", 14, '"*"'),
    "managed-by-aws": ("template.yaml", 13, "arn:aws:iam::aws:policy/AdministratorAccess"),
    "merge-key": ("template.yaml", 4, '"*"'),
    "nested-output": ("words.yaml", 7, '"*"'),
    "nested-parameter": ("template.yaml", 8, '"*"'),
    "parameter-default": ("template.yaml", 5, '"*"'),
    "parameter-file": ("prod.json", 2, '"*"'),
    "parameter-list": ("template.yaml", 5, '"s3:GetObject,*"'),
    "sam-inline": ("template.yaml", 14, '"*"'),
    "sam-name": ("template.yaml", 10, "AdministratorAccess"),
    "select": ("template.yaml", 18, '"*"'),
    "serverless": ("serverless.yml", 10, '"*"'),
    "serverless-old": ("serverless.yml", 3, '"*"'),
    "stack-set": ("template.yaml", 35, '"*"'),
    "sub": ("template.yaml", 22, '!Sub "${Allowed}"'),
    "to-json-string": ("template.yaml", 20, '"*"'),
}
"""File, line and text of the finding, for encodings that differ in it."""


@pytest.fixture
def report(capsys, monkeypatch, tmp_path):
    """Check a folder as a tree of its own and return the report."""

    def check(name: str):
        copytree(FOLDER / name, tmp_path / name)
        monkeypatch.chdir(tmp_path / name)
        named = "cdk.out" if name == "cdk" else "."
        main(["check", named, "--ignore", "validity", "--format", "json", "--show-all"])
        return json.loads(capsys.readouterr().out)

    return check


@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_gives_the_same_finding(report, name):
    found = report(name)
    assert found["diagnostics"] == []
    assert found["not_in_view"] == []
    said = [(f["rule"], f["level"], f["confidence"]) for f in found["findings"]]
    assert said == [("wildcard/admin", "error", "proven")]
    assert found["findings"][0]["fingerprint"][:8] == PRINTS[SUBJECTS.get(name, "")]


@pytest.mark.parametrize("name", PLACES)
def test_the_finding_points_at_the_characters(report, name):
    place = report(name)["findings"][0]["location"]
    file, line, text = PLACES[name]
    assert (place["file"], place["start_line"]) == (file, line)
    written = (FOLDER / name / file).read_text(encoding="utf-8").split("\n")[line - 1]
    assert written[place["start_column"] - 1 : place["end_column"] - 1] == text
