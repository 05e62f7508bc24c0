"""The second opinion on edited files: another reader must accept them too.

A patched Terraform file must parse with python-hcl2, a patched template must gain no cfn-lint
error. cfn-lint is an extra; without it a template's fix is shown but not applied.
"""

from typing import NamedTuple

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import OverlayTree, Tree

_TERRAFORM = (".tf", ".tofu", ".tfvars", ".hcl")


class Doubt(NamedTuple):
    """Say why a second reader does not vouch for an edit."""

    reason: str
    display_only: bool


def refused_by_second_reader(before: Tree, edited: OverlayTree) -> Doubt | None:
    """Return the first doubt about the edited files, or None when all are accepted."""
    for path, data in edited.changed.items():
        # What is not Terraform is a template, whatever its name.
        terraform = path.endswith(_TERRAFORM)
        doubt = _terraform_doubt(path, data) if terraform else _template_doubt(before, path, data)
        if doubt is not None:
            return doubt
    return None


def _terraform_doubt(path: str, data: bytes) -> Doubt | None:
    from leastwise.frontends.terraform.syntax.second_opinion import parses

    if parses(data):
        return None
    return Doubt(f"python-hcl2 would not read the edited {path}", display_only=False)


def _template_doubt(before: Tree, path: str, data: bytes) -> Doubt | None:
    import importlib.util

    if importlib.util.find_spec("cfnlint") is None:
        return Doubt(
            "not checked by cfn-lint (install leastwise[cfn-lint] to apply it)", display_only=True
        )
    from leastwise.fixes.cfn_lint import errors_in

    original = before.read(path)
    if isinstance(original, Diagnostic):
        return Doubt(original.message, display_only=False)
    new, old = errors_in(data), errors_in(original)
    if new is None or old is None:
        return Doubt("cfn-lint gave no answer on it", display_only=True)
    gained = new - old
    for rule, message in gained:
        return Doubt(f"cfn-lint would report {rule}: {message}", display_only=False)
    return None
