"""What a template declares that is not evaluated."""

from collections.abc import Iterator

from leastwise.frontends.cloudformation.evaluation.mentions import evaluated_sections, mappings
from leastwise.frontends.cloudformation.reading.macros import HARMLESS
from leastwise.frontends.cloudformation.syntax.template import (
    SAM,
    Declaration,
    Template,
    macro_names,
    section,
)
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of

_PROCESSED = (
    "deploy it, then check the output of 'aws cloudformation get-template"
    " --template-stage Processed --query TemplateBody --stack-name NAME'"
)


def not_in_view(template: Template) -> Iterator[NotInView]:
    """List the resources whose access is made elsewhere: by SAM, by loops."""
    for declared in template.resources.values():
        found = _resource(declared, template)
        if found is not None:
            yield found
    for key, _ in section(template.body, "Resources"):
        name = key.literal or ""
        if name.startswith("Fn::"):
            place = key.span or Span(template.path, 0, 0)
            message = f"the resources that {name} makes are not evaluated"
            yield NotInView("template-loop", place, message, _PROCESSED)


def _resource(declared: Declaration, template: Template) -> NotInView | None:
    """List a module, or what no transform expanded of SAM's; applications are nested stacks."""
    name, kind = declared.logical_id, declared.type
    if kind.endswith("::MODULE"):
        place = declared.span or Span(template.path, 0, 0)
        message = f"the resources of {name} are not read: {kind} is a module of the registry"
        return NotInView("module", place, message, _PROCESSED)
    if not kind.startswith("AWS::Serverless::") or kind == "AWS::Serverless::Application":
        return None
    place = declared.span or Span(template.path, 0, 0)
    message = f"the access of {name} is not read: {kind} is not a known type of SAM"
    remedy = _PROCESSED
    if SAM not in template.macros:
        message = f"the access of {name} ({kind}) is not read: the template does not name SAM"
        remedy = f"write 'Transform: {SAM}' at its top"
    return NotInView("sam", place, message, remedy)


def macro_diagnostics(template: Template) -> Iterator[Diagnostic]:
    """Warn about macros: what they make of the template is not known."""
    transform = template.body.get("Transform")
    place = (span_of(transform) if transform else None) or Span(template.path, 0, 0)
    for name in template.macros:
        if name not in HARMLESS:
            yield _macro(name, place)
    for mapping in mappings(evaluated_sections(template)):
        for key, value in mapping.entries:
            if key.literal == "Fn::Transform":
                for name in tuple(macro_names(value)) or ("",):
                    yield _macro(name, key.span or mapping.span or place)


def _macro(name: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "warning",
        "macro",
        place,
        f"{f'the macro {name!r}' if name else 'a macro'} is not run,"
        " it may change what this template grants",
        _PROCESSED,
    )
