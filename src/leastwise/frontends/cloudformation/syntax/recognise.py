"""Tell templates from other YAML and JSON, and read their text into values.

A file is looked at for its words before it is parsed: most YAML of a repository is something
else. Broken text is an error only in a file that has the words, or that the user named.
"""

import posixpath
from dataclasses import dataclass

from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import is_template
from leastwise.frontends.cloudformation.syntax.yaml_reader import YamlFile, read_yaml
from leastwise.iam.project import Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.span import BOM, Span, source_file
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping
from leastwise.source.words import spelled_out

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
    return b"Resources" in data and b"AWS::" in data


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
    source = Source(path, data)
    text = text_of_file(source_file(path, data))
    value = text if isinstance(text, Diagnostic) else parse_json(text, path=path)
    if isinstance(value, Diagnostic):
        return TemplateFile(source, None, (value,))
    return TemplateFile(
        source, value if isinstance(value, Mapping) and is_template(value) else None
    )


def _read_yaml(path: str, data: bytes) -> TemplateFile:
    read = read_yaml(source_file(path, data))
    source = Source(path, data, read.aliases)
    if read.value is None:
        return TemplateFile(source, None, read.diagnostics)
    if not isinstance(read.value, Mapping) or not is_template(read.value):
        return TemplateFile(source, None)
    diagnostics = read.diagnostics + _several(path, read)
    # A template with equal keys or foreign types is refused by CloudFormation: what it would
    # mean is a guess, so it is not analysed.
    broken = any(d.severity == "error" for d in diagnostics)
    return TemplateFile(source, None if broken else read.value, diagnostics)


def _several(path: str, read: YamlFile) -> tuple[Diagnostic, ...]:
    if not read.several:
        return ()
    name = posixpath.basename(path)
    message = f"{name!r} has several YAML documents, a template is one"
    remedy = "put each template in a file of its own"
    return (Diagnostic("error", "multiple-documents", Span(path, 0, 0), message, remedy),)
