"""The second opinion on edited files: another reader must accept them too.

A patched Terraform file must parse with python-hcl2, a patched template must gain no cfn-lint
error. cfn-lint is an extra; without it a template's fix is shown but not applied. It is slow, so
all edits that are to be proved are put to it at once, and it reads while they are proved.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import OverlayTree, Tree

if TYPE_CHECKING:
    from leastwise.fixes.cfn_lint import Edited, Errors, Question

_TERRAFORM = (".tf", ".tofu", ".tfvars", ".hcl")


class Doubt(NamedTuple):
    """Say why a second reader does not vouch for an edit."""

    reason: str
    display_only: bool


_NOT_INSTALLED = Doubt(
    "not checked by cfn-lint (install leastwise[cfn-lint] to apply it)", display_only=True
)


class SecondReaders:
    """Put edits of templates to cfn-lint, each once in a run.

    INVARIANT: no edit that was answered is asked about again, and at most one process is asked
    at any time.
    """

    def __init__(self) -> None:
        self._known: dict[Edited, Errors | None] = {}
        self._question: Question | None = None

    def expect(self, before: Tree, edits: Iterable[OverlayTree]) -> None:
        """Have the templates among the edited files read from now on, in the background."""
        self.forget()
        pairs = {
            (original, data)
            for edited in edits
            for path, data in _templates(edited)
            if isinstance(original := before.read(path), bytes)
        }
        # A named tuple equals the plain one.
        pairs.difference_update(self._known)
        if pairs and _is_installed():
            from leastwise.fixes.cfn_lint import Edited, Question

            self._question = Question(Edited(*pair) for pair in pairs)

    def forget(self) -> None:
        """Give up on answers that nobody waits for."""
        if self._question is not None:
            self._question.withdraw()
            self._question = None

    def doubt_on_templates(self, before: Tree, edited: OverlayTree) -> Doubt | None:
        """Return the first doubt about the edited templates, or None when all are accepted."""
        for path, data in _templates(edited):
            original = before.read(path)
            if isinstance(original, Diagnostic):
                return Doubt(original.message, display_only=False)
            doubt = self._doubt(original, data) if _is_installed() else _NOT_INSTALLED
            if doubt is not None:
                return doubt
        return None

    def _doubt(self, before: bytes, after: bytes) -> Doubt | None:
        from leastwise.fixes.cfn_lint import Edited, Question

        pair = Edited(before, after)
        if pair not in self._known:
            question = self._question or Question((pair,))
            self._question = None
            self._known.update(question.answers())
        gained = self._known.get(pair)
        if gained is None:
            return Doubt("cfn-lint gave no answer on it", display_only=True)
        for rule, message in gained:
            return Doubt(f"cfn-lint would report {rule}: {message}", display_only=False)
        return None


def doubt_on_terraform(edited: OverlayTree) -> Doubt | None:
    """Return the first doubt about the edited Terraform files, or None when all are accepted."""
    for path, data in edited.changed.items():
        if not path.endswith(_TERRAFORM):
            continue
        from leastwise.frontends.terraform.syntax.second_opinion import parses

        if not parses(data):
            return Doubt(f"python-hcl2 would not read the edited {path}", display_only=False)
    return None


def _templates(edited: OverlayTree) -> Iterable[tuple[str, bytes]]:
    # What is not Terraform is a template, whatever its name.
    return ((p, d) for p, d in edited.changed.items() if not p.endswith(_TERRAFORM))


def _is_installed() -> bool:
    import importlib.util

    return importlib.util.find_spec("cfnlint") is not None
