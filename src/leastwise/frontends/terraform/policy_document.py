"""Render ``data.aws_iam_policy_document`` as the AWS provider does, keeping the user's own nodes.

The result is a tree of values in the shape of the JSON, in which every action, ARN and
condition value is the very node of the configuration, so that a finding points at it.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document

Not modelled: the provider's sorting of lists, which changes no meaning, and its errors.
"""

from dataclasses import replace
from typing import NamedTuple

from leastwise.frontends.terraform.attribute import (
    blocks,
    given,
    is_known,
    items_of,
    text_at,
    text_of,
)
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.policy_merge import Documents, merged
from leastwise.source.text import join_pieces, literal_text, slice_piece
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_json", "override_policy_documents")


def document_text(body: Body, scope: str, address: str) -> Text:
    """Return the ``json`` attribute of a document: one ``Encoded`` piece."""
    builder = _Builder(f"{scope}|{address}", address)
    own = builder.document(body)
    documents = Documents(
        sources=tuple(v for name in _SOURCES for v in _merge_items(body, name)),
        own=own,
        overrides=tuple(v for name in _OVERRIDES for v in _merge_items(body, name)),
    )
    return Text((Encoded(merged(documents, builder.symbol("merged"))),), body.span)


def _merge_items(body: Body, name: str) -> tuple[Value, ...]:
    items, tail = items_of(given(body, name))
    return (*items, Unknown(tail)) if tail is not None else items


class _Builder(NamedTuple):
    """Render blocks; ``id`` starts the ids of what is not known about this document."""

    id: str
    address: str

    def symbol(self, part: str) -> Symbol:
        """Return the symbol for an unknown part of the document."""
        return Symbol(f"{self.id}.{part}", f"{self.address}.{part}")

    def document(self, body: Body) -> Mapping:
        """Render the document's own version, id and statements."""
        entries: list[tuple[Text, Value]] = []
        version = given(body, "version") or literal_text("2012-10-17")
        entries.append((literal_text("Version"), version))
        policy_id = given(body, "policy_id")
        if policy_id is not None:
            entries.append((literal_text("Id"), policy_id))
        items: list[Value] = []
        tail: Symbol | None = None
        for index, block in enumerate(blocks(body, "statement")):
            statement = self._statement(block, f"statement[{index}]")
            if not block.maybe:
                items.append(statement)
                continue
            items.append(self._maybe(statement, f"statement[{index}]"))
            if not is_known(statement):
                # SOUND: over-approximates; it may be repeated, each time with other values.
                tail = self.symbol(f"statement[{index}]")
        entries.append((literal_text("Statement"), Sequence(tuple(items), body.span, tail)))
        return Mapping(tuple(entries), body.span)

    def _maybe(self, statement: Mapping, part: str) -> Choice:
        symbol = self.symbol(part)
        present = Assumption(symbol.id, "present", f"{symbol.reference} is present")
        absent = Assumption(symbol.id, "absent", f"{symbol.reference} is absent")
        return Choice(((present, statement), (absent, Scalar(None))), statement.span)

    def _statement(self, block: Body, part: str) -> Mapping:
        effect = given(block, "effect") or literal_text("Allow")
        found: list[tuple[str, Value | None]] = [
            ("Sid", _not_empty(given(block, "sid"))),
            ("Effect", effect),
            ("Action", _not_empty(given(block, "actions"))),
            ("NotAction", _not_empty(given(block, "not_actions"))),
            ("Resource", _live(_not_empty(given(block, "resources")))),
            ("NotResource", _live(_not_empty(given(block, "not_resources")))),
            ("Principal", self._principals(block, "principals", part)),
            ("NotPrincipal", self._principals(block, "not_principals", part)),
            ("Condition", self._conditions(block, part)),
        ]
        entries = tuple((literal_text(key), v) for key, v in found if v is not None)
        return Mapping(entries, block.span)

    def _principals(self, statement: Body, name: str, part: str) -> Value | None:
        """Render principal blocks; one alone of type ``*`` and identifier ``*`` is ``"*"``."""
        found = list(blocks(statement, name))
        if not found:
            return None
        groups: dict[str, list[Value]] = {}
        unknown = self.symbol(f"{part}.{name}")
        tail: Symbol | None = None
        for block in found:
            kind = text_at(block, "type")
            identifiers = _live(given(block, "identifiers"))
            if block.maybe or kind is None or kind.literal is None:
                tail = unknown
            elif identifiers is not None:
                groups.setdefault(kind.literal, []).append(identifiers)
        if len(found) == 1 and tail is None and (anyone := _lone_star(groups)) is not None:
            return anyone
        entries = tuple((literal_text(k), _joined(v, unknown)) for k, v in groups.items())
        span = found[0].span if len(found) == 1 else statement.span
        return Mapping(entries, span, tail)

    def _conditions(self, statement: Body, part: str) -> Mapping | None:
        """Render condition blocks; those of one test and variable share their values."""
        found = list(blocks(statement, "condition"))
        if not found:
            return None
        tests: dict[str, dict[Text, list[Value]]] = {}
        unknown = self.symbol(f"{part}.condition")
        tail: Symbol | None = None
        for block in found:
            test, variable = text_at(block, "test"), text_at(block, "variable")
            values = _live(given(block, "values"))
            known = test is not None and test.literal is not None and variable is not None
            if block.maybe or not known or test is None or variable is None:
                tail = unknown
                continue
            keys = tests.setdefault(test.literal or "", {})
            keys.setdefault(variable, []).append(Sequence(()) if values is None else values)
        entries: list[tuple[Text, Value]] = []
        for test_name, keys in tests.items():
            inner = tuple((key, _joined(values, unknown)) for key, values in keys.items())
            entries.append((literal_text(test_name), Mapping(inner, statement.span)))
        return Mapping(tuple(entries), statement.span, tail)


