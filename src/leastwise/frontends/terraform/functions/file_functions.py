"""Functions that read files, inside the tree only; every one that is read is recorded."""

import posixpath
from collections.abc import Callable

from leastwise.frontends.terraform.functions.encoding_functions import (
    base64_digest,
    base64_of,
    hexadecimal,
)
from leastwise.frontends.terraform.functions.file_sets import fileset
from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.scope.state import Binding, Scope, State
from leastwise.frontends.terraform.syntax.parse import parse_template
from leastwise.frontends.terraform.syntax.parse_text import template_of
from leastwise.frontends.terraform.syntax.tree import Template, Traversal, Variable
from leastwise.frontends.terraform.values.conversions import as_text, is_null, literal
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import source_file
from leastwise.source.text import literal_text
from leastwise.source.tree import normalise
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

_FRAMES = 5
"""Of Python's stack, from the call of a template to its text, beyond those of any call."""


def _path(value: Value, site: Site) -> str | None:
    """Return the path that a function names, relative to the tree; paths start at the root."""
    spelled = literal(value)
    if spelled is None:
        return None
    path = normalise(posixpath.join(site.scope.state.root.path, spelled))
    if path is None or spelled.startswith("~"):
        site.fail()
        site.scope.state.report(
            "outside-root",
            site.expression.span,
            f"{spelled!r} lies outside the scanned tree",
            "move the file into the tree, or scan a directory that holds it",
        )
        return None
    return path


def _read(path: str, site: Site) -> bytes | None:
    state: State = site.scope.state
    data = state.tree.read(path)
    if isinstance(data, Diagnostic):
        site.fail()
        state.report(
            "file-not-read", site.expression.span, data.message, "correct the path", error=False
        )
        return None
    state.read.add(path)
    return data


def _file(arguments: tuple[Value, ...], site: Site) -> Value | None:
    path = _path(arguments[0], site) if len(arguments) == 1 else None
    return None if path is None else _text(path, site)


def _text(path: str, site: Site) -> Text | None:
    """Return the text of a file (read once)."""
    texts = site.scope.state.texts
    if path not in texts:
        data = _read(path, site)
        if data is None:
            return None
        found = text_of_file(source_file(path, data))
        if isinstance(found, Diagnostic):
            site.scope.state.diagnostics.setdefault(found)
        texts[path] = found if isinstance(found, Text) else None
    return texts[path]


def _fileexists(arguments: tuple[Value, ...], site: Site) -> Value | None:
    path = _path(arguments[0], site) if len(arguments) == 1 else None
    if path is None:
        return None
    tree = site.scope.state.tree
    if not tree.exists(path) and (path == "" or tree.list(path)):
        # Terraform refuses to tell whether a folder is a file.
        site.fail()
        return None
    return Scalar(tree.exists(path), site.expression.span)


def _templatefile(arguments: tuple[Value, ...], site: Site) -> Value | None:
    path = _path(arguments[0], site) if len(arguments) == 2 else None
    parsed = None if path is None else _template(path, site)
    if path is None or parsed is None:
        return None
    return site.once(path, arguments[1], lambda: _rendered(parsed, arguments[1], site))


def _rendered(parsed: Template, variables: Value, site: Site) -> Value | None:
    """Evaluate a template with only its own variables in scope."""
    if not isinstance(variables, Mapping):
        if isinstance(variables, Scalar | Text | Sequence):
            site.fail()
        return None
    bindings: dict[str, Binding] = {}
    for key, value in variables.entries:
        name = literal(key)
        if name is not None and not _is_name(name):
            site.fail()
            return None
        if name is not None:
            bindings[name] = Binding(value, f"{site.symbol().id}.{name}")
    state = site.scope.state
    state.depth += _FRAMES
    value = state.evaluate(parsed, Scope(state, site.scope.module, bindings))
    state.depth -= _FRAMES
    if is_null(value):
        site.fail()
        return None
    return value


def _is_name(name: str) -> bool:
    plain = name.replace("-", "_")
    return plain.isidentifier() and name[0] != "-"


def _base64(arguments: tuple[Value, ...], site: Site) -> Value | None:
    path = _path(arguments[0], site)
    data = None if path is None else _read(path, site)
    return None if data is None else site.derived(base64_of(data))


def _hashed(function: Callable[[bytes], str]) -> Function:
    """Apply a function to the bytes of a file.

    A file that is not there (a build makes it) is nothing to warn of: no digest grants anything.
    """

    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        path = _path(arguments[0], site)
        data = None if path is None else site.scope.state.tree.read(path)
        if path is None or data is None or isinstance(data, Diagnostic):
            return None
        site.scope.state.read.add(path)
        return site.derived(function(data))

    return apply


def _pathexpand(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Return a path without ``~`` as it is; another depends on the machine."""
    del site
    text = as_text(arguments[0])
    spelled = literal(arguments[0])
    return None if spelled is None or spelled.startswith("~") else text


def _template(path: str, site: Site) -> Template | None:
    """Return a parsed template file (parsed once)."""
    state = site.scope.state
    if path not in state.templates:
        data = _read(path, site)
        if data is None:
            return None
        parsed = parse_template(path, data)
        if isinstance(parsed, Diagnostic):
            state.diagnostics.setdefault(parsed)
        state.sources[path] = data
        state.templates[path] = parsed if isinstance(parsed, Template) else None
    return state.templates[path]


def _dirname(arguments: tuple[Value, ...], site: Site) -> Value | None:
    spelled = literal(arguments[0]) if len(arguments) == 1 else None
    if spelled is None:
        return None
    return site.derived(posixpath.normpath(posixpath.dirname(spelled) or "."))


def _basename(arguments: tuple[Value, ...], site: Site) -> Value | None:
    spelled = literal(arguments[0]) if len(arguments) == 1 else None
    if spelled is None:
        return None
    if not spelled:
        return site.derived(".")
    return site.derived(posixpath.basename(spelled.rstrip("/")) or "/")


def _templatestring(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Render a template that a name stands for; Terraform refuses one that is spelled here."""
    given = site.expression.arguments[0]
    named = isinstance(given, Traversal | Variable)
    if not named or isinstance(site.scope.state.evaluate(given, site.scope), Scalar):
        site.fail()
        return None
    text, spelled = as_text(arguments[0]), literal(arguments[0])
    if text is None or spelled is None:
        return None
    if text.literal is None:
        text = literal_text(spelled)
    parsed = template_of(text, site.expression.span.path)
    if isinstance(parsed, Diagnostic):
        site.fail()
        return None
    value = _rendered(parsed, arguments[1], site)
    return None if value is None else as_text(value)


FILES: dict[str, Function] = {
    "file": _file,
    "fileexists": _fileexists,
    "fileset": fileset,
    "filebase64": _base64,
    "filemd5": _hashed(hexadecimal("md5")),
    "filesha1": _hashed(hexadecimal("sha1")),
    "filesha256": _hashed(hexadecimal("sha256")),
    "filesha512": _hashed(hexadecimal("sha512")),
    "filebase64sha256": _hashed(base64_digest("sha256")),
    "filebase64sha512": _hashed(base64_digest("sha512")),
    "pathexpand": _pathexpand,
    "templatefile": _templatefile,
    "templatestring": _templatestring,
    "dirname": _dirname,
    "basename": _basename,
}
