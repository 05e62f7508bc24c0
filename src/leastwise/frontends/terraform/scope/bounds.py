"""Keep strings and collections within the bounds on one value and on all strings of a root."""

from leastwise.frontends.terraform.scope.state import (
    MAX_CHARACTERS,
    MAX_NODES,
    MAX_STRING,
    MAX_VALUE_DEPTH,
    Scope,
    cost_of,
)
from leastwise.frontends.terraform.scope.unknown import unknown
from leastwise.frontends.terraform.syntax.tree import Expression
from leastwise.source.text import concat
from leastwise.source.value import Text, Value


def concat_bounded(texts: list[Text], expression: Expression, scope: Scope) -> Value:
    """Concatenate texts, or return Unknown with a diagnostic when that would be too long."""
    if _is_affordable(sum(map(cost_of, texts)), expression, scope):
        return concat(texts, expression.span)
    return unknown(scope, expression, "the string is too long")


def bounded(text: Text, expression: Expression, scope: Scope) -> Value:
    """Return a text, or Unknown with a diagnostic when it is too long."""
    if _is_affordable(cost_of(text), expression, scope):
        return text
    return unknown(scope, expression, "the string is too long")


def _is_affordable(cost: int, expression: Expression, scope: Scope) -> bool:
    state = scope.state
    state.characters += cost
    if cost <= MAX_STRING and state.characters <= MAX_CHARACTERS:
        return True
    state.report(
        "too-large",
        expression.span,
        "this string, or all strings of the root together, are too long to evaluate",
        "make it shorter; what uses it is taken as unknown",
    )
    return False


def checked(value: Value, expression: Expression, scope: Scope) -> Value:
    """Return a collection, or Unknown with a diagnostic when it is too large to walk."""
    size, depth = scope.state.weigh(value)
    if size <= MAX_NODES and depth <= MAX_VALUE_DEPTH:
        return value
    what = f"has more than {MAX_NODES} parts" if size > MAX_NODES else "nests too deeply"
    scope.state.report("too-large", expression.span, f"this value {what}", "make it smaller")
    return unknown(scope, expression, f"the value {what}")
