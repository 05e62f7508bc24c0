"""Turn fixes into unified diffs."""

from collections.abc import Iterable, Mapping

from leastwise.source.edit import Edit, apply_edits
from leastwise.source.span import SourceFile
from leastwise.source.unified_diff import patchable, unified_diff


def is_expressible(edits: Iterable[Edit], files: Mapping[str, SourceFile]) -> bool:
    """Say whether a diff can hold all the edits: their files are at hand and can be named."""
    return all(edit.span.path in files and patchable(edit.span.path) for edit in edits)


def diff_of(
    edits: Iterable[Edit], files: Mapping[str, SourceFile], names: Mapping[str, str] | None = None
) -> str:
    """Return one diff of all files that the edits touch, in path order.

    ``names`` gives the path to write for a file where it is not its own.

    Raises:
        ValueError: the edits are not ``is_expressible``, or overlap.

    """
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    parts: list[str] = []
    for path in sorted(by_path):
        before = files[path].data
        after = apply_edits(before, by_path[path])
        parts.append(unified_diff((names or {}).get(path, path), before, after))
    return "".join(parts)
