"""Tell templates from other YAML and JSON, and read their text into values.

A file is looked at for its words before it is parsed: most YAML of a repository is something
else. Broken text is an error only in a file that has the words, or that the user named.
"""

import json
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import is_template
from leastwise.frontends.cloudformation.syntax.yaml_reader import YamlFile, read_yaml
from leastwise.iam.project import Root
from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.span import BOM, Span, source_file
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Scalar, Unknown, Value
from leastwise.source.words import spelled_out

_KEYS = ("Resources", "AWSTemplateFormatVersion")
_LARGE = 100_000
"""Bytes of JSON from which on it is looked at before it is read with places."""

EXTENSIONS = (".yaml", ".yml", ".json", ".template", ".cform")


@dataclass(frozen=True, slots=True, eq=False)
class TemplateFile:
    """Hold a file that was read: its top level when it is a template, else why not.

    ``body`` None without diagnostics: the file is something else and not claimed.
    """

    source: Source
    body: Mapping | None
    diagnostics: tuple[Diagnostic, ...] = ()


def roots(
    tree: Tree, files: tuple[str, ...], *, named: frozenset[str] = frozenset()
) -> tuple[Root, ...]:
    """Return a root for each file that may be a template, in the order given.

    ``named`` are files that the user wrote on the command line: they are read whatever their
    extension, and YAML among them is parsed even without a template's words.
    """
    found: list[Root] = []
    for path in files:
        if not path.endswith(EXTENSIONS) and path not in named:
            continue
        data = tree.read(path)
        yaml_named = path in named and path.endswith((".yaml", ".yml"))
        if yaml_named or (isinstance(data, bytes) and has_marker(data)):
            found.append(Root("cloudformation", path))
    return tuple(found)


def has_marker(data: bytes) -> bool:
    """Say whether the bytes hold the words that every template holds."""
    data = spelled_out(data)
    if b"AWSTemplateFormatVersion" in data:
        return True
    return b"Resources" in data and (b"AWS::" in data or b"Custom::" in data)


def read_template(path: str, data: bytes) -> TemplateFile:
    """Parse a file as JSON when it begins with a brace, else as YAML."""
    if data.removeprefix(BOM).lstrip()[:1] == b"{":
        found = _read_json(path, data)
        if found.body is not None or path.endswith(".json") or not found.diagnostics:
            return found
        flow = _read_yaml(path, data)
        return found if flow.diagnostics else flow
    return _read_yaml(path, data)


def _read_json(path: str, data: bytes) -> TemplateFile:
    if len(data) > _LARGE and _has_other_keys(data):
        return TemplateFile(Source(path, data), None)
    text = text_of_file(source_file(path, data))
    faults: list[Diagnostic] = []
    value = text if isinstance(text, Diagnostic) else parse_json(text, path=path, faults=faults)
    if isinstance(value, Diagnostic):
        return TemplateFile(Source(path, data), None, (value,))
    if not is_template(value):
        return TemplateFile(Source(path, data), None, _left(path, value, faults))
    return _template(path, data, value, tuple(faults), aliases=False)


def _has_other_keys(data: bytes) -> bool:
    """Say whether JSON is an object without a template's keys, which is quicker than to read it.

    What Python's reader does not take is left to ours, which says why.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys().isdisjoint(_KEYS)


def _left(path: str, value: Value, problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Say why a file that may be a template is not read: its resources are not known, or not there.

    Only its version tells that a file without resources is one.
    """
    held = value.get("Resources") if isinstance(value, Mapping) else value
    if isinstance(held, Unknown):
        return tuple(problems)
    if not isinstance(value, Mapping) or value.get("AWSTemplateFormatVersion") is None:
        return ()
    empty = held is None or (isinstance(held, Scalar) and held.value is None)
    severity: Severity = "warning" if empty else "error"
    message = "the template has no Resources" if empty else "Resources is not a mapping"
    remedy = "a template declares one resource or more; correct it, or exclude the file"
    place = (held.span if held else None) or Span(path, 0, 0)
    problem = Diagnostic(severity, "invalid-template", place, f"{message}: it is not read", remedy)
    return (*problems, problem)


def _template(
    path: str, data: bytes, value: Value, diagnostics: tuple[Diagnostic, ...], *, aliases: bool
) -> TemplateFile:
    """Hold a template; nothing is taken away from one that is not read as a whole.

    Of two equal keys the one that is not read would come into force with the other gone.
    """
    whole = not any(d.severity == "error" for d in diagnostics)
    body = value if isinstance(value, Mapping) else None
    return TemplateFile(Source(path, data, aliases or not whole), body, diagnostics)


def _read_yaml(path: str, data: bytes) -> TemplateFile:
    read = read_yaml(source_file(path, data), wanted=is_template)
    if read.value is None:
        return TemplateFile(Source(path, data), None, read.diagnostics)
    if not is_template(read.value):
        return TemplateFile(Source(path, data), None, _left(path, read.value, read.diagnostics))
    problems = read.diagnostics + _several(path, read)
    return _template(path, data, read.value, problems, aliases=read.aliases)


def _several(path: str, read: YamlFile) -> tuple[Diagnostic, ...]:
    if not read.several:
        return ()
    name = posixpath.basename(path)
    message = f"{name!r} has several YAML documents: only its first template is read"
    remedy = "put each template in a file of its own"
    return (Diagnostic("error", "multiple-documents", Span(path, 0, 0), message, remedy),)
