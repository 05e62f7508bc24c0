"""Tell people what a comparison of two policies found.

New access is a request, the strings of the new policy that allow it and what the old policy
says to it. The layout is that of the report on findings.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leastwise.reporters.comparison import (
    ComparisonReport,
    changed_place,
    limiting_places,
    places_of,
    statement_of,
)
from leastwise.reporters.escape import terminal
from leastwise.reporters.frame import Mark, Quoted, frame, gutter_width, quoted
from leastwise.reporters.style import Sheet, counted, painter, told_lines
from leastwise.reporters.words import request_parts
from leastwise.semantics.access import POLICY_NOT_IN_VIEW
from leastwise.semantics.compare import CALLER_NOT_KNOWN, UNCONFIRMED
from leastwise.semantics.keys import written_keys
from leastwise.semantics.model import Counterexample, Deciding, Proof, Request, Undecided
from leastwise.source.located import LocatedDiagnostic
from leastwise.source.span import SourceFile, Span, locate

WIDTH = 100
MAX_PROBLEMS = 20
MAX_STATEMENTS = 4
_EDGE = "  ="
_NEITHER = "neither a proof nor a request was found: take it as new access"
_WAYS_OUT = {
    UNCONFIRMED: "or write conditions and principals so that one reading is possible",
    CALLER_NOT_KNOWN: "or leave out what asks for the caller",
    POLICY_NOT_IN_VIEW: "or mend the statements that could not be read",
}
_SPLIT = "or split the policies and compare their parts"
_LIMITING = {
    "scp": "an SCP grants nothing by itself: this is let through where other policies allow it",
    "rcp": "an RCP grants nothing by itself: this is let through where other policies allow it",
    "boundary": "a boundary grants nothing by itself: this is let through where a policy allows it",
    "session": "a session policy grants nothing by itself: this is let through where another policy"
    " allows it",
    "endpoint": "an endpoint policy grants nothing by itself: this is let through where another"
    " policy allows it",
}


class _Page(NamedTuple):
    report: ComparisonReport
    sheet: Sheet

    @property
    def old(self) -> str:
        return terminal(self.report.old.path)

    @property
    def new(self) -> str:
        return terminal(self.report.new.path)


def render(report: ComparisonReport, *, color: bool, width: int = WIDTH) -> str:
    """Return the answer for a terminal of ``width`` columns."""
    page = _Page(report, Sheet(painter(color=color), width))
    match report.answer:
        case Proof():
            lines = _no_new_access(page)
        case Counterexample():
            lines = _new_access(page, report.answer)
        case Undecided(reason):
            lines = _problems(page) or _undecided(page, reason)
    return "\n".join(lines) + "\n"


def _no_new_access(page: _Page) -> list[str]:
    paint = page.sheet.paint
    head = f"{paint('no new access:', 'strong')} {page.old} allows all that {page.new} allows"
    return [head, *_loosened(page)]


def _loosened(page: _Page) -> list[str]:
    before = page.report.loosened
    if before is None:
        return []
    where = _where(page.report.old, before.deciding)
    text = (
        f"{page.report.new.path} denies less{where}: what another policy allows and only this one"
        " denied is possible now"
    )
    return told_lines(_EDGE, "note", text, page.sheet)


def _where(file: SourceFile, deciding: Iterable[Deciding]) -> str:
    spans = (statement_of(d).span for d in deciding if d.statement >= 0)
    places = [locate(file, span) for span in spans if span is not None]
    return f" ({places[0].file}:{places[0].start_line})" if places else ""


# new access


def _new_access(page: _Page, found: Counterexample) -> list[str]:
    report, paint = page.report, page.sheet.paint
    name = paint("error[new-access]", "error")
    words = "newly lets through" if report.kind in _LIMITING else "newly allows"
    what = f"{report.new.path} {words} {found.request.action}"
    if found.request.resource != "*":
        what += f" on {found.request.resource}"
    digits, frames = _frames(page, found.request)
    edge = " " * digits + " ="
    lines = [f"{name} {paint(terminal(what), 'strong')}", *frames]
    lines += _witness(page, found.request, edge)
    for word, text in _told(report, found):
        lines += told_lines(edge, word, text, page.sheet)
    return lines


def _frames(page: _Page, request: Request) -> tuple[int, list[str]]:
    """Return the width of the gutter and the frames: what allows it now, what kept it before."""
    report = page.report
    groups = [(report.new, _allowing(report, request)), (report.old, _keeping(report))]
    shown = [(quoted(file), marks) for file, marks in groups if marks]
    digits = max((gutter_width({q.file.path: q}, marks) for q, marks in shown), default=1)
    lines: list[str] = []
    for number, (source, marks) in enumerate(shown):
        lines += _frame(page, source, marks, digits, arrow=":::" if number else "-->")
    return digits, lines


def _allowing(report: ComparisonReport, request: Request) -> list[Mark]:
    """Mark what of the new policy allows the request, first what differs from the old one."""
    spans: list[Span] = []
    for one in report.allowing[:MAX_STATEMENTS]:
        changed = None if report.near is None else changed_place(one, report.near, request)
        spans += [changed] if changed is not None else []
        spans += places_of(one)
    return _marks(spans, f"allows {request.action}")


def _keeping(report: ComparisonReport) -> list[Mark]:
    """Mark what of the old policy denied the request, or kept a statement from allowing it."""
    if report.near is not None:
        return _marks(limiting_places(report.near), "kept it out")
    before = report.before
    if before is None or before.outcome != "explicitly-denied":
        return []
    denying = [d for d in before.deciding if d.statement >= 0][:MAX_STATEMENTS]
    return _marks((span for one in denying for span in places_of(one)), "denied it")


def _marks(spans: Iterable[Span], label: str) -> list[Mark]:
    return [
        Mark(span, "", "gutter") if number else Mark(span, label, "error", primary=True)
        for number, span in enumerate(dict.fromkeys(spans))
    ]


def _frame(page: _Page, source: Quoted, marks: list[Mark], digits: int, *, arrow: str) -> list[str]:
    place = locate(source.file, marks[0].span)
    where = f"{terminal(place.file)}:{place.start_line}:{place.start_column}"
    head = page.sheet.paint(" " * digits + arrow, "gutter")
    return [f"{head} {where}", *frame(source, marks, digits, page.sheet)]


def _witness(page: _Page, request: Request, edge: str) -> list[str]:
    parts = request_parts(request, written_keys(page.report.allowing))
    hang = len(edge) + len(" witness: ")
    whole = " ".join(parts)
    fits = hang + len(whole) <= page.sheet.width
    rows = [whole] if fits else [parts[0], *(f"  {part}" for part in parts[1:])]
    paint = page.sheet.paint
    head = f"{paint(edge, 'gutter')} {paint('witness:', 'strong')} "
    return [(" " * hang if n else head) + terminal(row) for n, row in enumerate(rows)]


def _told(report: ComparisonReport, found: Counterexample) -> Iterator[tuple[str, str]]:
    """Yield the sentences under the witness, each with the word before it."""
    before = report.before
    if before is not None and before.outcome == "implicitly-denied" and report.near is None:
        yield "before", f"nothing in {report.old.path} allows it"
    if not report.allowing:
        yield "now", f"nothing in {report.new.path} denies it"
    for text in (*(a.text for a in found.assumptions), *found.reasons):
        yield (
            ("when", text.removeprefix("when ")) if text.startswith("when ") else ("assumes", text)
        )
    if not found.typed:
        yield "note", "AWS's reference knows no such request, so AWS may never be asked for it"
    if report.kind in _LIMITING:
        yield "note", _LIMITING[report.kind]


# undecided and bad input


def _undecided(page: _Page, reason: str) -> list[str]:
    paint = page.sheet.paint
    text = f"{_NEITHER}, {_WAYS_OUT.get(reason, _SPLIT)}"
    head = f"{paint('error[undecided]', 'error')} {paint(terminal(reason), 'strong')}"
    return [head, *told_lines(_EDGE, "help", text, page.sheet)]


def _problems(page: _Page) -> list[str]:
    problems = page.report.problems
    lines = [row for problem in problems[:MAX_PROBLEMS] for row in _problem(page, problem)]
    if len(problems) > MAX_PROBLEMS:
        lines.append(f"and {counted(len(problems) - MAX_PROBLEMS, 'more problem')}")
    if problems:
        lines.append(page.sheet.paint("undecided: nothing was compared", "strong"))
    return lines


def _problem(page: _Page, problem: LocatedDiagnostic) -> list[str]:
    # AWS takes a policy whole or not at all, so a warning about it is an error here.
    name = page.sheet.paint(f"error[{problem.code}]", "error")
    place = terminal(problem.file)
    if any(file.path == problem.file and file.data for file in (page.report.old, page.report.new)):
        place += f":{problem.line}:{problem.column}"
    head = f"{name} {place} {terminal(problem.message)}"
    return [head, *told_lines(_EDGE, "help", problem.remedy, page.sheet)]
