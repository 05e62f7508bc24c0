"""Two policies of a stranger: comparing them ends soon, and says nothing that it can't show."""

import json
import os

import pytest
from tests.hostile.test_injection import PAYLOADS, _is_clean

MOST_SECONDS = 10
"""Of processor time: twice the promise, for machines that are slow or shared."""
MOST_MEGABYTES = 512


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action="s3:*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="s3:*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


GOOD = policy(allow("s3:GetObject", "arn:aws:s3:::shop/*"), deny("s3:*", "arn:aws:s3:::shop/x*"))

# What can't be read: nothing may be concluded from it, whichever side it is on.
UNREADABLE = {
    "empty": b"",
    "utf-16": GOOD.encode("utf-16"),
    "utf-32": GOOD.encode("utf-32"),
    "latin-1": GOOD.encode()[:-1] + b', "Id": "\xe9"}',
    "nul": GOOD.encode() + b"\0",
    "binary": bytes(range(256)) * 40,
    "truncated": GOOD.encode()[:-5],
    "duplicate-key": GOOD.encode()[:-1] + b', "Statement": []}',
    "lone-surrogate": GOOD.encode()[:-1] + b', "Id": "\\ud800"}',
    "deep": b'{"Statement": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-objects": b'{"a": ' * 100_000 + b"1" + b"}" * 100_000,
    "unclosed": b"[" * 1_000_000,
    "long-number": b'{"Version": ' + b"9" * 1_000_000 + b"}",
    "large-exponent": b'{"Version": 1e999999999, "Statement": []}',
    "large": b" " * 3_000_000,
    "many-statements": json.dumps({"Statement": [allow()] * 2_000}).encode(),
    "many-faults": json.dumps({"Statement": [{"Efect": 1}] * 1_200}).encode(),
    "long-string": b'{"Statement": "' + b"x" * 900_000 + b'"}',
}

# What can be read: any of the three answers will do, in time, and no wrong one.
HEAVY = {
    "stars": policy(allow("s3:" + "*a" * 200, "arn:aws:s3:::" + "*a*b" * 200)),
    "questions": policy(allow("s3:*", "arn:aws:s3:::" + "?*" * 500)),
    "many-globs": policy(
        allow(resource=[f"arn:aws:s3:::*{n}*/a*{n}" for n in range(120)]),
        deny(resource=[f"arn:aws:s3:::{n}*/*{n}*" for n in range(120)]),
    ),
    "one-denies-each": policy(
        allow("*"), *(deny(f"s3:*{n}*", f"arn:aws:s3:::*{n}*/*") for n in range(60))
    ),
    "many-keys": policy(
        *(
            allow(Condition={"StringLike": {f"aws:RequestTag/{n}": f"*{n}*", "aws:username": "a*"}})
            for n in range(40)
        ),
        *(deny(Condition={"StringNotLike": {f"aws:RequestTag/{n}": f"{n}*"}}) for n in range(40)),
    ),
    "one-key-many-families": policy(
        *(
            allow(Condition={operator: {"aws:CurrentTime": value}})
            for operator, value in (
                ("DateLessThan", "2026-01-01T00:00:00Z"),
                ("NumericLessThan", "5"),
                ("StringLike", "2*"),
                ("IpAddress", "10.0.0.0/8"),
                ("Null", "true"),
                ("ForAllValues:StringNotLike", "*x"),
                ("ArnLike", "arn:*:*:*:*:*"),
            )
        )
    ),
    "variables": policy(
        *(allow(resource="arn:aws:s3:::${aws:username}*" * n) for n in range(1, 12)),
        deny(resource="arn:aws:s3:::${aws:PrincipalTag/a, '${aws:username}'}/${*}${?}${$}"),
    ),
    "long-key": policy(allow(Condition={"StringEquals": {"aws:" + "k" * 100_000: "v" * 20_000}})),
    "numbers": policy(
        *(
            allow(Condition={"NumericLessThan": {"s3:max-keys": str(n) + "9" * 300}})
            for n in range(30)
        )
    ),
    "many-actions": policy(allow([f"s3:Get{n}*" for n in range(3_000)])),
}


def _survived(ran):
    assert ran.code in {0, 1, 2}, ran.err
    assert "Traceback" not in ran.err
    assert "crashed" not in ran.err
    assert ran.seconds <= MOST_SECONDS
    assert ran.megabytes <= MOST_MEGABYTES


def _both_ways(run, folder, data):
    (folder / "good.json").write_text(GOOD, encoding="utf-8")
    (folder / "bad.json").write_bytes(data)
    for pair in (("good.json", "bad.json"), ("bad.json", "good.json"), ("bad.json", "bad.json")):
        ran = run("compare", *pair, "--format", "json", cwd=folder)
        _survived(ran)
        yield ran, json.loads(ran.out)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_concludes_nothing(name, run, tmp_path):
    for ran, answer in _both_ways(run, tmp_path, UNREADABLE[name]):
        assert ran.code == 2
        assert answer["answer"] == "undecided"
        assert answer["reason"].startswith("bad.json:")
        assert answer["witness"] is None
        assert ran.err.startswith("leastwise: bad.json:")
    text = run("compare", "good.json", "bad.json", cwd=tmp_path)
    _survived(text)
    assert text.out.startswith("error[")
    assert text.out.endswith("undecided: nothing was compared\n")
    assert len(text.out) < 5_000


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_policies_are_answered_in_time(name, run, tmp_path):
    ran = list(_both_ways(run, tmp_path, HEAVY[name].encode()))
    (forth, _), (back, _), (same, _) = ran
    # Every heavy policy allows what the good one does not.
    assert forth.code in {1, 2}
    assert back.code in {0, 1, 2}
    assert same.code == 0


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_of_a_policy_acts_on_a_terminal(name, run, tmp_path):
    text = PAYLOADS[name].encode("utf-8", "replace").decode()
    tag = "aws:RequestTag/" + text
    new = policy(
        allow(
            "s3:PutObject",
            f"arn:aws:s3:::{text}",
            Sid=text,
            Condition={"StringEquals": {tag: text}},
        )
    )
    (tmp_path / "old.json").write_text(GOOD, encoding="utf-8")
    (tmp_path / "new.json").write_text(new, encoding="utf-8")
    (tmp_path / "odd.json").write_text(policy({text: text}), encoding="utf-8")
    for arguments in (("new.json",), ("new.json", "--format", "json"), ("odd.json",)):
        ran = run("compare", "old.json", *arguments, cwd=tmp_path)
        _survived(ran)
        assert _is_clean(ran.out + ran.err) == []


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_of_a_file_name_acts_on_a_terminal(name, run, tmp_path):
    text = PAYLOADS[name].replace("/", "_") + ".json"
    (tmp_path / "old.json").write_text(GOOD, encoding="utf-8")
    with open(os.fsencode(tmp_path) + b"/" + os.fsencode(text), "w", encoding="utf-8") as handle:  # noqa: PTH123
        handle.write(policy(allow()))
    for arguments in ((), ("--format", "json")):
        for other in (text, text + ".gone"):
            ran = run("compare", "old.json", other, *arguments, cwd=tmp_path)
            _survived(ran)
            assert _is_clean(ran.out + ran.err) == []


def test_pipes_and_folders_are_not_waited_for(run, tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "old.json").write_text(GOOD, encoding="utf-8")
    for name in ("pipe.json", ".", "/dev/null", "/dev/fd/77777", "nowhere/x.json"):
        ran = run("compare", "old.json", name, cwd=tmp_path)
        _survived(ran)
        assert ran.code == 2
