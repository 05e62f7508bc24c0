"""One run: configuration, load, rules, silences, fixes, and the exit code.

Exit codes: 0 nothing at or above the failing level, 1 findings, 2 something that should be
analysed was not (wins over 1).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leastwise.api.deployments import with_command_line
from leastwise.api.load import Loaded, Progress, load_workspace, reload
from leastwise.api.options import Options, with_options
from leastwise.api.settings import Settings, find_baseline, find_settings
from leastwise.api.suppress import faults, split, suppressions_in
from leastwise.api.told import untold
from leastwise.api.workspace import Workspace, WrongUse, without
from leastwise.config.model import Config
from leastwise.fixes.second_look import SecondReaders
from leastwise.iam.project import Policy, Principal, Project
from leastwise.rules.cases import Case
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen, unread_previews
from leastwise.rules.engine import Judged, concluded, evaluate, judged
from leastwise.rules.format import Rule
from leastwise.rules.model import LEVELS, Finding, Report, Summary
from leastwise.rules.model import with_fixes as with_fixes_of
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import SourceFile, masked, source_file
from leastwise.source.tree import OverlayTree, Tree

if TYPE_CHECKING:
    from leastwise.fixes.difference import Difference
    from leastwise.fixes.prove import Bench

MAX_PROOFS = 50


class Outcome(NamedTuple):
    """Hold a run's report and what a reporter or the fix loop needs beside it."""

    report: Report
    files: Mapping[str, SourceFile]
    rules: tuple[Rule, ...]
    config: Config
    loaded: Loaded
    judged: tuple[Judged, ...]
    exit_code: int


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """Hold what stays the same over the rounds of one run.

    ``rules`` are those that run, ``known`` all there are, the team's included; ``faults`` say what
    is wrong with files of those. ``unread_previews`` are rules that were selected by name but need
    ``--preview``.
    """

    workspace: Workspace
    settings: Settings
    options: Options
    rules: tuple[Rule, ...]
    baseline: Mapping[str, str] = field(default_factory=dict)
    readers: SecondReaders = field(default_factory=SecondReaders)
    known: tuple[Rule, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    unread_previews: tuple[str, ...] = ()

    @property
    def config(self) -> Config:
        """Return the configuration, with what the options say on top."""
        return self.settings.config


def prepare(workspace: Workspace, options: Options, cwd: Path) -> Setup | WrongUse:
    """Read the configuration, choose the rules and leave out what is excluded."""
    settings = find_settings(workspace, options, cwd)
    if isinstance(settings, WrongUse):
        return settings
    settled = with_command_line(settings.config, workspace, options, cwd)
    if isinstance(settled, WrongUse):
        return settled
    config = with_options(settled, options)
    own: tuple[Rule, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    if config.rules is not None:
        from leastwise.api.team_rules import rules_of_team

        own, faults = rules_of_team(workspace, settings, options, cwd)
    known = (*catalogue(), *own)
    rules = chosen(known, config)
    if isinstance(rules, str):
        told = [f"{fault.span.path}: {fault.message}" for fault in faults[:1]]
        return WrongUse("; ".join((rules, *told)))
    workspace = without(workspace, config.exclude)
    return Setup(
        workspace,
        settings._replace(config=config),
        options,
        rules,
        known=known,
        faults=faults,
        unread_previews=unread_previews(known, config),
    )


def with_baseline(setup: Setup, cwd: Path) -> Setup | WrongUse:
    """Silence the findings of the baseline that the options or the configuration name."""
    known = find_baseline(setup.workspace, setup.settings, setup.options, cwd)
    return known if isinstance(known, WrongUse) else replace(setup, baseline=known)


def check(setup: Setup, *, with_fixes: bool = True, progress: Progress | None = None) -> Outcome:
    """Check what the workspace names; ``progress`` hears of roots read, of how many."""
    declared = any(rule.needs == "declared" for rule in setup.rules)
    loaded = load_workspace(
        setup.workspace, setup.config, setup.options, progress, declared=declared
    )
    return judge(setup, loaded, with_fixes=with_fixes)


def judge(setup: Setup, loaded: Loaded, *, with_fixes: bool = True) -> Outcome:
    """Evaluate the rules on what was loaded and make the report."""
    project = loaded.project
    found = judged(project, setup.config, setup.rules)
    evaluation = concluded(found)
    sources = Sources(setup.workspace.tree, project)
    named = setup.workspace.named | project.pointed
    units = named_units(project, named)
    shown = tuple(f for f in evaluation.findings if _is_named(f, named) or f.is_of(units))
    kept, silenced = split(
        shown, config=setup.config, source_of=sources.get, baseline=setup.baseline
    )
    untried = 0
    if with_fixes:
        kept, untried = _with_proved_fixes(lambda: bench(setup, loaded, found), kept)
    of_inputs = untold(project.diagnostics, shown)
    diagnostics = of_inputs + setup.faults + _suppression_faults(setup, project, sources)
    report = Report(
        findings=kept,
        diagnostics=diagnostics,
        not_in_view=project.not_in_view,
        summary=summary_of(project, loaded)._replace(fixes_not_tried=untried),
        accepted=evaluation.accepted,
        suppressed=silenced,
        roots=project.roots,
    )
    return Outcome(
        report=report,
        files=sources.of_report(report),
        rules=setup.rules,
        config=setup.config,
        loaded=loaded,
        judged=found,
        exit_code=exit_code(report, setup.config, setup.options),
    )


def exit_code(report: Report, config: Config, options: Options) -> int:
    """Return 0, 1 or 2 as the module docstring says."""
    if not options.allow_incomplete and _is_incomplete(report, strict=options.strict):
        return 2
    if config.fail_on == "never" or options.exit_zero:
        return 0
    failing = LEVELS[LEVELS.index(config.fail_on) :]
    return 1 if any(finding.level in failing for finding in report.findings) else 0


def _is_incomplete(report: Report, *, strict: bool) -> bool:
    """Say whether something was not analysed; strictly, a warning and what is not in view count."""
    counts = {"error", "warning"} if strict else {"error"}
    return any(d.severity in counts for d in report.diagnostics) or (
        strict and bool(report.not_in_view)
    )


@dataclass(slots=True, eq=False, repr=False)
class Sources:
    """Keep the source files that a report points into, each read once.

    Of what the project masks, only the places that may be shown are there.
    """

    tree: Tree
    project: Project
    _files: dict[str, SourceFile | None]

    def __init__(self, tree: Tree, project: Project) -> None:
        self.tree = tree
        self.project = project
        self._files = {}

    def get(self, path: str) -> SourceFile | None:
        """Return a file of the tree, or None when it can't be read."""
        if path not in self._files:
            data = self.tree.read(path)
            if isinstance(data, bytes) and path in self.project.masked:
                data = masked(data, [s for s in self.project.quotable if s.path == path])
            self._files[path] = source_file(path, data) if isinstance(data, bytes) else None
        return self._files[path]

    def of_report(self, report: Report) -> dict[str, SourceFile]:
        """Return the files that spans of the report lie in, by path."""
        paths = {d.span.path for d in report.diagnostics}
        paths |= {n.span.path for n in report.not_in_view}
        silenced = (*report.accepted, *report.suppressed)
        for finding in (*report.findings, *(s.finding for s in silenced)):
            paths |= _paths(finding)
        found = {path: self.get(path) for path in sorted(paths)}
        return {path: file for path, file in found.items() if file is not None}


def _paths(finding: Finding) -> set[str]:
    paths = {finding.span.path, *(span.path for span in finding.statements)}
    paths |= {related.span.path for related in finding.related}
    paths |= {step.span.path for step in finding.steps if step.span is not None}
    paths |= {call.span.path for calls in finding.reached for call in calls}
    paths |= {use.span.path for use in finding.rests_on if use.span is not None}
    return paths | {edit.span.path for fix in finding.fixes for edit in fix.edits}


def _is_named(finding: Finding, named: frozenset[str]) -> bool:
    return not named.isdisjoint(_paths(finding))


def named_units(project: Project, named: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the path and environment of the roots that were named as a whole.

    A template stands for the stacks that it nests, a ``terragrunt.hcl`` for its root module.
    """
    return frozenset(
        (r.path, r.environment) for r in project.roots if r.inputs in named or r.path in named
    )


def _distinct(project: Project, declared: Iterable[Policy | Principal]) -> int:
    """Count what is declared, once for all environments of a root."""
    several = any(root.environment for root in project.roots)
    if not several:
        return sum(1 for _ in declared)
    keys = Counter(
        (root and root.path, root and root.environment, one.address, getattr(one, "attribute", ""))
        for one in declared
        for root in (project.owner(one),)
    )
    most: dict[object, int] = {}
    for (path, _, *name), number in keys.items():
        most[path, *name] = max(number, most.get((path, *name), 0))
    return sum(most.values())


def summary_of(project: Project, loaded: Loaded) -> Summary:
    """Count what a run has looked at."""
    broken = {d.span.path for d in project.diagnostics if d.severity == "error"}
    files = set(project.files)
    own = [policy for policy in project.policies if not policy.aws_managed]
    return Summary(
        files=len(files),
        analysed=len(files - broken),
        policies=_distinct(project, own),
        principals=_distinct(project, project.principals),
        skipped=loaded.skipped,
        policies_not_known=_distinct(project, (p for p in own if p.document.opaque is not None)),
    )


def _suppression_faults(setup: Setup, project: Project, sources: Sources) -> tuple[Diagnostic, ...]:
    known = frozenset(rule.info.id for rule in setup.known)
    found: list[Diagnostic] = []
    for path in project.files:
        if path not in setup.workspace.named:
            continue
        file = sources.get(path)
        if file is not None:
            found += faults(suppressions_in(file), known)
    return tuple(found)


def bench(setup: Setup, loaded: Loaded, known: tuple[Judged, ...]) -> "Bench":
    """Return what proofs on this run work with; ``known`` is what it found."""
    from leastwise.fixes.prove import Bench

    def load(edited: OverlayTree) -> Project:
        return reload(loaded, edited, setup.config)

    def found(concerns: Callable[[Case], bool]) -> tuple[Finding, ...]:
        return concluded(one for one in known if concerns(one.case)).findings

    def find(project: Project, changed: "Difference") -> tuple[Finding, ...]:
        among = changed.read_again(project)
        return evaluate(project, setup.config, setup.rules, changed.concerns, among).findings

    return Bench(setup.workspace.tree, loaded.project, load, found, find, setup.readers)


def _with_proved_fixes(
    place: "Callable[[], Bench]", findings: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], int]:
    """Attach fixes, most serious findings first, and count those beyond ``MAX_PROOFS``."""
    if not any(finding.attachments for finding in findings):
        return findings, 0
    from leastwise.fixes.detach import detach

    proposed = {n: fix for n, f in enumerate(findings) if (fix := detach(f)) is not None}
    unproved = [number for number, fix in proposed.items() if fix.edits]
    tried = unproved[:MAX_PROOFS]
    fixes = {number: fix for number, fix in proposed.items() if not fix.edits}
    if tried:
        from leastwise.fixes.prove import proved

        cured, proposals = [findings[n] for n in tried], [proposed[n] for n in tried]
        proofs = proved(place(), cured, proposals)
        fixes |= {n: fix for n, fix in zip(tried, proofs, strict=True) if fix is not None}
    done = (with_fixes_of(f, (fixes[n],)) if n in fixes else f for n, f in enumerate(findings))
    return tuple(done), len(unproved) - len(tried)
