"""Write SARIF 2.1.0 for code scanning: one run, complete rules, stable fingerprints.

Follows the standard (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) and what
GitHub reads of it
(https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning):
suppressed findings are left out, because GitHub would open an alert for each, and no absolute
path, environment or time is told.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from leastwise.reporters.escape import json_text, sarif_link_text, sarif_message
from leastwise.reporters.frame import Quoted, quoted
from leastwise.reporters.github_hash import line_hashes
from leastwise.reporters.model import Presentation
from leastwise.reporters.sarif_places import (
    artifact_location,
    physical_location,
    primary_line,
    primary_regions,
    region,
)
from leastwise.reporters.sarif_rules import cwe_numbers, reporting_descriptor, taxonomy
from leastwise.reporters.style import counted
from leastwise.reporters.words import MAX_VALUES, environment_words, value_name
from leastwise.rules.model import Finding, Related
from leastwise.semantics.model import Request
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Edit, Fix

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
HOME = "https://github.com/leastwise/leastwise"
MAX_RESULTS = 5000
MAX_CALLS = 10
"""GitHub keeps 5,000 results of a run, the most serious first; the rest is counted."""

_Object = dict[str, Any]


def render(presentation: Presentation) -> str:
    """Return the SARIF log as indented ASCII JSON with a line end."""
    run = _run(presentation)
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


class _Log(NamedTuple):
    """Hold what the results of a run share: rule indexes, line hashes, quoted files."""

    presentation: Presentation
    rules: Mapping[str, int]
    hashes: Mapping[tuple[str, int], str]
    quotes: Mapping[str, Quoted]


def _run(presentation: Presentation) -> _Object:
    findings = presentation.report.findings[:MAX_RESULTS]
    rules = sorted(presentation.rules.values(), key=lambda rule: rule.id)
    cwes = cwe_numbers(rules)
    doubtful = {f.rule for f in presentation.report.findings if f.confidence == "possible"}
    driver: _Object = {
        "name": "leastwise",
        "version": presentation.version,
        "semanticVersion": presentation.version,
        "informationUri": HOME,
        "rules": [reporting_descriptor(r, cwes, doubtful=r.id in doubtful) for r in rules],
        "properties": {"awsDataDate": presentation.data_date},
    }
    run: _Object = {"tool": {"driver": driver}}
    if cwes:
        driver["supportedTaxonomies"] = [{"name": "CWE", "index": 0}]
        run["taxonomies"] = [taxonomy(cwes)]
    log = _Log(
        presentation,
        {rule.id: number for number, rule in enumerate(rules)},
        _line_hashes(presentation, findings),
        {
            path: quoted(presentation.files[path])
            for path in {finding.span.path for finding in findings}
            if path in presentation.files
        },
    )
    return run | {
        "automationDetails": {"id": "leastwise/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "Root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(presentation)],
        "results": [_result(log, finding) for finding in findings],
    }


def _line_hashes(
    presentation: Presentation, findings: tuple[Finding, ...]
) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        line = primary_line(presentation, finding.span)
        wanted.setdefault(finding.span.path, set()).add(line)
    return {
        (path, line): value
        for path, lines in wanted.items()
        if path in presentation.files
        for line, value in line_hashes(presentation.files[path].data, lines).items()
    }


def _result(log: _Log, finding: Finding) -> _Object:
    presentation = log.presentation
    place = (finding.span.path, primary_line(presentation, finding.span))
    fingerprints = {
        "primaryLocationLineHash": log.hashes.get(place, ""),
        "leastwise/v1": finding.fingerprint,
    }
    result: _Object = {"ruleId": finding.rule, "level": finding.level}
    if finding.rule in log.rules:
        result["ruleIndex"] = log.rules[finding.rule]
    result |= {
        "message": {"text": _message(finding)},
        "locations": [_primary(log, finding)],
        "partialFingerprints": {key: value for key, value in fingerprints.items() if value},
        "properties": _properties(finding),
    }
    beside = _related(finding)
    if beside:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": sarif_message(place.message)}}
            | {"physicalLocation": physical_location(presentation, place.span)}
            for number, place in enumerate(beside, 1)
        ]
    if finding.steps:
        result["codeFlows"] = [_code_flow(presentation, finding)]
    fixes = [_fix(presentation, fix) for fix in finding.fixes if _is_expressible(presentation, fix)]
    return result | ({"fixes": fixes} if fixes else {})


def _message(finding: Finding) -> str:
    """Return the message with a link to each related location, which GitHub asks for."""
    text = sarif_message(finding.message).rstrip(".") + "."
    if finding.witness:
        text += f" Witness: {sarif_message(_words(finding.witness[0]))}."
    if finding.environments:
        text += f" Holds in: {sarif_message(environment_words(finding, ()))}."
    links = [
        f"[{sarif_link_text(place.message)}]({number})"
        for number, place in enumerate(_related(finding), 1)
    ]
    return f"{text} See: {', '.join(links)}." if links else text


def _related(finding: Finding) -> tuple[Related, ...]:
    """Return the places beside a finding: those of its rule, module calls, values it rests on."""
    calls = [Related(c.span, f"{c.name} is called here") for r in finding.reached for c in r]
    values = [
        Related(use.span, f"{value_name(use)} has this value here")
        for use in finding.rests_on
        if use.span is not None
    ]
    found = (*finding.related, *calls[:MAX_CALLS], *values[:MAX_VALUES])
    return tuple({place.span: place for place in reversed(found)}.values())[::-1]


def _words(request: Request) -> str:
    return f"{request.action} on {request.resource}"


def _properties(finding: Finding) -> _Object:
    properties: _Object = {
        "confidence": finding.confidence,
        "precision": "very-high" if finding.confidence == "proven" else "medium",
        "subject": finding.subject.address,
    }
    if finding.assumptions:
        properties["assumptions"] = list(finding.assumptions)
    if finding.environments:
        properties["environments"] = list(finding.environments)
    if finding.aliases:
        properties["aliases"] = list(finding.aliases)
    if finding.path_id:
        properties["pathId"] = finding.path_id
    return properties


def _primary(log: _Log, finding: Finding) -> _Object:
    path = finding.span.path
    physical: _Object = {"artifactLocation": artifact_location(log.presentation, path)}
    physical |= primary_regions(log.presentation, finding.span, log.quotes.get(path))
    logical = [{"fullyQualifiedName": finding.subject.address, "kind": "resource"}]
    if finding.occurrence is not None and finding.occurrence.construct:
        construct = finding.occurrence.construct
        logical.append({"fullyQualifiedName": construct, "kind": "construct"})
    return {"physicalLocation": physical, "logicalLocations": logical}


def _code_flow(presentation: Presentation, finding: Finding) -> _Object:
    """Return one step a hop; a hop that is written nowhere stands at the finding's place."""
    return {
        "threadFlows": [
            {
                "locations": [
                    {
                        "location": {
                            "message": {"text": sarif_message(step.message)},
                            "physicalLocation": physical_location(
                                presentation, step.span or finding.span
                            ),
                        }
                    }
                    for step in finding.steps
                ]
            }
        ]
    }


