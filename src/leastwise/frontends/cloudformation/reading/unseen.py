"""What a template declares that is not evaluated, and references that lead nowhere."""

from collections.abc import Iterator
from itertools import islice

from leastwise.frontends.cloudformation.evaluation.substitution import (
    Placeholder,
    substitution_parts,
)
from leastwise.frontends.cloudformation.scope.state import MAX_PARTS
from leastwise.frontends.cloudformation.syntax.template import (
    PSEUDO_PARAMETERS,
    Declaration,
    Template,
    section,
)
from leastwise.frontends.cloudformation.syntax.yaml_tags import split_attribute
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Unknown, Value

_SAM = "AWS::Serverless-2016-10-31"
_SAM_WITH_ROLE = frozenset({"AWS::Serverless::Function", "AWS::Serverless::StateMachine"})
_SAM_OTHER = frozenset({"AWS::Serverless::Connector", "AWS::Serverless::Application"})
# Transforms of AWS that leave the resources of IAM as they are written.
_HARMLESS = frozenset(
    {
        _SAM,
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)


def not_in_view(template: Template) -> Iterator[NotInView]:
    """List the resources whose access is made elsewhere: SAM, nested stacks, loops."""
    for declared in template.resources.values():
        found = _resource(declared, template.path)
        if found is not None:
            yield found
    for key, _ in section(template.body, "Resources"):
        name = key.literal or ""
        if name.startswith("Fn::"):
            place = key.span or Span(template.path, 0, 0)
            message = f"the resources that {name} makes are not evaluated"
            yield NotInView("template-loop", place, message, "check the processed template")


def _resource(declared: Declaration, path: str) -> NotInView | None:
    place = declared.span or Span(path, 0, 0)
    name, kind = declared.logical_id, declared.type
    if kind == "AWS::CloudFormation::Stack":
        message = f"the nested stack {name} is not evaluated as part of this template"
        return NotInView("nested-stack", place, message, "check its template on its own")
    generates = kind in _SAM_WITH_ROLE and declared.properties.get("Role") is None
    if generates or kind in _SAM_OTHER:
        message = f"the access of {name} ({kind}) is not read: SAM's own properties are not yet"
        remedy = (
            "run 'sam validate --lint' or deploy a change set, and check the processed template"
        )
        return NotInView("sam", place, message, remedy)
    return None


def macro_diagnostics(template: Template) -> Iterator[Diagnostic]:
    """Warn about macros: what they make of the template is not known."""
    transform = template.body.get("Transform")
    place = (span_of(transform) if transform else None) or Span(template.path, 0, 0)
    for name in template.macros:
        if name not in _HARMLESS:
            yield _macro(name, place)
    for mapping in _mappings(template):
        for key, value in mapping.entries:
            if key.literal == "Fn::Transform":
                named = value.get("Name") if isinstance(value, Mapping) else None
                name = (named.literal or "") if isinstance(named, Text) else ""
                yield _macro(name, key.span or mapping.span or place)


def _macro(name: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "warning",
        "macro",
        place,
        f"the macro {name!r} is not run, it may change what this template grants",
        "check what 'aws cloudformation get-template --template-stage Processed' gives",
    )


def dangling_references(template: Template) -> Iterator[Diagnostic]:
    """Warn about references to what the template does not declare.

    A template with macros or loops may declare more than is written; it is not looked at.
    """
    resources = section(template.body, "Resources")
    if template.macros or any((key.literal or "").startswith("Fn::") for key, _ in resources):
        return
    declared = PSEUDO_PARAMETERS | template.parameters.keys() | template.resources.keys()
    for mapping in _mappings(template):
        for name, span in _references(mapping):
            if name not in declared:
                yield _dangling(name, "resource or parameter", span or mapping.span, template)
        for name, span in _conditions(mapping):
            if name not in template.conditions:
                yield _dangling(name, "condition", span or mapping.span, template)
    for resource in template.resources.values():
        for item in _strings(resource.body.get("DependsOn")):
            if item.literal not in template.resources:
                yield _dangling(item.literal or "", "resource", item.span, template)


def _dangling(name: str, what: str, span: Span | None, template: Template) -> Diagnostic:
    return Diagnostic(
        "warning",
        "dangling-reference",
        span or Span(template.path, 0, 0),
        f"the template declares no {what} {name!r}",
        "declare it, or correct the name",
    )


def _mappings(template: Template) -> Iterator[Mapping]:
    """Yield all mappings of the evaluated sections, with a stack of its own."""
    stack: list[Value] = [
        value
        for name in ("Resources", "Outputs", "Conditions")
        if (value := template.body.get(name)) is not None
    ]
    while stack:
        value = stack.pop()
        match value:
            case Mapping():
                yield value
                stack += [inner for _, inner in reversed(value.entries)]
            case Sequence():
                stack += reversed(value.items)
            case Text() | Scalar() | Choice() | Unknown():
                pass


def _references(mapping: Mapping) -> Iterator[tuple[str, Span | None]]:
    if len(mapping.entries) != 1:
        return
    key, argument = mapping.entries[0]
    match key.literal:
        case "Ref":
            if isinstance(argument, Text) and argument.literal is not None:
                yield argument.literal, argument.span
        case "Fn::GetAtt":
            yield from _attribute_owner(argument)
        case "Fn::Sub":
            yield from _placeholders(argument)
        case _:
            return


def _attribute_owner(argument: Value) -> Iterator[tuple[str, Span | None]]:
    if isinstance(argument, Text):
        argument = split_attribute(argument)
    if isinstance(argument, Sequence) and argument.items:
        owner = argument.items[0]
        if isinstance(owner, Text) and owner.literal:
            yield owner.literal, owner.span


def _placeholders(argument: Value) -> Iterator[tuple[str, Span | None]]:
    variables: Value | None = None
    if isinstance(argument, Sequence) and len(argument.items) == 2:
        argument, variables = argument.items
    if not isinstance(argument, Text):
        return
    known = {k.literal for k, _ in variables.entries} if isinstance(variables, Mapping) else set()
    for part in islice(substitution_parts(argument), MAX_PARTS):
        if isinstance(part, Placeholder) and part.name not in known:
            yield part.name.partition(".")[0], part.span


def _conditions(mapping: Mapping) -> Iterator[tuple[str, Span | None]]:
    argument = mapping.get("Fn::If") if len(mapping.entries) == 1 else None
    if isinstance(argument, Sequence) and argument.items:
        name = argument.items[0]
        if isinstance(name, Text) and name.literal is not None:
            yield name.literal, name.span


def _strings(value: Value | None) -> Iterator[Text]:
    items = value.items if isinstance(value, Sequence) else (value,)
    yield from (item for item in items if isinstance(item, Text))
