"""Warn about parts of a template whose shape CloudFormation would refuse, and which are not read.

Source: "Template sections", AWS CloudFormation User Guide: sections and what stands in them are
mappings, null is no value. A macro may give any part its shape; where one is named inside of a
mapping, that mapping is not looked at.
"""

from collections.abc import Iterator

from leastwise.frontends.cloudformation.syntax.template import SAM, Template, section
from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Scalar, Text, Unknown, Value

_NAMED = {
    "Parameters": "parameter",
    "Mappings": "mapping of the template",
    "Conditions": "condition",
    "Outputs": "output",
    "Resources": "resource",
}
_EXTENSIONS = frozenset({SAM, "AWS::LanguageExtensions", "AWS::Include"})
_REMEDY = "correct it; 'aws cloudformation validate-template' checks the template"


def misshapen_parts(template: Template) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each section, and each part of one, that is of a wrong shape."""
    if not _EXTENSIONS.issuperset(template.macros):
        return
    for name, what in _NAMED.items():
        whole = template.body.get(name)
        if whole is not None and not isinstance(whole, Mapping | Unknown):
            yield _refused(template, whole, f"{name} is {_shape(whole)}, not a mapping")
        for key, part in section(template.body, name):
            if _is_macro(key, part):
                continue
            if not isinstance(part, Mapping | Unknown):
                words = f"the {what} {key.literal!r} is {_shape(part)}, not a mapping"
                yield _refused(template, part, words, _severity(name), key)
            elif name == "Resources" and isinstance(part, Mapping):
                yield from _resource(template, key, part)
    yield from _twice(template)


def _severity(name: str) -> Severity:
    """Say how grave it is: what a resource without type grants is not analysed at all."""
    return "error" if name == "Resources" else "warning"


def _resource(template: Template, key: Text, body: Mapping) -> Iterator[Diagnostic]:
    kind, properties = body.get("Type"), body.get("Properties")
    if not isinstance(kind, Text | Unknown) and body.tail is None:
        words = f"the Type of the resource {key.literal!r} is {_shape(kind)}, not a string"
        # Other programs replace mappings there, as they do tags.
        severity: Severity = "warning" if isinstance(kind, Mapping) else "error"
        yield _refused(template, kind, words, severity, key)
    if properties is not None and not isinstance(properties, Mapping | Unknown):
        words = f"the Properties of {key.literal!r} are {_shape(properties)}, not a mapping"
        yield _refused(template, properties, words, "warning", key)


def _twice(template: Template) -> Iterator[Diagnostic]:
    """Find names that a reference can't tell apart."""
    for name in template.parameters.keys() & template.resources.keys():
        key = template.resources[name].key
        yield _refused(template, key, f"{name!r} is the name of a parameter and of a resource")


def _is_macro(key: Text, part: Value) -> bool:
    called = isinstance(part, Mapping) and part.get("Fn::Transform") is not None
    return called or key.literal is None or key.literal.startswith("Fn::")


def _shape(value: Value | None) -> str:
    match value:
        case None:
            return "missing"
        case Text():
            return "a string"
        case Mapping():
            return "a mapping"
        case Scalar():
            return "null" if value.value is None else "a number or boolean"
        case _:
            return "a list"


def _refused(
    template: Template,
    value: Value | None,
    words: str,
    severity: Severity = "warning",
    key: Text | None = None,
) -> Diagnostic:
    place = (value.span if value else None) or (key.span if key else None)
    place = place or Span(template.path, 0, 0)
    return Diagnostic(severity, "invalid-template", place, f"{words}: it is not read", _REMEDY)
