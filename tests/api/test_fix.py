"""The fix loop: rounds, what is proved together, and what reaches the disk."""

import importlib.util
import os
from pathlib import Path

import pytest
from tests.fixes.worked import (
    ADMIN,
    IAM,
    POWER,
    attachment,
    checked,
    fixed,
    role,
    template,
    texts,
    titles,
)

from leastwise.api import check as check_module
from leastwise.api import fix as fix_module
from leastwise.api.check import Setup, check, prepare
from leastwise.api.fix import fix, write
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, open_workspace
from leastwise.fixes import cfn_lint
from leastwise.fixes.cfn_lint import Edited, Errors, Question
from leastwise.fixes.prove import Proof
from leastwise.source.edit import Applicability

NAMES = "abcde"
ROLES = "".join(role(name) for name in NAMES)
FIVE = ROLES + "".join(attachment(name, name, ADMIN) for name in NAMES)


def test_fixes_of_one_round_are_proved_as_a_whole(monkeypatch):
    asked = []
    prove = fix_module.prove

    def counting(place, fixes, cured):
        asked.append(len(list(fixes)))
        return prove(place, fixes, cured)

    monkeypatch.setattr(fix_module, "prove", counting)
    result = fixed({"main.tf": FIVE})
    assert asked == [5]
    assert len(result.applied) == 5
    assert texts(result) == {"main.tf": ROLES}
    assert result.outcome.report.findings == ()
    assert result.outcome.exit_code == 0


def test_what_is_not_proved_together_is_halved_and_has_its_turn_later(monkeypatch):
    asked = []

    def stubborn(_place, fixes, _cured):
        asked.append(len(list(fixes)))
        return Proof("not together")

    monkeypatch.setattr(fix_module, "prove", stubborn)
    result = fixed({"main.tf": FIVE})
    assert asked == [5, 2, 4, 2, 3, 2]
    assert len(result.applied) == 5
    assert texts(result) == {"main.tf": ROLES}


def test_rounds_are_bounded_and_the_rest_is_named(monkeypatch):
    monkeypatch.setattr(fix_module, "MAX_ROUNDS", 2)
    monkeypatch.setattr(fix_module, "prove", lambda *_: Proof("not together"))
    result = fixed({"main.tf": FIVE})
    assert len(result.applied) == 2
    assert len(result.left) == 3


def test_edits_of_a_later_round_may_be_in_other_files():
    files = {
        "roles.tf": role("a", f'  managed_policy_arns = ["{ADMIN}"]\n'),
        "power.tf": attachment("two", "a", POWER),
    }
    result = fixed(files)
    assert texts(result) == {
        "power.tf": "",
        "roles.tf": role("a", "  managed_policy_arns = []\n"),
    }
    assert result.before == {path: text.encode() for path, text in files.items()}


def test_what_leaves_null_is_not_taken_together(monkeypatch):
    class EmptyKeys(Question):
        """Find only the null that is left where a whole list was deleted."""

        def answers(self) -> dict[Edited, Errors | None]:
            found: dict[Edited, Errors | None] = {}
            for one in self._left:
                found[one] = (("null", "x"),) if one.after.rstrip().endswith(b":") else ()
            self.withdraw()
            return found

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(cfn_lint, "Question", EmptyKeys)
    result = fixed({"stack.yaml": template(f"\n        - {POWER}\n        - {IAM}")})
    assert titles(result) == ["Detach IAMFullAccess from App", "Detach PowerUserAccess from App"]
    assert "ManagedPolicyArns" not in texts(result)["stack.yaml"]


def test_only_what_is_applicable_enough_is_applied():
    result = fixed({"main.tf": FIVE}, Applicability.SAFE)
    assert (result.applied, result.changed) == ((), {})
    assert len(result.left) == 5


def test_path_that_no_patch_can_name_gets_no_fix():
    result = fixed({"a\nb/main.tf": role("a") + attachment("one", "a", ADMIN)})
    assert result.changed == {}
    assert len(result.left) == 1


def test_silenced_findings_are_not_fixed():
    text = role("a") + attachment("one", "a", ADMIN).replace(
        "  policy_arn", '  # leastwise: ignore[wildcard/admin] reason="break glass"\n  policy_arn'
    )
    assert fixed({"main.tf": text}).changed == {}


def test_proofs_of_one_run_are_bounded_and_the_rest_counted(monkeypatch):
    monkeypatch.setattr(check_module, "MAX_PROOFS", 2)
    setup, outcome = checked({"main.tf": FIVE})
    assert [len(finding.fixes) for finding in outcome.report.findings] == [1, 1, 0, 0, 0]
    assert outcome.report.summary.fixes_not_tried == 3
    assert len(fix(setup, outcome, Applicability.UNSAFE).applied) == 5


def opened(folder: Path, *paths: str) -> tuple[Setup, Workspace]:
    workspace = open_workspace(paths or (".",), folder)
    assert isinstance(workspace, Workspace)
    setup = prepare(workspace, Options(), folder)
    assert isinstance(setup, Setup)
    return setup, workspace


BEFORE = role("a") + attachment("one", "a", ADMIN)
AFTER = role("a")


def test_file_keeps_its_mode(tmp_path):
    place = tmp_path / "main.tf"
    place.write_text(BEFORE, encoding="utf-8", newline="\n")
    place.chmod(0o640)
    setup, _ = opened(tmp_path)
    assert write(setup, fix(setup, check(setup), Applicability.UNSAFE)) == ()
    assert place.read_text(encoding="utf-8") == AFTER
    assert os.name == "nt" or place.stat().st_mode & 0o777 == 0o640


def linked(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this account may not make symbolic links")


def test_link_stays_a_link_and_its_target_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "live").mkdir()
    (tmp_path / "real" / "main.txt").write_text(BEFORE, encoding="utf-8", newline="\n")
    linked(tmp_path / "live" / "main.tf", tmp_path / "real" / "main.txt")
    setup, _ = opened(tmp_path)
    assert write(setup, fix(setup, check(setup), Applicability.UNSAFE)) == ()
    assert (tmp_path / "live" / "main.tf").is_symlink()
    assert (tmp_path / "real" / "main.txt").read_text(encoding="utf-8") == AFTER


def test_read_only_file_is_left_and_said(tmp_path):
    place = tmp_path / "main.tf"
    place.write_text(BEFORE, encoding="utf-8", newline="\n")
    place.chmod(0o444)
    setup, _ = opened(tmp_path)
    (problem,) = write(setup, fix(setup, check(setup), Applicability.UNSAFE))
    place.chmod(0o644)
    assert problem.message == "'main.tf' can't be written: it is read-only"
    assert place.read_text(encoding="utf-8") == BEFORE


def test_file_that_changed_meanwhile_is_left_and_said(tmp_path):
    place = tmp_path / "main.tf"
    place.write_text(BEFORE, encoding="utf-8", newline="\n")
    setup, _ = opened(tmp_path)
    result = fix(setup, check(setup), Applicability.UNSAFE)
    place.write_text(BEFORE + "# more\n", encoding="utf-8", newline="\n")
    (problem,) = write(setup, result)
    assert problem.code == "changed-meanwhile"
    assert place.read_text(encoding="utf-8") == BEFORE + "# more\n"


def test_memory_is_never_written():
    setup, outcome = checked({"main.tf": BEFORE})
    assert write(setup, fix(setup, outcome, Applicability.UNSAFE)) == ()
