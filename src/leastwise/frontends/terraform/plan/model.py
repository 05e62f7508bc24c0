"""What a plan or a state says of its resources: where their values are, and what is marked."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from leastwise.frontends.terraform.scope.state import MAX_ALL_INSTANCES
from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.span import Span

MAX_ENTRIES = 20 * MAX_ALL_INSTANCES
"""Of all resources in all sections of one file."""


class Entry(NamedTuple):
    """Hold one resource instance of a plan or state.

    ``values`` is where its object of values is written. ``unknown`` and ``sensitive`` have the
    shape of the values, with ``true`` for what is not known or must not be shown. ``key`` is
    its ``count`` or ``for_each`` key. ``maybe``: the plan puts it off. ``provider`` is the key of
    its provider configuration where the configuration is not shown.
    """

    address: str
    module: str
    mode: Literal["managed", "data"]
    type: str
    name: str
    key: str | int | None
    values: Span
    unknown: Any = None
    sensitive: Any = None
    maybe: bool = False
    provider: str | None = None

    @property
    def declared(self) -> str:
        """Return the address of its block inside of the module."""
        plain = f"{self.type}.{self.name}"
        return f"data.{plain}" if self.mode == "data" else plain


class Change(NamedTuple):
    """Hold what a plan does to one object; spans are of the values, None for ``null``."""

    entry: Entry
    actions: tuple[str, ...]
    before: Span | None
    after: Span | None
    before_sensitive: Any
    deposed: bool


@dataclass(slots=True, eq=False, repr=False)
class Document:
    """Collect what a plan or state says; ``prior`` are the data sources read before planning."""

    path: str
    planned: dict[str, Entry] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    deferred: list[Change] = field(default_factory=list)
    prior: dict[str, Entry] = field(default_factory=dict)
    configuration: Any = None
    variables: Any = None
    flags: dict[str, Any] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    count: int = 0

    def report(self, severity: Severity, code: str, span: Span, message: str, remedy: str) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(severity, code, span, message, remedy))

    def room(self, at: int) -> bool:
        """Count a resource instance and say whether there is room for it."""
        self.count += 1
        if self.count == MAX_ENTRIES + 1:
            message = f"more than {MAX_ENTRIES} resource instances, from here on they are not read"
            self.report("error", "too-many-instances", Span(self.path, at, at), message, "split it")
        return self.count <= MAX_ENTRIES
