"""Rules of a team from the command line: written, tested, run, refused, explained."""

import pytest
from tests.cli.texts import ADMIN_JSON, write

CONFIG = 'rules = "own"\n'
NAME = "acme/archive-delete"
WARNING = {"p_json": ADMIN_JSON, "leastwise_toml": CONFIG}


@pytest.fixture
def own(run, folder):
    """Write the first version of a rule into the folder ``own``; return its file."""
    assert run("rules", "new", NAME, "own").code == 0
    return folder / "own" / "acme" / "archive-delete.yaml"


def found(ran):
    return [(f["rule"], f["level"]) for f in ran.json["findings"]]


def test_a_new_rule_says_where_it_is_and_what_to_do(run, folder):
    ran = run("rules", "new", NAME)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "wrote leastwise-rules/acme/archive-delete.yaml",
        "edit it, judge its examples with 'leastwise rules test leastwise-rules',",
        'and name the folder in leastwise.toml: rules = "leastwise-rules"',
    ]
    assert (folder / "leastwise-rules" / "acme" / "archive-delete.yaml").is_file()


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (NAME, "'own/acme/archive-delete.yaml' exists, it is left as it is"),
        ("wildcard/admin", "'wildcard/admin' is a rule of leastwise; yours needs another name"),
        ("archive", "'archive' is no id for a rule: write GROUP/NAME"),
        ("../../etc/passwd", "'../../etc/passwd' is no id for a rule: write GROUP/NAME"),
    ],
)
def test_a_name_that_is_none_or_taken_is_wrong_use(run, name, message):
    ran = run("rules", "new", name, "own")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"leastwise: {message}")


@pytest.mark.usefixtures("own")
def test_the_examples_of_a_new_rule_are_judged_as_they_say(run):
    ran = run("rules", "test", "own")
    assert (ran.code, ran.out, ran.err) == (0, "3 of 3 examples of 1 rule judged as expected\n", "")


def test_an_example_that_is_judged_otherwise_fails_the_test(run, own):
    own.write_text(own.read_text().replace("scratch/*", "archive/*"))
    ran = run("rules", "test", "own")
    assert ran.code == 1
    first, last = ran.out.splitlines()
    assert first.startswith("own/acme/archive-delete.yaml: ")
    assert "expected to pass, but: " in first
    assert last == "2 of 3 examples of 1 rule judged as expected"


def test_a_faulty_rule_is_told_with_its_line_and_the_others_run(run, folder, own):
    write(folder, **WARNING)
    own.write_text(own.read_text().replace("  allows:", "  alows:"))
    told = "own/acme/archive-delete.yaml:13: match: unknown word 'alows', did you mean 'allows'?"
    ran = run("rules", "test", "own")
    assert (ran.code, ran.err) == (2, f"leastwise: {told}\n")
    assert run("rules").err == f"leastwise: {told}\n"
    checked = run("check", "--format", "json")
    assert checked.code == 2
    assert found(checked) == [("wildcard/admin", "error")]
    assert [(d["code"], d["line"]) for d in checked.json["diagnostics"]] == [("rule-invalid", 13)]
    assert "error[rule-invalid]" in run("check").out


def test_a_folder_without_rules_is_told(run, folder):
    write(folder, **WARNING)
    ran = run("check", "--format", "json")
    assert ran.code == 2
    assert "holds no rule" in ran.json["diagnostics"][0]["message"]


def test_a_folder_without_rules_tests_nothing(run, folder):
    (folder / "own").mkdir(parents=True, exist_ok=True)
    ran = run("rules", "test", "own")
    assert (ran.code, ran.err) == (
        2,
        "leastwise: the folder 'own' holds no rule, a file GROUP/NAME.yaml\n",
    )


def test_the_page_of_a_rule_controls_no_terminal(run, folder, own):
    write(folder, **WARNING)
    text = own.read_text()
    own.write_text(text.replace("remediation: ", 'remediation: "\\e[31m\\n::error::x" #'))
    page = run("explain", NAME).out
    assert "\x1b" not in page
    assert not any(line.startswith("::") for line in page.splitlines())


def test_a_rule_of_the_team_runs_and_is_listed_selected_and_explained(run, folder, own):
    write(folder, **WARNING)
    own.write_text(own.read_text().replace("scratch/*", "other/*"))
    listed = run("rules", "--format", "json")
    assert NAME in [rule["id"] for rule in listed.json]
    ran = run("check", "--select", "acme", "--format", "json")
    assert found(ran) == [(NAME, "warning")]
    page = run("explain", NAME)
    assert (page.code, page.err) == (0, "")
    assert page.out.startswith(f"# {NAME}\n")
    fingerprint = ran.json["findings"][0]["fingerprint"]
    told = run("explain", fingerprint)
    assert told.out.startswith(f"warning[{NAME}]")


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("level", "told"), [("error", "error"), ("note", "note"), ("off", None)])
def test_a_team_levels_its_own_rules_too(run, folder, level, told):
    write(folder, p_json=ADMIN_JSON, leastwise_toml=f'{CONFIG}[levels]\n"acme" = "{level}"\n')
    ran = run("check", "--select", "acme", "--format", "json", "--show-all")
    assert found(ran) == ([(NAME, told)] if told else [])