def _is_expressible(presentation: Presentation, fix: Fix) -> bool:
    """Say whether the edits can be told in lines and columns, with text put in."""
    return bool(fix.edits) and all(
        edit.span.path in presentation.files and _decoded(edit.replacement) is not None
        for edit in fix.edits
    )


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fix(presentation: Presentation, fix: Fix) -> _Object:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    return {
        "description": {"text": sarif_message(f"{fix.title} ({fix.applicability.name.lower()})")},
        "artifactChanges": [
            {
                "artifactLocation": artifact_location(presentation, path),
                "replacements": [_replacement(presentation, edit) for edit in sorted(edits)],
            }
            for path, edits in by_path.items()
        ],
    }


def _replacement(presentation: Presentation, edit: Edit) -> _Object:
    deleted: _Object = {"deletedRegion": region(presentation, edit.span)}
    text = _decoded(edit.replacement)
    return deleted | ({"insertedContent": {"text": text}} if text else {})


def _diagnostics(presentation: Presentation) -> list[Diagnostic]:
    """Return what was not analysed, or not seen, or left out, as one list."""
    report = presentation.report
    unseen = [
        Diagnostic("note", "not-in-view", u.span, u.message, u.remedy) for u in report.not_in_view
    ]
    return [*report.diagnostics, *unseen]


def _invocation(presentation: Presentation) -> _Object:
    report = presentation.report
    notifications = [_notification(presentation, d) for d in _diagnostics(presentation)]
    left_out = len(report.findings) - MAX_RESULTS
    if left_out > 0:
        words = f"{counted(left_out, 'less serious finding')} left out of this file"
        notifications.append({"level": "warning", "message": {"text": words}})
    complete = not any(d.severity == "error" for d in report.diagnostics)
    invocation: _Object = {"executionSuccessful": complete, "exitCode": presentation.exit_code}
    return invocation | ({"toolExecutionNotifications": notifications} if notifications else {})


def _notification(presentation: Presentation, diagnostic: Diagnostic) -> _Object:
    remedy = f". To do: {diagnostic.remedy}" if diagnostic.remedy else ""
    return {
        "descriptor": {"id": diagnostic.code},
        "level": diagnostic.severity,
        "message": {"text": sarif_message(diagnostic.message + remedy)},
        "locations": [{"physicalLocation": physical_location(presentation, diagnostic.span)}],
    }
