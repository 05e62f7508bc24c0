"""Warn about resources and conditions that wait for each other.

Source: "Troubleshooting CloudFormation" (circular dependencies), AWS CloudFormation User Guide.
A branch of Fn::If that is not taken makes no dependency, so what stands in one does not count.
"""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from leastwise.frontends.cloudformation.evaluation.mentions import mappings, references, strings
from leastwise.frontends.cloudformation.syntax.template import Declaration, Template
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Sequence, Text, Value

_SHOWN = 5


def cyclic_references(template: Template) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each circle of resources, or of conditions."""
    resources = template.resources
    needs = {name: _needed(one) & resources.keys() for name, one in resources.items()}
    for group in _circles(needs):
        first = min(group, key=list(resources).index)
        yield _circle("resource", group, resources[first].span, template)
    asked = {
        name: {n for m in mappings((raw,)) if (n := _condition(m)) in template.conditions}
        for name, raw in template.conditions.items()
    }
    for group in _circles(asked):
        first = min(group, key=list(template.conditions).index)
        yield _circle("condition", group, template.conditions[first].span, template)


def _needed(declared: Declaration) -> set[str]:
    """Return what must exist before a resource, whatever the conditions are.

    The properties of SAM's resources are spread over several, so that they may name each other.
    """
    if declared.type.startswith("AWS::Serverless::"):
        return set()
    found = {item.literal or "" for item in strings(declared.body.get("DependsOn"))}
    stack: list[Value] = [declared.properties]
    while stack:
        value = stack.pop()
        if isinstance(value, Sequence):
            stack += value.items
        elif isinstance(value, Mapping) and value.get("Fn::If") is None:
            found |= {name for name, _ in references(value)}
            stack += [inner for _, inner in value.entries]
    return found


def _condition(mapping: Mapping) -> str | None:
    named = mapping.get("Condition") if len(mapping.entries) == 1 else None
    return named.literal if isinstance(named, Text) else None


def _circles(needs: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Yield circles that have no member in common, each in the order in which they wait."""
    left = needs
    while left:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = tuple(error.args[1][:-1])
            yield circle
            left = {n: more.difference(circle) for n, more in left.items() if n not in circle}
        else:
            return


def _circle(what: str, group: tuple[str, ...], span: Span | None, template: Template) -> Diagnostic:
    names = sorted(group)
    listed = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    if len(names) == 1:
        message = f"the {what} {listed} depends on itself"
    else:
        message = f"the {what}s {listed} depend on each other"
    place = span or Span(template.path, 0, 0)
    return Diagnostic("warning", "cycle", place, message, "break the cycle")
