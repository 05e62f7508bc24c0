"""The second readers: python-hcl2 for Terraform, cfn-lint, in a room of its own, for templates."""

import base64
import importlib.util
import io
import json
import subprocess
import sys

import pytest
from tests.fixes.worked import ADMIN, BILLING, checked, fixed, template, texts

from leastwise.api.fix import fix
from leastwise.fixes import cfn_lint
from leastwise.fixes.cfn_lint import Edited, Errors, Question
from leastwise.fixes.second_look import Doubt, SecondReaders, doubt_on_terraform
from leastwise.source.edit import Applicability
from leastwise.source.tree import MemoryTree, OverlayTree

MISSING = importlib.util.find_spec("cfnlint") is None
needs_cfn_lint = pytest.mark.skipif(MISSING, reason="the extra cfn-lint is not installed")

TWO = template(f"\n        - {ADMIN}\n        - {BILLING}")
ONE = template(f"\n        - {BILLING}")


def doubt(path: str, before: str, after: str) -> Doubt | None:
    tree = MemoryTree({path: before.encode()})
    edited = OverlayTree(tree, {path: after.encode()})
    return doubt_on_terraform(edited) or SecondReaders().doubt_on_templates(tree, edited)


@needs_cfn_lint
def test_template_is_fixed_when_cfn_lint_agrees():
    result = fixed({"stack.yaml": TWO})
    assert texts(result) == {"stack.yaml": ONE}
    assert [one.fix.applicability for one in result.applied] == [Applicability.UNSAFE]


def test_without_cfn_lint_a_template_is_shown_only(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    _, outcome = checked({"stack.yaml": TWO})
    (shown,) = outcome.report.findings[0].fixes
    assert shown.applicability is Applicability.DISPLAY
    assert shown.proof.endswith("not checked by cfn-lint (install leastwise[cfn-lint] to apply it)")
    assert fixed({"stack.yaml": TWO}).changed == {}


def test_template_of_another_name_needs_cfn_lint_too(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    found = doubt("stack.txt", TWO, ONE)
    assert found is not None
    assert found.display_only


def answering(monkeypatch, answer: Errors | None) -> list[set[Edited]]:
    """Let cfn-lint answer so to each edit; returns what it is asked."""
    asked: list[set[Edited]] = []

    class Answering:
        def __init__(self, edits) -> None:
            asked.append(set(edits))
            self.edits = asked[-1]

        def answers(self) -> dict[Edited, Errors | None]:
            return dict.fromkeys(self.edits, answer)

        def withdraw(self) -> None:
            asked.append(set())

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(cfn_lint, "Question", Answering)
    return asked


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((), None),
        ((("E1", "new"),), Doubt("cfn-lint would report E1: new", display_only=False)),
        (None, Doubt("cfn-lint gave no answer on it", display_only=True)),
    ],
)
def test_template_may_gain_no_error(monkeypatch, answer, expected):
    answering(monkeypatch, answer)
    assert doubt("stack.yaml", TWO, ONE) == expected


def test_new_error_of_cfn_lint_means_no_fix(monkeypatch):
    answering(monkeypatch, (("E3002", "bad"),))
    _, outcome = checked({"stack.yaml": TWO})
    assert [finding.fixes for finding in outcome.report.findings] == [()]


def test_all_edits_of_a_run_are_asked_about_at_once(monkeypatch):
    asked = answering(monkeypatch, ())
    other = TWO.replace("App", "Other")
    setup, outcome = checked({"one.yaml": TWO, "two.yaml": TWO, "three.yaml": other})
    edits = {
        Edited(TWO.encode(), ONE.encode()),
        Edited(other.encode(), ONE.replace("App", "Other").encode()),
    }
    assert asked == [edits]
    fix(setup, outcome, Applicability.UNSAFE)
    assert asked == [edits], "what was answered is not asked about again"


def test_nobody_waits_for_an_answer_on_what_is_refused_anyway(monkeypatch):
    asked = answering(monkeypatch, ())
    tree = MemoryTree({"stack.yaml": TWO.encode()})
    readers = SecondReaders()
    readers.expect(tree, [OverlayTree(tree, {"stack.yaml": ONE.encode()})])
    readers.forget()
    assert asked == [{Edited(TWO.encode(), ONE.encode())}, set()]


def test_template_that_can_no_longer_be_read_is_refused(monkeypatch):
    answering(monkeypatch, None)
    edited = OverlayTree(MemoryTree({}), {"stack.yaml": ONE.encode()})
    readers = SecondReaders()
    readers.expect(MemoryTree({}), [edited])
    assert readers.doubt_on_templates(MemoryTree({}), edited) == Doubt(
        "there is no file 'stack.yaml'", display_only=False
    )


@pytest.mark.parametrize("path", ["main.tf", "main.tofu", "x.tfvars"])
def test_terraform_must_parse_with_python_hcl2(path):
    assert doubt(path, "a = 1\n", "a = 2\n") is None
    assert doubt(path, "a = 1\n", "a = \n") == Doubt(
        f"python-hcl2 would not read the edited {path}", display_only=False
    )


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Stand in a folder whose cfn-lint configuration would run code; the code marks that it ran."""
    marker = tmp_path / "marker"
    code = f"open({str(marker)!r}, 'w').close()\nraise SystemExit(3)\n"
    for name in ("evil", "cfnlint", "leastwise"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(code, encoding="utf-8")
    (tmp_path / "evil" / "Rule.py").write_text(code, encoding="utf-8")
    settings = f"append_rules:\n  - {tmp_path / 'evil'}\n"
    (tmp_path / ".cfnlintrc").write_text(settings, encoding="utf-8")
    (tmp_path / ".cfnlintrc.yaml").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path, marker


METADATA = """\
Metadata:
  cfn-lint:
    config:
      append_rules:
        - {folder}
