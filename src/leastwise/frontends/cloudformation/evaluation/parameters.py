"""Give the parameters of a stack their values, and its outputs to the stack that nests it.

Source: "Parameters" and "Outputs" in the AWS CloudFormation template reference, and its page on
AWS::CloudFormation::Stack. A default counts as the value and is told; a parameter with
AllowedValues and no default is one of them. The default of an SSM parameter type is the name of
an SSM parameter, not its value. The value of a NoEcho parameter is secret and never used.

Not modelled: AllowedPattern and the bounds of lengths and numbers.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.evaluation.substitution import dynamic_references
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_DEPTH,
    MAX_PARTS,
    Scope,
    as_text,
    world,
)
from leastwise.frontends.cloudformation.scope.uses import again, once
from leastwise.iam.project import VariableUse
from leastwise.source.span import Span
from leastwise.source.text import common_glob, join_pieces, slice_piece, span_of
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_ALLOWED = 16
"""How many allowed values are told apart; of more, only what they have in common is kept."""
MAX_SHOWN = 60
_HOP = 2
"""What it costs in depth to go on in another stack, beside the value itself."""
_SSM_VALUE = "AWS::SSM::Parameter::Value"
_GLOBS = {
    "AWS::EC2::Image::Id": "ami-*",
    "AWS::EC2::Instance::Id": "i-*",
    "AWS::EC2::SecurityGroup::Id": "sg-*",
    "AWS::EC2::Subnet::Id": "subnet-*",
    "AWS::EC2::Volume::Id": "vol-*",
    "AWS::EC2::VPC::Id": "vpc-*",
    "AWS::Route53::HostedZone::Id": "Z*",
}
"""Source: "Supported AWS-specific parameter types", AWS CloudFormation User Guide."""


def parameter(name: str, scope: Scope, span: Span | None = None) -> Value:
    """Return what a parameter is given, else its default, else what is known of its values."""
    declared = scope.template.parameters[name]
    kind = type_of(declared)
    if is_hidden(declared):
        return _unknown(name, scope, "a NoEcho parameter", "*", span)
    if kind.startswith(_SSM_VALUE):
        return _unknown(name, scope, "the value of an SSM parameter", "*", span)
    if name not in scope.given:
        return _own(name, declared, scope, span)
    value = _given(name, scope)
    return _otherwise(_typed(value, name, scope), lambda: _own(name, declared, scope, span))


def output(
    name: str,
    nested: Scope,
    scope: Scope,
    span: Span | None = None,
) -> Value | None:
    """Return an output of a nested stack, as the stack ``scope`` sees it; None: it has none."""
    declared = nested.template.outputs.get(name)
    raw = None if declared is None else declared.get("Value")
    if raw is None:
        return None
    value = _elsewhere(f"output {name}", raw, nested, scope)
    if value is None or value is ABSENT:
        reason = "it depends on itself" if value is None else "it has no value"
        symbol = Symbol(f"{nested.id}|output {name}", name, reason=reason, span=span_of(raw))
        return Unknown(symbol, reason, span)
    return value


def type_of(declared: Mapping) -> str:
    """Return the type of a parameter as it is written."""
    kind = declared.get("Type")
    return (kind.literal or "") if isinstance(kind, Text) else ""


def is_list(kind: str) -> bool:
    """Say whether Ref of a parameter of this type gives a list."""
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def is_hidden(declared: Mapping) -> bool:
    """Say whether a parameter is NoEcho, in any other way than ``false``."""
    value = declared.get("NoEcho")
    text = None if value is None else as_text(value)
    return value is not None and (text is None or (text.literal or "").lower() != "false")


def allowed_values(declared: Mapping) -> tuple[Text, ...]:
    """Return the AllowedValues of a parameter as strings; none when not all are plain."""
    values = declared.get("AllowedValues")
    if not isinstance(values, Sequence):
        return ()
    texts = [as_text(item) for item in values.items if isinstance(item, (Text, Scalar))]
    found = {text.literal: text for text in texts if text is not None and text.literal is not None}
    return tuple(found.values()) if len(texts) == len(values.items) else ()


def default_of(declared: Mapping) -> Text | None:
    """Return the default as a string; one that is none of the allowed values is refused by AWS."""
    default = declared.get("Default")
    text = as_text(default) if isinstance(default, (Text, Scalar)) else None
    return None if text is None or is_refused(text, declared) else text


def is_refused(value: Text, declared: Mapping) -> bool:
    """Say whether a value is none of the allowed ones; of a list, it or each item must be."""
    allowed = {text.literal for text in allowed_values(declared)}
    if not allowed or value.literal is None or value.literal in allowed:
        return False
    items = _items(value) if is_list(type_of(declared)) else (value,)
    return any(item.literal not in allowed for item in items or ())


def shown(text: Text) -> str:
    """Shorten a value for people."""
    words = " ".join((text.literal or "").split())
    return words if len(words) <= MAX_SHOWN else words[: MAX_SHOWN - 3] + "..."


def _own(name: str, declared: Mapping, scope: Scope, span: Span | None) -> Value:
    """Return what the template itself says of a parameter."""
    text = default_of(declared)
    if text is None:
        return _any_of(name, declared, scope, span)
    if scope.parent is None:
        # Of a nested stack a default is like any other constant: nobody is asked for a value.
        scope.used.add(VariableUse(name, shown(text), span_of(text), "default", kind="parameter"))
    return _typed(dynamic_references(text, scope.id), name, scope)


def _any_of(name: str, declared: Mapping, scope: Scope, span: Span | None) -> Value:
    kind = type_of(declared)
    allowed = () if is_list(kind) else allowed_values(declared)
    if not 0 < len(allowed) <= MAX_ALLOWED:
        reason = "a parameter without default"
        return _unknown(name, scope, reason, _glob(allowed, kind), span)
    if len(allowed) == 1:
        return allowed[0]
    key = f"{scope.id}|Ref {name}"
    outcomes = tuple(text.literal or "" for text in allowed)
    taken = scope.assumed.get(key)
    if taken in outcomes:
        return allowed[outcomes.index(taken)]
    worlds = (
        (Assumption(key, outcome, f"parameter {name} is {outcome!r}", outcomes), text)
        for outcome, text in zip(outcomes, allowed, strict=True)
    )
    return Choice(tuple(worlds), span)


def _glob(allowed: tuple[Text, ...], kind: str) -> str:
    """Return what all values match; a glob's own letters in values match themselves too."""
    words = [text.literal or "" for text in allowed]
    return common_glob(words) if words else _GLOBS.get(kind, "*")


