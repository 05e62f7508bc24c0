"""Evaluate ``for`` expressions of both kinds."""

from dataclasses import dataclass
from typing import NamedTuple

from leastwise.frontends.terraform.evaluation.items import (
    any_element,
    entries_of,
    known_entries,
    unknown_key,
)
from leastwise.frontends.terraform.evaluation.module_values import settled
from leastwise.frontends.terraform.scope.bounds import checked
from leastwise.frontends.terraform.scope.state import Binding, Scope
from leastwise.frontends.terraform.scope.unknown import identity_of, symbol_of, unknown
from leastwise.frontends.terraform.syntax.tree import Expression, ForObject, ForTuple
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import as_boolean, as_key, is_null
from leastwise.source.text import glob_of
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value


class _Element(NamedTuple):
    """Hold one element in the scope in which the body is evaluated; ``sure``: it is kept."""

    scope: Scope
    sure: bool


@dataclass(slots=True, eq=False, repr=False)
class _Walk:
    """Hold the elements to visit, and the scope that stands for those not known."""

    elements: list[_Element]
    rest: Scope | None


def for_tuple(expression: ForTuple, scope: Scope) -> Value:
    """Evaluate ``[for ...]``."""
    collection = scope.state.evaluate(expression.collection, scope)
    result = distribute((collection,), lambda v: _tuple(v[0], expression, scope))
    return _finished(result, expression, scope)


def for_object(expression: ForObject, scope: Scope) -> Value:
    """Evaluate ``{for ...}``."""
    collection = scope.state.evaluate(expression.collection, scope)
    result = distribute((collection,), lambda v: _object(v[0], expression, scope))
    return _finished(result, expression, scope)


def _finished(value: Value | None, expression: Expression, scope: Scope) -> Value:
    if value is None:
        return unknown(scope, expression, "too many cases")
    return checked(value, expression, scope)


def _walk(collection: Value, expression: ForTuple | ForObject, scope: Scope) -> _Walk | None:
    """Bind each element; None when Terraform refuses to iterate over the value."""
    collection = settled(collection, scope.state)
    entries = None if is_null(collection) else entries_of(collection, scope)
    rest = None
    identity = identity_of(scope, expression.collection)
    if entries is None:
        if is_null(collection) or not isinstance(collection, Sequence | Mapping | Unknown):
            scope.state.failures += 1
            return None
        entries = known_entries(collection)
        entry = (unknown_key(collection), any_element(collection), "*")
        rest = _bound(expression, scope, entry, identity)
    elements: list[_Element] = []
    for entry in entries:
        inside = _bound(expression, scope, entry, identity)
        kept = _keeps(expression.condition, inside)
        if kept is not False:
            elements.append(_Element(inside, kept is True))
    if rest is not None and _keeps(expression.condition, rest) is False:
        rest = None
    return _Walk(elements, rest)


def _bound(
    expression: ForTuple | ForObject,
    scope: Scope,
    entry: tuple[Value, Value, str],
    collection: str,
) -> Scope:
    key, value, place = entry
    identity = f"{collection}#{place}"
    bindings = {expression.value: Binding(value, identity)}
    if expression.key is not None:
        bindings[expression.key] = Binding(key, identity)
    return scope.bind(bindings)


def _keeps(condition: Expression | None, scope: Scope) -> bool | None:
    return True if condition is None else as_boolean(scope.state.evaluate(condition, scope))


def _tuple(collection: Value, expression: ForTuple, scope: Scope) -> Value:
    walk = _walk(collection, expression, scope)
    if walk is None:
        return unknown(scope, expression, "not a collection")
    items: list[Value] = []
    globs: list[str] = []
    for element in walk.elements:
        value = scope.state.evaluate(expression.result, element.scope)
        if element.sure:
            items.append(value)
        else:
            globs.append(_glob(value))
    if walk.rest is not None:
        globs.append(_glob(scope.state.evaluate(expression.result, walk.rest)))
    return Sequence(tuple(items), expression.span, _tail(globs, expression, scope))


def _glob(value: Value) -> str:
    match value:
        case Text():
            return glob_of(value)
        case Unknown(symbol=symbol):
            return symbol.glob
        case _:
            return "*"


def _tail(globs: list[str], expression: Expression, scope: Scope) -> Symbol | None:
    """Return the symbol of further elements; they match the glob when all share one."""
    if not globs:
        return None
    return symbol_of(scope, expression, globs[0] if len(set(globs)) == 1 else "*")


def _object(collection: Value, expression: ForObject, scope: Scope) -> Value:
    walk = _walk(collection, expression, scope)
    if walk is None:
        return unknown(scope, expression, "not a collection")
    entries: dict[str, tuple[Text, list[Value]]] = {}
    is_open = walk.rest is not None
    for element in walk.elements:
        key = as_key(scope.state.evaluate(expression.name, element.scope))
        if not element.sure or key is None or key.literal is None:
            # SOUND: such an element may have any key, the known ones included.
            is_open = True
            continue
        value = scope.state.evaluate(expression.result, element.scope)
        known = entries.setdefault(key.literal, (key, []))
        known[1].append(value)
    if any(len(values) > 1 for _, values in entries.values()) and not expression.grouped:
        scope.state.failures += 1
        return unknown(scope, expression, "two elements have the same key")
    return _mapping(entries, is_open, expression, scope)


def _mapping(
    entries: dict[str, tuple[Text, list[Value]]],
    is_open: bool,
    expression: ForObject,
    scope: Scope,
) -> Value:
    tail = symbol_of(scope, expression) if is_open else None
    if not expression.grouped:
        plain = tuple((key, values[0]) for key, values in entries.values())
        return Mapping(plain, expression.span, tail)
    groups = tuple(
        (key, Sequence(tuple(values), expression.span, tail)) for key, values in entries.values()
    )
    return Mapping(groups, expression.span, tail)
