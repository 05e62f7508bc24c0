"""Read a template that a source of another kind deploys: a file of its own, or text in it."""

from leastwise.config.model import Config
from leastwise.frontends.cloudformation.project import read_file
from leastwise.frontends.cloudformation.scope.deployment import Deployment
from leastwise.frontends.cloudformation.scope.state import Given
from leastwise.frontends.cloudformation.stacks.bodies import template_in
from leastwise.frontends.cloudformation.syntax.recognise import TemplateFile, read_template
from leastwise.frontends.cloudformation.syntax.template import section
from leastwise.iam.project import Embedded, NotInView, Project, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.tree import Tree
from leastwise.source.value import Chars, Mapping, Symbol, Text, Unknown

_REASON = "what it is deployed with is not known"


def load_embedded(found: Embedded, tree: Tree) -> Project:
    """Read the template with the parameters that it is deployed with, not their defaults."""
    place = span_of(found.text) or Span("", 0, 0)
    file = _file(found.text, tree) or template_in(found.text, place.path)
    root = Root("cloudformation", file.source.path)
    if file.body is None:
        message = f"the template of {found.address} is not read"
        remedy = "keep it in a file of its own, name that by file() and correct what is wrong in it"
        unseen = NotInView("template", place, message, remedy)
        return Project((root,), diagnostics=file.diagnostics, not_in_view=(unseen,))
    given = {} if found.parameters is None else _given(file.body, found, root)
    # The configuration speaks of templates that are roots, not of this one.
    return read_file(root, file, tree, Config(), Deployment(given=given))


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


def _given(body: Mapping, found: Embedded, root: Root) -> dict[str, Given]:
    """Return the values given; where there may be more of them, no default is sure."""
    parameters, uses = found.parameters, found.rests_on
    known = parameters.entries if isinstance(parameters, Mapping) else ()
    given = {k.literal: Given(v, uses=uses) for k, v in known if k.literal is not None}
    if isinstance(parameters, Mapping) and parameters.tail is None:
        return given
    for key, _ in section(body, "Parameters"):
        name = key.literal or ""
        symbol = Symbol(f"{root.path}|Ref {name}", name, reason=_REASON, span=key.span)
        given.setdefault(name, Given(Unknown(symbol, _REASON, key.span)))
    return given
