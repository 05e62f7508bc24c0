"""Fn::Sub, Fn::Join, Fn::Split, Fn::Base64 and Fn::ToJsonString.

Sources: the pages of these functions in the AWS CloudFormation template reference.
"""

from leastwise.frontends.cloudformation.evaluation import lookups
from leastwise.frontends.cloudformation.evaluation.alphabets import lacks
from leastwise.frontends.cloudformation.evaluation.call import TOO_MANY_WORLDS, Call
from leastwise.frontends.cloudformation.evaluation.substitution import (
    dynamic_references,
    substitution_parts,
)
from leastwise.frontends.cloudformation.evaluation.worlds import is_null, merged, spread
from leastwise.frontends.cloudformation.scope.state import ABSENT, MAX_PARTS, Scope, as_text
from leastwise.source.text import concat, literal_text, slice_piece
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)


def sub(call: Call) -> Value:
    """Replace the placeholders of a string by variables of the call, references or attributes."""
    spelled, variables = call.argument, Mapping(())
    pair = call.items(2)
    if pair:
        spelled, given = pair
        if not isinstance(given, Mapping):
            return call.misused()
        variables = given
    if not isinstance(spelled, Text):
        return call.misused()
    values: list[Value] = []
    for part in substitution_parts(spelled):
        if len(values) > MAX_PARTS:
            return call.unknown("it is too long to be a policy")
        if isinstance(part, Text):
            values.append(part)
            continue
        given_value = variables.get(part.name)
        if given_value is not None:
            values.append(call.evaluate(given_value))
        elif "." in part.name:
            logical_id, _, attribute = part.name.partition(".")
            values.append(lookups.attribute(logical_id, attribute, call.scope, part.span))
        else:
            values.append(lookups.ref(part.name, call.scope, part.span))
    return _everywhere(tuple(values), call)


def _everywhere(values: tuple[Value, ...], call: Call) -> Value:
    """Concatenate in each world; choices that make too many worlds are taken as not known."""
    result = spread(values, call.joined)
    if result is None:
        flat = (merged(v, TOO_MANY_WORLDS) if isinstance(v, Choice) else v for v in values)
        result = call.joined(tuple(flat))
    return _resolved(result, call.scope)


def _resolved(value: Value, scope: Scope) -> Value:
    if isinstance(value, Choice):
        found = tuple((a, _resolved(v, scope)) for a, v in value.alternatives)
        return Choice(found, value.span)
    return dynamic_references(value, scope.id) if isinstance(value, Text) else value


def join(call: Call) -> Value:
    """Put a delimiter between the strings of a list; those that NoValue removes are left out."""
    pair = call.items(2)
    delimiter = call.text(pair[0]) if pair else None
    if delimiter is None:
        return call.misused()
    between = delimiter

    def build(world: tuple[Value, ...]) -> Value:
        listed = world[0]
        if isinstance(listed, Unknown):
            return call.unknown(f"the list that is joined is not known: {listed.reason}")
        if not isinstance(listed, Sequence):
            return call.misused()
        if listed.tail is not None:
            return call.unknown("the list that is joined is not known as a whole")
        return _everywhere_joined(listed.items, between, call)

    result = spread((call.evaluate(pair[1]),), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def _everywhere_joined(items: tuple[Value, ...], delimiter: Text, call: Call) -> Value:
    def build(world: tuple[Value, ...]) -> Value:
        parts: list[Value] = []
        for item in world:
            if item is not ABSENT and not is_null(item):
                parts += [delimiter, item] if parts else [item]
        return call.joined(tuple(parts))

    result = spread(items, build)
    if result is None:
        doubtful = any(isinstance(item, Choice) and _may_vanish(item) for item in items)
        if doubtful:
            return call.unknown(TOO_MANY_WORLDS)
        result = build(
            tuple(merged(v, TOO_MANY_WORLDS) if isinstance(v, Choice) else v for v in items)
        )
    return _resolved(result, call.scope)


def _may_vanish(value: Value) -> bool:
    if isinstance(value, Choice):
        return any(_may_vanish(v) for _, v in value.alternatives)
    return value is ABSENT or is_null(value)


def split(call: Call) -> Value:
    """Split a string at a delimiter, as far as it is known where the delimiter is."""
    pair = call.items(2)
    delimiter = call.text(pair[0]) if pair else None
    if delimiter is None or not delimiter.literal:
        return call.misused()
    mark = delimiter.literal

    def build(world: tuple[Value, ...]) -> Value:
        text = None if world[0] is ABSENT else as_text(world[0])
        return call.misused() if text is None else _split(text, mark, call)

    result = spread((call.evaluate(pair[1]),), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def _split(text: Text, mark: str, call: Call) -> Value:
    """Split the known characters; a piece that may hold the delimiter ends what is known.

    SOUND: the item that such a piece is in may end within the piece, and so is only begun.
    """
    items: list[list[Piece]] = [[]]
    tail: Symbol | None = None
    for piece in text.pieces:
        if not isinstance(piece, Chars):
            if not isinstance(piece, Symbol) or not lacks(piece, mark):
                reason = f"{call.name} does not know where a part that is not known is split"
                tail = call.unknown(reason).symbol
                break
            items[-1].append(piece)
            continue
        start = 0
        for index, part in enumerate(piece.text.split(mark)):
            if index:
                items.append([])
            if part:
                items[-1].append(slice_piece(piece, start, start + len(part)))
            start += len(part) + len(mark)
            if len(items) > MAX_PARTS:
                return call.unknown("it is too long to be a policy")
    if tail is not None:
        first = Symbol(f"{tail.id}|{len(items)}", call.name, reason=tail.reason, span=tail.span)
        items[-1].append(first)
    found = tuple(Text(tuple(pieces), text.span, text.derived) for pieces in items)
    return Sequence(found, call.raw.span, tail)


def base64(call: Call) -> Value:
    """Encode a string; one that is not known as a whole is not known at all."""

    def build(world: tuple[Value, ...]) -> Value:
        text = None if world[0] is ABSENT else as_text(world[0])
        if text is None:
            return call.misused()
        if text.literal is None:
            return call.unknown("a string is encoded of which a part is not known")
        from base64 import b64encode

        data = text.literal.encode("utf-8", "replace")
        encoded = literal_text(b64encode(data).decode("ascii"), span=call.raw.span)
        return concat([encoded, Text((), derived=True)], call.raw.span)

    result = spread((call.evaluate(call.argument),), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def to_json_string(call: Call) -> Value:
    """Spell an object or a list as JSON, on one line and in its own order."""

    def build(world: tuple[Value, ...]) -> Value:
        value = world[0]
        if value is ABSENT or isinstance(value, (Scalar, Text)):
            return call.misused()
        if isinstance(value, Unknown):
            return call.unknown(f"what is spelled as JSON is not known: {value.reason}")
        return Text((Encoded(value, "compact"),), call.raw.span, derived=True)

    result = spread((call.evaluate(call.argument),), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result
