"""Lay the marks of a plan over its values: what is not known yet, and what must not be shown.

``after_unknown`` and ``sensitive_values`` have the shape of the values, with ``true`` where the
mark applies to all below. Unknown values are left out of objects and ``null`` in lists; the
order of a set need not be that of its marks.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

LATER = "it is known after apply"
HIDDEN = "it is marked as sensitive"


class Marks(NamedTuple):
    """Hold the marks of one value; ``name`` is its path below the address, ``span`` its place.

    ``scope`` starts the ids of symbols, ``address`` names the resource. ``hidden`` collects the
    places of what must not be shown.
    """

    scope: str
    address: str
    name: str
    unknown: Any
    sensitive: Any
    span: Span | None
    hidden: list[Span]

    def symbol(self, reason: str) -> Symbol:
        """Return the symbol of the value."""
        reference = f"{self.address}.{self.name}"
        return Symbol(f"{self.scope}|{reference}", reference, reason=reason, span=self.span)

    def hole(self, reason: str) -> Unknown:
        """Return the value as one that is not known."""
        return Unknown(self.symbol(reason), reason, self.span)

    def below(self, name: str, unknown: Any, sensitive: Any, span: Span | None) -> "Marks":
        """Return the marks of an item or attribute."""
        return Marks(
            self.scope, self.address, self.name + name, unknown, sensitive, span, self.hidden
        )


def shaped(value: Value | None, marks: Marks) -> Value:
    """Return a value with what is marked as unknown values in it; None is a value left out."""
    if marks.sensitive is True:
        # SOUND: over-approximates; what must not be printed is not read either.
        if value is not None and value.span is not None:
            marks.hidden.append(value.span)
        return marks.hole(HIDDEN)
    if marks.unknown is True:
        return marks.hole(LATER)
    match value:
        case Mapping():
            return _mapping(value, marks)
        case Sequence():
            return _sequence(value, marks)
        case None:
            return Scalar(None)
        case _:
            return value


def _mapping(value: Mapping, marks: Marks) -> Value:
    unknown = marks.unknown if isinstance(marks.unknown, dict) else {}
    sensitive = marks.sensitive if isinstance(marks.sensitive, dict) else {}
    if not unknown and not sensitive:
        return value
    entries: list[tuple[Text, Value]] = []
    for key, item in value.entries:
        name = key.literal or ""
        inner = marks.below(f".{name}", unknown.get(name), sensitive.get(name), item.span)
        entries.append((key, shaped(item, inner)))
    given = {key.literal for key, _ in value.entries}
    for name in unknown:
        if unknown[name] is True and name not in given:
            inner = marks.below(f".{name}", True, None, value.span)
            entries.append((literal_text(str(name)), inner.hole(LATER)))
    return Mapping(tuple(entries), value.span, value.tail)


def _sequence(value: Sequence, marks: Marks) -> Value:
    unknown = list(marks.unknown) if isinstance(marks.unknown, list) else []
    sensitive = marks.sensitive if isinstance(marks.sensitive, list) else []
    if not any(map(_is_mark, unknown)) and not any(map(_is_mark, sensitive)):
        return value
    items: list[Value] = []
    hidden = any(mark is True for mark in sensitive)
    for index, (item, mark) in enumerate(zip(value.items, _in_order(value, unknown), strict=True)):
        secret = sensitive[index] if index < len(sensitive) else hidden
        inner = marks.below(f"[{index}]", mark, secret, item.span)
        items.append(shaped(item, inner))
    more = len(unknown) > len(value.items)
    return Sequence(tuple(items), value.span, marks.symbol(LATER) if more else value.tail)


def _in_order(value: Sequence, unknown: list[Any]) -> Iterator[Any]:
    """Yield the mark of each item: its own when it fits, else the first other that does."""
    left: list[Any] = list(unknown)
    for index, item in enumerate(value.items):
        own = unknown[index] if index < len(unknown) else None
        fitting = [own] if own in left and _fits(item, own) else []
        fitting += [mark for mark in left if _fits(item, mark)]
        if not fitting:
            yield None
            continue
        left.remove(fitting[0])
        yield fitting[0]


def _fits(item: Value, mark: Any) -> bool:
    """Say whether a mark can be that of an item: what is unknown has no value there."""
    if mark is True:
        return isinstance(item, Scalar) and item.value is None
    if isinstance(mark, dict) and isinstance(item, Mapping):
        given = ((name, item.get(str(name))) for name, inner in mark.items() if inner is True)
        return all(v is None or (isinstance(v, Scalar) and v.value is None) for _, v in given)
    return not (isinstance(item, Scalar) and item.value is None)


def _is_mark(mark: Any) -> bool:
    return mark is True or (isinstance(mark, dict | list) and bool(mark))
