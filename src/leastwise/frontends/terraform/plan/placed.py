"""Give the values of a plan the places of the configuration that spells them.

A plan knows what each value is, the configuration where it is written. Where the evaluated
configuration says the same, its own nodes are taken; where it has a symbol, what the plan has
in that place is put there; where both differ, the plan's value points at the nearest place.
"""

from dataclasses import replace

from leastwise.frontends.terraform.plan.shapes import HIDDEN
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span
from leastwise.source.text import join_pieces, span_of
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_SYMBOLS = 16
"""Unknown parts of one string; more of them are not matched."""


def placed(plan: Value, written: Value, place: Span | None) -> Value:
    """Return the plan's value with places of the configuration, of which ``place`` is the last.

    What the plan does not know is what the configuration says of it.
    """
    if isinstance(plan, Unknown):
        return _said(plan, written)
    return fitted(plan, written) or moved(plan, span_of(written) or place)


def _said(plan: Unknown, written: Value) -> Value:
    """Return what the configuration says in the place of what the plan does not tell.

    Of what is sensitive, only what stands in the files is taken: not what a variable was given.
    """
    if plan.reason == HIDDEN and not _is_written(written):
        return moved(plan, span_of(written))
    return written


def _is_written(value: Value) -> bool:
    """Say whether all known characters of a value stand in a file."""
    match value:
        case Text():
            return all(map(_is_written_piece, value.pieces))
        case Sequence():
            return all(map(_is_written, value.items))
        case Mapping():
            return all(_is_written(k) and _is_written(v) for k, v in value.entries)
        case Choice():
            return all(_is_written(v) for _, v in value.alternatives)
        case Scalar() | Unknown():
            return value.span is not None


def _is_written_piece(piece: Piece) -> bool:
    match piece:
        case Chars():
            return sum(s.end - s.start for s in piece.segments) == len(piece.text)
        case Encoded():
            return _is_written(piece.value)
        case Symbol():
            return True


def fitted(plan: Value, written: Value) -> Value | None:
    """Return the plan's value as the configuration spells it, or None when it says otherwise."""
    if isinstance(plan, Unknown):
        return _said(plan, written)
    match written:
        case Choice():
            found = (fitted(plan, value) for _, value in written.alternatives)
            return next((one for one in found if one is not None), None)
        case Unknown():
            return moved(plan, written.span)
        case Text():
            return _text(plan, written)
        case Scalar():
            same = isinstance(plan, Scalar) and plan.value == written.value
            return written if same else _spelled(plan, written)
        case Sequence():
            return _sequence(plan, written)
        case Mapping():
            return _mapping(plan, written)


def _spelled(plan: Value, written: Scalar) -> Value | None:
    """Match a string of the plan with the number or boolean it was converted from."""
    if not isinstance(plan, Text) or written.value is None:
        return None
    spelled = str(written.value)
    if isinstance(written.value, bool):
        spelled = spelled.lower()
    return moved(plan, written.span) if plan.literal == spelled else None


def _text(plan: Value, written: Text) -> Value | None:
    if isinstance(plan, Sequence) and len(plan.items) == 1 and plan.tail is None:
        only = fitted(plan.items[0], written)
        return None if only is None else replace(plan, items=(only,), span=written.span)
    if not isinstance(plan, Text) or plan.literal is None:
        return None
    if plan.literal == written.literal:
        return written
    return _with_symbols(plan.literal, written) or _document(plan, written)


def _with_symbols(spelled: str, written: Text) -> Text | None:
    """Put what the plan has in the place of symbols; each takes the shortest that fits."""
    symbols = sum(isinstance(piece, Symbol) for piece in written.pieces)
    if not 0 < symbols <= MAX_SYMBOLS or any(isinstance(p, Encoded) for p in written.pieces):
        return None
    found: list[Piece] = []
    at = 0
    open_at: int | None = None
    last = len(written.pieces) - 1
    for index, piece in enumerate(written.pieces):
        if not isinstance(piece, Chars):
            open_at = at if open_at is None else open_at
            continue
        start = at
        if open_at is not None:
            where = spelled.rfind if index == last else spelled.find
            start = where(piece.text, at)
        if start < at or not spelled.startswith(piece.text, start):
            return None
        found += [Chars(spelled[at:start]), piece]
        at, open_at = start + len(piece.text), None
    if open_at is not None:
        found.append(Chars(spelled[at:]))
        at = len(spelled)
    if at != len(spelled):
        return None
    return Text(join_pieces(found), written.span, derived=True)


