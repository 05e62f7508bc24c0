"""Leave out what a finding says already: a policy that AWS would refuse is told once.

Front ends note what they could not take of a document; the rules of ``validity`` find the same
place, with what is wrong and how serious it is.
"""

from collections.abc import Iterable

from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

_OF_DOCUMENTS = "invalid-policy"
_GROUP = "validity/"


def untold(
    diagnostics: Iterable[Diagnostic], findings: Iterable[Finding]
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics but those about a place that a finding points at, or into.

    ``findings`` are those that were made, suppressed ones too.
    """
    places: dict[str, list[Span]] = {}
    for finding in findings:
        if finding.rule.startswith(_GROUP):
            places.setdefault(finding.span.path, []).append(finding.span)
    return tuple(
        d
        for d in diagnostics
        if d.code != _OF_DOCUMENTS or not _is_told(d.span, places.get(d.span.path, []))
    )


def _is_told(place: Span, told: list[Span]) -> bool:
    return any(place.start <= span.start and span.end <= place.end for span in told)
