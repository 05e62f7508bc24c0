"""Where reports go, in which formats and colours."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.texts import ADMIN_JSON, ADMIN_TF, CLEAN_JSON, ROLE_TF, write

from leastwise.cli import output


def test_several_reports_of_one_run(run, folder):
    write(folder, main_tf=ADMIN_TF)
    ran = run("check", "--output", "sarif=a.sarif", "--output", "json=a.json", "--output=patch=a.p")
    assert ran.code == 1
    assert ran.out.startswith("error[wildcard/admin]")
    assert json.loads((folder / "a.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert json.loads((folder / "a.json").read_text("utf-8"))["version"] == 1
    assert (folder / "a.p").read_text("utf-8").startswith("diff --git a/main.tf b/main.tf\n")


def test_file_takes_the_place_of_standard_output(run, folder):
    write(folder, p_json=ADMIN_JSON)
    ran = run("check", "--format", "json", "--output", "report")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads((folder / "report").read_text("utf-8"))["findings"]


def test_patch_is_what_fix_prints(run, folder):
    write(folder, main_tf=ADMIN_TF, p_json=ADMIN_JSON)
    patch = run("check", "--format", "patch")
    assert patch.code == 1
    assert patch.out == run("fix").out
    assert "-resource" in patch.out


def test_reports_that_can_be_written_are_written(run, folder):
    write(folder, p_json=ADMIN_JSON)
    ran = run("check", "--output", "json=no/a.json", "--output", "sarif=a.sarif")
    assert ran.code == 2
    assert ran.err.startswith("leastwise: 'no/a.json' can't be written: ")
    assert ran.out.startswith("error[wildcard/admin]")
    assert (folder / "a.sarif").exists()


@pytest.mark.parametrize("value", ["yaml=x", "json=", "=x"])
def test_output_of_unknown_format_is_wrong_use(run, value):
    ran = run("check", "--output", value)
    assert ran == (
        2,
        "",
        f"leastwise: --output {value!r}: write FORMAT=FILE, FORMAT one of text, json, sarif, patch\n",
    )


def test_text_in_a_file_has_no_colour(run, folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    write(folder, p_json=ADMIN_JSON)
    ran = run("check", "--output", "text=a.txt")
    assert "\x1b[" in ran.out
    assert "\x1b[" not in (folder / "a.txt").read_text("utf-8")


class Terminal(io.StringIO):
    """Stand in for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "refused", "colour"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, True),
    ],
)
def test_colour_on_a_terminal(monkeypatch, environment, refused, colour):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.use_color(Terminal(), refused=refused) is colour


def test_elsewhere_there_is_no_colour(run, folder):
    write(folder, p_json=ADMIN_JSON)
    assert "\x1b[" not in run("check").out


def test_no_color_wins_over_force_color(run, folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    write(folder, p_json=ADMIN_JSON)
    assert "\x1b[" in run("check").out
    assert "\x1b[" not in run("check", "--no-color").out


def test_progress_is_for_long_runs_on_a_terminal(monkeypatch):
    assert output.progress_for(io.StringIO()) is None
    now = iter((0.0, 0.5, 2.0, 3.0))
    monkeypatch.setattr(output.time, "monotonic", lambda: next(now))
    stream = Terminal()
    show = output.progress_for(stream)
    assert show is not None
    for done in (1, 2, 3):
        show(done, 3)
    assert stream.getvalue() == "\rreading 2 of 3\rreading 3 of 3\r\x1b[K"


def test_clean_run_says_what_it_looked_at(run, folder):
    write(folder, p_json=CLEAN_JSON, main_tf=ROLE_TF)
    assert run("check").out == "no findings in 2 files with 2 policies and 1 principal\n"


def test_run_tells_that_a_policy_is_not_known(run, folder):
    policy = ROLE_TF + 'resource "aws_iam_role_policy" "p" {\n  role = "app"\n  policy = var.p\n}\n'
    write(folder, main_tf=policy + 'variable "p" {}\n')
    end = "no findings in 1 file with 2 policies and 1 principal · 1 policy not known"
    assert run("check").out == f"{end} (leastwise policies)\n"
    assert run("check", "--format", "json").json["summary"]["policies_not_known"] == 1


def test_run_that_could_read_nothing_says_so(run, folder):
    write(folder, main_tf=ROLE_TF + "resource {")
    ran = run("check")
    assert ran.code == 2
    assert ran.out.endswith("\nnothing could be analysed · 1 of 1 file not analysed\n")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "leastwise", *arguments]


def test_reader_that_goes_away_does_not_change_the_verdict(folder):
    write(folder, p_json=ADMIN_JSON)
    with subprocess.Popen(
        command("check", "--format", "sarif"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_full_disk_is_said_and_no_crash(folder):
    write(folder, p_json=CLEAN_JSON)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("check"), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == ("leastwise: standard output can't be written: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed by a shell")
def test_closed_output_is_said_and_no_crash(folder):
    write(folder, p_json=CLEAN_JSON)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m leastwise check >&-"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "leastwise: standard output can't be written: it is closed\n"


def test_output_has_a_short_form(run, folder):
    write(folder, p_json=CLEAN_JSON)
    assert run("check", "-o", "json=short.json").code == 0
    assert json.loads((folder / "short.json").read_text("utf-8"))["findings"] == []
