"""Put the stacks that a stack nests below it, each with its own parameters.

Source: "Embed stacks within other stacks using nested stacks", AWS CloudFormation User Guide. A
stack set deploys to accounts of its own, so that its template is a tree of stacks apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from leastwise.frontends.cloudformation.evaluation.conditions import truth
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import Given, Scope, as_text, nested_scope
from leastwise.frontends.cloudformation.stacks.inputs import refused_defaults
from leastwise.frontends.cloudformation.stacks.locations import (
    APPLICATION,
    STACK_SET,
    TYPES,
    Elsewhere,
    Local,
    Written,
    locate,
)
from leastwise.frontends.cloudformation.stacks.opening import Opened, Shelf
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import Declaration, Template
from leastwise.frontends.cloudformation.transforms.expand import Stage
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

MAX_LEVELS = 20
MAX_STACKS = 500
MAX_RESOURCES = 10_000
"""How deep, and how many in all, the nested stacks of one root may be, and what is in them."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Hold a stack with those below it, by logical id; ``sets`` are in other accounts."""

    scope: Scope
    source: Source
    nested: "dict[str, Stack]" = field(default_factory=dict)
    sets: "dict[str, Stack]" = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class Nest:
    """Collect what comes up while the stacks below one root are opened."""

    shelf: Shelf
    opened: list[Opened] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)
    number: int = 0
    resources: int = 0

    def report(self, code: str, declared: Declaration, words: str, remedy: str) -> None:
        """Add an error about a nested stack."""
        place = declared.span or Span("", 0, 0)
        message = f"the nested stack {declared.logical_id} {words}"
        self.diagnostics.append(Diagnostic("error", code, place, message, remedy))

    def note(self, found: Opened) -> None:
        """Add what came up in a template, once for all of its uses."""
        if found in self.opened:
            return
        self.opened.append(found)
        self.diagnostics += found.diagnostics
        self.not_in_view += found.not_in_view
        self.diagnostics += () if found.template is None else refused_defaults(found.template)


def with_nested(scope: Scope, source: Source, nest: Nest) -> Stack:
    """Return a stack with all that it nests, in so far as the templates are in the tree."""
    stack = Stack(scope, source)
    _fill(stack, (scope.template.path,), nest)
    return stack


def _fill(stack: Stack, way: tuple[str, ...], nest: Nest) -> None:
    scope = stack.scope
    for declared in scope.template.resources.values():
        if declared.type not in TYPES:
            continue
        if declared.condition is not None and truth(declared.condition, scope) is False:
            continue
        place = _place(declared, scope, way, nest)
        if place is None:
            continue
        below = _below(declared, place, scope, nest)
        if below is None:
            continue
        if declared.type == STACK_SET:
            stack.sets[declared.logical_id] = below
        else:
            stack.nested[declared.logical_id] = below
            scope.children[declared.logical_id] = below.scope
        _fill(below, (*way, below.scope.template.path), nest)


def _below(declared: Declaration, place: Local | Written, scope: Scope, nest: Nest) -> Stack | None:
    """Return one stack below another one, without what it nests itself."""
    name = declared.logical_id
    # The account and region of a stack set's stacks are not the parent's.
    apart = Environment(f"{scope.id}|{name}") if declared.type == STACK_SET else None
    found = _open(place, scope, Stage(nest.shelf.tree), nest)
    given: dict[str, Given] = {}
    if found.template is not None:
        given = dict(_given(declared, found.template, scope, nest))
    if found.waiting:
        stage = Stage(nest.shelf.tree, given, apart or scope.environment)
        found = _open(place, scope, stage, nest)
    if found.template is None and not found.diagnostics:
        reason = Elsewhere("its TemplateBody is not a template that can be read")
        nest.not_in_view.append(_unseen(declared, reason, scope))
    nest.note(found)
    if found.template is None:
        return None
    nest.resources += len(found.template.resources)
    if apart is None:
        return Stack(nested_scope(name, found.template, given, scope), found.source)
    parts = (found.template, apart.id, apart, scope.evaluator, given)
    return Stack(Scope(*parts, parent=scope, used=scope.used), found.source)


