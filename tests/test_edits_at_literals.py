"""An edit at the place of a literal changes the strings that are made of it, and nothing else."""

import random
from pathlib import Path

import pytest
from tests.frontends.spelled import ENCODINGS as LANGUAGES
from tests.positions import strings

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.config.model import Config
from leastwise.source.edit import Edit
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree, Tree, overlay
from leastwise.source.value import Chars

FOLDERS = [Path(__file__).parent / "data" / name for name in ("encodings", "template_encodings")]
FILES = {
    path.name: {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file()
    }
    for folder in FOLDERS
    for path in sorted(folder.iterdir())
} | {name: {n: t.encode() for n, t in files.items()} for name, files in LANGUAGES.items()}
WITHOUT = ("sam-arn", "sam-name")
"""Trees that write no document of their own."""

NEW = "zz9"
DECIDES = {b"All", b"Rest", b"Statement", b"Sid", b"Effect", b"NotAction", b"Resource"}
"""Ids and elements by which documents override each other: an edit there may change more."""

EDITS = 4
"""In each of some sixty trees."""


def _policies(tree: Tree, names: tuple[str, ...]):
    explicit = frozenset(name for name in names if name == "plan.json")
    workspace = Workspace(tree, names, frozenset(names), explicit, "", None)
    project = load_workspace(workspace, Config(), Options(jobs=1)).project
    return {
        (policy.address, policy.attribute): [
            text for text in strings(policy.value) if all(isinstance(p, Chars) for p in text.pieces)
        ]
        for policy in project.policies
        if policy.value is not None and not policy.aws_managed
    }


def _literals(policies, tree: Tree):
    """Return where characters stand as they are, one for one.

    The edit goes into the middle of them, so that ``$${`` before it stays an escape.
    """
    found = {
        segment.span
        for texts in policies.values()
        for text in texts
        for piece in text.pieces
        for segment in piece.segments
        if segment.exact and segment.span.end > segment.span.start
    }
    return [s for s in sorted(found) if tree.read(s.path)[s.start : s.end] not in DECIDES]


def _middle(text: str) -> int:
    return (len(text) + 1) // 2


def _insertion(tree: Tree, span: Span) -> Edit:
    before = tree.read(span.path)[span.start : span.end].decode()
    at = span.start + len(before[: _middle(before)].encode())
    return Edit(Span(span.path, at, at), NEW.encode())


def _edited(text, span) -> str:
    """Return what a string is to be after the edit."""
    parts = []
    for piece in text.pieces:
        position = 0
        for segment in sorted(piece.segments):
            parts.append(piece.text[position : segment.start])
            position = segment.end
            own = piece.text[segment.start : segment.end]
            middle = _middle(own)
            parts += [own[:middle], NEW, own[middle:]] if segment.span == span else [own]
        parts.append(piece.text[position:])
    return "".join(parts)


@pytest.mark.parametrize("name", [name for name in FILES if name not in WITHOUT])
def test_an_edit_at_a_literal_changes_that_and_nothing_else(name):
    names = tuple(sorted(FILES[name]))
    tree = MemoryTree(FILES[name])
    before = _policies(tree, names)
    places = _literals(before, tree)
    assert places
    for span in random.Random(name).sample(places, min(EDITS, len(places))):  # noqa: S311
        edited = overlay(tree, [_insertion(tree, span)])
        after = _policies(edited, names)
        assert after.keys() == before.keys()
        for key, texts in before.items():
            assert [text.literal for text in after[key]] == [_edited(t, span) for t in texts], span
