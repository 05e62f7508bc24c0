"""Take attribute, index and splat steps into values."""

from typing import Literal

from leastwise.frontends.terraform.evaluation.items import any_element, rest_of
from leastwise.frontends.terraform.evaluation.objects import attribute_of, member_of
from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.scope.unknown import symbol_of, unknown
from leastwise.frontends.terraform.syntax.tree import (
    AttributeStep,
    Expression,
    IndexStep,
    SplatStep,
    Step,
    Traversal,
)
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import as_integer, is_null, literal
from leastwise.frontends.terraform.values.open_lists import item_at
from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.span import Span
from leastwise.source.text import glob_of, literal_text
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def take_steps(
    value: Value, steps: tuple[Step, ...], expression: Expression, scope: Scope
) -> Value:
    """Return what a value leads to after all steps."""
    for step in steps:
        here = _up_to(step, expression)
        match step:
            case AttributeStep(name=name):
                value = _in_worlds(value, literal_text(name), here, scope)
            case IndexStep(key=key):
                value = _in_worlds(value, scope.state.evaluate(key, scope), here, scope)
            case SplatStep(steps=inner):
                value = _splat(value, inner, expression, scope)
    return value


def _up_to(step: Step, expression: Expression) -> Expression:
    """Return the part of an expression that ends with a step: what it leads to has that name."""
    end = step.span.end
    if not isinstance(expression, Traversal) or end >= expression.span.end:
        return expression
    span = expression.span
    taken = tuple(s for s in expression.steps if s.span.start < end)
    return Traversal(expression.source, taken, Span(span.path, span.start, end))


def _in_worlds(value: Value, key: Value, expression: Expression, scope: Scope) -> Value:
    if not isinstance(value, Choice) and not isinstance(key, Choice):
        return _element(value, key, expression, scope)
    result = distribute((value, key), lambda v: _element(v[0], v[1], expression, scope))
    return unknown(scope, expression, "too many cases") if result is None else result


def _element(value: Value, key: Value, expression: Expression, scope: Scope) -> Value:
    """Return the element that a key names, or Unknown."""
    match value:
        case Mapping():
            return _of_mapping(value, key, expression, scope)
        case Sequence():
            return _of_sequence(value, key, expression, scope)
        case Unknown():
            return _of_unknown(value, key, expression, scope)
        case _:
            return _refused(expression, scope, "the value has no elements")


def _refused(expression: Expression, scope: Scope, reason: str) -> Value:
    scope.state.failures += 1
    return unknown(scope, expression, reason)


def _of_mapping(value: Mapping, key: Value, expression: Expression, scope: Scope) -> Value:
    name = literal(key)
    if name is None:
        scope.state.doubts += 1
        return _of_open_key(value, key, expression, scope)
    found = value.get(name)
    if found is not None:
        return found
    if value.tail is None:
        return _refused(expression, scope, f"there is no {name!r}")
    handle = scope.state.handles.get(value.tail.id)
    if handle is None:
        scope.state.doubts += 1
        return _part(value.tail, f".{name}", expression, "not known")
    if handle.collection:
        return member_of(handle, key, scope.state)
    return attribute_of(handle, name, expression, scope)


def _of_open_key(value: Mapping, key: Value, expression: Expression, scope: Scope) -> Value:
    """Return what a key that is not known may name: one of the entries where all are known."""
    handle = None if value.tail is None else scope.state.handles.get(value.tail.id)
    if handle is not None and handle.collection:
        return member_of(handle, key, scope.state)
    names = [name.literal for name, _ in value.entries]
    symbol = key.symbol if isinstance(key, Unknown) else None
    if (
        symbol is None
        or value.tail is not None
        or None in names
        or not 0 < len(names) <= MAX_WORLDS
    ):
        return unknown(scope, expression, "the key is not known", because=(key, value))
    alternatives = tuple(
        (Assumption(symbol.id, str(name), f"{symbol.reference} is {name!r}"), entry)
        for name, (_, entry) in zip(names, value.entries, strict=True)
    )
    return alternatives[0][1] if len(alternatives) == 1 else Choice(alternatives, expression.span)


