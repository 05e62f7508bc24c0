"""Look up what Ref and Fn::GetAtt name: a parameter, a pseudo parameter, a resource."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from leastwise.frontends.cloudformation.evaluation.parameters import output, parameter
from leastwise.frontends.cloudformation.scope.environment import PSEUDO_PARTS, Part
from leastwise.frontends.cloudformation.scope.references import (
    SHAPES,
    invented_name,
    parts_of,
)
from leastwise.frontends.cloudformation.scope.state import ABSENT, Scope, as_text, world
from leastwise.frontends.cloudformation.scope.uses import again, once
from leastwise.frontends.cloudformation.syntax.template import PSEUDO_PARAMETERS, Declaration
from leastwise.source.span import Span
from leastwise.source.text import concat, join_pieces, literal_text, slice_piece
from leastwise.source.value import Chars, Symbol, Text, Unknown, Value

_SCHEME = "https://"
_PARTS: dict[str, Part] = {part: part for part in PSEUDO_PARTS.values()}

Evaluate: TypeAlias = Callable[[Value, Scope], Value]


def ref(name: str, scope: Scope, evaluate: Evaluate, span: Span | None = None) -> Value:
    """Return the value of ``Ref``; what the template does not declare is unknown."""
    if name in PSEUDO_PARAMETERS:
        return _pseudo(name, scope, span)
    if name in scope.template.parameters:
        return parameter(name, scope, evaluate, span)
    declaration = scope.template.resources.get(name)
    shape = SHAPES.get(declaration.type) if declaration else None
    if declaration is None or shape is None:
        return Unknown(Symbol(f"{scope.id}|Ref {name}", name), "", span)
    return _shaped(shape.ref, declaration, scope, evaluate, span)


def attribute(
    logical_id: str, name: str, scope: Scope, evaluate: Evaluate, span: Span | None = None
) -> Value:
    """Return the value of ``Fn::GetAtt``; an attribute that is not modelled is unknown."""
    nested = scope.children.get(logical_id)
    if nested is not None and name.startswith("Outputs."):
        found = output(name.removeprefix("Outputs."), nested, scope, evaluate, span)
        if found is not None:
            return found
    declaration = scope.template.resources.get(logical_id)
    shape = SHAPES.get(declaration.type) if declaration else None
    spelled = shape.attributes.get(name) if shape else None
    if declaration is None or spelled is None:
        glob = "arn:*" if name.endswith("Arn") and declaration else "*"
        reference = f"{logical_id}.{name}"
        return Unknown(Symbol(f"{scope.id}|GetAtt {reference}", reference, glob), "", span)
    return _shaped(spelled, declaration, scope, evaluate, span)


def name_of(declaration: Declaration, scope: Scope, evaluate: Evaluate) -> Text:
    """Return the name of a resource: its name property, or a symbol for the invented one."""
    key = (declaration.logical_id, world(scope))
    known = scope.names.get(key)
    if known is not None:
        again(("name", key), scope)
        return known
    # Remembered, or a chain of names that each use the one before twice would take 2^n steps.
    found = once(("name", key), lambda: _name(declaration, scope, evaluate), scope)
    scope.names[key] = found
    return found


def _name(declaration: Declaration, scope: Scope, evaluate: Evaluate) -> Text:
    shape = SHAPES.get(declaration.type)
    raw = declaration.properties.get(shape.name) if shape and shape.name else None
    value = _guarded(f"{declaration.logical_id}.name", raw, scope, evaluate)
    if value is None or value is ABSENT:
        return Text((invented_name(scope.id, declaration.logical_id, declaration.type),))
    text = as_text(value)
    if text is None:
        # The name is chosen by a condition: one symbol for it, whichever it is.
        symbol = Symbol(f"{scope.id}|{declaration.logical_id}.name", declaration.logical_id)
        return Text((symbol,), value.span)
    return text


def path_of(declaration: Declaration, scope: Scope, evaluate: Evaluate) -> Text:
    """Return the Path of an IAM resource, ``/`` when it has none."""
    raw = declaration.properties.get("Path")
    value = _guarded(f"{declaration.logical_id}.path", raw, scope, evaluate)
    if value is None or value is ABSENT:
        return literal_text("/")
    text = as_text(value)
    if text is None or text.literal is None:
        symbol = Symbol(
            f"{scope.id}|{declaration.logical_id}.path", f"{declaration.logical_id}.Path", "/*"
        )
        return Text((symbol,), value.span)
    return text


def _url_of(declaration: Declaration, scope: Scope, evaluate: Evaluate) -> Text:
    """Return the Url of an OpenID Connect provider as its ARN spells it: without ``https://``.

    Source: "Create an OpenID Connect (OIDC) identity provider in IAM", AWS IAM User Guide.
    """
    raw = declaration.properties.get("Url")
    value = _guarded(f"{declaration.logical_id}.url", raw, scope, evaluate)
    text = None if value is None or value is ABSENT else as_text(value)
    piece = text.pieces[0] if text is not None and text.pieces else None
    if text is None or not isinstance(piece, Chars) or not piece.text.startswith(_SCHEME):
        reference = f"{declaration.logical_id}.Url"
        return Text((Symbol(f"{scope.id}|{reference}", reference),))
    rest = slice_piece(piece, len(_SCHEME), len(piece.text))
    return Text(join_pieces((rest, *text.pieces[1:])), text.span, derived=True)


def _guarded(key: str, raw: Value | None, scope: Scope, evaluate: Evaluate) -> Value | None:
    """Evaluate a property; one that refers to itself on the way is not known (None)."""
    if raw is None or key in scope.pending:
        return None
    scope.pending.add(key)
    try:
        return evaluate(raw, scope)
    finally:
        scope.pending.discard(key)


def _shaped(
    spelled: str, declaration: Declaration, scope: Scope, evaluate: Evaluate, span: Span | None
) -> Text:
    """Fill a shape of ``references`` for one resource."""
    texts: list[Text] = []
    for name, rest in parts_of(spelled):
        if not name:
            texts.append(literal_text(rest))
        elif name == "name":
            texts.append(name_of(declaration, scope, evaluate))
        elif name == "path":
            texts.append(path_of(declaration, scope, evaluate))
        elif name == "url":
            texts.append(_url_of(declaration, scope, evaluate))
        elif name.startswith("?"):
            reference = f"{declaration.logical_id}.{name[1:]}"
            texts.append(Text((Symbol(f"{scope.id}|{reference}", reference, rest),)))
        else:
            texts.append(scope.environment.text(_PARTS[name]))
    return concat(texts, span)


def _pseudo(name: str, scope: Scope, span: Span | None) -> Value:
    if name == "AWS::NoValue":
        return ABSENT
    part = PSEUDO_PARTS.get(name)
    if part is not None:
        return replace(scope.environment.text(part), span=span)
    symbol = Symbol(f"{scope.id}|Ref {name}", name, "arn:*" if name == "AWS::StackId" else "*")
    if name == "AWS::StackName":
        return Text((symbol,), span)
    return Unknown(symbol, "known only when the stack is deployed", span)
