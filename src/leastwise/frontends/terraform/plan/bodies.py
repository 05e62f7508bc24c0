"""Make the bodies of resources from a plan's values, as if they had been evaluated from HCL."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from leastwise.frontends.terraform.evaluation.provider_values import of_region
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.plan.configuration import Configuration
from leastwise.frontends.terraform.plan.model import Entry
from leastwise.frontends.terraform.plan.shapes import LATER, Marks, shaped
from leastwise.frontends.terraform.reading.builders import BUILDER
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Chars,
    Mapping,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_ECHOES = frozenset(("managed_policy_arns", "inline_policy"))
"""What the provider reads back of a role when the configuration does not set it.

Other resources of the plan set it; what they no longer set would still stand here.
"""

_COMPUTED = _ECHOES | {"arn", "id", "unique_id", "policy_id", "create_date", "tags_all"}
"""What AWS makes up, for a plan that shows no configuration."""

_STATEMENT = ("effect", "actions", "resources")


@dataclass(slots=True, eq=False, repr=False)
class Plan:
    """Hold what bodies are made from; each is made once. ``scope`` starts all symbols."""

    data: bytes
    scope: str
    entries: dict[str, Entry]
    configuration: Configuration
    diagnostics: list[Diagnostic]
    bodies: dict[str, Body] = field(default_factory=dict)
    hidden: list[Span] = field(default_factory=list)
    environments: dict[str, dict[str, Text]] = field(default_factory=dict)

    def body(self, entry: Entry) -> Body:
        """Return the body of an instance; unknown values in it are symbols of their own."""
        found = self.bodies.get(entry.address)
        if found is None:
            found = self.bodies[entry.address] = _body_of(entry, self)
        return found

    def environment(self, entry: Entry) -> dict[str, Text]:
        """Return what is known of a provider's region and partition: configured, or read."""
        key = self.configuration.provider(entry)
        found = self.environments.get(key)
        if found is None:
            region = self.configuration.region(key) or self._region_read(key)
            found = {} if region is None else of_region(literal_text(region))
            self.environments[key] = found
        return found

    def _region_read(self, key: str) -> str | None:
        for entry in self.entries.values():
            is_read = entry.type == "aws_region" and entry.mode == "data"
            if is_read and self.configuration.provider(entry) == key:
                attributes = self.body(entry).attributes
                name = attributes.get("region", attributes.get("name"))
                if isinstance(name, Text) and name.literal:
                    return name.literal
        return None

    def quotable(self) -> tuple[Span, ...]:
        """Return the places of the values that were read, without what must not be shown."""
        found: list[Span] = []
        hidden = sorted(self.hidden)
        for path, start, end in (self.entries[address].values for address in self.bodies):
            for span in hidden[bisect_left(hidden, (path, start, start)) :]:
                if span.start >= end:
                    break
                found.append(Span(path, start, span.start))
                start = max(start, span.end)  # noqa: PLW2901
            found.append(Span(path, start, end))
        return tuple(found)


def _body_of(entry: Entry, plan: Plan) -> Body:
    value = _values(entry, plan)
    expressions = plan.configuration.expressions(entry)
    unknown = entry.unknown if isinstance(entry.unknown, dict) else {}
    sensitive = entry.sensitive if isinstance(entry.sensitive, dict) else {}
    everything = entry.sensitive is True
    attributes: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    for key, item in value.entries:
        name = key.literal or ""
        place = _place(key, item)
        if place is None or _is_echo(name, expressions):
            continue
        secret = True if everything else sensitive.get(name)
        marks = Marks(
            plan.scope, entry.address, name, unknown.get(name), secret, place, plan.hidden
        )
        found = shaped(item, marks)
        if not (isinstance(found, Scalar) and found.value is None):
            attributes[name], spans[name] = found, place
    for name, mark in unknown.items():
        if mark is True and name not in attributes and _is_given(entry, name, expressions):
            marks = Marks(plan.scope, entry.address, name, True, None, value.span, plan.hidden)
            attributes[name] = marks.hole(LATER)
    blocks = tuple(_blocks(entry, attributes))
    attributes = {name: v for name, v in attributes.items() if not _is_blocks(v)}
    return Body(attributes, blocks, value.span or entry.values, spans)


def _values(entry: Entry, plan: Plan) -> Mapping:
    """Read the object of values with the place of every string."""
    path, start, end = entry.values
    chars = plan.data[start:end].decode("utf-8")
    whole = Segment(0, len(chars), entry.values)
    value = parse_json(Text((Chars(chars, (whole,)),), entry.values), path=path)
    if isinstance(value, Diagnostic):
        plan.diagnostics.append(value)
    return value if isinstance(value, Mapping) else Mapping((), entry.values)


def _place(key: Text, item: Value) -> Span | None:
    """Return the bytes of ``"name": value``."""
    if key.span is None or item.span is None:
        return None
    return Span(key.span.path, key.span.start, item.span.end)


def _is_echo(name: str, expressions: dict[str, Any] | None) -> bool:
    return name in _ECHOES and expressions is not None and name not in expressions


def _is_given(entry: Entry, name: str, expressions: dict[str, Any] | None) -> bool:
    """Say whether the configuration gives an unknown attribute; AWS computes the others."""
    if entry.type == BUILDER and name == "statement":
        return True
    return name not in _COMPUTED if expressions is None else name in expressions


def _blocks(entry: Entry, attributes: dict[str, Value]) -> Iterator[tuple[str, Body]]:
    """Yield what may be nested blocks: the objects of lists."""
    for name, value in attributes.items():
        if isinstance(value, Sequence):
            yield from ((name, _block(i)) for i in value.items if isinstance(i, Mapping))
            unknown = value.tail
        else:
            unknown = value.symbol if isinstance(value, Unknown) else None
        if unknown is not None and entry.type == BUILDER and name == "statement":
            yield name, _unknown_statement(unknown, value.span)


def _is_blocks(value: Value) -> bool:
    """Say whether a list is nothing but objects, each of which reads as a nested block."""
    if not isinstance(value, Sequence) or value.tail is not None or not value.items:
        return False
    return all(isinstance(item, Mapping) for item in value.items)


def _block(value: Mapping) -> Body:
    attributes: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    blocks: list[tuple[str, Body]] = []
    for key, item in value.entries:
        name, place = key.literal or "", _place(key, item)
        if isinstance(item, Sequence):
            blocks += [(name, _block(inner)) for inner in item.items if isinstance(inner, Mapping)]
        if _is_blocks(item) or (isinstance(item, Scalar) and item.value is None):
            continue
        attributes[name] = item
        if place is not None:
            spans[name] = place
    span = value.span or Span("", 0, 0)
    return Body(attributes, tuple(blocks), span, spans)


def _unknown_statement(symbol: Symbol, span: Span | None) -> Body:
    """Stand for any number of statements of which nothing is known."""
    attributes: dict[str, Value] = {
        name: Unknown(Symbol(f"{symbol.id}.{name}", f"{symbol.reference}.{name}"), LATER, span)
        for name in _STATEMENT
    }
    return Body(attributes, (), span or Span("", 0, 0), {}, maybe=True, many=True)
