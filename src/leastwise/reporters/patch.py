"""Write what fixes make of files as one diff that ``git apply`` takes from the working directory.

The bytes are those of the files, nothing is escaped or hidden: it is a patch, to be applied.
"""

from collections.abc import Mapping

from leastwise.reporters.model import Presentation
from leastwise.reporters.place import portable_path
from leastwise.source.unified_diff import patchable, unified_diff


def render(
    presentation: Presentation, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> str:
    """Return the diff from ``before`` to ``after``, or ``""`` when nothing changes.

    INVARIANT: the paths are ``patchable``, and the changes were proved together; to leave one
    out would make another patch of it. Encode the result with ``surrogateescape``.
    """
    return "".join(
        unified_diff(_name(presentation, path), before[path], after[path]) for path in sorted(after)
    )


def _name(presentation: Presentation, path: str) -> str:
    name = portable_path(presentation, path)
    return name if patchable(name) else path
