"""Merge policy documents by Sid, as ``source_policy_documents`` and its like do.

A document is added to those before it: a statement whose Sid is there already takes the place
of that statement, every other one is added at the end; the higher Version wins. Two sources
with one Sid are an error of the provider; both statements are kept here.

Sources: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
and ``internal/service/iam/policy_model.go`` of the provider.
"""

from dataclasses import replace
from typing import NamedTuple

from leastwise.frontends.terraform.documents.policy_reading import as_read
from leastwise.frontends.terraform.values.conversions import is_null
from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.text import display, literal_text
from leastwise.source.value import (
    Assumption,
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

MAX_STATEMENTS = 1000
"""More than AWS accepts anywhere; documents that include each other twice grow without end."""

_ORDER = ("Version", "Id", "Statement")


class Documents(NamedTuple):
    """Hold what is merged, in this order; a value that is no document yet is JSON text."""

    sources: tuple[Value, ...]
    own: Mapping
    overrides: tuple[Value, ...]


def merged(documents: Documents, unknown: Symbol) -> Value:
    """Return the merged document; ``unknown`` stands for what a part adds that is not known.

    A part that is one of several alternatives makes the whole a ``Choice``, at most 16.
    """
    return _merged(documents, unknown, MAX_WORLDS)


def _merged(documents: Documents, unknown: Symbol, worlds: int) -> Value:
    parts = (*documents.sources, documents.own, *documents.overrides)
    choice = next((p for p in map(_opened, parts) if isinstance(p, Choice)), None)
    if choice is None:
        return replace(_fold(documents, unknown), span=documents.own.span)
    share = worlds // max(1, len(choice.alternatives))
    if share == 0:
        # SOUND: over-approximates; beyond the limit, a part with alternatives is unknown.
        fixed = Documents(
            tuple(_without_choice(p, unknown) for p in documents.sources),
            documents.own,
            tuple(_without_choice(p, unknown) for p in documents.overrides),
        )
        return replace(_fold(fixed, unknown), span=documents.own.span)
    alternatives = []
    for assumption, _ in choice.alternatives:
        chosen = Documents(
            tuple(_choose(p, assumption) for p in documents.sources),
            documents.own,
            tuple(_choose(p, assumption) for p in documents.overrides),
        )
        alternatives.append((assumption, _merged(chosen, unknown, share)))
    return Choice(tuple(alternatives), choice.span)


def _opened(value: Value) -> Value:
    """Return the document inside encoded JSON, or the value itself."""
    if isinstance(value, Text) and len(value.pieces) == 1 and isinstance(value.pieces[0], Encoded):
        return value.pieces[0].value
    return value


def _choose(part: Value, assumption: Assumption) -> Value:
    """Settle the choices of a part that rest on the same test."""
    inner = _opened(part)
    if not isinstance(inner, Choice) or inner.alternatives[0][0].id != assumption.id:
        return part
    for its_assumption, value in inner.alternatives:
        if its_assumption == assumption:
            return _choose(value, assumption)
    return part


def _without_choice(part: Value, unknown: Symbol) -> Value:
    return Unknown(unknown) if isinstance(_opened(part), Choice) else part


def _fold(documents: Documents, unknown: Symbol) -> Mapping:
    result = Mapping(())
    for part in documents.sources:
        result = _add(result, _read(part, unknown), unknown, replacing=False)
    result = _add(result, documents.own, unknown)
    for part in documents.overrides:
        result = _add(result, _read(part, unknown), unknown)
    return result


def _read(part: Value, unknown: Symbol) -> Mapping:
    """Return a part as a document; one that can't be read has unknown statements."""
    value = _opened(part)
    if isinstance(value, Scalar) and value.value is None:
        return Mapping(())
    if isinstance(value, Text):
        if value.literal == "":
            return Mapping(())
        read = parse_json(value, path=value.span.path if value.span else "")
        value = Unknown(unknown) if isinstance(read, Diagnostic) else read
    if isinstance(value, Mapping):
        return as_read(value)
    tail = value.symbol if isinstance(value, Unknown) else unknown
    return Mapping(((literal_text("Statement"), Sequence((), value.span, tail)),))


def _add(first: Mapping, second: Mapping, unknown: Symbol, *, replacing: bool = True) -> Mapping:
    """Add the second document to the first."""
    entries = dict(_named(first))
    for key, value in _named(second).items():
        if key == "Version":
            entries[key] = _later(entries.get(key), value)
        elif key == "Statement" and key in entries:
            entries[key] = _statements(entries[key], value, unknown, replacing=replacing)
        else:
            entries[key] = value
    tail = first.tail if first.tail is not None else second.tail
    ordered = tuple((literal_text(key), entries[key]) for key in _ORDER if key in entries)
    return Mapping(ordered, tail=tail)


def _named(document: Mapping) -> dict[str, Value]:
    return {key.literal: value for key, value in document.entries if key.literal is not None}


def _later(first: Value | None, second: Value) -> Value:
    """Return the higher Version; ``2012-10-17`` is the highest there is."""
    if first is None:
        return second
    left = first.literal if isinstance(first, Text) else None
    right = second.literal if isinstance(second, Text) else None
    if left is None or right is None:
        return first if left == "2012-10-17" else second
    return first if left > right else second


def _statements(first: Value, second: Value, unknown: Symbol, *, replacing: bool) -> Sequence:
    base, added = _sequence(first, unknown), _sequence(second, unknown)
    items = list(base.items)
    if replacing:
        names = [sid for new in added.items if (sid := _sid(new)) is not None]
        any_of_them = added.tail is not None or any(map(_is_unknown, names))
        items = [
            _perhaps_replaced(old, unknown)
            if any_of_them or (names and _is_unknown(_sid(old)))
            else old
            for old in items
        ]
    places: dict[Value, int] = {}
    if replacing:
        places = {sid: i for i, old in enumerate(items) if (sid := _sid(old)) is not None}
    for statement in added.items:
        sid = _sid(statement)
        if sid is not None and sid in places:
            items[places[sid]] = _in_place_of(items[places[sid]], statement)
            continue
        if sid is not None and replacing:
            places[sid] = len(items)
        items.append(statement)
    tail = base.tail if added.tail is None else added.tail
    if len(items) > MAX_STATEMENTS:
        items, tail = items[:MAX_STATEMENTS], unknown
    return replace(base, items=tuple(items), span=added.span or base.span, tail=tail)


def _sequence(value: Value, unknown: Symbol) -> Sequence:
    match value:
        case Sequence():
            return value
        case Mapping():
            return Sequence((value,), value.span)
        case Unknown():
            return Sequence((), value.span, value.symbol)
        case _:
            return Sequence((), value.span, unknown)


def _in_place_of(old: Value, new: Value) -> Value:
    """Return a statement that replaces another, which stays where the new one is absent."""
    if not isinstance(new, Choice):
        return new
    return replace(
        new, alternatives=tuple((a, old if is_null(v) else v) for a, v in new.alternatives)
    )


def _sid(statement: Value) -> Value | None:
    """Return the Sid of a statement: of a choice the one they share, else it; None when empty."""
    match statement:
        case Mapping():
            sid = statement.get("Sid")
            return None if isinstance(sid, Text) and sid.literal == "" else sid
        case Choice():
            found = {_sid(value) for _, value in statement.alternatives if not is_null(value)}
            return next(iter(found), None) if len(found) < 2 else statement
        case _:
            return None


def _is_unknown(sid: Value | None) -> bool:
    return sid is not None and not (isinstance(sid, Text) and sid.literal is not None)


def _perhaps_replaced(statement: Value, unknown: Symbol) -> Value:
    """Let go of a statement that a later one with an unknown Sid may replace.

    SOUND: neither an Allow nor a Deny counts as certain.
    """
    sid = _sid(statement)
    if sid is None or not isinstance(statement, Mapping):
        return statement
    name = display(sid) if isinstance(sid, Text) else "a statement"
    test = f"{unknown.id}.replaced.{name}"
    kept = Assumption(test, "kept", f"{unknown.reference} keeps {name}")
    gone = Assumption(test, "replaced", f"{unknown.reference} replaces {name}")
    return Choice(((kept, statement), (gone, Scalar(None))), statement.span)