def _unknown(name: str, scope: Scope, reason: str, glob: str, span: Span | None) -> Unknown:
    place = span_of(scope.template.parameters[name])
    symbol = Symbol(f"{scope.id}|Ref {name}", name, glob, reason=reason, span=place)
    return Unknown(symbol, reason, span)


def _given(name: str, scope: Scope) -> Value:
    given = scope.given[name]
    scope.used.update(given.uses)
    if given.scope is None:
        return _resolved(given.raw, scope)
    value = _elsewhere(f"Ref {name}", given.raw, given.scope, scope, scope)
    return _unknown(name, scope, "it depends on itself", "*", None) if value is None else value


def _elsewhere(
    key: str,
    raw: Value,
    there: Scope,
    here: Scope,
    keeper: Scope | None = None,
) -> Value | None:
    """Evaluate in another stack, once for each world; None for what asks for itself.

    The depth goes along, so that a way through many stacks ends where one through a deep
    expression does.
    """
    keeping = keeper or there
    memory = (key, world(here) | world(there))
    known = keeping.inputs.get(memory)
    if known is not None:
        again(memory, keeping)
        return known
    depth = max(here.depth, there.depth) + _HOP
    if key in keeping.pending or depth >= MAX_DEPTH:
        return None
    before, assumed = there.depth, there.assumed
    # What is assumed is told apart by stack, so that it holds there as it does here.
    there.depth, there.assumed = depth, assumed | here.assumed
    keeping.pending.add(key)
    try:
        value = once(memory, lambda: there.evaluate(raw), keeping)
    finally:
        keeping.pending.discard(key)
        there.depth, there.assumed = before, assumed
    keeping.inputs[memory] = value
    return value


def _resolved(value: Value, scope: Scope) -> Value:
    match value:
        case Text():
            return dynamic_references(value, scope.id)
        case Scalar():
            return as_text(value) or value
        case Sequence():
            items = tuple(_resolved(item, scope) for item in value.items)
            return Sequence(items, value.span, value.tail)
        case Choice():
            worlds = tuple((a, _resolved(v, scope)) for a, v in value.alternatives)
            return Choice(worlds, value.span)
        case _:
            return value


def _otherwise(value: Value, own: Callable[[], Value]) -> Value:
    """Put the template's own value wherever AWS::NoValue takes away the one given."""
    if value is ABSENT:
        return own()
    if not isinstance(value, Choice):
        return value
    worlds = tuple((a, _otherwise(v, own)) for a, v in value.alternatives)
    return Choice(worlds, value.span)


def _typed(value: Value, name: str, scope: Scope) -> Value:
    """Return a value as its type has it: the text of a list is split at its commas."""
    if isinstance(value, Choice):
        worlds = tuple((a, _typed(v, name, scope)) for a, v in value.alternatives)
        return Choice(worlds, value.span)
    text = as_text(value) if isinstance(value, (Text, Scalar)) else None
    if text is None or not is_list(type_of(scope.template.parameters[name])):
        return text or value
    if len(text.pieces) == 1 and isinstance(text.pieces[0], Symbol):
        return Unknown(text.pieces[0], "a list whose items are not known", text.span)
    items = _items(text)
    if items is None:
        return _unknown(name, scope, f"a list of more than {MAX_PARTS} items", "*", text.span)
    return Sequence(items, text.span)


def _items(text: Text) -> tuple[Text, ...] | None:
    """Split a list parameter at its commas; blanks around an item do not belong to it.

    None when there are too many. SOUND: under-approximates; beside known characters, a piece
    that is not known counts as without commas, as names and ARNs are.
    """
    if not text.pieces:
        return ()
    known = [piece for piece in text.pieces if isinstance(piece, Chars)]
    if sum(piece.text.count(",") for piece in known) >= MAX_PARTS:
        return None
    items: list[list[Piece]] = [[]]
    for piece in text.pieces:
        if not isinstance(piece, Chars):
            items[-1].append(piece)
            continue
        start = 0
        for part in piece.text.split(","):
            if start:
                items.append([])
            items[-1].append(slice_piece(piece, start, start + len(part)))
            start += len(part) + 1
    return tuple(Text(_stripped(item), text.span) for item in items)


def _stripped(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Take the blanks off both ends of an item."""
    first = pieces[0]
    if isinstance(first, Chars):
        blanks = len(first.text) - len(first.text.lstrip())
        pieces[0] = slice_piece(first, blanks, len(first.text))
    last = pieces[-1]
    if isinstance(last, Chars):
        pieces[-1] = slice_piece(last, 0, len(last.text.rstrip()))
    return join_pieces(piece for piece in pieces if not isinstance(piece, Chars) or piece.text)
