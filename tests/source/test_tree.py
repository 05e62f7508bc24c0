import os

import pytest

from leastwise.source import tree as tree_module
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Edit
from leastwise.source.span import Span
from leastwise.source.tree import (
    DiskTree,
    Entry,
    MemoryTree,
    OverlayTree,
    normalise,
    overlay,
    write_file,
)


def code(result):
    assert isinstance(result, Diagnostic), result
    return result.code


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ""),
        (".", ""),
        ("a", "a"),
        ("./a//b/", "a/b"),
        ("a/../b", "b"),
        ("..", None),
        ("../a", None),
        ("a/../../b", None),
        ("/etc/passwd", None),
        ("a\0b", None),
        ("a\\b", None),
        ("..a", "..a"),
    ],
)
def test_paths_are_relative_and_stay_inside(path, expected):
    assert normalise(path) == expected


@pytest.fixture
def root(tmp_path):
    inside = tmp_path / "root"
    (inside / "sub").mkdir(parents=True)
    (inside / "main.tf").write_bytes(b"main")
    (inside / "sub" / "a.tf").write_bytes(b"a")
    (tmp_path / "secret").write_bytes(b"secret")
    return inside


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this system does not let us make symbolic links")


def test_disk_tree_reads_lists_and_records(root):
    tree = DiskTree(root)
    assert tree.list("") == (Entry("main.tf", is_dir=False), Entry("sub", is_dir=True))
    assert tree.read("sub/../main.tf") == b"main"
    assert tree.exists("sub/a.tf")
    assert not tree.exists("sub")
    assert code(tree.read("none.tf")) == "not-found"
    assert tree.touched == {"", "sub/../main.tf", "sub/a.tf", "sub", "none.tf"}


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a\0b", "sub/../../secret"])
def test_disk_tree_refuses_what_leaves_the_root(root, path):
    tree = DiskTree(root)
    assert code(tree.read(path)) == "outside-root"
    assert not tree.exists(path)
    assert tree.list(path) == ()


def test_links_are_followed_only_inside_the_root(root):
    link(root / "out.tf", root.parent / "secret")
    link(root / "in.tf", root / "main.tf")
    link(root / "loop.tf", root / "loop.tf")
    link(root / "updir", root.parent)
    tree = DiskTree(root)
    assert code(tree.read("out.tf")) == "outside-root"
    assert code(tree.read("updir/secret")) == "outside-root"
    assert tree.read("in.tf") == b"main"
    assert code(tree.read("loop.tf")) == "unreadable"
    assert "updir" not in {entry.name for entry in tree.list("")}


def test_sibling_with_the_same_prefix_is_outside(root):
    (root.parent / "root-other").mkdir()
    (root.parent / "root-other" / "x").write_bytes(b"x")
    link(root / "sibling", root.parent / "root-other" / "x")
    assert code(DiskTree(root).read("sibling")) == "outside-root"


def test_directory_is_not_a_file_and_leaks_no_descriptor(root):
    tree = DiskTree(root)
    before = os.open(root / "main.tf", os.O_RDONLY)
    os.close(before)
    for _ in range(5):
        assert code(tree.read("sub")) in {"not-a-file", "unreadable"}
    after = os.open(root / "main.tf", os.O_RDONLY)
    os.close(after)
    assert after == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_named_pipe_is_refused_without_waiting(root):
    os.mkfifo(root / "pipe.tf")
    tree = DiskTree(root)
    assert code(tree.read("pipe.tf")) == "not-a-file"
    assert "pipe.tf" not in {entry.name for entry in tree.list("")}


def test_path_below_a_file_is_missing(root):
    assert code(DiskTree(root).read("main.tf/x")) == "not-found"
    assert DiskTree(root).list("main.tf") == ()


def test_unreadable_file_names_the_reason(root, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tree_module.os, "open", refuse)
    found = DiskTree(root).read("main.tf")
    assert found == Diagnostic(
        "error",
        "unreadable",
        Span("main.tf", 0, 0),
        "'main.tf' can't be read: Permission denied",
        "check its permissions and links, or exclude it",
    )


