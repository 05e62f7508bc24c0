"""The can command on files of cases: one answer a line, and nothing is lost."""

import io
import json
import os
import subprocess
import sys

GET = {
    "principal": "arn:aws:iam::111122223333:user/bob",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/x",
}
ALL = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
ALLOWED = json.dumps({"id": "yes", "request": GET, "identityPolicies": [ALL]})
DENIED = json.dumps({"id": "no", "request": GET})


def test_every_line_is_answered_in_order(run, folder):
    lines = [ALLOWED, "", DENIED, ALLOWED]
    (folder / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = run("can", "--cases", "cases.jsonl")
    assert ran.out == (
        '{"id": "yes", "result": "Allowed"}\n'
        '{"id": "no", "result": "ImplicitlyDenied"}\n'
        '{"id": "yes", "result": "Allowed"}\n'
    )
    assert (ran.code, ran.err) == (0, "")


def test_bad_lines_are_told_and_the_others_answered(run, folder):
    broken = json.dumps({"id": "bad", "request": GET, "identityPolicies": [{}]})
    lines = [DENIED, "{", broken, ALLOWED, ""]
    (folder / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = run("can", "--cases", "cases.jsonl")
    replies = [json.loads(line) for line in ran.out.splitlines()]
    assert [reply["id"] for reply in replies] == ["no", 2, "bad", "yes"]
    assert [reply.get("result") for reply in replies] == ["ImplicitlyDenied", None, None, "Allowed"]
    assert "has no Statement" in replies[2]["error"]
    assert ran.code == 2
    assert ran.err == "leastwise: 2 of 4 cases could not be read\n"


def test_a_line_beyond_all_measure_is_skipped(run, folder):
    text = DENIED.encode() + b"\n" + b"[" * 5_000_000 + b"\n" + ALLOWED.encode()
    (folder / "cases.jsonl").write_bytes(text)
    ran = run("can", "--cases", "cases.jsonl")
    replies = [json.loads(line) for line in ran.out.splitlines()]
    assert [reply["id"] for reply in replies] == ["no", 2, "yes"]
    assert "longer than" in replies[1]["error"]
    assert ran.code == 2


def test_strings_of_strangers_are_escaped(run, folder):
    line = json.dumps({"id": "##[error]\x1b[31m\u202e", "request": {"principal": "\x9b31m"}})
    (folder / "cases.jsonl").write_text(line, encoding="utf-8")
    ran = run("can", "--cases", "cases.jsonl")
    assert ran.out.isascii()
    assert "\x1b" not in ran.out
    assert "##[" not in ran.out
    assert json.loads(ran.out)["id"] == "##[error]\x1b[31m\u202e"


def test_cases_come_from_standard_input(run, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(ALLOWED.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert run("can", "--cases", "-").out == '{"id": "yes", "result": "Allowed"}\n'


def test_an_answer_comes_before_the_next_question():
    with subprocess.Popen(
        [sys.executable, "-m", "leastwise", "can", "--cases", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
        text=True,
    ) as process:
        for _ in range(2):
            process.stdin.write(DENIED + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["result"] == "ImplicitlyDenied"
        process.stdin.close()
        assert process.wait() == 0


def test_wrong_use_is_told(run, folder):
    missing = run("can", "--cases", "none.jsonl")
    assert (missing.code, missing.out) == (2, "")
    assert "'none.jsonl' can't be read: No such file" in missing.err
    assert run("can", "--cases", str(folder)).code == 2
    both = run("can", "--cases", "-", "bob")
    assert both.code == 2
    assert "--cases takes no request" in both.err
