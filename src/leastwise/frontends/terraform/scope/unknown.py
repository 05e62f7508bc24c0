"""Make unknown values whose symbols say which expression they stand for."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.syntax.tree import (
    AttributeStep,
    Binary,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForPart,
    ForTuple,
    IfPart,
    IndexStep,
    InterpolationPart,
    LiteralPart,
    LiteralValue,
    ObjectConstructor,
    Parenthesised,
    SplatStep,
    Step,
    Template,
    TemplatePart,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

MAX_REFERENCE = 200
MAX_IDENTITY = 100


def unknown(
    scope: Scope,
    expression: Expression,
    reason: str,
    glob: str = "*",
    *,
    because: tuple[Value, ...] = (),
) -> Unknown:
    """Return the unknown value of an expression: equal expressions of one scope are equal.

    ``because`` are the values that it is made of, for people who ask why it is not known.
    """
    symbol = symbol_of(scope, expression, glob, reason)
    cause = next(filter(None, map(_cause, because)), None)
    if cause is not None and cause != symbol:
        symbol = replace(symbol, cause=cause)
    return Unknown(symbol, reason, expression.span)


def _cause(value: Value) -> Symbol | None:
    """Return what is not known of a value in the first place, as far as one level shows it."""
    match value:
        case Unknown(symbol=symbol):
            found: Symbol | None = symbol
        case Text(pieces=pieces):
            symbols = [piece for piece in pieces if isinstance(piece, Symbol)]
            found = next((s for s in symbols if not s.environment), None)
        case Sequence(items=items, tail=tail):
            inner = (_cause(item) for item in items if isinstance(item, Text | Unknown))
            found = next(filter(None, inner), tail)
        case Mapping(tail=tail):
            found = tail
        case _:
            found = None
    return found if found is None else found.cause or found


def symbol_of(scope: Scope, expression: Expression, glob: str = "*", reason: str = "") -> Symbol:
    """Return the symbol of an expression, with the bindings that its value depends on."""
    text = spelled(scope, expression.span)
    bound = [n for n in sorted(free_names(expression)) if n in scope.bindings]
    suffix = "".join(f"[{n}={scope.bindings[n].identity}]" for n in bound)
    identity = f"{scope.module.scope}|{_short_id(text)}{suffix}"
    return Symbol(identity, _short(text), glob, reason=reason, span=expression.span)


def identity_of(scope: Scope, expression: Expression) -> str:
    """Return a short name of what an expression stands for, to tell bound elements apart."""
    name = symbol_of(scope, expression).id
    if len(name) <= MAX_IDENTITY:
        return name
    return hashlib.sha256(name.encode()).hexdigest()


def spelled(scope: Scope, span: Span) -> str:
    """Return the source text of a span with every run of white space as one space."""
    data = scope.state.sources.get(span.path, b"")
    return " ".join(data[span.start : span.end].decode("utf-8", "replace").split())


def _short(text: str) -> str:
    return text if len(text) <= MAX_REFERENCE else text[: MAX_REFERENCE - 3] + "..."


def _short_id(text: str) -> str:
    if len(text) <= MAX_REFERENCE:
        return text
    return f"{text[:MAX_REFERENCE]}#{hashlib.sha256(text.encode()).hexdigest()}"


def free_names(expression: Expression) -> frozenset[str]:
    """Return the names at which an expression's references start and that it does not bind."""
    return frozenset(name for name, _, _ in references(expression))


def references(
    expression: Expression, bound: frozenset[str] = frozenset()
) -> Iterator[tuple[str, tuple[Step, ...], Span]]:
    """Yield every free reference: its first name, the steps that follow it, and its place."""
    match expression:
        case Variable():
            if expression.name not in bound:
                yield expression.name, (), expression.span
        case Traversal(source=Variable(name=name), steps=steps):
            if name not in bound:
                yield name, steps, expression.span
            yield from _in_steps(steps, bound)
        case Traversal():
            yield from references(expression.source, bound)
            yield from _in_steps(expression.steps, bound)
        case ForTuple() | ForObject():
            yield from _in_for(expression, bound)
        case Template():
            yield from _in_parts(expression.parts, bound)
        case _:
            for child in _operands(expression):
                yield from references(child, bound)


def _operands(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case TupleConstructor():
            return expression.items
        case ObjectConstructor():
            return tuple(e for item in expression.items for e in (item.key, item.value))
        case Call():
            return expression.arguments
        case Unary():
            return (expression.operand,)
        case Binary():
            return (expression.first, *(operand for _, operand in expression.rest))
        case Conditional():
            return (expression.test, expression.then, expression.otherwise)
        case Parenthesised():
            return (expression.expression,)
        case _:
            return ()


def _in_steps(
    steps: tuple[Step, ...], bound: frozenset[str]
) -> Iterator[tuple[str, tuple[Step, ...], Span]]:
    for step in steps:
        match step:
            case IndexStep(key=key) if not isinstance(key, LiteralValue):
                yield from references(key, bound)
            case SplatStep(steps=inner):
                yield from _in_steps(inner, bound)
            case AttributeStep() | IndexStep():
                pass


def _in_for(
    expression: ForTuple | ForObject, bound: frozenset[str]
) -> Iterator[tuple[str, tuple[Step, ...], Span]]:
    yield from references(expression.collection, bound)
    inside = bound | {expression.value} | ({expression.key} if expression.key else set())
    bodies = [expression.result, expression.condition]
    if isinstance(expression, ForObject):
        bodies.append(expression.name)
    for body in bodies:
        if body is not None:
            yield from references(body, inside)


def _in_parts(
    parts: tuple[TemplatePart, ...], bound: frozenset[str]
) -> Iterator[tuple[str, tuple[Step, ...], Span]]:
    for part in parts:
        match part:
            case LiteralPart():
                pass
            case InterpolationPart():
                yield from references(part.expression, bound)
            case IfPart():
                yield from references(part.test, bound)
                yield from _in_parts(part.then + part.otherwise, bound)
            case ForPart():
                yield from references(part.collection, bound)
                inside = bound | {part.value} | ({part.key} if part.key else set())
                yield from _in_parts(part.body, inside)
