"""Tell the expressions that stand by themselves: what variable files and inputs may hold."""

from leastwise.frontends.terraform.syntax.tree import (
    Binary,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    InterpolationPart,
    LiteralPart,
    LiteralValue,
    ObjectConstructor,
    Parenthesised,
    Template,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)


def first_reference(expression: Expression) -> Expression | None:
    """Return the first part that refers to something or calls a function; None: a constant.

    A ``for`` counts as such a part: it binds names, and nobody writes one where only constants
    are allowed.
    """
    pending = [expression]
    while pending:
        current = pending.pop()
        if isinstance(current, Call | Traversal | Variable | ForTuple | ForObject):
            return current
        inner = None if isinstance(current, LiteralValue) else _parts(current)
        if inner is None and not isinstance(current, LiteralValue):
            return current
        pending += reversed(inner or [])
    return None


def _parts(expression: Expression) -> list[Expression] | None:
    """Return the operands of an expression; None when it has a directive (``%{if}``)."""
    match expression:
        case Template():
            return _of_template(expression)
        case TupleConstructor():
            return list(expression.items)
        case ObjectConstructor():
            return [part for item in expression.items for part in (item.key, item.value)]
        case Parenthesised():
            return [expression.expression]
        case Unary():
            return [expression.operand]
        case Binary():
            return [expression.first, *(operand for _, operand in expression.rest)]
        case Conditional():
            return [expression.test, expression.then, expression.otherwise]
        case _:
            return []


def _of_template(template: Template) -> list[Expression] | None:
    found: list[Expression] = []
    for part in template.parts:
        if isinstance(part, InterpolationPart):
            found.append(part.expression)
        elif not isinstance(part, LiteralPart):
            return None
    return found


def entries_of(expression: Expression) -> list[tuple[str, Expression]] | None:
    """Return the entries of an object whose keys are all literal strings; None: it is not one."""
    if not isinstance(expression, ObjectConstructor):
        return None
    found: list[tuple[str, Expression]] = []
    for item in expression.items:
        match item.key:
            case Template(parts=(LiteralPart(chars=chars),)):
                found.append((chars.text, item.value))
            case _:
                return None
    return found
