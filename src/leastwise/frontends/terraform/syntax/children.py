"""List what an expression is made of, and the function calls in it."""

from collections.abc import Iterator

from leastwise.frontends.terraform.syntax.tree import (
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
    ObjectConstructor,
    Parenthesised,
    SplatStep,
    Step,
    Template,
    TemplatePart,
    Traversal,
    TupleConstructor,
    Unary,
)


def calls_in(expression: Expression) -> Iterator[Call]:
    """Yield every call of a function, in no order that counts; those inside of calls too."""
    left = [expression]
    while left:
        found = left.pop()
        if isinstance(found, Call):
            yield found
        left += children(found)


def children(expression: Expression) -> Iterator[Expression]:
    """Yield the expressions that an expression is made of, in order, one level down."""
    match expression:
        case Template():
            yield from _in_template(expression.parts)
        case TupleConstructor():
            yield from expression.items
        case ObjectConstructor():
            for item in expression.items:
                yield item.key
                yield item.value
        case Call():
            yield from expression.arguments
        case Traversal():
            yield expression.source
            yield from _in_steps(expression.steps)
        case _:
            yield from _operands(expression)


def _operands(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Unary():
            return (expression.operand,)
        case Binary():
            return (expression.first, *(operand for _, operand in expression.rest))
        case Conditional():
            return (expression.test, expression.then, expression.otherwise)
        case Parenthesised():
            return (expression.expression,)
        case ForTuple() | ForObject():
            return tuple(_in_for(expression))
        case _:
            return ()


def _in_for(expression: ForTuple | ForObject) -> Iterator[Expression]:
    yield expression.collection
    yield expression.result
    if isinstance(expression, ForObject):
        yield expression.name
    if expression.condition is not None:
        yield expression.condition


def _in_steps(steps: tuple[Step, ...]) -> Iterator[Expression]:
    for step in steps:
        if isinstance(step, IndexStep):
            yield step.key
        elif isinstance(step, SplatStep):
            yield from _in_steps(step.steps)


def _in_template(parts: tuple[TemplatePart, ...]) -> Iterator[Expression]:
    for part in parts:
        match part:
            case InterpolationPart():
                yield part.expression
            case IfPart():
                yield part.test
                yield from _in_template(part.then)
                yield from _in_template(part.otherwise)
            case ForPart():
                yield part.collection
                yield from _in_template(part.body)
