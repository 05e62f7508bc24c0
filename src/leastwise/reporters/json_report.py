"""Write the JSON report, a contract: ``data/report.schema.json`` describes it.

Within version 1 fields are only added, and readers ignore those they do not know. Paths are
relative to the scanned tree.
"""

from typing import Any

from leastwise.iam.project import Occurrence, VariableUse
from leastwise.reporters.diffs import diff_of, is_expressible
from leastwise.reporters.escape import json_text
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import location, location_object
from leastwise.reporters.redact import redact
from leastwise.reporters.request_json import request_object
from leastwise.reporters.words import keys_written, shown_value
from leastwise.rules.model import Also, Finding, Report, Silenced, Step
from leastwise.source.edit import Fix
from leastwise.source.span import Span

VERSION = 1

_Object = dict[str, Any]


def render(presentation: Presentation) -> str:
    """Return the report as indented ASCII JSON with a line end."""
    report = presentation.report
    return json_text(
        {
            "version": VERSION,
            "tool": {
                "version": presentation.version,
                "rules": sorted(presentation.rules),
                "data_date": presentation.data_date,
            },
            "findings": [_finding(presentation, finding) for finding in report.findings],
            "accepted": [_silenced(presentation, one) for one in report.accepted],
            "suppressed": [_silenced(presentation, one) for one in report.suppressed],
            "not_in_view": [
                {"kind": unseen.kind}
                | _point(presentation, unseen.span)
                | {"message": unseen.message, "remedy": unseen.remedy, "count": unseen.number}
                for unseen in report.not_in_view
            ],
            "diagnostics": [
                {"severity": found.severity, "code": found.code}
                | _point(presentation, found.span)
                | {"message": found.message, "remedy": found.remedy}
                for found in report.diagnostics
            ],
            "summary": _summary(report),
        }
    )


def _summary(report: Report) -> _Object:
    summary = report.summary
    return {
        "files": summary.files,
        "analysed": summary.analysed,
        "skipped": summary.skipped,
        "policies": summary.policies,
        "principals": summary.principals,
        "findings": len(report.findings),
        "fixes_not_tried": summary.fixes_not_tried,
        "policies_not_known": summary.policies_not_known,
    }


def _finding(presentation: Presentation, finding: Finding) -> _Object:
    rule = presentation.rules.get(finding.rule)
    return {
        "rule": finding.rule,
        "level": finding.level,
        "confidence": finding.confidence,
        "message": finding.message,
        "help_uri": rule.help_uri if rule else None,
        "aliases": list(finding.aliases or (rule.aliases if rule else ())),
        "subject": {"kind": finding.subject.kind, "address": finding.subject.address},
        "path_id": finding.path_id,
        "location": _location(presentation, finding.span),
        "statements": [_location(presentation, span) for span in finding.statements],
        "related": [
            {"location": _location(presentation, place.span), "message": place.message}
            for place in finding.related
        ],
        "witness": [request_object(r, keys_written(finding)) for r in finding.witness],
        "steps": [_step(presentation, step, finding) for step in finding.steps],
        "assumptions": list(finding.assumptions),
        "roots": list(finding.roots),
        "environments": list(finding.environments),
        "occurrence": _occurrence(finding.occurrence),
        "reached_by": [
            [{"call": call.name, "location": _location(presentation, call.span)} for call in calls]
            for calls in finding.reached
        ],
        "variables": [_variable(presentation, use) for use in finding.rests_on],
        "also": [_also(also) for also in finding.also],
        "fixes": [_fix(presentation, fix) for fix in finding.fixes],
        "fingerprint": finding.fingerprint,
    }


def _occurrence(occurrence: Occurrence | None) -> _Object | None:
    return occurrence and {
        "module_call": occurrence.module_call,
        "instance_key": occurrence.instance_key,
        "construct": occurrence.construct or None,
    }


def _also(also: Also) -> _Object:
    return {
        "rule": also.rule,
        "path_id": also.path_id,
        "level": also.level,
        "fingerprint": also.fingerprint,
    }


def _variable(presentation: Presentation, use: VariableUse) -> _Object:
    return {
        "name": use.name,
        "kind": use.kind,
        "value": shown_value(use),
        "origin": use.origin,
        "certain": not use.alone,
        "location": use.span and _location(presentation, use.span),
    }


def _silenced(presentation: Presentation, one: Silenced) -> _Object:
    """Return the whole finding with who silenced it, why, and where that is written."""
    silence = {
        "by": one.by,
        "reason": one.reason,
        "location": one.span and _location(presentation, one.span),
    }
    return _finding(presentation, one.finding) | {"silenced": silence}


def _location(presentation: Presentation, span: Span) -> _Object:
    return location_object(location(presentation, span))


def _point(presentation: Presentation, span: Span) -> _Object:
    place = location(presentation, span)
    return {"file": place.file, "line": place.start_line, "column": place.start_column}


def _step(presentation: Presentation, step: Step, finding: Finding) -> _Object:
    return {
        "message": step.message,
        "request": step.request and request_object(step.request, keys_written(finding)),
        "location": step.span and _location(presentation, step.span),
    }


def _fix(presentation: Presentation, fix: Fix) -> _Object:
    return {
        "title": fix.title,
        "applicability": fix.applicability.name.lower(),
        "loses": fix.loses,
        "proof": fix.proof,
        "diff": _diff(presentation, fix),
        "commands": [{"run": do, "undo": undo} for do, undo in fix.commands],
    }


def _diff(presentation: Presentation, fix: Fix) -> str:
    """Return the fix as a diff; empty where there is none, or where it can't stand here.

    A diff whose lines hold what looks like a secret, or bytes that are no text, is left to the
    patch format.
    """
    if not is_expressible(fix.edits, presentation.files):
        return ""
    diff = diff_of(fix.edits, presentation.files)
    shown = diff == redact(diff) and not any("\ud800" <= c <= "\udfff" for c in diff)
    return diff if shown else ""
