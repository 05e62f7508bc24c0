"""Where the configuration and the baseline come from, and what they silence."""

import json
import subprocess

import pytest
from tests.cli.texts import ADMIN_JSON, ADMIN_TF, BROKEN_JSON, CLEAN_JSON, write

IGNORE = 'ignore = ["wildcard", "escalation", "boundary"]\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("leastwise.toml", IGNORE),
        ("leastwise.toml", "\ufeff" + IGNORE),
        ("pyproject.toml", "[tool.leastwise]\n" + IGNORE),
    ],
)
def test_configuration_is_found_above_the_named_folder(run, folder, name, text):
    write(folder, infra__prod__p_json=ADMIN_JSON)
    (folder / name).write_text(text, encoding="utf-8")
    assert run("check", "infra/prod").code == 0


def test_nearest_configuration_counts(run, folder):
    write(folder, leastwise_toml=IGNORE, infra__leastwise_toml="", infra__p_json=ADMIN_JSON)
    assert run("check", "infra").code == 1


def test_pyproject_without_our_table_is_passed_by(run, folder):
    write(folder, leastwise_toml=IGNORE, infra__p_json=ADMIN_JSON)
    write(folder, infra__pyproject_toml='[project]\ndependencies = ["leastwise"]\n')
    assert run("check", "infra").code == 0


def test_pyproject_of_another_tool_is_passed_by(run, folder):
    write(folder, pyproject_toml="[tool.black]\n", p_json=CLEAN_JSON)
    assert run("check").code == 0


def test_broken_pyproject_that_does_not_concern_us_is_passed_by(run, folder):
    write(folder, pyproject_toml="[project\n# leastwise\n", p_json=CLEAN_JSON)
    assert run("check").code == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("leastwise.toml", 'ignoer = ["x"]\n', "leastwise.toml:1: unknown key 'ignoer'"),
        ("leastwise.toml", "[", "leastwise.toml:1: not valid TOML"),
        ("pyproject.toml", "[tool.leastwise]\nselect = 1\n", "pyproject.toml:2: select must be"),
        ("pyproject.toml", "[tool.leastwise\n", "pyproject.toml:1: not valid TOML"),
        ("leastwise.toml", 'select = ["wildcart"]\n', "there is no rule or group 'wildcart'"),
    ],
)
def test_broken_configuration_is_wrong_use(run, folder, name, text, message):
    (folder / name).write_text(text, encoding="utf-8")
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"leastwise: {message}")


def test_configuration_that_is_not_utf8_is_wrong_use(run, folder):
    (folder / "leastwise.toml").write_bytes(b"# \xff\n")
    assert run("check") == (2, "", "leastwise: leastwise.toml: it is not UTF-8\n")


def test_named_configuration_wins(run, folder):
    write(folder, leastwise_toml=IGNORE, other_toml="", p_json=ADMIN_JSON)
    assert run("check", "--config", "other.toml").code == 1
    assert run("check", "--config", "gone.toml").err == (
        "leastwise: gone.toml: there is no file 'gone.toml'\n"
    )


def test_command_line_adds_to_the_configuration(run, folder):
    write(folder, p_json=ADMIN_JSON, leastwise_toml='fail-on = "never"\nexclude = ["old"]\n')
    write(folder, old__p_json=ADMIN_JSON)
    assert run("check").code == 0
    ran = run("check", "--fail-on", "error", "--format", "json")
    assert (ran.code, len(ran.json["findings"])) == (1, 1)


def test_path_ignores_suppress(run, folder):
    write(folder, p_json=ADMIN_JSON)
    write(folder, leastwise_toml='[per-path-ignores]\n"p.json" = ["wildcard"]\n')
    ran = run("check", "--format", "json", "--select", "wildcard")
    assert (ran.code, ran.json["findings"]) == (0, [])
    assert [one["silenced"]["by"] for one in ran.json["suppressed"]] == ["per-path"]


