"""Look up the rows of a resource type in the bundled tables, whose lines are in order of type."""

from functools import cache
from pathlib import Path

_DATA = Path(__file__).parents[3] / "data"


def rows_of(table: str, resource_type: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells after the type of each row; only the rows at hand are split."""
    if not resource_type or "\n" in resource_type or "," in resource_type:
        return ()
    text = _text(table)
    start = text.find(f"\n{resource_type},")
    found: list[tuple[str, ...]] = []
    while start != -1 and text.startswith(f"{resource_type},", start + 1):
        end = text.index("\n", start + 1)
        found.append(tuple(text[start + 1 : end].split(",")[1:]))
        start = end
    return tuple(found)


@cache
def _text(table: str) -> str:
    return (_DATA / table).read_text(encoding="utf-8")
