"""Write the outcome of access expectations as JSON.

Within version 1 fields are only added, and readers ignore those they do not know. Paths are
relative to the scanned tree.
"""

from collections.abc import Sequence
from typing import Any

from leastwise.reporters.escape import json_text
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import location, location_object
from leastwise.reporters.request_json import request_object
from leastwise.reporters.tested import Tested
from leastwise.reporters.words import keys_written, possible_words
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

VERSION = 1
_ANSWERS = {0: "hold", 1: "fail", 2: "undecided"}

_Object = dict[str, Any]


def render(presentation: Presentation, rows: Sequence[Tested]) -> str:
    """Return the outcome as indented ASCII JSON with a line end."""
    report = presentation.report
    return json_text(
        {
            "version": VERSION,
            "tool": {"version": presentation.version, "data_date": presentation.data_date},
            "answer": _ANSWERS[presentation.exit_code],
            "expectations": [_expectation(presentation, row) for row in rows],
            "diagnostics": [_diagnostic(presentation, found) for found in report.diagnostics],
            "summary": {
                "files": report.summary.files,
                "analysed": report.summary.analysed,
                "principals": report.summary.principals,
                "policies": report.summary.policies,
            },
        }
    )


def _expectation(presentation: Presentation, row: Tested) -> _Object:
    return {
        "number": row.number,
        "name": row.name,
        "kind": row.kind or None,
        "because": row.because,
        "verdict": row.verdict,
        "location": _location(presentation, row.span),
        "breaches": [_breach(presentation, finding) for finding in row.findings],
        "problems": [_diagnostic(presentation, problem) for problem in row.problems],
    }


def _diagnostic(presentation: Presentation, found: Diagnostic) -> _Object:
    return {
        "severity": found.severity,
        "code": found.code,
        "location": _location(presentation, found.span),
        "message": found.message,
        "remedy": found.remedy,
    }


def _breach(presentation: Presentation, finding: Finding) -> _Object:
    possible = finding.confidence == "possible"
    return {
        "certain": not possible,
        "message": finding.message,
        "subject": {"kind": finding.subject.kind, "address": finding.subject.address},
        "location": _location(presentation, finding.span),
        "statements": [_location(presentation, span) for span in finding.statements],
        "related": [
            {"location": _location(presentation, place.span), "message": place.message}
            for place in finding.related
        ],
        "witness": [request_object(r, keys_written(finding)) for r in finding.witness],
        "assumptions": list(finding.assumptions),
        "environments": list(finding.environments),
        "reason": possible_words(finding) if possible else None,
    }


def _location(presentation: Presentation, span: Span) -> _Object:
    return location_object(location(presentation, span))
