"""Read a policy document as the AWS provider reads one that it merges into another.

It keeps the elements it knows, whatever the case of their names, and writes conditions and
principals in its own way: a boolean as a string, a list of one value as the value. A condition
whose value is a number is lost.

Source: ``internal/service/iam/policy_model.go`` of the AWS provider, and the matching of names in
https://pkg.go.dev/encoding/json#Unmarshal.
"""

from collections.abc import Callable
from dataclasses import replace

from leastwise.source.text import display, literal_text
from leastwise.source.value import Choice, Mapping, Scalar, Sequence, Text, Value

_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
_EMPTY = Text(())


def as_read(document: Mapping) -> Mapping:
    """Return a document as the provider has it after reading; what is not known stays."""
    return _elements(document, _DOCUMENT, {"Statement": _statements})


def _elements(
    mapping: Mapping, names: tuple[str, ...], readers: dict[str, Callable[[Value], Value | None]]
) -> Mapping:
    """Return the known elements in their order; of two spellings of a name the later one counts."""
    found: dict[str, Value] = {}
    for key, value in mapping.entries:
        name = key.literal
        known = (
            None if name is None else next((n for n in names if n.lower() == name.lower()), None)
        )
        if known is None:
            continue
        read = readers[known](value) if known in readers else value
        if read is not None and read not in (_EMPTY, Scalar(None)):
            found[known] = read
    entries = tuple((literal_text(name), found[name]) for name in names if name in found)
    if entries == mapping.entries:
        return mapping
    unnamed = tuple(entry for entry in mapping.entries if entry[0].literal is None)
    return replace(mapping, entries=(*entries, *unnamed))


def _statements(value: Value) -> Value:
    match value:
        case Sequence():
            return _rebuilt(value, tuple(_statement(item) for item in value.items))
        case _:
            return _statement(value)


def _statement(value: Value) -> Value:
    match value:
        case Mapping():
            readers = {"Principal": _principals, "NotPrincipal": _principals}
            return _elements(value, _STATEMENT, {**readers, "Condition": _conditions})
        case Choice():
            kept = tuple((a, _statement(v)) for a, v in value.alternatives)
            return replace(value, alternatives=kept)
        case _:
            return value


def _principals(value: Value) -> Value | None:
    """Read principals: any string is everyone, lists are sorted backwards, types by name."""
    match value:
        case Text() if value.literal is not None:
            return value if value.literal == "*" else literal_text("*", span=value.span)
        case Mapping():
            entries = tuple((key, _sorted(item)) for key, item in _by_name(value))
            return _all_of(value, entries)
        case _:
            return value


def _sorted(value: Value) -> Value:
    if not isinstance(value, Sequence) or value.tail is not None:
        return value
    spelled = [item.literal if isinstance(item, Text) else None for item in value.items]
    if None in spelled:
        return value
    order = sorted(range(len(spelled)), key=lambda i: spelled[i] or "", reverse=True)
    return _rebuilt(value, tuple(value.items[i] for i in order))


def _conditions(value: Value) -> Value | None:
    if not isinstance(value, Mapping):
        return value
    tests: list[tuple[Text, Value]] = []
    for test, keys in _by_name(value):
        if not isinstance(keys, Mapping):
            tests.append((test, keys))
            continue
        read = ((key, _condition_value(item)) for key, item in _by_name(keys))
        entries = tuple((key, item) for key, item in read if item is not None)
        if entries or keys.tail is not None:
            tests.append((test, _all_of(keys, entries)))
    return _all_of(value, tuple(tests)) if tests or value.tail is not None else None


def _condition_value(value: Value) -> Value | None:
    match value:
        case Scalar(value=bool()):
            return literal_text("true" if value.value else "false", span=value.span)
        case Scalar():
            return None
        case Sequence(items=(Text() as only,), tail=None):
            return only
        case _:
            return value


def _by_name(mapping: Mapping) -> tuple[tuple[Text, Value], ...]:
    return tuple(sorted(mapping.entries, key=lambda entry: display(entry[0])))


def _all_of(mapping: Mapping, entries: tuple[tuple[Text, Value], ...]) -> Mapping:
    return mapping if entries == mapping.entries else replace(mapping, entries=entries)


def _rebuilt(sequence: Sequence, items: tuple[Value, ...]) -> Sequence:
    return sequence if items == sequence.items else replace(sequence, items=items)
