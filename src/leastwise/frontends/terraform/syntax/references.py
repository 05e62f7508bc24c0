"""List the references in an expression that it does not bind itself."""

from collections.abc import Iterator

from leastwise.frontends.terraform.syntax.children import children
from leastwise.frontends.terraform.syntax.tree import (
    AttributeStep,
    Expression,
    ForObject,
    ForPart,
    ForTuple,
    IfPart,
    IndexStep,
    InterpolationPart,
    LiteralPart,
    LiteralValue,
    SplatStep,
    Step,
    Template,
    TemplatePart,
    Traversal,
    Variable,
)
from leastwise.source.span import Span


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
            for child in children(expression):
                yield from references(child, bound)


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
