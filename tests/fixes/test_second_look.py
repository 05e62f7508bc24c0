"""The second readers: python-hcl2 for Terraform, cfn-lint, in a room of its own, for templates."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter

import pytest
from tests.fixes.worked import ADMIN, BILLING, checked, fixed, template, texts

from leastwise.fixes import cfn_lint
from leastwise.fixes.second_look import Doubt, refused_by_second_reader
from leastwise.source.edit import Applicability
from leastwise.source.tree import MemoryTree, OverlayTree

MISSING = importlib.util.find_spec("cfnlint") is None
needs_cfn_lint = pytest.mark.skipif(MISSING, reason="the extra cfn-lint is not installed")

TWO = template(f"\n        - {ADMIN}\n        - {BILLING}")
ONE = template(f"\n        - {BILLING}")


def doubt(path: str, before: str, after: str) -> Doubt | None:
    tree = MemoryTree({path: before.encode()})
    return refused_by_second_reader(tree, OverlayTree(tree, {path: after.encode()}))


@needs_cfn_lint
def test_template_is_fixed_when_cfn_lint_agrees():
    result = fixed({"stack.yaml": TWO})
    assert texts(result) == {"stack.yaml": ONE}
    assert [one.fix.applicability for one in result.applied] == [Applicability.UNSAFE]


def test_without_cfn_lint_a_template_is_shown_only(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    _, outcome = checked({"stack.yaml": TWO})
    (fix,) = outcome.report.findings[0].fixes
    assert fix.applicability is Applicability.DISPLAY
    assert fix.proof.endswith("not checked by cfn-lint (install leastwise[cfn-lint] to apply it)")
    assert fixed({"stack.yaml": TWO}).changed == {}


def test_template_of_another_name_needs_cfn_lint_too(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    found = doubt("stack.txt", TWO, ONE)
    assert found is not None
    assert found.display_only


def answering(monkeypatch, *answers: Counter[tuple[str, str]] | None) -> None:
    """Let cfn-lint answer so, of the edited text first."""
    given = iter(answers)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(cfn_lint, "errors_in", lambda _: next(given))


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        (Counter({("E1", "old"): 1}), Counter({("E1", "old"): 1}), None),
        (Counter(), Counter({("E1", "old"): 1}), None),
        (
            Counter({("E1", "old"): 2}),
            Counter({("E1", "old"): 1}),
            Doubt("cfn-lint would report E1: old", display_only=False),
        ),
        (None, Counter(), Doubt("cfn-lint gave no answer on it", display_only=True)),
        (Counter(), None, Doubt("cfn-lint gave no answer on it", display_only=True)),
    ],
)
def test_template_may_gain_no_error(monkeypatch, after, before, expected):
    answering(monkeypatch, after, before)
    assert doubt("stack.yaml", TWO, ONE) == expected


def test_new_error_of_cfn_lint_means_no_fix(monkeypatch):
    answering(monkeypatch, Counter({("E3002", "bad"): 1}), Counter())
    _, outcome = checked({"stack.yaml": TWO})
    assert [finding.fixes for finding in outcome.report.findings] == [()]


def test_template_that_can_no_longer_be_read_is_refused(monkeypatch):
    answering(monkeypatch)
    edited = OverlayTree(MemoryTree({}), {"stack.yaml": ONE.encode()})
    assert refused_by_second_reader(MemoryTree({}), edited) == Doubt(
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
    assert cfn_lint.errors_in(text.encode()) == Counter()
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


@needs_cfn_lint
def test_errors_are_told_by_rule_and_message(monkeypatch, capsys):
    broken = template(" x").replace("AWS::IAM::Role", "AWS::IAM::Rolle") + "Outputs:\n"
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Bytes(broken.encode())})())
    cfn_lint.main()
    told = dict(json.loads(capsys.readouterr().out))
    assert "E3006" in told
    assert told["null"] == "CloudFormation refuses /Outputs: null"


class Bytes:
    """Stand in for the bytes of standard input."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self) -> bytes:
        return self.data


def test_text_that_cfn_lint_cannot_decode_is_an_error_and_no_crash(monkeypatch, capsys):
    pytest.importorskip("cfnlint", reason="the extra cfn-lint is not installed")
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Bytes(b"a: [")})())
    cfn_lint.main()
    assert '"E0000"' in capsys.readouterr().out


def test_cfn_lint_that_cannot_be_started_gives_no_answer(monkeypatch):
    def fail(*_, **__):
        raise OSError

    monkeypatch.setattr(cfn_lint.subprocess, "run", fail)
    assert cfn_lint.errors_in(b"") is None


def test_cfn_lint_that_fails_gives_no_answer(monkeypatch):
    done = subprocess.CompletedProcess([], 1, b"", b"")
    monkeypatch.setattr(cfn_lint.subprocess, "run", lambda *_, **__: done)
    assert cfn_lint.errors_in(b"") is None
