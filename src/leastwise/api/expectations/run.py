"""Run a file of access expectations on a tree: the verdicts, as findings, and the exit code.

Exit codes: 0 all expectations hold, 1 one fails, 2 one is not decided, or something that
should be analysed was not (wins over 1).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from leastwise.api.carriers import carriers_of
from leastwise.api.check import Setup, Sources, summary_of
from leastwise.api.environment import bound, bound_resources
from leastwise.api.expectations.judging import Breach, Result, judge
from leastwise.api.expectations.names import Scene
from leastwise.api.expectations.reading import Expectation, Expectations, read_expectations
from leastwise.api.load import Loaded, Progress, load_workspace, resources_of
from leastwise.api.workspace import Workspace, WrongUse
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Resource
from leastwise.reporters.tested import Tested
from leastwise.rules.cases import Case, View
from leastwise.rules.hits import Hit
from leastwise.rules.model import Finding, Related, Report
from leastwise.rules.places import granting, primary, related, statement_spans
from leastwise.rules.subjects import view_of
from leastwise.semantics.model import EffectiveAccess
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import SourceFile, Span, source_file
from leastwise.source.tree import DiskTree, Tree

_MOST_BREACHES = 100


class Outcome(NamedTuple):
    """Hold what became of each expectation; ``report`` tells it as findings.

    A finding of level error is why an expectation fails, one of level warning why it is not
    decided.
    """

    rows: tuple[Tested, ...]
    report: Report
    files: Mapping[str, SourceFile]
    exit_code: int


class _Given(NamedTuple):
    """Hold the file of expectations, and the tree and folder that its references are read in."""

    file: SourceFile
    tree: Tree
    beside: str


def run(setup: Setup, name: str, cwd: Path, progress: Progress | None = None) -> Outcome | WrongUse:
    """Judge the expectations of a file, named as typed, on what the workspace names."""
    given = _given(setup.workspace, name, cwd)
    if isinstance(given, WrongUse):
        return given
    expectations = read_expectations(given.file)
    loaded = load_workspace(setup.workspace, setup.config, setup.options, progress)
    project = bound(loaded.project, expectations.environment)

    @cache
    def declared() -> tuple[Resource, ...]:
        tree = setup.workspace.tree
        found = resources_of(loaded.project.roots, tree, setup.config)
        return bound_resources(found, expectations.environment)

    scene = Scene(project, carriers_of(project), given.tree, given.beside, declared)
    results = tuple(judge(one, scene) for one in expectations.items)
    view = view_of(project, setup.config)
    rows = _rows(expectations, results, given.file, view)
    problems = [found for number, found in expectations.problems if number == 0]
    problems += [found for row in rows for found in row.problems]
    findings = (finding for row in rows for finding in row.findings)
    report = Report(
        findings=tuple(sorted(findings, key=lambda f: f.level != "error")),
        diagnostics=(*problems, *_told(loaded, results)),
        not_in_view=loaded.project.not_in_view if _is_doubtful(results) else (),
        summary=summary_of(project, loaded),
        roots=project.roots,
    )
    files = Sources(setup.workspace.tree, loaded.project).of_report(report)
    return Outcome(
        rows,
        report,
        {**files, given.file.path: given.file},
        _exit_code(rows, report),
    )


def _rows(
    expectations: Expectations, results: tuple[Result, ...], file: SourceFile, view: View
) -> tuple[Tested, ...]:
    """List all expectations of the file in order, those that can't be read too."""
    rows: dict[int, Tested] = {}
    for number in range(1, expectations.total + 1):
        wrong = tuple(found for its, found in expectations.problems if its == number)
        span = wrong[0].span if wrong else Span(file.path, 0, 0)
        name = f"expectation {number}"
        rows[number] = Tested(number, "", name, "unusable", span, problems=wrong)
    for result in results:
        one = result.expectation
        breaches = result.breaches[:_MOST_BREACHES]
        findings = _over_environments(_finding(one, breach, view) for breach in breaches)
        rows[one.number] = Tested(
            one.number,
            one.kind,
            one.title,
            result.verdict,
            one.span,
            one.because,
            findings,
            result.problems,
        )
    return tuple(rows.values())


_UNREADABLE = {"not-found": "{0!r} does not exist", "not-a-file": "{0!r} is not a regular file"}


