"""Warn about references of a template that lead nowhere."""

from collections.abc import Iterator

from leastwise.frontends.cloudformation.evaluation.mentions import (
    conditions,
    evaluated_sections,
    mappings,
    references,
    strings,
)
from leastwise.frontends.cloudformation.syntax.template import (
    PSEUDO_PARAMETERS,
    Template,
    section,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Text


def dangling_references(template: Template) -> Iterator[Diagnostic]:
    """Warn about references to what the template does not declare.

    A template with macros or loops may declare more than is written; it is not looked at.
    """
    resources = section(template.body, "Resources")
    if template.macros or any((key.literal or "").startswith("Fn::") for key, _ in resources):
        return
    declared = PSEUDO_PARAMETERS | template.parameters.keys() | template.resources.keys()
    # What a module declares is named by the module's logical id and its own.
    modules = tuple(n for n, one in template.resources.items() if one.type.endswith("::MODULE"))
    for mapping in mappings(evaluated_sections(template)):
        for name, span in references(mapping):
            if name not in declared and not name.startswith(modules):
                yield _dangling(name, "resource or parameter", span or mapping.span, template)
    for name, place in _conditions(template):
        if name not in template.conditions:
            yield _dangling(name, "condition", place, template)
    for resource in template.resources.values():
        for item in strings(resource.body.get("DependsOn")):
            if item.literal not in template.resources:
                yield _dangling(item.literal or "", "resource", item.span, template)


def _conditions(template: Template) -> Iterator[tuple[str, Span | None]]:
    """Yield the conditions that Fn::If, resources, outputs and other conditions name."""
    for mapping in mappings(evaluated_sections(template)):
        yield from conditions(mapping)
    bodies = [one.body for one in template.resources.values()]
    held = template.body.get("Conditions")
    inner = () if held is None else mappings((held,))
    for body in (*bodies, *template.outputs.values(), *(m for m in inner if m is not held)):
        named = body.get("Condition")
        if isinstance(named, Text) and named.literal is not None:
            yield named.literal, named.span


def _dangling(name: str, what: str, span: Span | None, template: Template) -> Diagnostic:
    return Diagnostic(
        "warning",
        "dangling-reference",
        span or Span(template.path, 0, 0),
        f"the template declares no {what} {name!r}",
        "declare it, or correct the name",
    )
