"""Spans as SARIF locations: URIs relative to the repository, columns in code points."""

from typing import Any

from leastwise.reporters.escape import uri
from leastwise.reporters.frame import Quoted
from leastwise.reporters.model import Presentation
from leastwise.reporters.place import location, portable_path
from leastwise.source.span import Span

CONTEXT = 2
"""So many lines before and after a result are quoted."""
MAX_QUOTED = 4000
"""Longer surroundings (minified JSON) are not quoted at all."""

_Object = dict[str, Any]


def artifact_location(presentation: Presentation, path: str) -> _Object:
    """Return the location of a file below SRCROOT."""
    return {"uri": uri(portable_path(presentation, path)), "uriBaseId": "SRCROOT"}


def physical_location(presentation: Presentation, span: Span) -> _Object:
    """Return file and region of a span."""
    return {
        "artifactLocation": artifact_location(presentation, span.path),
        "region": region(presentation, span),
    }


def region(presentation: Presentation, span: Span) -> _Object:
    """Return a span as a region, every line and column said."""
    place = location(presentation, span)
    return {
        "startLine": place.start_line,
        "startColumn": place.start_column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def primary_line(presentation: Presentation, span: Span) -> int:
    """Return the line at which a result stands."""
    return location(presentation, span).start_line


def primary_regions(presentation: Presentation, span: Span, source: Quoted | None) -> _Object:
    """Return the region of a result, on one line, and its surroundings with their text.

    GitHub shows an alert on a pull request only when all its lines are in the change, so a span
    over several lines ends with its first; an empty one covers the line. In the text secrets
    are hidden.
    """
    place = region(presentation, span)
    if source is None:
        return {"region": place}
    number: int = place["startLine"]
    line = source.lines[number - 1]
    if span.start == span.end:
        place |= {"startColumn": 1, "endColumn": len(line) + 1}
    elif place["endLine"] > number:
        place |= {"endLine": number, "endColumn": max(len(line) + 1, place["startColumn"])}
    snippet = line[place["startColumn"] - 1 : place["endColumn"] - 1]
    first, last = max(1, number - CONTEXT), min(len(source.lines), number + CONTEXT)
    around = "\n".join(source.lines[first - 1 : last])
    if len(around) > MAX_QUOTED:
        return {"region": place}
    return {
        "region": place | {"snippet": {"text": snippet}},
        "contextRegion": {"startLine": first, "endLine": last, "snippet": {"text": around}},
    }
