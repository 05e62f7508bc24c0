"""Read a template that a source of another kind deploys: a file of its own, or JSON text in it.

Not modelled: YAML written inside another language, whose bytes are not those of the template.
"""

from dataclasses import replace

from leastwise.frontends.cloudformation.project import read_file
from leastwise.frontends.cloudformation.syntax.recognise import TemplateFile, read_template
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import is_template
from leastwise.iam.project import Embedded, NotInView, Project, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span
from leastwise.source.text import literal_text, span_of
from leastwise.source.tree import Tree
from leastwise.source.value import Chars, Mapping, Text, Value


def load_embedded(found: Embedded, tree: Tree) -> Project:
    """Read the template with the parameters that it is deployed with, not their defaults."""
    place = span_of(found.text) or Span("", 0, 0)
    file = _file(found.text, tree) or _inline(found, place)
    root = Root("cloudformation", file.source.path)
    if file.body is None:
        message = f"the template of {found.address} is not read"
        remedy = "keep it in a file of its own, name that by file() and correct what is wrong in it"
        unseen = NotInView("template", place, message, remedy)
        return Project((root,), diagnostics=file.diagnostics, not_in_view=(unseen,))
    body = file.body
    if found.parameters is not None:
        body = _with_parameters(body, found.parameters)
    return read_file(root, replace(file, body=body))


def _file(text: Text, tree: Tree) -> TemplateFile | None:
    """Return the file that a text is all of."""
    only = text.pieces[0] if len(text.pieces) == 1 else None
    if not isinstance(only, Chars) or len(only.segments) != 1:
        return None
    segment = only.segments[0]
    data = tree.read(segment.span.path)
    whole = not isinstance(data, Diagnostic) and segment.span.end == len(data)
    if isinstance(data, Diagnostic) or not whole or segment.codecs or not segment.exact:
        return None
    return read_template(segment.span.path, data)


def _inline(found: Embedded, place: Span) -> TemplateFile:
    # No bytes: an attachment in a template in a text is not removed from it.
    source = Source(place.path, b"", aliases=True)
    value = parse_json(found.text, path=place.path)
    is_read = isinstance(value, Mapping) and is_template(value)
    return TemplateFile(source, value if is_read and isinstance(value, Mapping) else None)


def _with_parameters(body: Mapping, given: Value) -> Mapping:
    """Put the values given in place of the defaults; one that is not known is no default."""
    entries: list[tuple[Text, Value]] = []
    for key, value in body.entries:
        if key.literal == "Parameters" and isinstance(value, Mapping):
            declared = tuple((name, _parameter(name, one, given)) for name, one in value.entries)
            entries.append((key, replace(value, entries=declared)))
        else:
            entries.append((key, value))
    return replace(body, entries=tuple(entries))


def _parameter(name: Text, declared: Value, given: Value) -> Value:
    if not isinstance(declared, Mapping):
        return declared
    value = given.get(name.literal or "") if isinstance(given, Mapping) else None
    if value is None and isinstance(given, Mapping) and given.tail is None:
        return declared
    kept = tuple(e for e in declared.entries if e[0].literal != "Default")
    added = () if value is None else ((literal_text("Default"), value),)
    return replace(declared, entries=(*kept, *added))