def test_comment_with_a_reason_suppresses(run, folder):
    text = ADMIN_TF.replace(
        "  policy_arn", '  # leastwise: ignore[wildcard/admin] reason="break glass"\n  policy_arn'
    )
    write(folder, main_tf=text)
    ran = run("check", "--format", "json")
    assert (ran.code, ran.json["findings"]) == (0, [])
    (one,) = ran.json["suppressed"]
    assert (one["silenced"]["by"], one["silenced"]["reason"]) == ("inline", "break glass")


def test_expected_admin_is_accepted_with_the_reason(run, folder):
    write(folder, main_tf=ADMIN_TF)
    write(
        folder,
        leastwise_toml='[[expected-admins]]\nmatch = "aws_iam_role.a*"\nreason = "break glass"\n',
    )
    ran = run("check", "--format", "json")
    assert (ran.code, ran.json["findings"]) == (0, [])
    assert [one["silenced"]["reason"] for one in ran.json["accepted"]] == ["break glass"]
    assert "1 accepted" in run("check").out


def test_baseline_silences_what_is_known_and_nothing_new(run, folder):
    write(folder, p_json=ADMIN_JSON)
    created = run("baseline", "create", "--output", "known.json")
    assert (created.code, created.out) == (0, "")
    assert created.err == "1 finding written to known.json\n"
    assert run("check", "--baseline", "known.json").code == 0
    assert run("check").code == 1
    write(folder, q_json=ADMIN_JSON)
    ran = run("check", "--baseline", "known.json", "--format", "json")
    assert (ran.code, len(ran.json["findings"]), len(ran.json["suppressed"])) == (1, 1, 1)


def test_new_baseline_holds_what_the_old_one_held_with_its_reasons(run, folder):
    write(folder, p_json=ADMIN_JSON, leastwise_toml='baseline = "leastwise-baseline.json"\n')
    assert run("baseline", "create").code == 0
    place = folder / "leastwise-baseline.json"
    value = json.loads(place.read_text("utf-8"))
    value["findings"][0]["reason"] = "until March"
    place.write_text(json.dumps(value), encoding="utf-8")
    assert run("baseline", "create").code == 0
    assert json.loads(place.read_text("utf-8")) == value
    (one,) = run("check", "--format", "json").json["suppressed"]
    assert one["silenced"]["reason"] == "until March"


def test_baseline_of_a_configuration_lies_beside_it(run, folder, monkeypatch):
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    write(folder, sub__p_json=ADMIN_JSON, leastwise_toml='baseline = "known.json"\n')
    write(folder, ci__other_toml='baseline = "known.json"\n')
    assert run("baseline", "create", "--output", "known.json").code == 0
    (folder / "ci" / "known.json").write_bytes((folder / "known.json").read_bytes())
    monkeypatch.chdir(folder / "sub")
    assert run("check").code == 0
    (folder / "known.json").unlink()
    assert run("check") == (2, "", "leastwise: there is no file 'known.json'\n")
    assert run("check", "--config", "../ci/other.toml").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "known.json: it is not a leastwise baseline of version 1"),
        (None, "known.json: there is no file 'known.json'"),
    ],
)
def test_baseline_that_cannot_be_used_is_wrong_use(run, folder, text, message):
    if text is not None:
        write(folder, known_json=text)
    assert run("check", "--baseline", "known.json") == (2, "", f"leastwise: {message}\n")


def test_baseline_is_made_of_what_could_be_read_and_exits_2(run, folder):
    write(folder, p_json=ADMIN_JSON, q_json=BROKEN_JSON)
    assert run("baseline", "create").code == 2
    assert run("baseline", "create", "--allow-incomplete").code == 0


def test_baseline_that_cannot_be_written_is_wrong_use(run, folder):
    write(folder, p_json=CLEAN_JSON)
    ran = run("baseline", "create", "--output", "no/known.json")
    assert ran.code == 2
    assert ran.err.startswith("leastwise: 'no/known.json' can't be written: ")
    (folder / "raw").write_bytes(b"\xff")
    assert run("baseline", "create", "--output", "raw").err == (
        "leastwise: 'raw' can't be written: it is not UTF-8\n"
    )
    assert run("baseline", "create", "gone").code == 2
