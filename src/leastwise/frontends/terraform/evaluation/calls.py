"""Evaluate function calls: arguments in every world, then the function library.

A function that is not known, is impure or can't tell gives Unknown, named after the call.
"""

from leastwise.frontends.terraform.evaluation.module_values import settled, settled_throughout
from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.functions.library import library_function
from leastwise.frontends.terraform.functions.signatures import prepared
from leastwise.frontends.terraform.scope.bounds import bounded, checked
from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.scope.unknown import symbol_of, unknown
from leastwise.frontends.terraform.syntax.references import free_names
from leastwise.frontends.terraform.syntax.tree import Call, Expression, TupleConstructor
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.types import Refused
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Text,
    Value,
)

IMPURE = {
    "bcrypt": "it is salted anew in each run",
    "plantimestamp": "it is the time of the plan",
    "rsadecrypt": "secrets are not decrypted",
    "timestamp": "it is the time of the run",
    "uuid": "it is made anew in each run",
    "base64gzip": "its bytes depend on the compressor",
    "abspath": "it depends on the machine",
}
"""Functions whose result no reading of the source tells, and why."""

_WHOLE = frozenset(("jsonencode", "sensitive", "nonsensitive", "ephemeralasnull"))
"""Functions that take a choice as it is instead of being applied in each of its cases."""

_ENCODING = frozenset(("jsonencode", "yamlencode"))
"""Functions that need all of a value, the outputs of modules inside of it included."""

MAX_ARGUMENTS = 10_000


def call(expression: Call, scope: Scope) -> Value:
    """Return the value of a call."""
    name = expression.name.removeprefix("core::")
    if name == "try":
        return _try(expression, scope, 0)
    if name == "can":
        return _can(expression, scope)
    if name == "issensitive":
        return _is_sensitive(expression, scope)
    arguments = _arguments(expression, scope)
    function = library_function(name)
    if arguments is None:
        return unknown(scope, expression, "a list that is spread is not wholly known")
    if function is None:
        return _without_function(name, expression, scope)
    site = Site(scope, expression)
    if name in _WHOLE:
        return _apply(function, arguments, site)
    result = distribute(arguments, lambda values: _apply(function, values, site))
    return unknown(scope, expression, "too many cases") if result is None else result


def _without_function(name: str, expression: Call, scope: Scope) -> Value:
    if name in IMPURE:
        return unknown(scope, expression, IMPURE[name])
    if name.startswith("provider::"):
        scope.state.doubts += 1
    else:
        scope.state.failures += 1
    return unknown(scope, expression, f"there is no function {name}")


def _apply(function: Function, arguments: tuple[Value, ...], site: Site) -> Value:
    state, name = site.scope.state, site.expression.name.removeprefix("core::")
    failures = state.failures
    taken = prepared(name, arguments)
    if isinstance(taken, Refused):
        state.failures += 1
        return unknown(site.scope, site.expression, f"{name}: {taken.reason}")
    result = function(taken, site)
    if result is None:
        state.doubts += 1
        refused = state.failures > failures
        reason = f"{name} of what is not known"
        reason = f"Terraform refuses this call of {name}" if refused else reason
        return unknown(site.scope, site.expression, reason, because=arguments)
    if isinstance(result, Sequence | Mapping):
        return checked(result, site.expression, site.scope)
    if isinstance(result, Text):
        return bounded(result, site.expression, site.scope)
    return result


def _arguments(expression: Call, scope: Scope) -> tuple[Value, ...] | None:
    """Evaluate the arguments; None when a list that is spread is not wholly known."""
    settle = settled_throughout if expression.name in _ENCODING else settled
    values = [
        settle(scope.state.evaluate(argument, scope), scope.state)
        for argument in expression.arguments
    ]
    if not expression.expand:
        return tuple(values)
    last = values.pop()
    if not isinstance(last, Sequence) or last.tail is not None or len(last.items) > MAX_ARGUMENTS:
        return None
    return (*values, *last.items)


def _try(expression: Call, scope: Scope, index: int) -> Value:
    """Return the first argument that does not fail; one that may fail gives a Choice."""
    state = scope.state
    if index >= len(expression.arguments):
        state.failures += 1
        return unknown(scope, expression, "every argument of try fails")
    argument = expression.arguments[index]
    failures, doubts = state.failures, state.doubts
    value = state.evaluate(argument, scope)
    failed, doubtful = state.failures > failures, state.doubts > doubts
    state.failures = failures
    if failed:
        return _try(expression, scope, index + 1)
    if not doubtful or index + 1 >= len(expression.arguments):
        return value
    name, text = symbol_of(scope, argument).id, symbol_of(scope, argument).reference
    otherwise = _try(expression, scope, index + 1)
    alternatives = (
        (Assumption(f"{name}|exists", "true", f"{text} exists"), value),
        (Assumption(f"{name}|exists", "false", f"{text} does not exist"), otherwise),
    )
    return Choice(alternatives, expression.span)


def _is_sensitive(expression: Call, scope: Scope) -> Value:
    """Answer ``issensitive`` from the expression alone: marks are not followed into names."""
    if len(expression.arguments) != 1:
        scope.state.failures += 1
        return unknown(scope, expression, "function issensitive")
    failures = scope.state.failures
    scope.state.evaluate(expression.arguments[0], scope)
    marked = _is_marked(expression.arguments[0])
    if marked is None or scope.state.failures > failures:
        return unknown(scope, expression, "it may be sensitive")
    return Scalar(marked, expression.span)


def _is_marked(expression: Expression) -> bool | None:
    if isinstance(expression, Call):
        if expression.name in {"sensitive", "nonsensitive"}:
            return expression.name == "sensitive"
        marks = [_is_marked(argument) for argument in expression.arguments]
        if expression.name in {"upper", "lower", "join", "concat", "tolist", "toset", "tomap"}:
            return None if None in marks else True in marks
        return False if not any(mark is not False for mark in marks) else None
    if isinstance(expression, TupleConstructor):
        # A collection is not sensitive itself when its parts are.
        marks = [_is_marked(item) for item in expression.items]
        return None if None in marks else False
    return None if free_names(expression) else False


def _can(expression: Call, scope: Scope) -> Value:
    state = scope.state
    if len(expression.arguments) != 1:
        return unknown(scope, expression, "function can")
    failures, doubts = state.failures, state.doubts
    state.evaluate(expression.arguments[0], scope)
    failed, doubtful = state.failures > failures, state.doubts > doubts
    state.failures = failures
    if failed:
        return Scalar(False, expression.span)
    if doubtful:
        return unknown(scope, expression, "it may fail")
    return Scalar(True, expression.span)
