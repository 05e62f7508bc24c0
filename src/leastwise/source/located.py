"""Diagnostics for those who have no files at hand: places as people count them."""

from typing import NamedTuple

from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.span import SourceFile, locate


class LocatedDiagnostic(NamedTuple):
    """Say what of a text was not understood: where, what, and what to do.

    ``line`` and ``column`` are 1-based, the column in Unicode code points. ``skipped`` names the
    part that counts as not known because of it (``the policy``, ``statement 2``). The other
    fields are those of ``Diagnostic``.
    """

    severity: Severity
    code: str
    file: str
    line: int
    column: int
    message: str
    skipped: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return (
            f"{place}: {self.severity}[{self.code}] {self.message}: {self.skipped} counts as not"
            f" known; {self.remedy}"
        )


def located(diagnostic: Diagnostic, file: SourceFile, skipped: str) -> LocatedDiagnostic:
    """Place a diagnostic in its file."""
    place = locate(file, diagnostic.span)
    return LocatedDiagnostic(
        severity=diagnostic.severity,
        code=diagnostic.code,
        file=place.file,
        line=place.start_line,
        column=place.start_column,
        message=diagnostic.message,
        skipped=skipped,
        remedy=diagnostic.remedy,
    )
