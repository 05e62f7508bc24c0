"""Access expectations for people at a terminal: what fails and why, and one line to end."""

from collections.abc import Sequence

from leastwise.reporters import text
from leastwise.reporters.model import Presentation
from leastwise.reporters.style import counted
from leastwise.reporters.tested import Tested, tally


def render(
    presentation: Presentation, rows: Sequence[Tested], *, color: bool, width: int = text.WIDTH
) -> str:
    """Return the report; ``width`` is that of the terminal in columns."""
    summary = presentation.report.summary
    seen = (
        f"{counted(summary.principals, 'principal')} and {counted(summary.policies, 'policy')}"
        f" in {counted(summary.analysed, 'file')}"
    )
    return text.render(presentation, color=color, width=width, end=f"{tally(rows)} · {seen}")