def _document(plan: Text, written: Text) -> Text | None:
    """Match two spellings of one JSON document, node by node."""
    literal = (plan.literal or "").lstrip()
    if not literal.startswith(("{", "[")):
        return None
    wanted = parse_json(plan, path="")
    spelled = decoded(written)
    if isinstance(wanted, Diagnostic) or spelled is None:
        return None
    return Text((Encoded(placed(wanted, spelled, written.span)),), written.span, derived=True)


def decoded(text: Text) -> Value | None:
    """Return the JSON value that a text of the configuration encodes; None when it is none."""
    if len(text.pieces) == 1 and isinstance(text.pieces[0], Encoded):
        return text.pieces[0].value
    read = parse_json(text, path=text.span.path if text.span else "")
    return None if isinstance(read, Diagnostic) else read


def _sequence(plan: Value, written: Sequence) -> Value | None:
    if not isinstance(plan, Sequence):
        # The provider renders a list of one as the value itself.
        if len(written.items) == 1:
            return fitted(plan, written.items[0])
        return None
    left = list(written.items)
    found = [None if isinstance(item, Unknown) else _taken(item, left) for item in plan.items]
    known = [f for f, item in zip(found, plan.items, strict=True) if not isinstance(item, Unknown)]
    exact = None not in known
    if not exact and left:
        return None
    items: list[Value] = []
    for match, item in zip(found, plan.items, strict=True):
        if match is None and isinstance(item, Unknown) and exact and left:
            match = _said(item, left.pop(0))  # noqa: PLW2901
        items.append(match or moved(item, written.span))
    return Sequence(tuple(items), written.span, plan.tail)


def _taken(item: Value, left: list[Value]) -> Value | None:
    """Take the first of the written items that an item fits; the known ones come first."""
    for known in (True, False):
        for index, one in enumerate(left):
            if isinstance(one, Unknown) == known:
                continue
            found = fitted(item, one)
            if found is not None:
                del left[index]
                return found
    return None


def _mapping(plan: Value, written: Mapping) -> Value | None:
    """Match objects: what both spell must fit, what one leaves out is as good as null."""
    if isinstance(plan, Sequence) and len(plan.items) == 1:
        only = fitted(plan.items[0], written)
        return None if only is None else replace(plan, items=(only,), span=written.span)
    if not isinstance(plan, Mapping):
        return None
    entries: list[tuple[Text, Value]] = []
    for key, item in plan.entries:
        found = _entry(key, written)
        if found is None:
            entries.append((_moved_text(key, written.span), moved(item, written.span)))
            continue
        match = fitted(item, found[1])
        if match is None:
            return None
        entries.append((found[0], match))
    if not _covers(plan, written):
        return None
    return Mapping(tuple(entries), written.span, plan.tail)


def _entry(key: Text, written: Mapping) -> tuple[Text, Value] | None:
    for name, value in written.entries:
        if name.literal == key.literal:
            return name, value
    for name, value in written.entries:
        spelled = None if name.literal is not None else _with_symbols(key.literal or "", name)
        if spelled is not None:
            return spelled, value
    return None


def _covers(plan: Mapping, written: Mapping) -> bool:
    """Say whether the plan has all that the configuration spells and that is not empty."""
    names = {key.literal for key, _ in plan.entries}
    return all(
        key.literal is None or key.literal in names or _may_be_empty(value)
        for key, value in written.entries
    )


def _may_be_empty(value: Value) -> bool:
    match value:
        case Scalar():
            return value.value is None
        case Sequence():
            return not value.items
        case Text():
            return value.literal is None or not value.literal
        case Choice() | Unknown():
            return True
        case Mapping():
            return not value.entries


def moved(value: Value, span: Span | None) -> Value:
    """Return a value all of which points at one place."""
    if span is None:
        return value
    match value:
        case Text():
            return _moved_text(value, span)
        case Sequence():
            return replace(value, items=tuple(moved(i, span) for i in value.items), span=span)
        case Mapping():
            entries = tuple((_moved_text(k, span), moved(v, span)) for k, v in value.entries)
            return Mapping(entries, span, value.tail)
        case Choice():
            inner = tuple((a, moved(v, span)) for a, v in value.alternatives)
            return replace(value, alternatives=inner, span=span)
        case _:
            return replace(value, span=span)


def _moved_text(text: Text, span: Span | None) -> Text:
    if span is None:
        return text
    pieces = tuple(
        Chars(p.text, (Segment(0, len(p.text), span, exact=False),)) if isinstance(p, Chars) else p
        for p in text.pieces
    )
    return Text(pieces, span, derived=True)
