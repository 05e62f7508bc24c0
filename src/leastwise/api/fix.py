"""Apply fixes round by round, in memory first: what is printed or written is proved as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from leastwise.api.check import Outcome, Setup, bench, judge
from leastwise.api.load import Loaded, load_root
from leastwise.fixes.prove import prove
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Applicability, Fix, overlaps
from leastwise.source.tree import OverlayTree, overlay, write_file

MAX_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Applied:
    """Tie a fix that was applied to the finding it ends."""

    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Hold the outcome of the fix loop.

    ``changed`` maps paths to their new bytes, ``before`` to their old ones. ``outcome`` is the
    check of the edited tree. ``shown`` are fixes of the first check that were not applied.
    """

    applied: tuple[Applied, ...]
    shown: tuple[Applied, ...]
    changed: dict[str, bytes]
    before: dict[str, bytes]
    outcome: Outcome


def fix(setup: Setup, outcome: Outcome, required: Applicability) -> Fixed:
    """Apply all fixes of at least the required applicability, at most ten rounds, in memory."""
    first, applied = outcome, list[Applied]()
    changed: dict[str, bytes] = {}
    for _ in range(MAX_ROUNDS):
        chosen = _choose(outcome.report.findings, required)
        chosen = _jointly_proved(setup, outcome, chosen)
        edited = overlay(setup.workspace.tree, [e for c in chosen for e in c.fix.edits])
        if not chosen or isinstance(edited, Diagnostic):
            break
        applied += chosen
        changed.update(edited.changed)
        setup, outcome = _next_round(setup, outcome, changed, edited)
    done = {one.finding.fingerprint for one in applied}
    shown = tuple(
        Applied(finding, one)
        for finding in first.report.findings
        for one in finding.fixes
        if finding.fingerprint not in done
    )
    before = {path: first.files[path].data for path in changed if path in first.files}
    return Fixed(tuple(applied), shown, changed, before, outcome)


def _choose(findings: Iterable[Finding], required: Applicability) -> tuple[Applied, ...]:
    """Take fixes in order of their findings, leaving out what overlaps one that was taken."""
    chosen: list[Applied] = []
    for finding in findings:
        for one in finding.fixes:
            edits = [edit for taken in chosen for edit in taken.fix.edits]
            if one.edits and one.applicability >= required and not overlaps((*edits, *one.edits)):
                chosen.append(Applied(finding, one))
                break
    return tuple(chosen)


def _jointly_proved(
    setup: Setup, outcome: Outcome, chosen: tuple[Applied, ...]
) -> tuple[Applied, ...]:
    """Keep the fixes when they are proved together; else the first one, proved alone already."""
    if len(chosen) < 2:
        return chosen
    place = bench(setup, outcome.loaded, outcome.report.findings)
    proof = prove(place, [c.fix for c in chosen], [c.finding for c in chosen])
    return chosen[:1] if proof.refusal else chosen


def _next_round(
    setup: Setup, outcome: Outcome, changed: dict[str, bytes], edited: OverlayTree
) -> tuple[Setup, Outcome]:
    tree = OverlayTree(setup.workspace.tree, dict(changed))
    following = replace(setup, workspace=replace(setup.workspace, tree=tree))
    paths = frozenset(edited.changed)
    projects = tuple(
        project
        if paths.isdisjoint(project.files) and paths.isdisjoint(project.read)
        else load_root(project.roots[0], tree=tree, config=setup.config)
        for project in outcome.loaded.projects
    )
    return following, judge(following, Loaded(projects, outcome.loaded.skipped))


def write(setup: Setup, fixed: Fixed) -> tuple[Diagnostic, ...]:
    """Write the changed files to disk; a file that can't be written is a diagnostic."""
    root = setup.workspace.root
    if root is None:
        return ()
    written = (write_file(root, path, data) for path, data in sorted(fixed.changed.items()))
    return tuple(problem for problem in written if problem is not None)