def _given(workspace: Workspace, name: str, cwd: Path) -> _Given | WrongUse:
    place = Path(os.path.abspath(cwd / name))  # noqa: PTH100 - links are kept as written
    root = workspace.root
    if root is not None and place.is_relative_to(root):
        path = place.relative_to(root).as_posix()
        tree: Tree = workspace.tree
        beside = path.rpartition("/")[0]
        shown = path
    else:
        tree, path, beside = DiskTree(place.parent), place.name, ""
        shown = _way(place, root or cwd)
    data = tree.read(path)
    if isinstance(data, Diagnostic):
        return WrongUse(_UNREADABLE.get(data.code, "{0!r}: {1}").format(name, data.message))
    return _Given(source_file(shown, data), tree, beside)


def _way(place: Path, root: Path) -> str:
    try:
        return os.path.relpath(place, root).replace(os.sep, "/")
    except ValueError:
        return place.as_posix()


def _is_doubtful(results: tuple[Result, ...]) -> bool:
    return any(result.verdict != "holds" for result in results)


def _told(loaded: Loaded, results: tuple[Result, ...]) -> tuple[Diagnostic, ...]:
    """Return what was not read; what may only be unknown matters where something is in doubt."""
    kinds = {"error", "warning"} if _is_doubtful(results) else {"error"}
    return tuple(d for d in loaded.project.diagnostics if d.severity in kinds)


def _exit_code(rows: tuple[Tested, ...], report: Report) -> int:
    verdicts = {row.verdict for row in rows}
    broken = any(d.severity == "error" for d in report.diagnostics)
    if broken or not rows or verdicts & {"undecided", "unusable"}:
        return 2
    return 1 if "fails" in verdicts else 0


# findings


def _finding(expectation: Expectation, breach: Breach, view: View) -> Finding:
    """Tell a breach as a finding: at what decides it, with the expectation beside it."""
    case, hit = _case(breach, view), _hit(breach)
    here = Related(expectation.span, _expected(expectation))
    point = expectation.span
    others: tuple[Related, ...] = ()
    if granting(hit):
        point = primary(hit, case)
        others = (here, *related(hit, case, point))
    else:
        others = tuple(_denials(breach))
        if breach.principal is not None and breach.principal.span is not None:
            others = (*others, Related(breach.principal.span, "it is declared here"))
    message = breach.message[:1].upper() + breach.message[1:]
    root = view.project.owner(breach.principal)
    return Finding(
        rule=f"expectation/{expectation.kind}",
        level="error" if breach.certain else "warning",
        confidence="proven" if breach.certain else "possible",
        message=message,
        subject=breach.subject,
        span=point,
        statements=statement_spans(hit, case),
        related=tuple(r for r in others if r.span != point),
        witness=() if breach.answer.witness is None else (breach.answer.witness,),
        assumptions=tuple(a.text for a in breach.answer.assumptions),
        roots=() if root is None else (root.path,),
        environments=() if root is None or not root.environment else (root.environment,),
        principal=breach.principal,
        answers=(breach.answer,),
    )


def _over_environments(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Tell a breach once for all environments in which the same text makes it."""
    found: dict[object, Finding] = {}
    for number, finding in enumerate(findings):
        same = (finding.subject, finding.span, finding.statements, finding.level, finding.roots)
        key = same if finding.environments else number
        former = found.get(key, finding)
        names = dict.fromkeys((*former.environments, *finding.environments))
        found[key] = replace(former, environments=tuple(names))
    return tuple(found.values())


def _expected(expectation: Expectation) -> str:
    words = f"expected: {expectation.title}"
    return words if expectation.because is None else f"{words}, because {expectation.because}"


def _denials(breach: Breach) -> list[Related]:
    found = {}
    for deciding in breach.answer.deciding:
        if deciding.statement >= 0:
            statement = deciding.policy.document.statements[deciding.statement]
            if statement.effect == "Deny" and statement.span is not None:
                found[statement.span] = Related(statement.span, "this denies it")
    return list(found.values())


def _hit(breach: Breach) -> Hit:
    known = tuple(d for d in breach.answer.deciding if d.statement >= 0)
    return Hit(
        "error" if breach.certain else "warning",
        breach.answer.certainty,
        (breach.answer._replace(deciding=known),),
        breach.message,
        points_at=breach.points_at,
    )


def _case(breach: Breach, view: View) -> Case:
    principal = breach.principal
    return Case(
        kind="principal",
        subject=breach.subject,
        access=EffectiveAccess(),
        view=view,
        principal=principal,
        attachments=() if principal is None else principal.attachments,
        self_arn=Pattern(()) if principal is None else principal.arn,
    )