def _open(place: Local | Written, scope: Scope, stage: Stage, nest: Nest) -> Opened:
    if isinstance(place, Written):
        from leastwise.frontends.cloudformation.stacks.bodies import written_template

        return written_template(place.body, scope.template.path, stage)
    if stage.given is None:
        return nest.shelf.open(place.path)
    return nest.shelf.staged(place.path, stage)


def _place(
    declared: Declaration, scope: Scope, way: tuple[str, ...], nest: Nest
) -> Local | Written | None:
    """Return where the template is, unless that is elsewhere, a circle or too far down."""
    place = locate(declared, scope, nest.shelf.tree)
    if isinstance(place, Elsewhere):
        nest.not_in_view.append(_unseen(declared, place, scope))
        return None
    if isinstance(place, Local) and place.path in way:
        words = f"leads back to {place.path!r}"
        nest.report("nesting-cycle", declared, words, "break the cycle")
        return None
    full = nest.number >= MAX_STACKS or nest.resources >= MAX_RESOURCES
    if full or len(way) > MAX_LEVELS:
        if not any(d.code == "too-many-stacks" for d in nest.diagnostics):
            words = (
                f"is not evaluated: there are {MAX_STACKS} stacks, {MAX_RESOURCES} resources or"
                f" {MAX_LEVELS} levels above it already"
            )
            nest.report("too-many-stacks", declared, words, "check its template by itself")
        return None
    nest.number += 1
    return place


def _unseen(declared: Declaration, place: Elsewhere, scope: Scope) -> NotInView:
    span = declared.span or Span(scope.template.path, 0, 0)
    what = "stack set" if declared.type == STACK_SET else "nested stack"
    message = f"the {what} {declared.logical_id} is not evaluated: {place.message}"
    if place.likely is not None:
        remedy = f"if it is {place.likely!r}, name that by a relative path, as for"
        return NotInView("nested-stack", span, message, f"{remedy} 'aws cloudformation package'")
    remedy = "check its template by itself"
    if declared.type == APPLICATION:
        remedy = "check the template of the application by itself"
    return NotInView("nested-stack", span, message, remedy)


def _given(
    declared: Declaration, template: Template, scope: Scope, nest: Nest
) -> Iterator[tuple[str, Given]]:
    """Yield what the parameters of a nested stack are given, to be evaluated in its parent."""
    raw = declared.properties.get("Parameters")
    entries = _entries(raw, scope)
    if raw is not None and entries is None:
        for name in template.parameters:
            symbol = Symbol(f"{scope.id}|{declared.logical_id}|given {name}", name)
            yield name, Given(Unknown(symbol, "its value is not known", span_of(raw)))
        return
    for name, value, span in entries or ():
        if name in template.parameters:
            yield name, Given(value, scope)
        elif not template.macros:
            message = f"no parameter {name!r} is declared in {template.path!r}"
            place = span or declared.span or Span(scope.template.path, 0, 0)
            remedy = "declare it, or take its value away"
            nest.diagnostics.append(
                Diagnostic("warning", "undeclared-parameter", place, message, remedy)
            )


_Entries = list[tuple[str, Value, Span | None]]


def _entries(raw: Value | None, scope: Scope) -> _Entries | None:
    """Return the parameters as they are written; None when they are not known one by one."""
    if isinstance(raw, Mapping):
        names = [key.literal or "Fn::" for key, _ in raw.entries]
        if raw.tail is not None or "Ref" in names or any(n.startswith("Fn::") for n in names):
            return None
        return [(key.literal or "", value, key.span) for key, value in raw.entries]
    if not isinstance(raw, Sequence) or raw.tail is not None:
        return None
    found: _Entries = []
    for item in raw.items:
        key = item.get("ParameterKey") if isinstance(item, Mapping) else None
        value = item.get("ParameterValue") if isinstance(item, Mapping) else None
        name = None if key is None else as_text(scope.evaluate(key))
        if name is None or name.literal is None or value is None:
            return None
        found.append((name.literal, value, key.span if isinstance(key, Text) else None))
    return found
