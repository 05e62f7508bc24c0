"""Lower the elements of a statement: lists of strings, principals, conditions.

What AWS would refuse is noted and kept as far as it can be; what is not known stays a symbol.
Values here hold no ``Choice``: ``worlds`` took them apart.

Source: "Grammar of the IAM JSON policy language", AWS IAM User Guide.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import get_args

from leastwise.iam.policy import (
    Condition,
    Operator,
    OperatorName,
    Pattern,
    Patterns,
    PrincipalEntry,
    Principals,
    PrincipalType,
    Quantifier,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_write import fresh_symbol
from leastwise.source.span import Span
from leastwise.source.text import display, span_of, text_of_unknown
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_OPERATORS: dict[str, OperatorName] = {
    name.lower(): name for name in get_args(OperatorName) if name != "Unknown"
}
_QUANTIFIERS: dict[str, Quantifier] = {name.lower(): name for name in get_args(Quantifier)}
_PRINCIPAL_TYPES: dict[str, PrincipalType] = {
    "aws": "AWS",
    "service": "Service",
    "federated": "Federated",
    "canonicaluser": "CanonicalUser",
}
_IF_EXISTS = "ifexists"
PRIVATE = "\ue000\ue001"
"""Characters of the Unicode private use area that stand for others in the analyses."""


@dataclass(slots=True, eq=False, repr=False)
class Notes:
    """Collect what is wrong with a document; ``place`` serves values that know no place."""

    place: Span
    found: list[Diagnostic] = field(default_factory=list)

    def warn(self, value: Value | None, message: str, remedy: str) -> None:
        """Note that AWS would refuse what stands at ``value``."""
        span = (span_of(value) if value is not None else None) or self.place
        self.found.append(Diagnostic("warning", "invalid-policy", span, message, remedy))


def pattern_of(text: Text) -> Pattern:
    """Turn a text into a pattern of known characters and symbols."""
    pieces: list[str | Symbol] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                pieces += _without_private(piece.text)
            case Symbol():
                pieces.append(piece)
            case Encoded():
                pieces.append(fresh_symbol(piece.value))
    return Pattern(tuple(pieces), text)


def _without_private(text: str) -> Iterable[str | Symbol]:
    """Take characters that the analyses use for their own ends as not known: AWS has none."""
    if not any(character in text for character in PRIVATE):
        return (text,)
    parts = (Symbol(f"character:{c}", f"U+{ord(c):04X}", "?") if c in PRIVATE else c for c in text)
    return tuple(
        part
        for known, run in groupby(parts, key=lambda p: isinstance(p, str))
        for part in (["".join(map(str, run))] if known else run)
    )


def joined(symbols: Iterable[Symbol]) -> Symbol | None:
    """Return one symbol that stands for all of them together, None for none."""
    unique = list(dict.fromkeys(symbols))
    if len(unique) <= 1:
        return unique[0] if unique else None
    references = ", ".join(s.reference for s in unique)
    return Symbol("+".join(s.id for s in unique), references)


def text_of_scalar(value: Scalar) -> Text:
    """Spell a boolean or number as IAM does where it expects a string (``true``, ``5``)."""
    spelled = str(value.value)
    if isinstance(value.value, bool):
        spelled = spelled.lower()
    return Text((Chars(spelled),), value.span, derived=True)


def patterns(value: Value, notes: Notes, *, negated: bool) -> Patterns:
    """Lower an Action, NotAction, Resource or NotResource element: a string or a list of them."""
    texts, tail = _texts(value, notes, scalars=False)
    globs = tuple(pattern_of(text) for text in texts)
    return Patterns(globs, negated, tail, span_of(value))


def _texts(value: Value, notes: Notes, *, scalars: bool) -> tuple[list[Text], Symbol | None]:
    """Return the strings of an element; an unknown entry is one symbol, which may be a list."""
    texts: list[Text] = []
    tails: list[Symbol] = []
    for item in _flat(value, notes, tails):
        match item:
            case Text():
                texts.append(item)
            case Unknown():
                texts.append(text_of_unknown(item))
            case Choice():
                texts.append(Text((fresh_symbol(item),), item.span))
            case Scalar():
                if not scalars:
                    notes.warn(item, "expected a string, found another type", "quote the value")
                texts.append(text_of_scalar(item))
            case _:
                notes.warn(item, "expected a string, found an object", "write a string")
    return texts, joined(tails)


def _flat(value: Value, notes: Notes, tails: list[Symbol]) -> Iterator[Value]:
    """Yield the items of lists of any depth; null is nothing."""
    if isinstance(value, Sequence):
        if value.tail is not None:
            tails.append(value.tail)
        for item in value.items:
            if isinstance(item, Sequence):
                notes.warn(item, "a list stands inside a list", "flatten the list")
            yield from _flat(item, notes, tails)
    elif not (isinstance(value, Scalar) and value.value is None):
        yield value


def principals(value: Value, notes: Notes, *, negated: bool) -> Principals:
    """Lower a Principal or NotPrincipal element: ``"*"`` or lists by principal type."""
    span = span_of(value)
    if isinstance(value, Unknown):
        return Principals((), negated, value.symbol, span)
    if not isinstance(value, Mapping):
        texts, tail = _texts(value, notes, scalars=False)
        if not isinstance(value, Text):
            notes.warn(value, "expected '*' or an object of principal types", _PRINCIPAL_REMEDY)
        return Principals(tuple(_bare_principal(t, notes) for t in texts), negated, tail, span)
    entries: list[PrincipalEntry] = []
    tails = [value.tail] if value.tail else []
    for key, item in value.entries:
        texts, tail = _texts(item, notes, scalars=True)
        kind = _principal_type(key, notes)
        entries += [PrincipalEntry(kind, pattern_of(text)) for text in texts]
        tails += [tail] if tail else []
    return Principals(tuple(entries), negated, joined(tails), span)


_PRINCIPAL_REMEDY = 'name a type, as in {"AWS": "arn:aws:iam::111122223333:root"}'


def _bare_principal(text: Text, notes: Notes) -> PrincipalEntry:
    literal = text.literal
    if literal == "*":
        return PrincipalEntry("*", pattern_of(text))
    if literal is not None:
        notes.warn(text, f"the principal {literal!r} has no type", _PRINCIPAL_REMEDY)
    return PrincipalEntry("Unknown", pattern_of(text))


def _principal_type(key: Text, notes: Notes) -> PrincipalType:
    literal = key.literal
    if literal is None:
        return "Unknown"
    found = _PRINCIPAL_TYPES.get(literal.lower())
    if found != literal:
        remedy = "use AWS, Service, Federated or CanonicalUser"
        notes.warn(key, f"{literal!r} is not a principal type", remedy)
    return found or "Unknown"


def conditions(value: Value, notes: Notes) -> tuple[tuple[Condition, ...], Symbol | None]:
    """Lower a Condition element; the symbol stands for conditions that are not known."""
    found: list[Condition] = []
    tails: list[Symbol] = []
    for operator_name, block in _entries(value, notes, tails, "the Condition element"):
        operator = operator_of(operator_name, notes)
        inner: list[Symbol] = []
        for key, values in _entries(block, notes, inner, "a condition operator"):
            texts, tail = _texts(values, notes, scalars=True)
            globs = tuple(pattern_of(text) for text in texts)
            place = span_of(key)
            found.append(Condition(operator, pattern_of(key), globs, tail, place, operator_name))
        tails += [_under(operator_name, symbol) for symbol in inner]
    return tuple(found), joined(tails)


def _entries(
    value: Value, notes: Notes, tails: list[Symbol], what: str
) -> tuple[tuple[Text, Value], ...]:
    match value:
        case Mapping():
            tails += [value.tail] if value.tail else []
            return value.entries
        case Unknown():
            tails.append(value.symbol)
        case Choice():
            tails.append(fresh_symbol(value))
        case Scalar() if value.value is None:
            pass
        case _:
            notes.warn(
                value, f"{what} is not an object", 'write {"StringEquals": {"key": "value"}}'
            )
            # SOUND: over-approximates, conditions that can't be read may be any.
            tails.append(fresh_symbol(value))
    return ()


def _under(operator: Text, symbol: Symbol) -> Symbol:
    """Tell the unknown keys of one operator from the same ones under another."""
    return Symbol(f"{fresh_symbol(operator).id}|{symbol.id}", symbol.reference)


def operator_of(text: Text, notes: Notes) -> Operator:
    """Parse a condition operator, as in ``ForAllValues:StringLikeIfExists``, without case.

    Source: "IAM JSON policy elements: Condition operators", AWS IAM User Guide: IfExists goes
    with every operator but Null.
    """
    literal = text.literal
    if literal is None:
        return Operator("Unknown")
    prefix, colon, rest = literal.lower().rpartition(":")
    quantifier = _QUANTIFIERS.get(prefix)
    if_exists = rest.endswith(_IF_EXISTS)
    name = _OPERATORS.get(rest.removesuffix(_IF_EXISTS))
    if name is None or (colon and quantifier is None) or (name == "Null" and if_exists):
        notes.warn(text, f"{display(text)!r} is not a condition operator", "correct its name")
        return Operator("Unknown")
    return Operator(name, quantifier, if_exists)
