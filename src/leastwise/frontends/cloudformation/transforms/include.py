"""Put included files of the tree in place of AWS::Include.

Source: "AWS::Include transform" and "Fn::Transform" in the AWS CloudFormation template
reference. At the top of a template the transform merges a file's sections with the template's;
anywhere else its entries take the place of the ``Fn::Transform`` key. CloudFormation takes
locations in S3 only; a local path is what ``aws cloudformation package`` uploads, and counts from
the template's folder. Nothing is ever downloaded. What is included keeps the places of its file.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.evaluation.mentions import mappings
from leastwise.frontends.cloudformation.syntax.data_file import read_data
from leastwise.frontends.cloudformation.syntax.template import INCLUDE
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.tree import Tree, normalise
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Value

MAX_LEVELS = 8
MAX_INCLUDED = 200
"""How deep files may include each other, and how often one template includes any."""

Locate: TypeAlias = Callable[[Value], str | None]


class Included(NamedTuple):
    """Hold a template's top level with the files in it; ``read`` are their paths."""

    body: Mapping
    read: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class _Work:
    """Collect what is included; ``way`` are the files around the one that is being read."""

    tree: Tree | None
    locate: Locate
    way: tuple[str, ...]
    number: int = 0
    read: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)

    def unseen(self, place: Span | None, why: str) -> None:
        message = f"what {INCLUDE} adds is not evaluated: {why}"
        remedy = "name a file of this tree by a relative path, as for 'aws cloudformation package'"
        where = place or Span(self.way[0], 0, 0)
        self.not_in_view.append(NotInView("template-include", where, message, remedy))

    def problem(self, code: str, place: Span | None, message: str, remedy: str) -> None:
        where = place or Span(self.way[0], 0, 0)
        self.diagnostics.append(Diagnostic("error", code, where, message, remedy))


def included(path: str, body: Mapping, tree: Tree | None, locate: Locate) -> Included:
    """Include files; ``locate`` gives the string of a location, None where it is not known."""
    if not any(_names_include(mapping) for mapping in mappings([body])):
        return Included(body)
    work = _Work(tree, locate, (path,))
    value = _inside(_at_top(body, work), work)
    whole = value if isinstance(value, Mapping) else body
    return Included(whole, frozenset(work.read), tuple(work.diagnostics), tuple(work.not_in_view))


def _names_include(mapping: Mapping) -> bool:
    name = mapping.get("Name")
    return isinstance(name, Text) and name.literal == INCLUDE


def _at_top(body: Mapping, work: _Work) -> Mapping:
    """Merge what the Transform section includes into the sections of the template."""
    transform = body.get("Transform")
    calls = transform.items if isinstance(transform, Sequence) else (transform,)
    mine = [c for c in calls if isinstance(c, Mapping) and _names_include(c)]
    if not mine:
        return body
    rest = tuple(c for c in calls if c is not None and not any(c is one for one in mine))
    entries = [(k, v) for k, v in body.entries if k.literal != "Transform"]
    if rest:
        key = next(k for k, _ in body.entries if k.literal == "Transform")
        entries.append((key, Sequence(rest)))
    for call in mine:
        found = _content(call, work)
        if isinstance(found, Mapping):
            entries = _merged(entries, found)
    return replace(body, entries=tuple(entries))


def _merged(entries: list[tuple[Text, Value]], found: Mapping) -> list[tuple[Text, Value]]:
    result = {key.literal: (key, value) for key, value in entries}
    for key, value in found.entries:
        before = result.get(key.literal)
        if before is not None and isinstance(before[1], Mapping) and isinstance(value, Mapping):
            inner = replace(before[1], entries=before[1].entries + value.entries)
            result[key.literal] = (before[0], inner)
        else:
            result.setdefault(key.literal, (key, value))
    return list(result.values())


def _inside(value: Value, work: _Work) -> Value:
    """Return a value with what it includes; the same object when that is nothing."""
    if isinstance(value, Sequence):
        items = tuple(_inside(item, work) for item in value.items)
        same = all(old is new for old, new in zip(value.items, items, strict=True))
        return value if same else replace(value, items=items)
    if not isinstance(value, Mapping):
        return value
    entries: list[tuple[Text, Value]] = []
    tail, changed = value.tail, False
    for key, inner in value.entries:
        calls = _calls(key, inner)
        if not calls:
            kept = _inside(inner, work)
            changed = changed or kept is not inner
            entries.append((key, kept))
            continue
        changed = True
        for call in calls:
            found = _content(call, work)
            if isinstance(found, Mapping):
                entries += found.entries
            elif found is not None and len(value.entries) == 1:
                return found
            else:
                tail = _unknown(call, work)
    return replace(value, entries=tuple(entries), tail=tail) if changed else value


def _calls(key: Text, inner: Value) -> tuple[Mapping, ...]:
    """Return the calls of AWS::Include under a key, none where it calls any other macro."""
    if key.literal != "Fn::Transform":
        return ()
    calls = inner.items if isinstance(inner, Sequence) else (inner,)
    found = tuple(c for c in calls if isinstance(c, Mapping) and _names_include(c))
    return found if len(found) == len(calls) else ()


def _unknown(call: Mapping, work: _Work) -> Symbol:
    place = span_of(call)
    start = place.start if place is not None else 0
    reason = f"what {INCLUDE} adds is not in this tree"
    return Symbol(f"{work.way[0]}|{INCLUDE}|{start}", INCLUDE, reason=reason, span=place)


def _content(call: Mapping, work: _Work) -> Value | None:
    """Return the content of the file that a call names, with what that includes itself."""
    place = span_of(call)
    path = _path(call, place, work)
    if path is None or work.tree is None:
        return None
    if path in work.way:
        remedy = "break the cycle"
        work.problem("include-cycle", place, f"{path!r} includes itself", remedy)
        return None
    work.number += 1
    if len(work.way) > MAX_LEVELS or work.number > MAX_INCLUDED:
        message = f"more than {MAX_INCLUDED} files, or {MAX_LEVELS} levels of them, are included"
        if not any(d.code == "too-large" for d in work.diagnostics):
            work.problem("too-large", place, message, "include less")
        work.unseen(place, message)
        return None
    value = _parsed(path, work.tree, work)
    if value is None:
        return None
    before, work.way = work.way, (*work.way, path)
    found = _inside(value, work)
    work.way = before
    return found


def _path(call: Mapping, place: Span | None, work: _Work) -> str | None:
    parameters = call.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, Mapping) else None
    written = None if location is None else work.locate(location)
    if written is None:
        work.unseen(place, "its Location is not known")
        return None
    if written.lower().startswith(("s3://", "http://", "https://")) or work.tree is None:
        work.unseen(place, f"its Location {written!r} is not a path in the scanned tree")
        return None
    folder = posixpath.dirname(work.way[-1])
    path = normalise(posixpath.join(folder, written)) if "\0" not in written else None
    if path is None or not work.tree.exists(path):
        work.unseen(place, f"its Location {written!r} is no file of the scanned tree")
        return None
    return path


def _parsed(path: str, tree: Tree, work: _Work) -> Value | None:
    work.read.add(path)
    data = tree.read(path)
    if isinstance(data, Diagnostic):
        work.diagnostics.append(data)
        return None
    found = read_data(path, data)
    if isinstance(found, Diagnostic):
        work.diagnostics.append(found)
        return None
    return found
