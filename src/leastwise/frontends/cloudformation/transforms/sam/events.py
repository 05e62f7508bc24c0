"""Name the events of a SAM resource, and what they call."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.frontends.cloudformation.transforms.sam.making import Plain
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    literal,
    member,
    place_in,
    problem,
)
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Text, Value


class Target(NamedTuple):
    """Name what events call: its logical id, and how it is referred to by name and by ARN."""

    id: str
    name: Plain
    arn: Plain


class Event(NamedTuple):
    """Name one entry of Events; ``span`` is where its type is written."""

    macro: Macro
    name: str
    kind: str
    properties: Mapping
    span: Span

    @property
    def id(self) -> str:
        """Return the logical id that begins those of what the event becomes."""
        return self.macro.id + self.name

    def get(self, name: str) -> Value | None:
        """Return a property, None when it is missing or null."""
        return member(self.properties, name)

    def literal(self, name: str) -> str | None:
        """Return a property that SAM knows as a string."""
        return literal(self.macro.work, self.get(name))

    def place(self, name: str) -> Span:
        """Return where a property is written: its key; the type when it is not there."""
        return place_in(self.properties, name) or self.span

    def problem(self, name: str, message: str) -> None:
        """Report a property that SAM would refuse."""
        problem(self.macro, self.place(name), f"event {self.name}: {message}")


def events_of(macro: Macro) -> Iterator[Event]:
    """Yield the events of a resource, in the order in which SAM reads them."""
    found: list[tuple[str, Event]] = []
    for key, value in macro.mapping("Events").entries:
        kind = member(value, "Type")
        if not isinstance(kind, Text) or kind.literal is None:
            problem(macro, span_of(key), f"event {key.literal} has no Type")
            continue
        properties = member(value, "Properties")
        event = Event(
            macro,
            key.literal or "",
            kind.literal,
            properties if isinstance(properties, Mapping) else Mapping(()),
            span_of(kind) or span_of(key) or macro.span,
        )
        found.append((event.literal("Path") or event.name, event))
    # The default route of an HTTP API comes before the others: it may serve for them all.
    yield from (event for _, event in sorted(found, key=lambda pair: pair[0]))