def _not_empty(value: Value | None) -> Value | None:
    """Drop what the provider does not render: empty lists and the empty string."""
    if isinstance(value, Sequence) and not value.items and value.tail is None:
        return None
    if isinstance(value, Text) and value.literal == "":
        return None
    if isinstance(value, Choice):
        kept = tuple((a, _not_empty(v) or Scalar(None)) for a, v in value.alternatives)
        return replace(value, alternatives=kept)
    return None if value is None else _strings(value)


def _lone_star(groups: dict[str, list[Value]]) -> Value | None:
    if list(groups) != ["*"]:
        return None
    items, tail = items_of(groups["*"][0])
    if len(items) != 1 or tail is not None:
        return None
    only = text_of(items[0])
    return only if only is not None and only.literal == "*" else None


def _joined(values: list[Value], unknown: Symbol) -> Value:
    """Put the lists of several blocks one after the other."""
    if len(values) == 1:
        return _strings(values[0])
    items: list[Value] = []
    tail: Symbol | None = None
    for value in values:
        its_items, its_tail = items_of(_strings(value))
        items += its_items
        if its_tail is not None:
            tail = its_tail if tail is None else unknown
    return Sequence(tuple(items), tail=tail)


def _strings(value: Value) -> Value:
    """Convert numbers and booleans of a list to strings, as the attribute's type does."""
    if not isinstance(value, Sequence):
        return value
    if not any(isinstance(item, Scalar) for item in value.items):
        return value
    texts = ((item, text_of(item) if isinstance(item, Scalar) else None) for item in value.items)
    return replace(value, items=tuple(item if text is None else text for item, text in texts))


def _live(value: Value | None) -> Value | None:
    """Turn ``&{`` into ``${`` in every string, which is how policy variables are written.

    Values without it are returned as they are.
    """
    match value:
        case Text():
            return _live_text(value)
        case Sequence():
            items = tuple(item if (new := _live(item)) is None else new for item in value.items)
            same = all(a is b for a, b in zip(items, value.items, strict=True))
            return value if same else replace(value, items=items)
        case Choice():
            rebuilt = tuple((a, v if (w := _live(v)) is None else w) for a, v in value.alternatives)
            return replace(value, alternatives=rebuilt)
        case _:
            return value


def _live_text(text: Text) -> Text:
    if not any(isinstance(p, Chars) and "&{" in p.text for p in text.pieces):
        return text
    parts = [new for p in text.pieces for new in (_split(p) if isinstance(p, Chars) else (p,))]
    return Text(join_pieces(parts), text.span, derived=True)


def _split(piece: Chars) -> list[Chars]:
    """Replace each ``&{`` of a piece; the two characters map to their place as a whole."""
    parts: list[Chars] = []
    at = 0
    while (found := piece.text.find("&{", at)) != -1:
        written = slice_piece(piece, found, found + 2)
        segments = tuple(Segment(s.start, s.end, s.span, False, s.codecs) for s in written.segments)
        parts += [slice_piece(piece, at, found), Chars("${", segments)]
        at = found + 2
    return [*parts, slice_piece(piece, at, len(piece.text))]
