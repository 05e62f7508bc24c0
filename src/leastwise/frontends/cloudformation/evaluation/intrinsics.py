"""Evaluate the intrinsic functions of a template to values with provenance.

Source: "Intrinsic function reference", AWS CloudFormation template reference. What depends on
the account, another stack, a macro or an attribute that is not modelled becomes ``Unknown``;
``Fn::If`` on a condition that is not known becomes a ``Choice``.

Not modelled: Fn::ForEach, Fn::Cidr, Fn::GetAZs, Fn::Base64 and Fn::Length (always unknown), and
Fn::FindInMap on keys that are not literal.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.evaluation import lookups
from leastwise.frontends.cloudformation.evaluation.conditions import assumptions, truth
from leastwise.frontends.cloudformation.evaluation.substitution import (
    dynamic_references,
    substitution_parts,
)
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_PARTS,
    Scope,
    as_text,
    spell,
    spread,
    unknown,
)
from leastwise.frontends.cloudformation.syntax.yaml_tags import split_attribute
from leastwise.source.text import concat, literal_text, slice_piece
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Value,
)


def evaluate(raw: Value, scope: Scope) -> Value:
    """Return the value of a part of a template; ``ABSENT`` when AWS::NoValue removes it."""
    if scope.depth >= MAX_DEPTH:
        return unknown(scope, raw, "...", "nested too deep to evaluate")
    scope.depth += 1
    try:
        match raw:
            case Text():
                return dynamic_references(raw, scope.id)
            case Sequence():
                return _sequence(raw, scope)
            case Mapping():
                return _mapping(raw, scope)
            case _:
                return raw
    finally:
        scope.depth -= 1


def property_value(properties: Mapping, name: str, scope: Scope) -> Value | None:
    """Return an evaluated property, None when it is missing or removed by AWS::NoValue."""
    raw = properties.get(name)
    value = None if raw is None else evaluate(raw, scope)
    return None if value is ABSENT else value


def _mapping(raw: Mapping, scope: Scope) -> Value:
    if len(raw.entries) == 1:
        name = raw.entries[0][0].literal or ""
        if name == "Ref" or name.startswith("Fn::"):
            return _call(name, raw, scope)
    entries: list[tuple[Text, Value]] = []
    tail = raw.tail
    for key, value in raw.entries:
        if (key.literal or "").startswith("Fn::"):
            # A macro or Fn::ForEach beside ordinary keys adds entries that are not known.
            tail = Symbol(f"{scope.id}|{spell(value)}", key.literal or "")
        else:
            entries.append((dynamic_references(key, scope.id), evaluate(value, scope)))

    def build(values: tuple[Value, ...]) -> Value:
        kept = tuple(
            (key, value)
            for (key, _), value in zip(entries, values, strict=True)
            if value is not ABSENT
        )
        return Mapping(kept, raw.span, tail)

    return _mapping_without_absent(tuple(value for _, value in entries), build, raw, scope)


def _sequence(raw: Sequence, scope: Scope) -> Value:
    """Evaluate the items; one that a condition may remove is null in the world where it does."""
    items = [evaluate(item, scope) for item in raw.items]
    kept = tuple(without_absent(item) for item in items if item is not ABSENT)
    return Sequence(kept, raw.span, raw.tail)


def without_absent(value: Value) -> Value:
    """Write null where a value is removed by AWS::NoValue, also in alternatives."""
    if value is ABSENT:
        return Scalar(None)
    if isinstance(value, Choice) and _may_be_absent(value):
        found = tuple((a, without_absent(v)) for a, v in value.alternatives)
        return Choice(found, value.span)
    return value


def _mapping_without_absent(
    values: tuple[Value, ...],
    build: Callable[[tuple[Value, ...]], Value],
    raw: Value,
    scope: Scope,
) -> Value:
    """Build a mapping in which some entries are there only under a condition.

    Choices between things that are there stay where they are; those that may remove an entry
    make a choice of the whole mapping.
    """
    doubtful = [i for i, value in enumerate(values) if _may_be_absent(value)]
    if not doubtful:
        return build(values)

    def fill(chosen: tuple[Value, ...]) -> Value:
        members = list(values)
        for index, value in zip(doubtful, chosen, strict=True):
            members[index] = value
        return build(tuple(members))

    whole = spread(tuple(values[i] for i in doubtful), fill)
    return whole or unknown(scope, raw, "Fn::If", "more conditions at once than are followed")


def _may_be_absent(value: Value) -> bool:
    if isinstance(value, Choice):
        return any(v is ABSENT or _may_be_absent(v) for _, v in value.alternatives)
    return False


def _call(name: str, raw: Mapping, scope: Scope) -> Value:
    argument = raw.entries[0][1]
    handler = _HANDLERS.get(name)
    result = handler(argument, raw, scope) if handler else None
    if result is None:
        return unknown(scope, raw, name, f"{name} is not evaluated")
    return result


def _ref(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    name = argument.literal if isinstance(argument, Text) else None
    return None if name is None else lookups.ref(name, scope, evaluate, raw.span)


def _get_att(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    if isinstance(argument, Text):
        argument = split_attribute(argument)
    if not isinstance(argument, Sequence) or len(argument.items) < 2:
        return None
    parts = [as_text(evaluate(item, scope)) for item in argument.items]
    words = [part.literal for part in parts if part is not None and part.literal is not None]
    if len(words) != len(parts):
        return None
    return lookups.attribute(words[0], ".".join(words[1:]), scope, evaluate, raw.span)


def _if(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    if not isinstance(argument, Sequence) or len(argument.items) != 3:
        return None
    named, then, otherwise = argument.items
    name = named.literal if isinstance(named, Text) else None
    if name is None:
        return None
    known = truth(name, scope, evaluate)
    if known is not None:
        return evaluate(then if known else otherwise, scope)
    yes, no = assumptions(name, scope)
    alternatives = ((yes, _under(yes, then, scope)), (no, _under(no, otherwise, scope)))
    return Choice(alternatives, raw.span)


def _under(assumption: Assumption, raw: Value, scope: Scope) -> Value:
    """Evaluate a branch in the world of its assumption, so that inner Ifs agree with it."""
    name = assumption.id.removeprefix(f"{scope.id}|condition ")
    before = scope.assumed
    scope.assumed = {**before, name: assumption.outcome}
    try:
        return evaluate(raw, scope)
    finally:
        scope.assumed = before


def _join_texts(values: tuple[Value, ...], raw: Mapping) -> Value | None:
    """Concatenate strings; None when one is not a string, or the result grows out of hand."""
    known: list[Text] = []
    parts = characters = 0
    for value in values:
        text = None if value is ABSENT else as_text(value)
        if text is None:
            if value is ABSENT:
                continue
            return None
        known.append(text)
        parts += 1 + len(text.pieces)
        characters += sum(len(p.text) for p in text.pieces if isinstance(p, Chars))
        if parts > MAX_PARTS or characters > MAX_CHARACTERS:
            return None
    return concat(known, raw.span)


def _sub(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    variables: Value = Mapping(())
    if isinstance(argument, Sequence) and len(argument.items) == 2:
        argument, variables = argument.items
    if not isinstance(argument, Text) or not isinstance(variables, Mapping):
        return None
    values: list[Value] = []
    for part in substitution_parts(argument):
        if len(values) > MAX_PARTS:
            return None
        if isinstance(part, Text):
            values.append(part)
            continue
        given = variables.get(part.name)
        if given is not None:
            values.append(evaluate(given, scope))
        elif "." in part.name:
            logical_id, _, attribute = part.name.partition(".")
            values.append(lookups.attribute(logical_id, attribute, scope, evaluate, part.span))
        else:
            values.append(lookups.ref(part.name, scope, evaluate, part.span))
    result = spread(tuple(values), lambda world: _join_texts(world, raw))
    return dynamic_references(result, scope.id) if isinstance(result, Text) else result


def _join(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return None
    delimiter = argument.items[0].literal if isinstance(argument.items[0], Text) else None
    if delimiter is None:
        return None

    def build(world: tuple[Value, ...]) -> Value | None:
        listed = world[0]
        if not isinstance(listed, Sequence) or listed.tail is not None:
            return None
        return spread(listed.items, lambda items: _joined(items, delimiter, raw))

    result = spread((evaluate(argument.items[1], scope),), build)
    return dynamic_references(result, scope.id) if isinstance(result, Text) else result


def _joined(items: tuple[Value, ...], delimiter: str, raw: Mapping) -> Value | None:
    parts: list[Value] = []
    for item in items:
        if isinstance(item, Scalar) and item.value is None:
            continue
        parts += [literal_text(delimiter), item] if parts else [item]
    return _join_texts(tuple(parts), raw)


def _select(argument: Value, _raw: Mapping, scope: Scope) -> Value | None:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return None
    chosen = as_text(evaluate(argument.items[0], scope))
    number = (chosen.literal if chosen else None) or ""
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        return None

    def build(world: tuple[Value, ...]) -> Value | None:
        listed = world[0]
        if not isinstance(listed, Sequence) or int(number) >= len(listed.items):
            return None
        return listed.items[int(number)]

    return spread((evaluate(argument.items[1], scope),), build)


def _split(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return None
    delimiter = argument.items[0].literal if isinstance(argument.items[0], Text) else None
    text = as_text(evaluate(argument.items[1], scope))
    piece = text.pieces[0] if text is not None and len(text.pieces) == 1 else None
    if not delimiter or not isinstance(piece, Chars):
        return None
    items: list[Value] = []
    start = 0
    for part in piece.text.split(delimiter):
        cut = slice_piece(piece, start, start + len(part))
        items.append(Text((cut,) if part else (), raw.span))
        start += len(part) + len(delimiter)
    return Sequence(tuple(items), raw.span)


def _find_in_map(argument: Value, _raw: Mapping, scope: Scope) -> Value | None:
    if not isinstance(argument, Sequence) or len(argument.items) < 3:
        return None
    keys = [as_text(evaluate(item, scope)) for item in argument.items[:3]]
    name, first, second = (key.literal if key is not None else None for key in keys)
    if name is None or first is None or second is None:
        return None
    table = scope.template.mappings.get(name)
    row = table.get(first) if table is not None else None
    found = row.get(second) if isinstance(row, Mapping) else None
    return None if isinstance(found, Mapping) else found


def _to_json_string(argument: Value, raw: Mapping, scope: Scope) -> Value | None:
    value = evaluate(argument, scope)
    if value is ABSENT or isinstance(value, Scalar):
        return None
    return Text((Encoded(value),), raw.span, derived=True)


_HANDLERS: dict[str, Callable[[Value, Mapping, Scope], Value | None]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::ToJsonString": _to_json_string,
}
