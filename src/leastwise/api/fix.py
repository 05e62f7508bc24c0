"""Apply fixes round by round, in memory first: what is printed or written is proved as a whole."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from leastwise.api.check import Outcome, Setup, bench, judge
from leastwise.api.load import Loaded, load_root
from leastwise.fixes.prove import prove
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Applicability, Fix, overlaps
from leastwise.source.span import Span
from leastwise.source.tree import DiskTree, OverlayTree, overlay, write_file
from leastwise.source.unified_diff import patchable

MAX_ROUNDS = 10


class Applied(NamedTuple):
    """Tie a fix that was applied to the finding it ends."""

    finding: Finding
    fix: Fix


class Fixed(NamedTuple):
    """Hold the outcome of the fix loop.

    ``changed`` maps paths to their new bytes, ``before`` to their old ones. ``outcome`` is the
    check of the edited tree, ``left`` are the fixes that it still offers.
    """

    applied: tuple[Applied, ...]
    left: tuple[Applied, ...]
    changed: dict[str, bytes]
    before: dict[str, bytes]
    outcome: Outcome


def fix(setup: Setup, outcome: Outcome, required: Applicability) -> Fixed:
    """Apply all fixes of at least the required applicability, at most ten rounds, in memory."""
    applied: list[Applied] = []
    changed: dict[str, bytes] = {}
    following = setup
    for _ in range(MAX_ROUNDS):
        chosen = _choose(outcome.report.findings, required)
        chosen = _jointly_proved(following, outcome, chosen)
        edited = overlay(following.workspace.tree, [e for c in chosen for e in c.fix.edits])
        if not chosen or isinstance(edited, Diagnostic):
            break
        applied += chosen
        changed.update(edited.changed)
        following, outcome = _next_round(following, outcome, changed, edited)
    left = tuple(Applied(f, one) for f in outcome.report.findings for one in f.fixes)
    originals = {path: setup.workspace.tree.read(path) for path in changed}
    before = {path: data for path, data in originals.items() if isinstance(data, bytes)}
    return Fixed(tuple(applied), left, changed, before, outcome)


def _choose(findings: Iterable[Finding], required: Applicability) -> tuple[Applied, ...]:
    """Take fixes in order of their findings, leaving out what overlaps one that was taken."""
    chosen: list[Applied] = []
    for finding in findings:
        for one in finding.fixes:
            edits = [edit for taken in chosen for edit in taken.fix.edits]
            if _is_offered(one, required) and not overlaps((*edits, *one.edits)):
                chosen.append(Applied(finding, one))
                break
    return tuple(chosen)


def _is_offered(one: Fix, required: Applicability) -> bool:
    """Say whether a fix may be applied; as it is whole or not at all, a patch must hold all."""
    if not one.edits or one.applicability < required:
        return False
    return all(patchable(edit.span.path) for edit in one.edits)


def _jointly_proved(
    setup: Setup, outcome: Outcome, chosen: tuple[Applied, ...]
) -> tuple[Applied, ...]:
    """Keep as many of the fixes, from the first on, as are proved together.

    The first alone is proved already; what is left out has its turn in the next round.
    """
    place = bench(setup, outcome.loaded, outcome.judged)
    while len(chosen) > 1:
        proof = prove(place, [c.fix for c in chosen], [c.finding for c in chosen])
        if not proof.refusal:
            return tuple(c._replace(fix=c.fix._replace(proof=proof.text)) for c in chosen)
        chosen = chosen[: len(chosen) // 2]
    return chosen


def _next_round(
    setup: Setup, outcome: Outcome, changed: dict[str, bytes], edited: OverlayTree
) -> tuple[Setup, Outcome]:
    tree = OverlayTree(setup.workspace.tree, dict(changed))
    following = replace(setup, workspace=setup.workspace._replace(tree=tree))
    paths = frozenset(edited.changed)
    projects = tuple(
        project
        if paths.isdisjoint(project.files) and paths.isdisjoint(project.read)
        else load_root(project.roots[0], tree=tree, config=setup.config)
        for project in outcome.loaded.projects
    )
    return following, judge(following, Loaded(projects, outcome.loaded.skipped))


def write(setup: Setup, fixed: Fixed) -> tuple[Diagnostic, ...]:
    """Write the changed files to disk; what can't be written is a diagnostic.

    Nothing is written when a file is no longer what was proved.
    """
    root = setup.workspace.root
    if root is None:
        return ()
    disk = DiskTree(root)
    moved = [path for path in sorted(fixed.changed) if disk.read(path) != fixed.before[path]]
    if moved:
        return tuple(_changed_meanwhile(path) for path in moved)
    written = (write_file(root, path, data) for path, data in sorted(fixed.changed.items()))
    return tuple(problem for problem in written if problem is not None)


def _changed_meanwhile(path: str) -> Diagnostic:
    message = f"{path!r} changed while its fix was proved; nothing was written"
    return Diagnostic("error", "changed-meanwhile", Span(path, 0, 0), message, "run it again")
