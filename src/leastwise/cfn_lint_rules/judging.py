"""Judge one template for all rules, and say each finding as cfn-lint says its own.

The file is read again, through a tree that is confined as in any other run: cfn-lint hands over
a template in which transforms are done, and leastwise reads what was written. Only what comes on
standard input is taken as cfn-lint has it. Of the tree around, only what the template itself
names (nested templates, included snippets) is read.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from leastwise.api.check import Outcome, check, prepare, with_baseline
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse, root_of
from leastwise.cfn_lint_rules.places import Place, Places, places_in
from leastwise.reporters.escape import terminal
from leastwise.reporters.words import request_parts
from leastwise.rules.catalogue import catalogue
from leastwise.rules.model import Finding, Level, cap
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import DiskTree, MemoryTree

ANALYSIS = "analysis"
"""Stands in the place of a rule for what was not analysed."""
TEAM = "team"
"""Stands for all rules of a team: cfn-lint wants its ids before it reads a template."""


class Told(NamedTuple):
    """Hold one match: ``path`` leads to it in the template, ``place`` may name its location."""

    rule: str
    level: Level
    message: str
    path: list[str | int]
    place: dict[str, tuple[int, int, int, int]]


@lru_cache(maxsize=1)
def told(cfn: Any) -> tuple[Told, ...] | Exception:
    """Judge a template of cfn-lint once, though every rule asks.

    A bug of ours is returned: one rule raises it, so that cfn-lint tells it once.
    """
    try:
        return _told(cfn)
    except Exception as bug:  # noqa: BLE001 - raised again by the rule for what is not analysed
        return bug


def _told(cfn: Any) -> tuple[Told, ...]:
    workspace = _workspace(cfn)
    outcome = _outcome(workspace)
    if isinstance(outcome, WrongUse):
        return (_said(ANALYSIS, "error", outcome.message, Place([], None)),)
    places = places_in(cfn, workspace)
    return (*_findings(outcome, places), *_gaps(outcome, places))


def _workspace(cfn: Any) -> Workspace:
    """Name one file, so that no other template or Terraform of the tree is read for it."""
    if not cfn.filename:
        name, root = "stdin.json", None
        tree: MemoryTree | DiskTree = MemoryTree({name: as_json(cfn.template)})
    else:
        cwd = Path.cwd()
        place = Path(os.path.abspath(cwd / cfn.filename))  # noqa: PTH100 - links are kept
        root = root_of(place, cwd)
        name, tree = place.relative_to(root).as_posix(), DiskTree(root)
    only = frozenset({name})
    return Workspace(tree, (name,), only, only, "", root)


def as_json(template: Any) -> bytes:
    """Spell a decoded template; what JSON has no word for (dates) becomes a string."""
    import json

    return json.dumps(template, default=str).encode()


def _outcome(workspace: Workspace) -> Outcome | WrongUse:
    setup = prepare(workspace, Options(), Path.cwd())
    if isinstance(setup, WrongUse):
        return setup
    setup = with_baseline(setup, Path.cwd())
    return setup if isinstance(setup, WrongUse) else check(setup, with_fixes=False)


def _findings(outcome: Outcome, places: Places) -> Iterator[Told]:
    ceilings = {rule.info.id: rule.info.level for rule in catalogue()}
    for finding in outcome.report.findings:
        span = next((s for s in _spans(finding) if s.path == places.path), None)
        if span is None:
            continue
        ceiling = ceilings.get(finding.rule)
        rule = TEAM if ceiling is None else finding.rule
        # A level that the configuration raises above the rule's own has no id in cfn-lint.
        level = finding.level if ceiling is None else cap(finding.level, ceiling)
        yield _said(rule, level, _words(finding), places.at(span))


def _spans(finding: Finding) -> Iterator[Span]:
    """Yield where a finding may be shown: it may be decided in another file than this."""
    yield finding.span
    yield from finding.statements
    yield from (related.span for related in finding.related)
    yield from (call.span for calls in finding.reached for call in calls)


def _words(finding: Finding) -> str:
    """Say the finding in one line: cfn-lint shows no more of it."""
    parts = [finding.rule]
    if finding.witness:
        parts.append(f"for example {request_parts(finding.witness[0])[0]}")
    parts += finding.assumptions
    return f"{finding.message} ({'; '.join(parts)})"


def _gaps(outcome: Outcome, places: Places) -> Iterator[Told]:
    """Tell what was not analysed: that there is no finding says nothing about it."""
    report = outcome.report
    for problem in report.diagnostics:
        yield _gap(problem, places)
    for unseen in report.not_in_view:
        words = _with_remedy(unseen.message, unseen.remedy)
        yield _said(ANALYSIS, "note", words, places.at(unseen.span))


def _gap(problem: Diagnostic, places: Places) -> Told:
    words = _with_remedy(problem.message, problem.remedy)
    return _said(ANALYSIS, problem.severity, words, places.at(problem.span))


def _with_remedy(message: str, remedy: str | None) -> str:
    return f"{message}: {remedy}" if remedy else message


def _said(rule: str, level: Level, message: str, place: Place) -> Told:
    location = {} if place.location is None else {"location": place.location}
    return Told(rule, level, terminal(message), place.path, location)
