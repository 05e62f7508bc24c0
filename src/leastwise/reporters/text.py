"""Report for people at a terminal: frames of source, witnesses, fixes, and one line to end.

The layout follows compilers people know. Only what lies in the source is cut to the width;
sentences are left to the terminal to wrap.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from leastwise.reporters.escape import terminal
from leastwise.reporters.frame import Mark, Quoted, frame, gutter_width, quoted
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import is_whole_file, location, shown_path
from leastwise.reporters.style import Sheet, counted, painter, told_lines
from leastwise.reporters.words import (
    environment_words,
    keys_written,
    looked_at,
    possible_words,
    reached_lines,
    request_parts,
    tally,
    value_lines,
)
from leastwise.rules.model import Finding, Related, Silenced
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Applicability, Fix
from leastwise.source.span import Span

if TYPE_CHECKING:
    from leastwise.iam.project import NotInView

WIDTH = 100
WORST = 20
MAX_MARKS = 8
MAX_LISTED = 10
MAX_ALIKE = 3
MAX_WITNESSES = 4
MAX_STEPS = 8
MAX_ALSO = 4


class _Page(NamedTuple):
    """Hold what the parts of a report share; ``quotes`` and ``fixes`` fill as it is written."""

    presentation: Presentation
    sheet: Sheet
    quotes: dict[str, Quoted]
    fixes: set[Fix]

    def path(self, path: str) -> str:
        return terminal(shown_path(self.presentation, path))

    def line(self, span: Span) -> str:
        where = location(self.presentation, span)
        return f"{shown_path(self.presentation, span.path)}:{where.start_line}"

    def place(self, span: Span) -> str:
        if is_whole_file(span):
            return self.path(span.path)
        where = location(self.presentation, span)
        return f"{self.path(span.path)}:{where.start_line}:{where.start_column}"


def render(
    presentation: Presentation, *, color: bool, width: int = WIDTH, end: str | None = None
) -> str:
    """Return the report; ``width`` is that of the terminal in columns.

    ``end`` is the last line of a report that does not count findings.
    """
    page = _Page(presentation, Sheet(painter(color=color), width), {}, set())
    blocks = [*_findings(page), *_diagnostics(page), *_silenced(page), *_not_in_view(page)]
    blocks.append([_end(page) if end is None else page.sheet.paint(terminal(end), "strong")])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _end(page: _Page) -> str:
    report = page.presentation.report
    line = tally(page.presentation)
    if not report.findings:
        line = " · ".join(part for part in (looked_at(report), line) if part)
    return page.sheet.paint(terminal(line), "strong")


# findings


def _findings(page: _Page) -> list[list[str]]:
    causes = _causes(page.presentation)
    shown = causes if page.presentation.show_all else causes[:WORST]
    blocks = [_finding(page, cause) for cause in shown]
    if len(causes) > len(shown):
        blocks.append([f"and {len(causes) - len(shown)} more (--show-all)"])
    return blocks


def _causes(presentation: Presentation) -> list[list[Finding]]:
    """Group findings of one cause at one place, in order; notes only where all is shown."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(presentation.report.findings):
        if finding.level == "note" and not presentation.show_all:
            continue
        key: object = number
        if finding.cause:
            key = (finding.rule, finding.level, finding.confidence, finding.span, finding.cause)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _finding(page: _Page, cause: Sequence[Finding]) -> list[str]:
    finding, paint = cause[0], page.sheet.paint
    name = paint(f"{finding.level}[{terminal(finding.rule)}]", finding.level)
    marks, more = _marks(finding)
    digits, frames = _frames(page, marks)
    lines = [f"{name} {paint(terminal(finding.message), 'strong')}", *frames]
    edge = " " * digits + " ="
    lines += _witness(page, finding, edge)
    told = [*_told(page, finding), *_same(cause)]
    if more:
        told.append(("note", f"{counted(more, 'more place')} in the JSON report"))
    lines += [row for word, text in told for row in told_lines(edge, word, text, page.sheet)]
    return lines + _fixes(page, finding, digits)


def _marks(finding: Finding) -> tuple[list[Mark], int]:
    """Return the primary mark and the labelled ones, and how many were left out."""
    related = list(finding.related)
    related += [
        Related(step.span, f"step {number}")
        for number, step in enumerate(finding.steps, 1)
        if step.span is not None
    ]
    others = [Mark(r.span, r.message, "gutter") for r in dict.fromkeys(related)]
    first = Mark(finding.span, "", finding.level, primary=True)
    return [first, *others[:MAX_MARKS]], max(0, len(others) - MAX_MARKS)


