"""The baseline: findings a team knows of and has not mended yet, by fingerprint.

Format, version 1: ``{"version": 1, "findings": [{"fingerprint", "rule", "subject", "reason"}]}``.
Fingerprints hold no path or line, so moving code does not make old findings new.
"""

import json
from collections.abc import Iterable, Mapping

from leastwise.reporters.escape import ascii_json
from leastwise.rules.model import Finding

DEFAULT_REASON = "in the baseline"


def spell(findings: Iterable[Finding], reasons: Mapping[str, str]) -> str:
    """Spell a baseline of findings as JSON, sorted, one finding a line for readable diffs.

    ``reasons`` are those that the team wrote beside fingerprints.
    """
    rows = sorted(
        ascii_json(json.dumps(_row(finding, reasons.get(finding.fingerprint)), ensure_ascii=False))
        for finding in findings
    )
    body = ",\n".join(f"    {row}" for row in rows)
    return '{\n  "version": 1,\n  "findings": [' + (f"\n{body}\n  " if rows else "") + "]\n}\n"


def _row(finding: Finding, reason: str | None) -> dict[str, str]:
    row = {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "subject": finding.subject.address,
    }
    return row if reason is None else {**row, "reason": reason}


def reasons_in(text: str) -> dict[str, str]:
    """Return the reasons that a team wrote in a baseline; none in what is no baseline."""
    known = read(text)
    if isinstance(known, str):
        return {}
    return {key: reason for key, reason in known.items() if reason != DEFAULT_REASON}


def read(text: str) -> dict[str, str] | str:
    """Return fingerprints with their reasons, or what is wrong with the file in words."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON"
    if not isinstance(data, dict) or data.get("version") != 1:
        return "it is not a leastwise baseline of version 1"
    findings = data.get("findings")
    if not isinstance(findings, list):
        return "it has no list of findings"
    known: dict[str, str] = {}
    for row in findings:
        fingerprint = row.get("fingerprint") if isinstance(row, dict) else None
        if not isinstance(fingerprint, str):
            return "one of its findings has no fingerprint"
        reason = row.get("reason")
        known[fingerprint] = reason if isinstance(reason, str) and reason else DEFAULT_REASON
    return known
