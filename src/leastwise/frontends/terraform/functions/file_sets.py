"""``fileset``: the files of a folder whose paths match a glob.

Source: https://developer.hashicorp.com/terraform/language/functions/fileset.
"""

import posixpath

from leastwise.frontends.terraform.functions.function_site import Site
from leastwise.frontends.terraform.functions.regex_machine import Machine
from leastwise.frontends.terraform.functions.regex_syntax import (
    PatternDoubtError,
    PatternError,
    parse_pattern,
)
from leastwise.frontends.terraform.values.conversions import literal
from leastwise.frontends.terraform.values.set_order import as_set
from leastwise.source.tree import Tree, normalise
from leastwise.source.value import Sequence, Value

MAX_FILES = 5_000
MAX_PATTERNS = 64
_SPECIAL = frozenset(r"\.+*?()|[]{}^$")


def fileset(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return the paths, relative to the folder, of the regular files that match."""
    folder, pattern = literal(arguments[0]), literal(arguments[1])
    if folder is None or pattern is None:
        return None
    state = site.scope.state
    top = normalise(posixpath.join(state.root.path, folder))
    try:
        machines = [Machine(parse_pattern(f"^(?:{_regex(p)})$")) for p in _alternatives(pattern)]
        if top is None or folder.startswith("~"):
            return None
        found = _matching(state.tree, top, machines)
    except PatternError:
        site.fail()
        return None
    except PatternDoubtError:
        return None
    items = tuple(site.derived(name) for name in found)
    return as_set(Sequence(items, site.expression.span))


def _matching(tree: Tree, top: str, machines: list[Machine]) -> list[str]:
    found: list[str] = []
    pending, seen = [top], 0
    while pending:
        folder = pending.pop()
        for entry in tree.list(folder):
            seen += 1
            if seen > MAX_FILES:
                raise PatternDoubtError
            path = f"{folder}/{entry.name}" if folder else entry.name
            name = path[len(top) :].lstrip("/")
            if entry.is_dir:
                pending.append(path)
            elif any(machine.find(name, 0) is not None for machine in machines):
                found.append(name)
    return found


def _alternatives(pattern: str) -> list[str]:
    """Write out braces."""
    pending, found = [pattern], []
    while pending:
        text = pending.pop()
        opening = text.find("{")
        if opening == -1:
            found.append(posixpath.normpath(text) if text else text)
        else:
            closing = text.find("}", opening)
            if closing == -1:
                raise PatternError
            inside = text[opening + 1 : closing]
            if "{" in inside or "\\" in text:
                raise PatternDoubtError
            pending += [text[:opening] + part + text[closing + 1 :] for part in inside.split(",")]
        if len(pending) + len(found) > MAX_PATTERNS:
            raise PatternDoubtError
    return found


def _regex(pattern: str) -> str:
    """Translate a glob: ``**`` between slashes is any number of folders."""
    parts: list[str] = []
    segments = pattern.split("/")
    if ".." in segments:
        raise PatternDoubtError
    for index, segment in enumerate(segments):
        is_last = index == len(segments) - 1
        if segment == "**":
            parts.append(".*" if is_last else "(?:.*/)?")
        else:
            parts.append(_segment(segment) + ("" if is_last else "/"))
    return "".join(parts)


def _segment(segment: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(segment):
        character = segment[at]
        at += 1
        if character == "*":
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "[":
            end = segment.find("]", at)
            if end <= at:
                raise PatternError
            body = segment[at:end]
            negated = body[0] in "^!"
            parts.append(f"[{'^' if negated else ''}{_escaped_class(body[negated:])}]")
            at = end + 1
        else:
            if character == "\\":
                if at >= len(segment):
                    raise PatternError
                character, at = segment[at], at + 1
            parts.append(f"\\{character}" if character in _SPECIAL else character)
    return "".join(parts)


def _escaped_class(body: str) -> str:
    if not body or "\\" in body or "[" in body:
        raise PatternDoubtError
    return body.replace("^", "\\^")
