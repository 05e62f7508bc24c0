"""Write all proved fixes as one diff that ``git apply`` takes from the working directory.

The bytes are those of the files, nothing is escaped or hidden: it is a patch, to be applied.
"""

from collections.abc import Iterable

from leastwise.reporters.diffs import diff_of, is_expressible
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import portable_path
from leastwise.reporters.words import offered
from leastwise.rules.model import Finding
from leastwise.source.edit import Edit, overlaps
from leastwise.source.unified_diff import patchable


def render(presentation: Presentation) -> str:
    """Return the diff, or ``""`` when there is nothing to apply.

    At most one fix of each finding is taken, the first that fits beside those before it. Fixes
    that are only shown are left out. Encode the result with ``surrogateescape``.
    """
    edits = _chosen(presentation.report.findings, presentation)
    paths = {edit.span.path for edit in edits}
    names = {path: portable_path(presentation, path) for path in paths}
    names = {path: name if patchable(name) else path for path, name in names.items()}
    return diff_of(edits, presentation.files, names)


def _chosen(findings: Iterable[Finding], presentation: Presentation) -> list[Edit]:
    chosen: list[Edit] = []
    for finding in findings:
        for fix in offered(finding.fixes):
            if set(fix.edits) <= set(chosen):
                break
            together = [*chosen, *fix.edits]
            if is_expressible(fix.edits, presentation.files) and not overlaps(together):
                chosen = together
                break
    return chosen
