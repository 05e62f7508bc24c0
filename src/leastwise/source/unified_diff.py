"""Spell a change of one file as a unified diff that ``git apply`` takes.

The text stands for bytes: what is not UTF-8 is carried by surrogate escapes, so that
``diff.encode("utf-8", "surrogateescape")`` gives the exact bytes back. Lines end at LF alone; a
CR before it belongs to the line and is kept.

Not modelled: creating, deleting and renaming files, and file modes.
"""

from leastwise.source.tree import normalise

CONTEXT_LINES = 3

_NAMED_ESCAPES = {
    0x07: "\\a",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0B: "\\v",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}


def patchable(path: str) -> bool:
    """Say whether a diff may name the path: inside the tree, and without a line break.

    ``git apply`` itself refuses paths that leave the tree or reach into ``.git``.
    """
    clean = normalise(path)
    if not clean or clean != path or "\n" in path or "\r" in path:
        return False
    return all(part.lower() != ".git" for part in path.split("/"))


def unified_diff(path: str, before: bytes, after: bytes, context: int = CONTEXT_LINES) -> str:
    """Return the diff from ``before`` to ``after``, or ``""`` when they are equal.

    With fewer than three lines of ``context`` it is for reading: ``git apply`` wants three.

    The format is that of ``git diff`` (https://git-scm.com/docs/diff-format): ``a/`` and ``b/``
    before the path, unusual paths quoted as in C.

    Raises:
        ValueError: the path is not ``patchable`` (the caller asks first).

    """
    if not patchable(path):
        raise ValueError(f"no diff can name {path!r}")
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    hunks = "".join(_hunk(group, old, new) for group in _groups(old, new, context))
    left, right = _quoted("a/" + path), _quoted("b/" + path)
    # git ends a name that holds a space with a tab, or the rest could be taken for a date
    tab = "\t" if " " in path and not left.startswith('"') else ""
    return f"diff --git {left} {right}\n--- {left}{tab}\n+++ {right}{tab}\n{hunks}"


_Opcode = tuple[str, int, int, int, int]


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "surrogateescape")
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _groups(old: list[str], new: list[str], context: int) -> list[list[_Opcode]]:
    """Return the changes with their context, those close to each other together."""
    from difflib import SequenceMatcher

    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    # the edits are small and the files may not be: compare only what lies between them
    middle = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    codes: list[_Opcode] = [("equal", 0, head, 0, head)]
    codes += [
        (tag, i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in middle.get_opcodes()
    ]
    codes.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return _split([c for c in codes if c[1] < c[2] or c[3] < c[4]], context)


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _split(codes: list[_Opcode], context: int) -> list[list[_Opcode]]:
    """Cut the run of opcodes where more than twice the context is equal."""
    groups: list[list[_Opcode]] = [[]]
    last = len(codes) - 1
    for index, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag != "equal":
            groups[-1].append((tag, i1, i2, j1, j2))
            continue
        before = 0 if index == 0 else context
        after = 0 if index == last else context
        if index not in (0, last) and i2 - i1 <= before + after:
            groups[-1].append((tag, i1, i2, j1, j2))
            continue
        kept, led = min(before, i2 - i1), min(after, i2 - i1)
        if kept:
            groups[-1].append((tag, i1, i1 + kept, j1, j1 + kept))
        if index != last:
            groups.append([(tag, i2 - led, i2, j2 - led, j2)] if led else [])
    return [group for group in groups if any(code[0] != "equal" for code in group)]


def _hunk(group: list[_Opcode], old: list[str], new: list[str]) -> str:
    removed = _range(group[0][1], group[-1][2])
    added = _range(group[0][3], group[-1][4])
    parts = [f"@@ -{removed} +{added} @@\n"]
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            parts += [_line(" ", line) for line in old[i1:i2]]
            continue
        parts += [_line("-", line) for line in old[i1:i2]]
        parts += [_line("+", line) for line in new[j1:j2]]
    return "".join(parts)


def _range(start: int, end: int) -> str:
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _line(sign: str, line: str) -> str:
    if line.endswith("\n"):
        return sign + line
    return f"{sign}{line}\n\\ No newline at end of file\n"


def _quoted(path: str) -> str:
    raw = path.encode("utf-8", "surrogateescape")
    # git needs no quotes around "##", but a log of CI takes "##vso[" for a command
    if b"##" not in raw and all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in raw):
        return path
    return '"' + "".join(_octet(byte) for byte in raw) + '"'


def _octet(byte: int) -> str:
    if byte in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[byte]
    return chr(byte) if 0x20 <= byte < 0x7F and byte != 0x23 else f"\\{byte:03o}"