def _frames(page: _Page, marks: Sequence[Mark]) -> tuple[int, list[str]]:
    """Return the width of the gutter and the frames, that of the primary place first."""
    by_path: dict[str, list[Mark]] = {}
    for mark in marks:
        by_path.setdefault(mark.span.path, []).append(mark)
    sources = {path: _quote(page, path) for path in by_path}
    known = {path: source for path, source in sources.items() if source is not None}
    digits = gutter_width(known, marks)
    lines: list[str] = []
    for number, (path, group) in enumerate(by_path.items()):
        arrow = " " * digits + (":::" if number else "-->")
        lines.append(f"{page.sheet.paint(arrow, 'gutter')} {page.place(group[0].span)}")
        lines += _frame(page, known.get(path), group, digits)
    return digits, lines


def _frame(page: _Page, source: Quoted | None, marks: list[Mark], digits: int) -> list[str]:
    quotable = [mark for mark in marks if not is_whole_file(mark.span)]
    if source is not None and quotable:
        return frame(source, quotable, digits, page.sheet)
    bar = page.sheet.paint(" " * digits + " |", "gutter")
    labels = [mark.label for mark in marks if mark.label]
    return [bar, *(f"{bar} {terminal(label)}" for label in labels), *[bar][: len(labels)]]


def _quote(page: _Page, path: str) -> Quoted | None:
    if path not in page.quotes and path in page.presentation.files:
        page.quotes[path] = quoted(page.presentation.files[path])
    return page.quotes.get(path)


def _told(page: _Page, finding: Finding) -> list[tuple[str, str]]:
    """Return the sentences under the witness, each with the word before it."""
    steps = () if _steps_are_witness(finding) else finding.steps
    told = [(f"step {n}", step.message) for n, step in enumerate(steps, 1)]
    told += [_assumed(sentence) for sentence in finding.assumptions]
    if finding.confidence == "possible":
        told.append(("possible", possible_words(finding)))
    told += [("holds", words) for words in value_lines(finding, page.line)]
    told += [("reached by", words) for words in reached_lines(finding, page.line)]
    if finding.occurrence is not None and not finding.reached:
        parts = (finding.occurrence.module_call, finding.occurrence.instance_key)
        told.append(("instance", ", ".join(part for part in parts if part)))
    if finding.occurrence is not None:
        told.append(("construct", finding.occurrence.construct))
    if finding.environments:
        told.append(("holds in", environment_words(finding, page.presentation.report.roots)))
    if finding.also:
        told.append(("also", _also(finding)))
    if finding.aliases:
        told.append(("known as", ", ".join(finding.aliases)))
    rule = page.presentation.rules.get(finding.rule)
    if rule is not None:
        told.append(("help", rule.help_uri))
    return [(word, text) for word, text in told if text]


def _also(finding: Finding) -> str:
    """List what else it is, the first few; the JSON report has them all."""
    names = list(dict.fromkeys(also.rule for also in finding.also))
    more = len(names) - MAX_ALSO
    if more <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:MAX_ALSO])} and {more} more"


def _assumed(sentence: str) -> tuple[str, str]:
    """Take the word before the colon from a sentence that has one: "holds: when x is 'y'"."""
    for word in ("holds", "when"):
        if sentence.startswith(word + " "):
            return word, sentence.removeprefix(word + " ")
    return "assumes", sentence


def _witness(page: _Page, finding: Finding, edge: str) -> list[str]:
    """Return the requests; a long one is broken before "by" and each condition key."""
    hang = len(edge) + len(" witness: ")
    lines: list[str] = []
    caller = ""
    numbered = _steps_are_witness(finding)
    written = keys_written(finding)
    most = MAX_STEPS if numbered else MAX_WITNESSES
    for number, request in enumerate(finding.witness[:most], 1):
        parts = request_parts(request, written)
        if numbered:
            parts[0] = f"{number}. {parts[0]}"
        if request.principal.name == caller:
            del parts[1:2]
        caller = request.principal.name
        whole = " ".join(parts)
        fits = hang + len(whole) <= page.sheet.width
        lines += [whole] if fits else [parts[0], *(f"  {part}" for part in parts[1:])]
    more = len(finding.witness) - most
    if more > 0:
        lines.append(f"and {counted(more, 'more request')}")
    paint = page.sheet.paint
    head = f"{paint(edge, 'gutter')} {paint('witness:', 'strong')} "
    return [(" " * hang if n else head) + terminal(line) for n, line in enumerate(lines)]


