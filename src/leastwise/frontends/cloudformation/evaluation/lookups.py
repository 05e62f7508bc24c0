"""Look up what Ref and Fn::GetAtt name: a parameter, a pseudo parameter, a resource."""

from dataclasses import replace

from leastwise.frontends.cloudformation.evaluation.parameters import output, parameter
from leastwise.frontends.cloudformation.evaluation.resource_names import (
    Subject,
    resource_attribute,
    resource_ref,
)
from leastwise.frontends.cloudformation.scope.environment import PSEUDO_PARTS
from leastwise.frontends.cloudformation.scope.state import ABSENT, Scope
from leastwise.frontends.cloudformation.syntax.template import PSEUDO_PARAMETERS
from leastwise.source.span import Span
from leastwise.source.value import Symbol, Text, Unknown, Value

_UNDECLARED = "the template does not declare it"
_STACK_ID = "arn:*:cloudformation:*:*:stack/*"


def ref(name: str, scope: Scope, span: Span | None = None) -> Value:
    """Return the value of ``Ref``; what the template does not declare is unknown."""
    if name in PSEUDO_PARAMETERS:
        return _pseudo(name, scope, span)
    if name in scope.template.parameters:
        return parameter(name, scope, span)
    declaration = scope.template.resources.get(name)
    if declaration is None:
        symbol = Symbol(f"{scope.id}|Ref {name}", name, reason=_UNDECLARED)
        return Unknown(symbol, _UNDECLARED, span)
    return resource_ref(Subject(declaration, scope), span)


def attribute(logical_id: str, name: str, scope: Scope, span: Span | None = None) -> Value:
    """Return the value of ``Fn::GetAtt``; an attribute that is not modelled is unknown."""
    nested = scope.children.get(logical_id)
    if nested is not None and name.startswith("Outputs."):
        found = output(name.removeprefix("Outputs."), nested, scope, span)
        if found is not None:
            return found
    declaration = scope.template.resources.get(logical_id)
    if declaration is None:
        reference = f"{logical_id}.{name}"
        symbol = Symbol(f"{scope.id}|GetAtt {reference}", reference, reason=_UNDECLARED)
        return Unknown(symbol, _UNDECLARED, span)
    return resource_attribute(name, Subject(declaration, scope), span)


def _pseudo(name: str, scope: Scope, span: Span | None) -> Value:
    if name == "AWS::NoValue":
        return ABSENT
    part = PSEUDO_PARTS.get(name)
    if part is not None:
        return replace(scope.environment.text(part), span=span)
    glob = _STACK_ID if name == "AWS::StackId" else "*"
    reason = "known only when the stack is deployed"
    symbol = Symbol(f"{scope.id}|Ref {name}", name, glob, reason=reason)
    if name in ("AWS::StackName", "AWS::StackId"):
        return Text((symbol,), span)
    return Unknown(symbol, reason, span)
