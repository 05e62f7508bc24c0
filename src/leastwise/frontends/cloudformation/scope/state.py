"""What evaluation carries along: the template, what is assumed, and how deep it went."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.formulas import Tests
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.iam.project import VariableUse
from leastwise.source.text import text_of_unknown
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_DEPTH = 100
MAX_PARTS = 1_000
MAX_CHARACTERS = 200_000
_MAX_SPELLED = 160

World: TypeAlias = frozenset[tuple[str, str]]

ABSENT = Unknown(Symbol("AWS::NoValue", "AWS::NoValue"), "removed by AWS::NoValue")
"""Stands for a value that is not there; compared by identity, never leaves the evaluator."""


@dataclass(slots=True, eq=False, repr=False)
class Scope:
    """Hold the state of one stack's evaluation.

    Ids of symbols and assumptions begin with ``id``: the path of the root's template, and the
    logical ids of the nested stacks on the way. ``given`` are the parameters that do not have
    their defaults, ``children`` the nested stacks whose templates are in view, by logical id,
    ``used`` the parameters that what is being evaluated rests on (see ``scope.uses``).
    ``parent`` is the stack that nests this one; ``evaluator`` works out the value of a part.
    ``tests`` are its conditions, ``assumed`` the outcomes by variable taken for the branch at hand,
    ``pending`` what is being evaluated, so that cycles end, ``properties`` those of resources that
    names are made of, in all worlds, ``inputs`` given parameters and outputs under an assumption.
    """

    template: Template
    id: str
    environment: Environment
    evaluator: "Evaluator"
    given: "dict[str, Given]" = field(default_factory=dict)
    children: "dict[str, Scope]" = field(default_factory=dict)
    parent: "Scope | None" = None
    used: set[VariableUse] = field(default_factory=set)
    uses: dict[tuple[object, ...], frozenset[VariableUse]] = field(default_factory=dict)
    inputs: "dict[tuple[str, World], Value]" = field(default_factory=dict)
    tests: Tests = field(default_factory=Tests)
    assumed: dict[str, str] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    properties: dict[str, Value | None] = field(default_factory=dict)
    depth: int = 0

    def evaluate(self, raw: Value) -> Value:
        """Return the value of a part of the template; ``ABSENT`` when AWS::NoValue removes it."""
        return self.evaluator(raw, self)


Evaluator: TypeAlias = Callable[[Value, Scope], Value]


class Given(NamedTuple):
    """Hold what a parameter is given instead of its default.

    ``scope`` is the stack in which ``raw`` is to be evaluated: the parent's of a nested stack;
    None for a value that came from outside of all templates, which rests on ``uses``.
    """

    raw: Value
    scope: Scope | None = None
    uses: tuple[VariableUse, ...] = ()


def nested_scope(
    logical_id: str, template: Template, given: "dict[str, Given]", of: Scope
) -> Scope:
    """Return the scope of a stack that another one nests: in the same account and region."""
    own = f"{of.id}|{logical_id}"
    return Scope(template, own, of.environment, of.evaluator, given, parent=of, used=of.used)


def world(scope: Scope) -> World:
    """Return what is assumed in a stack and in those around it."""
    found: set[tuple[str, str]] = set()
    around: Scope | None = scope
    while around is not None:
        found.update((f"{around.id}|{name}", outcome) for name, outcome in around.assumed.items())
        around = around.parent
    return frozenset(found)


@contextmanager
def nothing_assumed(scope: Scope) -> Iterator[None]:
    """Evaluate as in all worlds at once, whichever branch is at hand here and in stacks around."""
    kept: list[tuple[Scope, dict[str, str]]] = []
    around: Scope | None = scope
    while around is not None:
        kept.append((around, around.assumed))
        around.assumed = {}
        around = around.parent
    try:
        yield
    finally:
        for one, assumed in kept:
            one.assumed = assumed


def unknown(scope: Scope, raw: Value, reference: str, reason: str, glob: str = "*") -> Unknown:
    """Stand for an expression that can't be evaluated; equal expressions are equal values."""
    key = f"{scope.id}|{spell(raw)}"
    return Unknown(Symbol(key, reference, glob, reason=reason, span=raw.span), reason, raw.span)


def spell(raw: Value) -> str:
    """Spell an expression in one normal form; long ones end in a hash of the rest."""
    parts: list[str] = []
    stack: list[Value | str] = [raw]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        else:
            stack += reversed(_spelled(item))
    spelled = "".join(parts)
    if len(spelled) <= _MAX_SPELLED:
        return spelled
    import hashlib

    return spelled[:_MAX_SPELLED] + hashlib.sha256(spelled.encode()).hexdigest()[:16]


def _spelled(value: Value) -> list[Value | str]:
    """Spell the outermost layer of a value, leaving what is inside to do."""
    match value:
        case Mapping():
            inner: list[Value | str] = [x for k, v in value.entries for x in (k, ":", v, ",")]
            return ["{", *inner, "}"]
        case Sequence():
            return ["[", *(x for v in value.items for x in (v, ",")), "]"]
        case Text():
            return [repr("".join(_characters(piece) for piece in value.pieces))]
        case Scalar():
            return [str(value.value)]
        case Unknown():
            return [value.symbol.id]
        case Choice():
            return ["choice"]


def _characters(piece: Piece) -> str:
    match piece:
        case Chars():
            return piece.text
        case Symbol():
            return "${" + piece.id + "}"
        case Encoded():
            return "${json}"


def as_text(value: Value) -> Text | None:
    """Use a value as a string; None when CloudFormation would refuse it as one."""
    match value:
        case Text():
            return value
        case Scalar() if isinstance(value.value, bool):
            return Text((Chars("true" if value.value else "false"),), value.span, derived=True)
        case Scalar() if value.value is not None:
            return Text((Chars(str(value.value)),), value.span, derived=True)
        case Unknown():
            return text_of_unknown(value)
        case _:
            return None
