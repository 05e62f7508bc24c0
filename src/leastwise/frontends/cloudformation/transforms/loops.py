"""Unroll Fn::ForEach, as the transform AWS::LanguageExtensions does before anything is evaluated.

Source: "Fn::ForEach" in the AWS CloudFormation template reference. A loop is a key
``Fn::ForEach::Name`` of Resources, Conditions, Outputs or a property, over an identifier, a
collection and a fragment. In the fragment ``${Identifier}``, and a Ref of it, is the item;
``&{Identifier}`` is the item without what is no letter or digit. What is generated points to
the fragment.

SOUND: a loop over a collection that is not known is not unrolled at all, which is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.evaluation.mentions import evaluated_sections, mappings
from leastwise.frontends.cloudformation.syntax.template import LOOP, Template, template_of
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import join_pieces, literal_text, slice_piece, span_of
from leastwise.source.value import Chars, Mapping, Piece, Sequence, Symbol, Text, Value

MAX_VALUES = 100_000
"""How many values the loops of one template may make."""
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
_SECTIONS = ("Resources", "Conditions", "Outputs")

Bound: TypeAlias = dict[str, Text]
Collection: TypeAlias = Callable[[Value], tuple[Text, ...] | None]


class Unrolled(NamedTuple):
    """Hold a template without loops; ``changed`` when it had any."""

    template: Template
    changed: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class _Work:
    """Count what is made, and collect what is not."""

    path: str
    collection: Collection
    left: int = MAX_VALUES
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)

    def unseen(self, key: Text, why: str, remedy: str) -> None:
        name = (key.literal or "").removeprefix(LOOP)
        place = key.span or Span(self.path, 0, 0)
        message = f"what the loop {name} makes is not evaluated: {why}"
        self.not_in_view.append(NotInView("template-loop", place, message, remedy))


def unrolled(template: Template, collection: Collection) -> Unrolled:
    """Unroll the loops of a template; ``collection`` gives the items of one, or None."""
    keys = [
        key
        for mapping in mappings(evaluated_sections(template))
        for key, _ in mapping.entries
        if _is_loop(key)
    ]
    if not keys:
        return Unrolled(template)
    work = _Work(template.path, collection)
    if LANGUAGE_EXTENSIONS not in template.macros:
        message = f"CloudFormation refuses Fn::ForEach without Transform: {LANGUAGE_EXTENSIONS}"
        remedy = f"add {LANGUAGE_EXTENSIONS!r} to the Transform section"
        place = keys[0].span or Span(template.path, 0, 0)
        work.diagnostics.append(
            Diagnostic("warning", "language-extensions", place, message, remedy)
        )
    entries = tuple(
        (key, _value(value, {}, work) if key.literal in _SECTIONS else value)
        for key, value in template.body.entries
    )
    body = replace(template.body, entries=entries)
    found = template_of(template.path, body)
    return Unrolled(found, True, tuple(work.diagnostics), tuple(work.not_in_view))


def _is_loop(key: Text) -> bool:
    return (key.literal or "").startswith(LOOP)


def _value(value: Value, bound: Bound, work: _Work) -> Value:
    """Return a value with its loops unrolled; the same object when nothing changes in it."""
    if bound:
        work.left -= 1
    match value:
        case Text():
            return _substituted(value, bound)
        case Sequence():
            items = tuple(_value(item, bound, work) for item in value.items)
            same = all(old is new for old, new in zip(value.items, items, strict=True))
            return value if same else replace(value, items=items)
        case Mapping():
            return _mapping(value, bound, work)
        case _:
            return value


def _mapping(raw: Mapping, bound: Bound, work: _Work) -> Value:
    if len(raw.entries) == 1:
        key, argument = raw.entries[0]
        name = argument.literal if isinstance(argument, Text) else None
        if key.literal == "Ref" and name in bound:
            return replace(bound[name or ""], span=raw.span)
    entries: list[tuple[Text, Value]] = []
    tail, changed = raw.tail, False
    for key, value in raw.entries:
        if not _is_loop(key):
            pair = _substituted(key, bound), _value(value, bound, work)
            changed = changed or pair[0] is not key or pair[1] is not value
            entries.append(pair)
            continue
        changed = True
        made = _loop(key, value, bound, work)
        if made is None:
            reason = f"what the loop {key.literal} makes is not known"
            tail = Symbol(f"{work.path}|{key.literal}", key.literal or "", reason=reason)
        entries += made or ()
    if not changed:
        return raw
    return replace(raw, entries=_each_once(entries, work), tail=tail)


def _each_once(entries: list[tuple[Text, Value]], work: _Work) -> tuple[tuple[Text, Value], ...]:
    """Keep the first of equal keys, of which CloudFormation takes none."""
    found: dict[object, tuple[Text, Value]] = {}
    for key, value in entries:
        if key.pieces in found:
            message = f"a loop makes {key.literal!r} twice"
            remedy = "put the identifier of each loop into the key"
            place = key.span or Span(work.path, 0, 0)
            problem = Diagnostic("error", "duplicate-key", place, message, remedy)
            if problem not in work.diagnostics:
                work.diagnostics.append(problem)
        found.setdefault(key.pieces, (key, value))
    return tuple(found.values())


def _loop(key: Text, argument: Value, bound: Bound, work: _Work) -> list[tuple[Text, Value]] | None:
    """Return what a loop makes, None where that is not known."""
    parts = argument.items if isinstance(argument, Sequence) else ()
    identifier = parts[0].literal if parts and isinstance(parts[0], Text) else None
    fragment = parts[2] if len(parts) == 3 else None
    if identifier is None or not isinstance(fragment, Mapping):
        work.unseen(key, "it is not an identifier, a collection and a fragment", "correct it")
        return None
    items = work.collection(_value(parts[1], bound, work))
    if items is None:
        remedy = "write the collection as a list, or give its parameters values with --parameter"
        work.unseen(key, "its collection is not known", remedy)
        return None
    made: list[tuple[Text, Value]] = []
    for item in items:
        if work.left <= 0:
            _report_size(key, work)
            return None
        unrolled_fragment = _value(fragment, {**bound, identifier: item}, work)
        if isinstance(unrolled_fragment, Mapping):
            made += unrolled_fragment.entries
    return made


def _report_size(key: Text, work: _Work) -> None:
    if any(d.code == "too-large" for d in work.diagnostics):
        return
    message = f"the loops of this template make more than {MAX_VALUES} values"
    place = key.span or Span(work.path, 0, 0)
    remedy = "split the template: CloudFormation takes 500 resources"
    work.diagnostics.append(Diagnostic("error", "too-large", place, message, remedy))


def _substituted(text: Text, bound: Bound) -> Text:
    """Put the items into a string in place of their identifiers."""
    if not bound or not any(isinstance(p, Chars) and "{" in p.text for p in text.pieces):
        return text
    pieces: list[Piece] = []
    for piece in text.pieces:
        pieces += _filled(piece, bound) if isinstance(piece, Chars) else [piece]
    joined = join_pieces(pieces)
    return text if joined == text.pieces else Text(joined, text.span or span_of(text), derived=True)


def _filled(piece: Chars, bound: Bound) -> list[Piece]:
    found: list[Piece] = []
    start = at = 0
    while (at := piece.text.find("{", at)) != -1:
        end = piece.text.find("}", at)
        item = bound.get(piece.text[at + 1 : end]) if end != -1 else None
        mark = piece.text[at - 1] if at > start else ""
        if item is None or mark not in ("$", "&"):
            at += 1
            continue
        found.append(slice_piece(piece, start, at - 1))
        found += item.pieces if mark == "$" else _plain(item)
        start = at = end + 1
    return [*found, slice_piece(piece, start, len(piece.text))]


def _plain(item: Text) -> tuple[Piece, ...]:
    """Return an item without what may not stand in a logical id."""
    letters = (c for c in item.literal or "" if c.isascii() and c.isalnum())
    return literal_text("".join(letters)).pieces
