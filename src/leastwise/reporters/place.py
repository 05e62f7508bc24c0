"""Paths and places as a report names them."""

import posixpath

from leastwise.reporters.model import Presentation
from leastwise.source.span import Location, Span, locate


def shown_path(presentation: Presentation, path: str) -> str:
    """Return a path as seen from the working directory, also one that leads out of the tree."""
    whole = presentation.prefix + path
    return posixpath.normpath(whole) if path.startswith("../") else whole


def portable_path(presentation: Presentation, path: str) -> str:
    """Return a path from the working directory, or from the tree where that would lead away.

    A report that travels names no absolute path and none above the place it was made in.
    """
    whole = posixpath.normpath(presentation.prefix + path)
    # a drive letter is absolute too
    if whole.startswith(("/", "../")) or whole == ".." or whole[1:3] == ":/":
        return path
    return whole


def location(presentation: Presentation, span: Span) -> Location:
    """Return lines and columns of a span; line 1, column 1 of a file that is not at hand."""
    file = presentation.files.get(span.path)
    return Location(span.path, 1, 1, 1, 1) if file is None else locate(file, span)


def location_object(place: Location) -> dict[str, str | int]:
    """Return a place as an object of JSON, the same in every report."""
    return {
        "file": place.file,
        "start_line": place.start_line,
        "start_column": place.start_column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def is_whole_file(span: Span) -> bool:
    """Say whether the span stands for the file as such (empty, at its start)."""
    return span.start == 0 and span.end == 0