"""


@needs_cfn_lint
def test_code_named_by_a_template_or_its_folder_does_not_run(hostile):
    folder, marker = hostile
    text = METADATA.format(folder=folder / "evil") + ONE
    assert gained("", text) == ()
    assert not marker.exists()


@needs_cfn_lint
def test_the_trap_is_real(hostile):
    """Show that cfn-lint, run as people run it, would have run that code."""
    folder, marker = hostile
    (folder / "stack.yaml").write_text(ONE, encoding="utf-8")
    (folder / "evil" / "__init__.py").unlink()
    command = [sys.executable, "-I", "-c", "import cfnlint.runner as r; r.main()", "stack.yaml"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert marker.exists()


BROKEN = template(" x").replace("AWS::IAM::Role", "AWS::IAM::Rolle") + "Outputs:\n"


def gained(before: str, after: str) -> Errors | None:
    """Put one edit to the real cfn-lint."""
    pair = Edited(before.encode(), after.encode())
    return Question((pair,)).answers()[pair]


def told(monkeypatch, capsys, *pairs: tuple[str, str]) -> list[list[list[str]]]:
    """Run what the process runs, in this one."""
    texts = [[base64.b64encode(text.encode()).decode() for text in pair] for pair in pairs]
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(texts).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    cfn_lint.main()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@needs_cfn_lint
def test_errors_are_told_by_rule_and_message(monkeypatch, capsys):
    answers = told(monkeypatch, capsys, ("", BROKEN), (BROKEN, BROKEN), (BROKEN, ONE))
    first = dict(answers[0])
    assert "E3006" in first
    assert first["null"] == "CloudFormation refuses /Outputs: null"
    assert answers[1:] == [[], []]


@needs_cfn_lint
def test_an_error_more_of_the_same_words_is_gained(monkeypatch, capsys):
    twice = BROKEN.replace("Outputs", "Rules:\nOutputs").replace("Rules", "Mappings")
    (answer,) = told(monkeypatch, capsys, (BROKEN, twice))
    assert ["null", "CloudFormation refuses /Mappings: null"] in answer
    assert ["null", "CloudFormation refuses /Outputs: null"] not in answer


def test_what_a_library_prints_is_no_answer(monkeypatch, capsys):
    def chatty():
        return lambda text: print("hello") or [("E1", text.decode())]

    monkeypatch.setattr(cfn_lint, "_linter", chatty)
    assert told(monkeypatch, capsys, ("a", "b"), ("b", "b")) == [[["E1", "b"]], []]


@needs_cfn_lint
def test_text_that_cfn_lint_cannot_decode_is_an_error_and_no_crash(monkeypatch, capsys):
    ((error,),) = told(monkeypatch, capsys, ("", "a: ["))
    assert error[0] == "E0000"


def test_cfn_lint_that_cannot_be_started_gives_no_answer(monkeypatch):
    def fail(*_, **__):
        raise OSError

    monkeypatch.setattr(cfn_lint.subprocess, "Popen", fail)
    assert gained("", ONE) is None


def running(monkeypatch, code: str) -> None:
    """Let this code run in the place of cfn-lint."""
    start = subprocess.Popen

    def instead(_command, **options):
        return start([sys.executable, "-I", "-c", code], **options)

    monkeypatch.setattr(cfn_lint.subprocess, "Popen", instead)


ANSWERING = """\
import base64, json, os, sys, time
for _, after in json.load(sys.stdin):
    text = base64.b64decode(after).decode()
    if text == "ends":
        print("[[", end="", flush=True)
        os._exit(1)
    if text == "sleeps":
        time.sleep(60)
    print(json.dumps([["E1", text]]), flush=True)
"""


def test_a_template_that_cfn_lint_fails_on_costs_no_other_its_answer(monkeypatch):
    running(monkeypatch, ANSWERING)
    pairs = [Edited(b"", text) for text in (b"a", b"ends", b"others")]
    assert Question(pairs).answers() == {
        pairs[0]: (("E1", "a"),),
        pairs[1]: None,
        pairs[2]: (("E1", "others"),),
    }


def test_time_is_bounded_and_what_was_answered_counts(monkeypatch):
    monkeypatch.setattr(cfn_lint, "_TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(cfn_lint, "_SECONDS_EACH", 0.1)
    running(monkeypatch, ANSWERING)
    pairs = [Edited(b"", text) for text in (b"sleeps", b"a", b"sleepless")]
    assert Question(pairs).answers() == {
        pairs[1]: (("E1", "a"),),
        pairs[0]: None,
        pairs[2]: None,
    }


def test_question_that_is_withdrawn_ends_its_process(monkeypatch):
    running(monkeypatch, "import time; time.sleep(60)")
    question = Question([Edited(b"", b"a")])
    question.withdraw()
    assert question.answers() == {}
