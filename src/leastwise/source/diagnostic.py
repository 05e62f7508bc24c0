"""What could not be read or understood, said once: where, what, and what to do."""

from typing import Literal, NamedTuple

from leastwise.source.span import Span

Severity = Literal["error", "warning", "note"]


class Diagnostic(NamedTuple):
    """Report that an input was not, or not fully, analysed.

    ``error``: something that should be analysed was not (exit 2). ``warning``: one value or
    module is unknown, findings that depend on it are at most possible. ``span`` names the file;
    an empty span at 0 stands for the whole file. ``code`` is kebab-case (``syntax-error``).
    ``message`` says what is wrong, ``remedy`` what to do; neither ends with a full stop.
    """

    severity: Severity
    code: str
    span: Span
    message: str
    remedy: str
