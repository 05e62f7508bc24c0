"""What one evaluation of a root carries along: budgets, diagnostics, files read, and names.

A module that is called in two ways has two ``ModuleInstance``s; an expression is evaluated in a
``Scope``, which adds the names that ``for``, ``each``, ``count`` and ``dynamic`` bind.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from leastwise.config.model import RootSettings
from leastwise.frontends.terraform.scope.module import Installed, Module
from leastwise.frontends.terraform.syntax.tree import Expression, Template
from leastwise.iam.project import ModuleCall, NotInView, Root, VariableUse
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree
from leastwise.source.value import Chars, Choice, Encoded, Sequence, Text, Value
from leastwise.source.value import Mapping as MappingValue

MAX_STEPS = 500_000
MAX_DEPTH = 700
"""In frames of Python's stack, which ends at 1000."""

MAX_STRING = 256 * 1024
MAX_CHARACTERS = 16 * 1024 * 1024
"""For all strings of a root that are put together."""

PIECE_COST = 64
"""What a piece of a string costs, in characters: bounds what is kept about places."""

MAX_NODES = 250_000
MAX_VALUE_DEPTH = 100
MAX_INSTANCES = 2_000
MAX_ALL_INSTANCES = 10_000
"""Of resources that are read and of module calls, in one root."""

MAX_MODULE_DEPTH = 32


class BusyType:
    """Mark a name whose value is being worked out: meeting it again is a cycle."""


BUSY = BusyType()


class Binding(NamedTuple):
    """Hold a bound name: its value, and what tells this binding from others of the name."""

    value: Value
    identity: str


@dataclass(slots=True, eq=False)
class ModuleInstance:
    """Hold one instance of a module: the root, or one call (and key) of a local module.

    ``address`` is empty for the root, else as Terraform spells it (``module.app["a"]``).
    ``arguments`` are the call's, to be evaluated in the caller's scope. ``providers`` maps this
    module's provider names to keys of the root. ``memo`` holds values once they are known,
    ``uses`` what each of them rests on, ``existence`` what this instance being there does.
    ``calls`` lead from the root to this module.
    """

    module: Module
    address: str
    scope: str
    arguments: dict[str, tuple[Expression, "Scope"]] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    parent: "ModuleInstance | None" = None
    call: str | None = None
    maybe: bool = False
    calls: tuple[ModuleCall, ...] = ()
    existence: frozenset[VariableUse] = frozenset()
    uses: dict[tuple[str, str], frozenset[VariableUse]] = field(default_factory=dict)
    memo: dict[tuple[str, str], object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Hold where an expression is evaluated."""

    state: "State"
    module: ModuleInstance
    bindings: Mapping[str, Binding] = field(default_factory=dict)

    def bind(self, bindings: dict[str, Binding]) -> "Scope":
        """Return this scope with more names, which hide those of the same name."""
        return Scope(self.state, self.module, {**self.bindings, **bindings})


class Handle(NamedTuple):
    """Stand for an object whose attributes are looked up only when asked for.

    ``kind`` is what it is an instance of; ``key`` is None for a block without count or
    for_each. A ``collection`` handle stands for all instances of a block whose number is not
    known: its members are made on demand.
    """

    kind: Literal["resource", "module"]
    module: ModuleInstance
    name: str
    member: object
    collection: bool = False


Evaluate: TypeAlias = Callable[[Expression, Scope], Value]


@dataclass(slots=True, eq=False)
class State:
    """Hold the mutable side of one evaluation.

    ``failures`` counts expressions that Terraform would refuse, ``doubts`` those that it might
    refuse: ``try`` and ``can`` compare the counts before and after. ``used`` collects what the
    value at hand rests on (see ``uses``); ``alone``: a caller that is not in view may give the
    root's variables other values than their defaults.
    """

    tree: Tree
    root: Root
    evaluate: Evaluate
    sources: dict[str, bytes] = field(default_factory=dict)
    handles: dict[str, Handle] = field(default_factory=dict)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    not_in_view: dict[NotInView, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    inputs: dict[str, Value] = field(default_factory=dict)
    settings: RootSettings | None = None
    alone: bool = False
    modules: dict[str, Module | None] = field(default_factory=dict)
    texts: dict[str, Text | None] = field(default_factory=dict)
    templates: dict[str, Template | None] = field(default_factory=dict)
    worked_out: dict[tuple[str, int, int], tuple[Expression, Value, Value]] = field(
        default_factory=dict
    )
    manifest: dict[str, Installed] | None = None
    uninstalled: dict[str, dict[Span, str]] = field(default_factory=dict)
    steps: int = 0
    depth: int = 0
    characters: int = 0
    instances: int = 0
    failures: int = 0
    doubts: int = 0
    used: set[VariableUse] = field(default_factory=set)
    _weights: dict[int, tuple[Value, int, int]] = field(default_factory=dict)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Keep failures and doubts inside: ``try`` can't catch those of what it refers to."""
        failures, doubts = self.failures, self.doubts
        yield
        self.failures, self.doubts = failures, doubts

    def report(
        self, code: str, span: Span, message: str, remedy: str, *, error: bool = False
    ) -> None:
        """Add a diagnostic (once)."""
        severity: Literal["error", "warning"] = "error" if error else "warning"
        self.diagnostics.setdefault(Diagnostic(severity, code, span, message, remedy))

    def weigh(self, value: Value) -> tuple[int, int]:
        """Return how many nodes a value has when written out, and how deep it is.

        Values share parts, so that a small one in memory can be huge when walked.
        """
        known = self._weights.get(id(value))
        if known is not None:
            return known[1], known[2]
        size, depth = 1, 0
        if isinstance(value, Text):
            size += cost_of(value) // PIECE_COST
        for child in _children(value):
            child_size, child_depth = self.weigh(child)
            size += child_size
            depth = max(depth, child_depth)
        if isinstance(value, Sequence | MappingValue | Choice):
            self._weights[id(value)] = (value, size, depth + 1)
        return size, depth + 1


def cost_of(text: Text) -> int:
    """Return what a string costs, in characters; one of few pieces costs its length."""
    cost = 0
    for piece in text.pieces:
        if isinstance(piece, Chars):
            cost += len(piece.text) + PIECE_COST * (len(piece.segments) - 1)
        else:
            cost += PIECE_COST
    return cost


def _children(value: Value) -> list[Value]:
    match value:
        case Text():
            return [piece.value for piece in value.pieces if isinstance(piece, Encoded)]
        case Sequence():
            return list(value.items)
        case MappingValue():
            return [item for _, item in value.entries]
        case Choice():
            return [item for _, item in value.alternatives]
        case _:
            return []