def _steps_are_witness(finding: Finding) -> bool:
    """Say whether the steps only repeat the witness, request by request."""
    return len(finding.steps) > 1 and tuple(s.request for s in finding.steps) == finding.witness


def _same(cause: Sequence[Finding]) -> list[tuple[str, str]]:
    others = list(dict.fromkeys(f.subject.address for f in cause))[1:]
    if not others:
        return []
    more = len(others) - 3
    names = ", ".join(others[:3]) + (f" and {more} more" if more > 0 else "")
    return [("same for", names)]


def _fixes(page: _Page, finding: Finding, digits: int) -> list[str]:
    """Return the best fix in full, unless it stands above already, and the others by title."""
    if not finding.fixes:
        return []
    from leastwise.reporters.fix_text import Sources, fix_head, fix_lines

    paint = page.sheet.paint
    sources = Sources(page.presentation.files, page.presentation.prefix)
    lines: list[str] = []
    for number, fix in enumerate(sorted(finding.fixes, key=lambda f: -f.applicability)):
        if fix in page.fixes:
            lines.append(fix_head(fix, paint, "shown above"))
        elif number == 0:
            page.fixes.add(fix)
            lines += fix_lines(fix, sources, digits, page.sheet)
        else:
            proved = fix.applicability is not Applicability.DISPLAY
            lines.append(fix_head(fix, paint, "instead" if proved else "instead, not proved"))
    return lines


# what was not analysed, not counted, not seen


def _diagnostics(page: _Page) -> list[list[str]]:
    """Return every error, the first warnings, and notes only where all is shown."""
    found = page.presentation.report.diagnostics
    blocks = [_diagnostic(page, d) for d in found if d.severity == "error"]
    lesser = [d for d in found if d.severity == "warning"]
    if page.presentation.show_all:
        lesser += [d for d in found if d.severity == "note"]
    shown = lesser if page.presentation.show_all else lesser[:MAX_LISTED]
    blocks += [_diagnostic(page, d) for d in shown]
    if len(lesser) > len(shown):
        blocks.append([f"and {counted(len(lesser) - len(shown), 'more warning')} (--show-all)"])
    return blocks


def _diagnostic(page: _Page, diagnostic: Diagnostic) -> list[str]:
    paint = page.sheet.paint
    name = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    lines = [f"{name} {page.place(diagnostic.span)} {terminal(diagnostic.message)}"]
    if diagnostic.remedy:
        head = f"{paint('  =', 'gutter')} {paint('help:', 'strong')}"
        lines.append(f"{head} {terminal(diagnostic.remedy)}")
    return lines


def _silenced(page: _Page) -> list[list[str]]:
    report = page.presentation.report
    if not page.presentation.show_all:
        return []
    named = (("accepted", report.accepted), ("suppressed", report.suppressed))
    return [
        [page.sheet.paint(word, "strong"), *(_silence(page, one) for one in group)]
        for word, group in named
        if group
    ]


def _silence(page: _Page, one: Silenced) -> str:
    finding = one.finding
    words = f"{finding.rule} at {finding.subject.address}"
    return f"  {page.place(finding.span)} {terminal(f'{words}: {one.reason} ({one.by})')}"


def _not_in_view(page: _Page) -> list[list[str]]:
    """Return the first of each kind, so that none hides another, those of one remedy together."""
    kinds: dict[str, dict[str, list[NotInView]]] = {}
    for unseen in page.presentation.report.not_in_view:
        kinds.setdefault(unseen.kind, {}).setdefault(unseen.remedy, []).append(unseen)
    if not kinds:
        return []
    most = None if page.presentation.show_all else MAX_ALIKE
    lines = [page.sheet.paint("not in view", "strong")]
    for remedies in kinds.values():
        groups = list(remedies.items())
        lines += [row for remedy, group in groups[:most] for row in _alike(page, remedy, group)]
        left = [] if most is None else [len(group) for _, group in groups[most:]]
        if left:
            lines.append(f"  and {sum(left)} more of this kind (--show-all)")
    return [lines]


def _alike(page: _Page, remedy: str, group: Sequence["NotInView"]) -> list[str]:
    shown = group if page.presentation.show_all else group[:MAX_ALIKE]
    lines = [f"  {page.place(u.span)} {terminal(u.message)}" for u in shown]
    if len(group) > len(shown):
        lines.append(f"  and {len(group) - len(shown)} more like this (--show-all)")
    if remedy:
        lines.append(f"  {page.sheet.paint('=', 'gutter')} help: {terminal(remedy)}")
    return lines
