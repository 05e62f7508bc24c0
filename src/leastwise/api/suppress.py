"""Findings that do not count: silenced in the source, by path, or by a baseline.

A comment silences the finding whose rule it names on its own line, or, when it stands alone, on
the next line that is no comment: ``# leastwise: ignore[group/name] reason="why"``. The reason is
required. JSON has no comments; there, the baseline or a path glob serves.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.config.paths import path_matches
from leastwise.rules.model import Finding, Silenced
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import SourceFile, Span, locate

_MARK = b"leastwise:"
_COMMENT = r"(?:#|//)\s*leastwise:\s*ignore(?:\[(?P<rules>[^\]]*)\])?(?P<rest>.*)$"
_REASON = r'\breason\s*=\s*"(?P<reason>[^"]*)"'
_WITH_COMMENTS = (".tf", ".tofu", ".tfvars", ".yaml", ".yml", ".template", ".cform")

SourceOf = Callable[[str], SourceFile | None]


class Suppression(NamedTuple):
    """Hold one comment: the rules it names, why, and the line it speaks for (1-based)."""

    rules: tuple[str, ...]
    reason: str
    line: int
    span: Span


Comments = dict[str, tuple[Suppression, ...]]


def suppressions_in(file: SourceFile) -> tuple[Suppression, ...]:
    """Find the suppression comments of a file, also those without rules or a reason."""
    if _MARK not in file.data or not file.path.endswith(_WITH_COMMENTS):
        return ()
    found: list[Suppression] = []
    for number, start in enumerate(file.line_starts, start=1):
        text = file.line(number)
        match = re.search(_COMMENT, text)
        if match is None:
            continue
        rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        reason = re.search(_REASON, match["rest"])
        begin = start + len(text[: match.start()].encode())
        span = Span(file.path, begin, start + len(text.encode()))
        alone = not text[: match.start()].strip()
        line = _next_code_line(file, number) if alone else number
        found.append(Suppression(rules, reason["reason"].strip() if reason else "", line, span))
    return tuple(found)


def _next_code_line(file: SourceFile, number: int) -> int:
    for following in range(number + 1, len(file.line_starts) + 1):
        text = file.line(following).strip()
        if text and not text.startswith(("#", "//")):
            return following
    return number


def faults(
    suppressions: Iterable[Suppression], known_rules: frozenset[str]
) -> tuple[Diagnostic, ...]:
    """Say which suppressions do nothing because they lack a rule or a reason, or name no rule."""
    found: list[Diagnostic] = []
    for suppression in suppressions:
        unknown = [rule for rule in suppression.rules if rule not in known_rules]
        if not suppression.rules:
            message = "this suppression names no rule, so it silences nothing"
            remedy = 'write ignore[group/name] reason="..."'
        elif unknown:
            message = f"this suppression names {unknown[0]!r}, which is no rule"
            remedy = "see 'leastwise rules' for the names"
        elif not suppression.reason:
            message = "this suppression gives no reason, so it silences nothing"
            remedy = 'add reason="..."'
        else:
            continue
        found.append(
            Diagnostic("warning", "suppression-without-effect", suppression.span, message, remedy)
        )
    return tuple(found)


def split(
    findings: tuple[Finding, ...],
    *,
    config: Config,
    source_of: SourceOf,
    baseline: Mapping[str, str],
) -> tuple[tuple[Finding, ...], tuple[Silenced, ...]]:
    """Divide findings into those that count and those that are silenced, with the reason."""
    kept: list[Finding] = []
    silenced: list[Silenced] = []
    comments: Comments = {}
    for finding in findings:
        silence = (
            _by_comment(finding, source_of, comments)
            or _by_path(finding, config)
            or _by_baseline(finding, baseline)
        )
        if silence is None:
            kept.append(finding)
        else:
            silenced.append(silence)
    return tuple(kept), tuple(silenced)


def _by_comment(finding: Finding, source_of: SourceOf, comments: Comments) -> Silenced | None:
    for span in (finding.span, *finding.statements):
        file = source_of(span.path)
        if file is None:
            continue
        if span.path not in comments:
            comments[span.path] = suppressions_in(file)
        if not comments[span.path]:
            continue
        place = locate(file, span)
        for suppression in comments[span.path]:
            if (
                place.start_line <= suppression.line <= place.end_line
                and finding.rule in suppression.rules
                and suppression.reason
            ):
                return Silenced(finding, "inline", suppression.reason, suppression.span)
    return None


def _by_path(finding: Finding, config: Config) -> Silenced | None:
    group = finding.rule.partition("/")[0]
    for ignore in config.per_path_ignores:
        if (finding.rule in ignore.rules or group in ignore.rules) and path_matches(
            finding.span.path, ignore.path
        ):
            return Silenced(finding, "per-path", f"per-path-ignores for {ignore.path}")
    return None


def _by_baseline(finding: Finding, baseline: Mapping[str, str]) -> Silenced | None:
    reason = baseline.get(finding.fingerprint)
    return None if reason is None else Silenced(finding, "baseline", reason)
