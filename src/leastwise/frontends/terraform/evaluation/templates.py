"""Evaluate templates: known characters keep their places, unknown parts become symbols."""

from typing import TypeAlias

from leastwise.frontends.terraform.evaluation.items import entries_of
from leastwise.frontends.terraform.scope.bounds import concat_bounded
from leastwise.frontends.terraform.scope.state import (
    MAX_STEPS,
    Binding,
    Scope,
)
from leastwise.frontends.terraform.scope.unknown import identity_of, unknown
from leastwise.frontends.terraform.syntax.tree import (
    Expression,
    ForPart,
    IfPart,
    InterpolationPart,
    LiteralPart,
    Template,
    TemplatePart,
)
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import as_boolean, as_text, is_null
from leastwise.source.value import Text, Value

_Parts: TypeAlias = list[Value]


def template(expression: Template, scope: Scope) -> Value:
    """Return the text of a template, or the value of its only interpolation."""
    if expression.is_wrapper:
        (part,) = expression.parts
        if isinstance(part, InterpolationPart):
            return scope.state.evaluate(part.expression, scope)
    if len(expression.parts) == 1 and isinstance(expression.parts[0], LiteralPart):
        return Text((expression.parts[0].chars,), expression.span)
    values: _Parts = []
    _collect(expression.parts, scope, values)
    return _join_texts(tuple(values), expression, scope)


def _join_texts(values: tuple[Value, ...], expression: Expression, scope: Scope) -> Value:
    """Concatenate values as strings, in every world of those that depend on a test."""
    result = distribute(values, lambda parts: _join(parts, expression, scope))
    return unknown(scope, expression, "too many cases") if result is None else result


def _join(parts: tuple[Value, ...], expression: Expression, scope: Scope) -> Value:
    texts: list[Text] = []
    for part in parts:
        text = as_text(part)
        if text is None:
            scope.state.failures += 1
            return unknown(scope, expression, "a part is not a string")
        texts.append(text)
    return concat_bounded(texts, expression, scope)


def _collect(parts: tuple[TemplatePart, ...], scope: Scope, values: _Parts) -> None:
    for part in parts:
        match part:
            case LiteralPart():
                values.append(Text((part.chars,), part.span))
            case InterpolationPart():
                values.append(scope.state.evaluate(part.expression, scope))
            case IfPart():
                values.append(_if(part, scope))
            case ForPart():
                _for(part, scope, values)


def _whole(parts: tuple[TemplatePart, ...], part: TemplatePart, scope: Scope) -> Value:
    return scope.state.evaluate(Template(parts, part.span), scope)


def _if(part: IfPart, scope: Scope) -> Value:
    from leastwise.frontends.terraform.syntax.tree import Conditional

    arms = (Template(part.then, part.span), Template(part.otherwise, part.span))
    test = scope.state.evaluate(part.test, scope)
    known = as_boolean(test)
    if known is not None:
        return scope.state.evaluate(arms[0] if known else arms[1], scope)
    return scope.state.evaluate(Conditional(part.test, *arms, part.span), scope)


def _for(part: ForPart, scope: Scope, values: _Parts) -> None:
    collection = scope.state.evaluate(part.collection, scope)
    entries = None if is_null(collection) else entries_of(collection, scope)
    if entries is None:
        reason = "the collection is not known"
        values.append(unknown(scope, part.collection, reason, because=(collection,)))
        return
    name = identity_of(scope, part.collection)
    for key, value, place in entries:
        identity = f"{name}#{place}"
        bindings = {part.value: Binding(value, identity)}
        if part.key is not None:
            bindings[part.key] = Binding(key, identity)
        scope.state.steps += 1 + len(part.body)
        if scope.state.steps > MAX_STEPS:
            # What stopped the evaluation is reported there.
            values.append(scope.state.evaluate(part.collection, scope))
            return
        _collect(part.body, scope.bind(bindings), values)
