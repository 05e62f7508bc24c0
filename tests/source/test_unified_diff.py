import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leastwise.source.unified_diff import patchable, unified_diff

TEN = b"".join(b"line %d\n" % n for n in range(1, 11))


def git_apply(directory, diff, *options):
    return subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", *options, "-"],
        cwd=directory,
        input=diff.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
    )


def test_equal_bytes_give_no_diff():
    assert unified_diff("a.tf", TEN, TEN) == ""


def test_change_has_three_lines_of_context():
    after = TEN.replace(b"line 5\n", b"line five\n")
    assert unified_diff("infra/main.tf", TEN, after) == (
        "diff --git a/infra/main.tf b/infra/main.tf\n"
        "--- a/infra/main.tf\n"
        "+++ b/infra/main.tf\n"
        "@@ -2,7 +2,7 @@\n"
        " line 2\n"
        " line 3\n"
        " line 4\n"
        "-line 5\n"
        "+line five\n"
        " line 6\n"
        " line 7\n"
        " line 8\n"
    )


def test_distant_changes_get_hunks_of_their_own():
    after = TEN.replace(b"line 1\n", b"").replace(b"line 10\n", b"ten\n")
    hunks = [
        line for line in unified_diff("a.tf", TEN, after).splitlines() if line.startswith("@@")
    ]
    assert hunks == ["@@ -1,4 +1,3 @@", "@@ -7,4 +6,4 @@"]


def test_close_changes_share_a_hunk():
    after = TEN.replace(b"line 2\n", b"two\n").replace(b"line 9\n", b"nine\n")
    assert unified_diff("a.tf", TEN, after).count("@@ -") == 1


def test_missing_newline_at_the_end_is_said():
    assert unified_diff("a", b"one\ntwo", b"one\nTWO\n").endswith(
        "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+TWO\n"
    )


def test_carriage_returns_are_kept():
    diff = unified_diff("a", b"one\r\ntwo\r\n", b"one\r\n")
    assert diff.endswith("@@ -1,2 +1 @@\n one\r\n-two\r\n")


def test_bytes_that_are_not_utf8_survive():
    diff = unified_diff("a", b"caf\xe9\n", b"caf\xc3\xa9\n")
    assert b"-caf\xe9\n+caf\xc3\xa9\n" in diff.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("my file.tf", "diff --git a/my file.tf b/my file.tf\n--- a/my file.tf\t\n"),
        ("é.tf", '--- "a/\\303\\251.tf"\n'),
        ('say "hi".tf', '--- "a/say \\"hi\\".tf"\n'),
        ("tab\there.tf", '--- "a/tab\\there.tf"\n'),
        ("bell\x07esc\x1b.tf", '--- "a/bell\\aesc\\033.tf"\n'),
        ("not-utf8-\udce9.tf", '--- "a/not-utf8-\\351.tf"\n'),
    ],
)
def test_unusual_paths_are_spelled_as_git_spells_them(path, header):
    assert header in unified_diff(path, b"", b"x\n")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "a\nb",
        "a\rb",
        "/etc/passwd",
        "../up.tf",
        "a/../b.tf",
        "a//b.tf",
        "a\\b",
        ".git/config",
        "x/.GIT/y",
        "n\0l",
    ],
)
def test_paths_that_git_apply_refuses_are_refused(path):
    assert not patchable(path)
    with pytest.raises(ValueError, match="no diff can name"):
        unified_diff(path, b"", b"x")


def test_large_file_with_a_small_change_is_quick():
    before = b"}\n" * 200_000
    after = before[:200_000] + b"# changed\n" + before[200_000:]
    assert unified_diff("a.tf", before, after).count("\n") == 11


LINES = st.lists(
    st.sampled_from([b"a", b"b", b"}", b"", b" ", b"\r", b"caf\xe9", "é".encode(), b"\\ x", b"-y"]),
    max_size=14,
)


@st.composite
def contents(draw):
    data = b"\n".join(draw(LINES))
    return data + draw(st.sampled_from([b"", b"\n", b"\r\n"]))


PATHS = st.sampled_from(
    ["main.tf", "a b/c d.tf", "é/ü.tf", 'q"uote.tf', "tab\t.tf", "b/x", "a/main.tf", "-dash", "'s"]
)


@pytest.mark.needs("git")
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.dictionaries(PATHS, st.tuples(contents(), contents()), min_size=1, max_size=6))
def test_git_apply_turns_before_into_after(tmp_path_factory, files):
    directory = tmp_path_factory.mktemp("tree")
    diff = ""
    for path, (before, after) in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(before)
        diff += unified_diff(path, before, after)
    if diff:
        checked = git_apply(directory, diff, "--check")
        assert (checked.returncode, checked.stderr) == (0, b"")
        applied = git_apply(directory, diff)
        assert (applied.returncode, applied.stderr) == (0, b"")
    for path, (_, after) in files.items():
        target = directory / path
        assert target.exists()
        assert target.read_bytes() == after
