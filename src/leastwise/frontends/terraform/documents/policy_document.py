"""Render ``data.aws_iam_policy_document`` as the AWS provider does, keeping the user's own nodes.

The result is a tree of values in the shape of the JSON, in which every action, ARN and
condition value is the very node of the configuration, so that a finding points at it.

Lists that the provider holds as sets (actions, resources, identifiers) are sorted backwards, a
list of one is rendered as the string alone, and the keys of principals and conditions are
sorted; what holds something unknown keeps the order of the source.

Sources: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
and ``internal/service/iam/policy_document_data_source.go`` and ``policy_model.go`` of the provider.

Not modelled: the provider's errors, and the order of several blocks of one principal type or one
condition key, which the provider takes from a hash.
"""

from dataclasses import replace
from typing import NamedTuple

from leastwise.frontends.terraform.attributes.attribute import (
    blocks,
    given,
    is_known,
    items_of,
    literal_at,
    text_at,
    text_of,
)
from leastwise.frontends.terraform.documents.policy_merge import Documents, merged
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.values.conversions import is_null
from leastwise.source.text import (
    display,
    join_pieces,
    literal_text,
    slice_piece,
    text_of_unknown,
)
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Encoded,
    Layout,
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
_OVERRIDES = ("override_policy_documents", "override_json")


def document_text(body: Body, scope: str, address: str, layout: Layout = "indented") -> Text:
    """Return the ``json`` attribute of a document: one ``Encoded`` piece."""
    builder = _Builder(f"{scope}|{address}", address)
    own = builder.document(body)
    documents = Documents(
        sources=tuple(v for name in _SOURCES for v in _merge_items(body, name)),
        own=own,
        overrides=tuple(v for name in _OVERRIDES for v in _merge_items(body, name)),
    )
    return Text((Encoded(merged(documents, builder.symbol("merged")), layout),), body.span)


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
        version = _not_empty(given(body, "version")) or literal_text("2012-10-17")
        entries.append((literal_text("Version"), version))
        policy_id = _not_empty(given(body, "policy_id"))
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
            if block.many and not is_known(statement):
                # SOUND: over-approximates; it may be repeated, each time with other values.
                tail = self.symbol(f"statement[{index}]")
        if items or tail is not None:
            statements = Sequence(tuple(items), body.span, tail)
            entries.append((literal_text("Statement"), statements))
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
            ("Action", _as_set(given(block, "actions"))),
            ("NotAction", _as_set(given(block, "not_actions"))),
            ("Resource", _live(_as_set(given(block, "resources")))),
            ("NotResource", _live(_as_set(given(block, "not_resources")))),
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
        unknown = self.symbol(f"{part}.{name}")
        known: dict[tuple[str, Value], None] = {}
        tail: Symbol | None = None
        for block in found:
            kind = literal_at(block, "type")
            if block.maybe or kind is None:
                tail = unknown
                continue
            identifiers = _live(_set_of(given(block, "identifiers") or Sequence(())))
            known.setdefault((kind, identifiers or Sequence(())))
        if len(known) == 1 and tail is None and (anyone := _lone_star(*known)) is not None:
            return anyone
        groups: dict[str, list[Value]] = {}
        for kind, identifiers in known:
            groups.setdefault(kind, []).append(identifiers)
        span = found[0].span if len(found) == 1 else statement.span
        entries = tuple((literal_text(k), _joined(groups[k], unknown)) for k in sorted(groups))
        return Mapping(entries, span, tail)

    def _conditions(self, statement: Body, part: str) -> Mapping | None:
        """Render condition blocks; those of one test and variable share their values."""
        found = list(blocks(statement, "condition"))
        if not found:
            return None
        unknown = self.symbol(f"{part}.condition")
        known: dict[tuple[str, Text, Value], None] = {}
        tail: Symbol | None = None
        for block in found:
            test, variable = literal_at(block, "test"), text_at(block, "variable")
            if block.maybe or test is None or variable is None:
                tail = unknown
                continue
            values = _live(_strings(given(block, "values") or Sequence(())))
            known.setdefault((test, variable, values or Sequence(())))
        tests: dict[str, dict[Text, list[Value]]] = {}
        for test, variable, values in known:
            tests.setdefault(test, {}).setdefault(variable, []).append(values)
        entries: list[tuple[Text, Value]] = []
        for test, keys in sorted(tests.items()):
            ordered = sorted(keys.items(), key=lambda entry: display(entry[0]))
            inner = tuple((key, _alone(_joined(values, unknown))) for key, values in ordered)
            entries.append((literal_text(test), Mapping(inner, statement.span)))
        return Mapping(tuple(entries), statement.span, tail)


def _as_set(value: Value | None) -> Value | None:
    """Render a set of strings as the provider does; an empty one is left out."""
    kept = _not_empty(value)
    return None if kept is None else _set_of(kept)


def _set_of(value: Value) -> Value:
    """Sort a set of strings backwards, each of them once; one alone is the string itself."""
    if isinstance(value, Choice):
        kept = tuple((a, _set_of(v)) for a, v in value.alternatives)
        return replace(value, alternatives=kept)
    strings = _strings(value)
    if not isinstance(strings, Sequence):
        return strings
    items = tuple(dict.fromkeys(item for item in strings.items if not is_null(item)))
    spelled = [item.literal if isinstance(item, Text) else None for item in items]
    if strings.tail is None and None not in spelled:
        items = tuple(sorted(items, key=_spelled, reverse=True))
    return _alone(strings if items == strings.items else replace(strings, items=items))


def _spelled(item: Value) -> str:
    return (item.literal or "") if isinstance(item, Text) else ""


def _alone(value: Value) -> Value:
    """Return the only string of a list in place of the list."""
    if isinstance(value, Sequence) and value.tail is None and len(value.items) == 1:
        only = value.items[0]
        if isinstance(only, Unknown):
            return text_of_unknown(only)
        return only if isinstance(only, Text) else value
    return value


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


def _lone_star(principal: tuple[str, Value]) -> Value | None:
    kind, identifiers = principal
    anyone = isinstance(identifiers, Text) and identifiers.literal == "*"
    return identifiers if kind == "*" and anyone else None


def _joined(values: list[Value], unknown: Symbol) -> Value:
    """Put the lists of several blocks one after the other."""
    if len(values) == 1:
        return values[0]
    items: list[Value] = []
    tail: Symbol | None = None
    for value in values:
        its_items, its_tail = items_of(value)
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
