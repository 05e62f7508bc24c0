"""What reporters receive of a run of access expectations."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from leastwise.reporters.style import counted
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

Verdict: TypeAlias = Literal["holds", "fails", "undecided", "unusable"]


class Tested(NamedTuple):
    """Hold one expectation and its verdict.

    ``findings`` say why it fails or is not decided. ``unusable``: the expectation itself is
    wrong, as ``problems`` say; then ``kind`` may be empty.
    """

    number: int
    kind: str
    name: str
    verdict: Verdict
    span: Span
    because: str | None = None
    findings: tuple[Finding, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def tally(rows: Sequence[Tested]) -> str:
    """Count the verdicts in one line: ``5 expectations: 3 hold, 1 fails, 1 not decided``."""
    counts = Counter(row.verdict for row in rows)
    held = counts["holds"]
    if held == len(rows) and rows:
        return f"{counted(held, 'expectation')} {'holds' if held == 1 else 'hold'}"
    told = (
        (held, "holds" if held == 1 else "hold"),
        (counts["fails"], "fails" if counts["fails"] == 1 else "fail"),
        (counts["undecided"], "not decided"),
        (counts["unusable"], "can't be used"),
    )
    parts = ", ".join(f"{number} {word}" for number, word in told if number)
    return f"{counted(len(rows), 'expectation')}: {parts}" if rows else "no expectations"
