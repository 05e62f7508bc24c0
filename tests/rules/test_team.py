"""Rules of a team: read from a folder, refused with the line and what was meant."""

import pytest

from leastwise.api.rule_examples import told_otherwise
from leastwise.rules.skeleton import skeleton
from leastwise.rules.team import team_rules

TEXT = skeleton("acme/archive-delete")


def faults(text, path="acme/archive-delete.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return [(fault.line, fault.message) for fault in team_rules({path: data}).faults]


def test_the_first_version_of_a_rule_holds():
    found = team_rules({"acme/archive-delete.yaml": TEXT.encode()})
    assert found.faults == ()
    (rule,) = found.rules
    (file,) = found.files
    assert (rule.info.id, rule.info.level, rule.info.security_severity) == (
        "acme/archive-delete",
        "warning",
        5.5,
    )
    assert [told_otherwise(rule, example) for example in file.data["examples"]] == [None] * 3


def test_an_example_that_is_judged_otherwise_is_told():
    found = team_rules(
        {"acme/archive-delete.yaml": TEXT.replace("scratch/*", "archive/*").encode()}
    )
    problems = [told_otherwise(found.rules[0], e) for e in found.files[0].data["examples"]]
    assert problems[1].startswith("expected to pass, but: Role arn:aws:iam::111122223333:role/subj")


def test_a_level_that_differs_is_told():
    text = TEXT.replace("    expect: fail\n", "    expect: fail\n    level: note\n")
    found = team_rules({"acme/archive-delete.yaml": text.encode()})
    problem = told_otherwise(found.rules[0], found.files[0].data["examples"][0])
    assert problem == "expected at level note, found at warning"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  allows:", "  alows:", 13, "match: unknown word 'alows', did you mean 'allows'?"),
        ("level: warning", "level: warn", 5, "level: 'warn' is none of error, warning, note, did you mean 'warning'?"),
        ("remediation: Say what to write instead.\n", "", None, "'remediation' is missing"),
        ("rationale:", "id: acme/other\nrationale:", 8, "the key 'id' stands here twice"),
        ("expect: fail", "expect: fial", 16, "examples.0.expect: 'fial' is none of fail, pass, did you mean 'fail'?"),
        ("    expect: fail\n", "    expect: pass\n", 14, "examples: show at least one example that fails and one that passes"),
        ("match:", "decide: python\nmtch:", 13, "unknown word 'mtch', did you mean 'match'?"),
        ("id: acme/archive-delete", "id: acme/other", 3, "the rule 'acme/other' belongs in acme/other.yaml"),
        ("title: ", "title: [", 5, None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_was_meant(old, new, line, words):
    told = faults(TEXT.replace(old, new, 1))
    assert told[0][0] == line
    if words is not None:
        assert told[0][1] == words


def test_python_is_for_our_own_rules():
    text = TEXT.replace(
        'match:\n  allows: {action: "s3:DeleteObject*", resource: "arn:aws:s3:::archive/*"}',
        "decide: python",
    )
    assert faults(text) == [(None, "'decide' is for leastwise's own rules; ask with 'match' or 'grades'")]  # fmt: skip


def test_a_rule_of_ours_is_not_replaced():
    text = TEXT.replace("id: acme/archive-delete", "id: wildcard/admin")
    assert faults(text, "wildcard/admin.yaml") == [
        (None, "there is a rule 'wildcard/admin' already, of leastwise")
    ]


def test_one_bad_file_does_not_hide_the_others():
    found = team_rules({"acme/archive-delete.yaml": TEXT.encode(), "acme/bad.yaml": b"a: ["})
    assert [rule.info.id for rule in found.rules] == ["acme/archive-delete"]
    assert [fault.path for fault in found.faults] == ["acme/bad.yaml"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "a rule is a mapping with id, title, level and so on"),
        (b"- a", "a rule is a mapping with id, title, level and so on"),
        (b"[" * 5000, "more than 32 levels stand inside one another"),
        (b"a: &a [*a]", "an alias stands for what it is part of"),
        (b"x" * (256 * 1024 + 1), "the file is larger than 262144 bytes"),
        (b"\xff\xfe\xff", "this is no YAML"),
        (b"a: 1" + b"1" * 5000, "this is no YAML"),
    ],
)
def test_hostile_text_is_refused_in_words(text, words):
    assert faults(text)[0][1].startswith(words)


def test_aliases_do_not_blow_up():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert faults("\n".join(lines))[0][1] == (
        "with its aliases the file holds more than 50000 values"
    )


MATCH = '  allows: {action: "s3:DeleteObject*", resource: "arn:aws:s3:::archive/*"}'


def asking(match):
    return TEXT.replace(f"match:\n{MATCH}", f"match: {match}")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("level: warning", "level: warning\nsecurity_severity: .nan", 6, ".nan is no number"),
        ('archive/*"}', 'archive/*", context: {1: x}}', 13, "the key '1' is no string; put it in quotes"),
        ('archive/*"}', 'archive/*", context: {2012-10-17: x}}', 13, "the key '2012-10-17' is no string; put it in quotes"),
        ("level: warning", "level: warning\ntags: !!set {a}", 6, "a value of the type 'tag:yaml.org,2002:set' has no place in a rule"),
        ("level: warning", "level: warning\n? [a]\n: b", 6, "a key must be a string"),
        ("level: warning", 'level: "\\ud800"', 5, "half of a surrogate pair is no character"),
        ("level: warning", f"level: warning\ntags: [{', '.join('x' * 501)}]", 6, "the list holds more than 500 values"),
        ("id: acme/archive-delete", "id: 2012-10-17", 3, "id: datetime.date(2012, 10, 17) is no string"),
        ("expect: fail", "expect: fail\n    config: {own-accounts: 3}", 17, "examples.0.config: own-accounts must be a list, not 3"),
        ("expect: fail", "expect: fail\n    config: {levls: {}}", 17, "examples.0.config: unknown key 'levls', did you mean 'levels'?"),
        (MATCH, "  {}", 12, "match: write one of allows, allows_all, all, any, not, one_resource"),
        ("level: warning", f"level: {'w' * 9_000}", 5, None),
    ],
)  # fmt: skip
def test_what_no_rule_can_say_is_told_with_its_line(old, new, line, words):
    told = faults(TEXT.replace(old, new, 1))
    assert told[0][0] == line
    assert len(told[0][1]) < 300
    if words is not None:
        assert told[0][1] == words


def test_a_message_that_nothing_fills_in_is_told():
    text = TEXT.replace("{subject}", "{subjekt}", 1)
    assert "message: nothing fills in {subjekt}; known are {subject}, " in faults(text)[0][1]


def test_a_rule_asks_a_hundred_questions_at_most():
    many = "{any: [" + ", ".join(["{allows: {action: s3:GetObject}}"] * 101) + "]}"
    assert faults(asking(many)) == [(None, "it asks 101 questions; at most 100 are asked")]


@pytest.mark.parametrize("path", ["a.yaml", "notacme/archive-delete.yaml", "a/acme/archive-delete.yaml"])  # fmt: skip
def test_the_path_is_the_id(path):
    words = "the rule 'acme/archive-delete' belongs in acme/archive-delete.yaml"
    assert [message for _, message in faults(TEXT, path)] == [words]


def test_a_date_in_a_statement_is_its_text():
    text = TEXT.replace("Effect: Allow", "Effect: Allow, Sid: 2012-10-17", 1)
    (rule,) = team_rules({"acme/archive-delete.yaml": text.encode()}).rules
    assert '"Sid": "2012-10-17"' in rule.bad.text
