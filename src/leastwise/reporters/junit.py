"""Write the outcome of access expectations as JUnit XML, which CI systems show as tests.

There is no standard; this keeps to what Jenkins, GitLab and GitHub actions read
(https://docs.gitlab.com/ci/testing/unit_test_reports/): a suite with a case per expectation, a
``failure`` for one that fails, an ``error`` for one that is not decided or can't be used.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from leastwise.reporters.escape import terminal
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import location, portable_path
from leastwise.reporters.tested import Tested
from leastwise.reporters.words import (
    environment_words,
    keys_written,
    possible_words,
    request_parts,
)
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span


def render(presentation: Presentation, rows: Sequence[Tested]) -> str:
    """Return the outcome as an XML document with a line end."""
    told = {problem for row in rows for problem in row.problems}
    unread = [d for d in presentation.report.diagnostics if d.severity == "error"]
    others = [d for d in unread if d not in told]
    failed = sum(1 for row in rows if row.verdict == "fails")
    broken = sum(1 for row in rows if row.verdict in ("undecided", "unusable")) + len(others)
    counts = f'tests="{len(rows) + len(others)}" failures="{failed}" errors="{broken}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="leastwise" {counts}>']
    lines.append(f'  <testsuite name="access expectations" {counts}>')
    for row in rows:
        lines += _case(presentation, row)
    for diagnostic in others:
        lines += _unread(presentation, diagnostic)
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _case(presentation: Presentation, row: Tested) -> list[str]:
    place = location(presentation, row.span)
    path = portable_path(presentation, row.span.path)
    attributes = (
        f"name={_quoted(f'{row.number}. {row.name}')} classname={_quoted(path)}"
        f' file={_quoted(path)} line="{place.start_line}"'
    )
    if row.verdict == "holds":
        return [f"    <testcase {attributes}/>"]
    tag = "failure" if row.verdict == "fails" else "error"
    told = [line for finding in row.findings for line in _told(presentation, finding)]
    told += [f"{problem.message} ({problem.remedy})" for problem in row.problems]
    head = told[0] if told else row.verdict
    body = escape(_lines(told))
    return [
        f"    <testcase {attributes}>",
        f"      <{tag} message={_quoted(head)} type={_quoted(row.verdict)}>{body}</{tag}>",
        "    </testcase>",
    ]


def _unread(presentation: Presentation, diagnostic: Diagnostic) -> list[str]:
    where = _place(presentation, diagnostic.span)
    return [
        f"    <testcase name={_quoted(where)} classname={_quoted(diagnostic.code)}>",
        f"      <error message={_quoted(diagnostic.message)} type={_quoted(diagnostic.code)}/>",
        "    </testcase>",
    ]


def _told(presentation: Presentation, finding: Finding) -> list[str]:
    lines = [finding.message]
    lines += [" ".join(request_parts(r, keys_written(finding))) for r in finding.witness]
    spans = finding.statements or (finding.span,)
    lines += [f"at {_place(presentation, span)}" for span in spans]
    if finding.environments:
        lines.append(f"holds in {environment_words(finding, presentation.report.roots)}")
    if finding.confidence == "possible":
        lines.append(possible_words(finding))
    return lines


def _place(presentation: Presentation, span: Span) -> str:
    place = location(presentation, span)
    path = portable_path(presentation, span.path)
    return f"{path}:{place.start_line}:{place.start_column}"


def _lines(lines: Sequence[str]) -> str:
    """Join lines whose control characters, which XML can't hold, are made visible."""
    return "\n".join(map(terminal, lines))


def _quoted(text: str) -> str:
    return quoteattr(terminal(text))
