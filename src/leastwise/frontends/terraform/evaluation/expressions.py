"""Evaluate expressions to values with provenance.

What is not known is ``Unknown`` with the expression as its reference; what depends on a test
that is not known is a ``Choice``. Nothing raises, and nothing disappears.
"""

from typing import TYPE_CHECKING, cast

from leastwise.frontends.terraform.evaluation.calls import call
from leastwise.frontends.terraform.evaluation.comprehensions import for_object, for_tuple
from leastwise.frontends.terraform.evaluation.names import resolve_name
from leastwise.frontends.terraform.evaluation.operators import Refusal, binary, minus, negate
from leastwise.frontends.terraform.evaluation.steps import take_steps
from leastwise.frontends.terraform.evaluation.templates import template
from leastwise.frontends.terraform.scope.bounds import checked
from leastwise.frontends.terraform.scope.state import (
    MAX_DEPTH,
    MAX_STEPS,
    Scope,
)
from leastwise.frontends.terraform.scope.unknown import spelled, symbol_of, unknown
from leastwise.frontends.terraform.syntax.tree import (
    Binary,
    BinaryOperator,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    LiteralValue,
    ObjectConstructor,
    Parenthesised,
    Template,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import as_boolean, as_key, is_null
from leastwise.frontends.terraform.values.types import (
    is_open_to_conversion,
    type_of,
    unified,
    unify,
)
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Return the value of an expression in a scope."""
    state = scope.state
    kind = type(expression)
    cost = _FRAMES[kind]
    state.steps += 1
    state.depth += cost
    try:
        if state.steps > MAX_STEPS:
            return _over_budget(expression, scope)
        if state.depth > MAX_DEPTH:
            return _too_deep(expression, scope)
        return _EVALUATORS[kind](expression, scope)
    finally:
        state.depth -= cost


def _over_budget(expression: Expression, scope: Scope) -> Value:
    path, state = expression.span.path, scope.state
    if all(diagnostic.code != "too-much-work" for diagnostic in state.diagnostics):
        state.report(
            "too-much-work",
            expression.span,
            f"evaluation of the root module stopped here, after {MAX_STEPS} steps",
            "split the root module, or make its loops smaller",
            error=True,
        )
    name = f"{scope.module.scope}|{path}"
    return Unknown(Symbol(name, path), "evaluation stopped", expression.span)


def _too_deep(expression: Expression, scope: Scope) -> Value:
    scope.state.report(
        "too-deep", expression.span, "references nest too deeply", "shorten the chain of locals"
    )
    return unknown(scope, expression, "nested too deeply")


def _literal(expression: LiteralValue, scope: Scope) -> Value:  # noqa: ARG001 - one signature
    return expression.value


def _tuple(expression: TupleConstructor, scope: Scope) -> Value:
    items = tuple(evaluate(item, scope) for item in expression.items)
    return checked(Sequence(items, expression.span), expression, scope)


def _object(expression: ObjectConstructor, scope: Scope) -> Value:
    """Build an object; of two equal keys the later one holds, as in Terraform."""
    entries: dict[str, tuple[Text, Value]] = {}
    tail = None
    for item in expression.items:
        key = as_key(evaluate(item.key, scope))
        value = evaluate(item.value, scope)
        if key is None or key.literal is None:
            # SOUND: an unknown key may be any of those written before it.
            tail = symbol_of(scope, expression)
            if key is not None and not any(
                name.pieces == key.pieces for name, _ in entries.values()
            ):
                entries[repr(key.pieces)] = (key, value)
            continue
        entries.pop(key.literal, None)
        entries[key.literal] = (key, value)
    result = Mapping(tuple(entries.values()), expression.span, tail)
    return checked(result, expression, scope)


def _traversal(expression: Traversal, scope: Scope) -> Value:
    if isinstance(expression.source, Variable):
        value, used = resolve_name(expression.source.name, expression, scope)
    else:
        value, used = evaluate(expression.source, scope), 0
    return take_steps(value, expression.steps[used:], expression, scope)


def _variable(expression: Variable, scope: Scope) -> Value:
    value, _ = resolve_name(expression.name, expression, scope)
    return value


def _parenthesised(expression: Parenthesised, scope: Scope) -> Value:
    return evaluate(expression.expression, scope)


def _unary(expression: Unary, scope: Scope) -> Value:
    apply = negate if expression.operator == "!" else minus
    operand = evaluate(expression.operand, scope)
    return _in_worlds((operand,), lambda values: apply(values[0]), expression, scope)


def _binary(expression: Binary, scope: Scope) -> Value:
    result = evaluate(expression.first, scope)
    for operator, operand in expression.rest:
        result = _apply(operator, result, evaluate(operand, scope), expression, scope)
    return result


def _apply(
    operator: BinaryOperator, left: Value, right: Value, expression: Expression, scope: Scope
) -> Value:
    return _in_worlds(
        (left, right), lambda values: binary(operator, values[0], values[1]), expression, scope
    )


def _in_worlds(
    values: tuple[Value, ...],
    function: "Callable[[tuple[Value, ...]], Value | Refusal | None]",
    expression: Expression,
    scope: Scope,
) -> Value:
    def apply(operands: tuple[Value, ...]) -> Value:
        found = function(operands)
        if isinstance(found, Refusal):
            scope.state.failures += 1
            return unknown(scope, expression, "the operand is of the wrong type")
        if found is None:
            return unknown(scope, expression, "an operand is not known", because=operands)
        return found

    result = distribute(values, apply)
    return unknown(scope, expression, "too many cases") if result is None else result


def _conditional(expression: Conditional, scope: Scope) -> Value:
    test, then, otherwise = expression.test, expression.then, expression.otherwise
    while isinstance(test, Parenthesised | Unary):
        if isinstance(test, Unary):
            if test.operator != "!":
                break
            then, otherwise = otherwise, then
            test = test.operand
        else:
            test = test.expression
    outcome = evaluate(test, scope)
    arms = (test, then, otherwise)
    result = distribute((outcome,), lambda values: _decide(values[0], arms, expression, scope))
    return unknown(scope, expression, "too many cases") if result is None else result


def _decide(
    outcome: Value,
    arms: tuple[Expression, Expression, Expression],
    expression: Conditional,
    scope: Scope,
) -> Value:
    test, then, otherwise = arms
    known = as_boolean(outcome)
    if known is not None:
        arm, other = (then, otherwise) if known else (otherwise, then)
        return _chosen(arm, other, scope)
    if is_null(outcome) or not isinstance(outcome, Text | Unknown):
        scope.state.failures += 1
        return unknown(scope, expression, "the test is not true or false")
    scope.state.doubts += 1
    return _both(_test_id(outcome, test, scope), then, otherwise, expression, scope)


def _chosen(arm: Expression, other: Expression, scope: Scope) -> Value:
    """Return the value of one arm in the type that it shares with the other."""
    value = evaluate(arm, scope)
    if not is_open_to_conversion(value) and not _is_collection(other):
        return value
    state = scope.state
    failures, doubts = state.failures, state.doubts
    beside = evaluate(other, scope)
    failed = state.failures > failures
    state.failures, state.doubts = failures, doubts
    types = (type_of(value), type_of(beside))
    if not failed and unify(types) is None:
        # SOUND: of two structures Terraform may make one type by dropping attributes, so it is
        # not sure that it refuses them, and ``try`` must not go on as if it were.
        if all(not isinstance(kind, str) for kind in types):
            state.doubts += 1
        else:
            state.failures += 1
        return unknown(scope, arm, "the arms have no type in common")
    return unified(value, beside)


def _is_collection(expression: Expression) -> bool:
    """Say whether an expression spells a collection, which no string goes together with."""
    if isinstance(expression, Call):
        return expression.name in {"tolist", "toset", "tomap"}
    return isinstance(expression, TupleConstructor | ObjectConstructor)


def _test_id(outcome: Value, test: Expression, scope: Scope) -> tuple[str, str]:
    """Name a test: by the unknown that it is, else by its expression."""
    if isinstance(outcome, Unknown):
        return outcome.symbol.id, outcome.symbol.reference
    return symbol_of(scope, test).id, spelled(scope, test.span)


def _both(
    test: tuple[str, str],
    then: Expression,
    otherwise: Expression,
    expression: Conditional,
    scope: Scope,
) -> Value:
    name, text = test
    if_true, if_false = evaluate(then, scope), evaluate(otherwise, scope)
    if_true, if_false = unified(if_true, if_false), unified(if_false, if_true)
    choice = Choice(
        (
            (Assumption(name, "true", f"{text} is true"), if_true),
            (Assumption(name, "false", f"{text} is false"), if_false),
        ),
        expression.span,
    )
    return checked(choice, expression, scope)


_EVALUATORS = cast(
    "dict[type[Expression], Callable[[Expression, Scope], Value]]",
    {
        LiteralValue: _literal,
        Template: template,
        TupleConstructor: _tuple,
        ObjectConstructor: _object,
        Call: call,
        Variable: _variable,
        Traversal: _traversal,
        Unary: _unary,
        Binary: _binary,
        Conditional: _conditional,
        ForTuple: for_tuple,
        ForObject: for_object,
        Parenthesised: _parenthesised,
    },
)

_FRAMES: dict[type[Expression], int] = dict.fromkeys(_EVALUATORS, 3) | {
    Traversal: 6,
    Variable: 6,
    Conditional: 8,
    Call: 5,
    Template: 4,
    ForTuple: 7,
    ForObject: 7,
}
"""How many frames of Python's stack one level of an expression takes, at most."""
