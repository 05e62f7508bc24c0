"""Edits of files as byte replacements, and fixes as sets of edits that apply together."""

from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from leastwise.source.span import Span


class Applicability(IntEnum):
    """Say how far a fix may be applied without a person.

    ``SAFE``: access is unchanged, or only access shown unused goes. ``UNSAFE``: a proved
    narrowing that someone may miss. ``DISPLAY``: shown only, not provable here.
    """

    DISPLAY = 0
    UNSAFE = 1
    SAFE = 2


class Edit(NamedTuple):
    """Replace the bytes of ``span`` by ``replacement`` (empty: delete)."""

    span: Span
    replacement: bytes


class Fix(NamedTuple):
    """Group edits that are applied all together or not at all.

    ``title`` is an imperative sentence, ``loses`` one line on what the principal can no
    longer do, ``proof`` what was shown about the edited text. ``commands`` are used instead of
    edits where there is no source to edit (an account dump): ``(do, undo)`` shell lines.
    """

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    loses: str = ""
    proof: str = ""
    commands: tuple[tuple[str, str], ...] = ()


def overlaps(edits: Iterable[Edit]) -> bool:
    """Say whether two of the edits touch the same bytes (insertions at one point count)."""
    ordered = sorted(edits)
    for left, right in pairwise(ordered):
        if left.span.path != right.span.path:
            continue
        if right.span.start < left.span.end or right.span.start == left.span.start:
            return True
    return False


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return ``data`` with all ``edits`` of that file applied; they must not overlap.

    Raises:
        ValueError: two edits overlap, name different files, or reach beyond the data (a bug of
            the caller, never of the input).

    """
    ordered = sorted(edits)
    if overlaps(ordered):
        raise ValueError("edits overlap")
    if len({edit.span.path for edit in ordered}) > 1:
        raise ValueError("edits of different files")
    if any(not 0 <= e.span.start <= e.span.end <= len(data) for e in ordered):
        raise ValueError("an edit reaches beyond the file")
    parts: list[bytes] = []
    position = 0
    for edit in ordered:
        parts += [data[position : edit.span.start], edit.replacement]
        position = edit.span.end
    parts.append(data[position:])
    return b"".join(parts)