def test_error_without_words_still_has_a_message(root, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(tree_module.os, "open", refuse)
    assert "input/output error" in DiskTree(root).read("main.tf").message


def test_large_file_is_refused_and_one_at_the_cap_is_read(root, monkeypatch):
    monkeypatch.setattr(tree_module, "MAX_FILE_BYTES", 4)
    assert DiskTree(root).read("main.tf") == b"main"
    (root / "main.tf").write_bytes(b"main+")
    assert code(DiskTree(root).read("main.tf")) == "too-large"


def test_file_that_is_longer_than_the_file_system_says_is_read_whole(root, monkeypatch):
    told = os.fstat

    def none(descriptor):
        return os.stat_result((told(descriptor).st_mode, *[0] * 9))

    monkeypatch.setattr(tree_module.os, "fstat", none)
    monkeypatch.setattr(tree_module, "_CHUNK", 2)
    assert DiskTree(root).read("main.tf") == b"main"
    monkeypatch.setattr(tree_module, "MAX_FILE_BYTES", 3)
    assert code(DiskTree(root).read("main.tf")) == "too-large"


def test_file_system_root_can_be_the_root():
    tree = DiskTree(tree_module.Path(os.sep))
    assert tree.real_path("") is not None
    assert tree.real_path("etc") is not None


def test_memory_tree_lists_and_reads():
    tree = MemoryTree({"main.tf": b"m", "mod/a.tf": b"a", "mod/deep/b.tf": b"b"})
    assert tree.list(".") == (Entry("main.tf", is_dir=False), Entry("mod", is_dir=True))
    assert tree.list("mod") == (Entry("a.tf", is_dir=False), Entry("deep", is_dir=True))
    assert tree.list("../x") == ()
    assert tree.read("mod/../main.tf") == b"m"
    assert code(tree.read("../x")) == "outside-root"
    assert code(tree.read("none")) == "not-found"
    assert tree.exists("./main.tf")
    assert not tree.exists("mod")
    assert not tree.exists("../main.tf")
    assert "none" in tree.touched


def test_overlay_shows_edits_and_writes_nothing():
    base = MemoryTree({"a": b"0123", "b": b"b"})
    edited = overlay(base, [Edit(Span("a", 3, 4), b"three")])
    assert isinstance(edited, OverlayTree)
    assert edited.read("./a") == b"012three"
    assert edited.read("b") == b"b"
    assert base.read("a") == b"0123"
    assert edited.list("") == base.list("")
    assert edited.exists("a")
    assert not edited.exists("c")
    assert code(edited.read("../a")) == "outside-root"
    assert edited.touched == {"./a", "b", "", "a", "c", "../a"}


def test_overlay_finds_the_file_however_the_path_is_spelled():
    edited = overlay(MemoryTree({"d/a": b"0"}), [Edit(Span("d/./a", 0, 1), b"x")])
    assert isinstance(edited, OverlayTree)
    assert edited.read("d/a") == b"x"


@pytest.mark.parametrize(("path", "expected"), [("none", "not-found"), ("../x", "outside-root")])
def test_overlay_of_an_unreadable_file_is_its_diagnostic(path, expected):
    assert code(overlay(MemoryTree({}), [Edit(Span(path, 0, 0), b"x")])) == expected


def test_write_replaces_the_bytes_and_keeps_the_mode(root):
    target = root / "main.tf"
    target.chmod(0o640)
    mode = target.stat().st_mode
    assert write_file(root, "main.tf", b"new") is None
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode == mode
    assert sorted(path.name for path in root.iterdir()) == ["main.tf", "sub"]


def test_write_follows_a_link_inside_and_refuses_one_outside(root):
    link(root / "in.tf", root / "main.tf")
    link(root / "out.tf", root.parent / "secret")
    assert write_file(root, "in.tf", b"new") is None
    assert (root / "in.tf").is_symlink()
    assert (root / "main.tf").read_bytes() == b"new"
    assert code(write_file(root, "out.tf", b"x")) == "outside-root"
    assert code(write_file(root, "../secret", b"x")) == "outside-root"
    assert (root.parent / "secret").read_bytes() == b"secret"


def test_write_makes_no_new_file(root):
    assert code(write_file(root, "none.tf", b"x")) == "unwritable"
    assert not (root / "none.tf").exists()


def test_failed_write_leaves_the_old_text_and_nothing_beside(root, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tree_module.os, "replace", refuse)
    found = write_file(root, "main.tf", b"new")
    assert found.message == "'main.tf' can't be written: No space left on device"
    assert (root / "main.tf").read_bytes() == b"main"
    assert sorted(path.name for path in root.iterdir()) == ["main.tf", "sub"]
