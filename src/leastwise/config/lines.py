"""Find the line of a key in TOML text, which the standard library's reader does not tell.

It is a help for people: text inside a multi-line string that looks like a key may be taken for
one. No line is given when none spells the key.
"""

from collections.abc import Sequence


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the 1-based line of the deepest part of the path that is spelled as a key.

    ``path`` holds keys and list indexes, from the top of the document. Arrays of tables
    (``[[x]]``) are counted; inside an inline value the line of its key counts.
    """
    wanted = list(path)
    table: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _header(stripped, counts)
            here = table
        else:
            key = _keys(stripped.partition("=")[0]) if "=" in stripped else []
            here = [*table, *key] if key else []
        depth = len(here)
        if here and here == wanted[:depth] and (best is None or depth > best[0]):
            best = depth, number
    return best and best[1]


def _header(line: str, counts: dict[tuple[str | int, ...], int]) -> list[str | int]:
    """Return the path of a table header; an array of tables has its index at the end."""
    if not line.startswith("[["):
        return list(_keys(line[1:].partition("]")[0]))
    keys: list[str | int] = list(_keys(line[2:].partition("]]")[0]))
    index = counts.get(tuple(keys), 0)
    counts[tuple(keys)] = index + 1
    return [*keys, index]


def _keys(dotted: str) -> list[str]:
    """Split a dotted key; parts may be quoted."""
    keys: list[str] = []
    rest = dotted.strip()
    while rest:
        if rest[0] in "\"'":
            key, _, rest = rest[1:].partition(rest[0])
            rest = rest.lstrip().removeprefix(".")
        else:
            key, _, rest = rest.partition(".")
        keys.append(key.strip())
        rest = rest.strip()
    return keys