def _of_sequence(value: Sequence, key: Value, expression: Expression, scope: Scope) -> Value:
    if value.is_set:
        return _refused(expression, scope, "the elements of a set have no index")
    index = as_integer(key)
    if value.tail is not None:
        scope.state.doubts += 1
        handle = scope.state.handles.get(value.tail.id)
        open_to_all = handle is not None and handle.collection and not value.items
        if handle is not None and (index is not None or open_to_all):
            return member_of(handle, key, scope.state)
        found = None if index is None else item_at(value, index)
        if found is not None:
            return found
        # SOUND: the unknown elements may stand before the known ones.
        return unknown(scope, expression, "the list is not wholly known", because=(value,))
    if index is None:
        if isinstance(key, Unknown) and 0 < len(value.items) <= MAX_WORLDS:
            scope.state.doubts += 1
            return _any_item(value, key, expression)
        if isinstance(key, Unknown) or literal(key) is None:
            scope.state.doubts += 1
            return unknown(scope, expression, "the index is not known", because=(key,))
        return _refused(expression, scope, "a list has no attributes")
    if 0 <= index < len(value.items):
        return value.items[index]
    return _refused(expression, scope, "the index is out of range")


def _any_item(value: Sequence, key: Unknown, expression: Expression) -> Value:
    """Return what an index that is not known may name: one of the items."""
    symbol = key.symbol
    alternatives = tuple(
        (Assumption(symbol.id, str(index), f"{symbol.reference} is {index}"), item)
        for index, item in enumerate(value.items)
    )
    return alternatives[0][1] if len(alternatives) == 1 else Choice(alternatives, expression.span)


def _of_unknown(value: Unknown, key: Value, expression: Expression, scope: Scope) -> Value:
    scope.state.doubts += 1
    handle = scope.state.handles.get(value.symbol.id)
    name = literal(key)
    if handle is not None and name is not None:
        return attribute_of(handle, name, expression, scope)
    if name is None:
        return unknown(scope, expression, value.reason, because=(value,))
    suffix = f"[{name}]" if isinstance(key, Scalar) else f".{name}"
    return _part(value.symbol, suffix, expression, value.reason)


def _part(symbol: Symbol, suffix: str, expression: Expression, reason: str) -> Unknown:
    """Name a part of an unknown value after the whole, so that it is equal everywhere."""
    identity, reference = f"{symbol.id}{suffix}", f"{symbol.reference}{suffix}"
    part = Symbol(identity, reference, reason=reason, span=symbol.span, cause=symbol.cause)
    return Unknown(part, reason, expression.span)


def _splat(value: Value, steps: tuple[Step, ...], expression: Expression, scope: Scope) -> Value:
    result = distribute((value,), lambda v: _splat_one(v[0], steps, expression, scope))
    return unknown(scope, expression, "too many cases") if result is None else result


def _splat_one(
    value: Value, steps: tuple[Step, ...], expression: Expression, scope: Scope
) -> Value:
    """Apply the steps to each element; null has none, a single value is one."""
    if is_null(value):
        return Sequence((), expression.span)
    if isinstance(value, Unknown) or (isinstance(value, Sequence) and value.tail is not None):
        return _splat_open(value, steps, expression, scope)
    elements = value.items if isinstance(value, Sequence) else (value,)
    items = tuple(take_steps(element, steps, expression, scope) for element in elements)
    is_list = isinstance(value, Sequence) and value.kind != "tuple"
    return Sequence(items, expression.span, None, "list" if is_list else "tuple")


def _splat_open(
    value: Unknown | Sequence, steps: tuple[Step, ...], expression: Expression, scope: Scope
) -> Value:
    scope.state.doubts += 1
    known = value.items if isinstance(value, Sequence) else ()
    items = tuple(take_steps(element, steps, expression, scope) for element in known)
    handle = scope.state.handles.get(rest_of(value).id)
    rest: Value = any_element(value)
    if handle is not None and handle.collection:
        rest = member_of(handle, None, scope.state)
    each = take_steps(rest, steps, expression, scope)
    glob = "*"
    if isinstance(each, Text):
        glob = glob_of(each)
    elif isinstance(each, Unknown):
        glob = each.symbol.glob
    kind: Literal["list", "tuple"] = (
        "list" if isinstance(value, Sequence) and value.kind != "tuple" else "tuple"
    )
    place = value.open_at if isinstance(value, Sequence) and items else 0
    return Sequence(items, expression.span, symbol_of(scope, expression, glob), kind, place)
