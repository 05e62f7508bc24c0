"""Evaluate the bodies of blocks: attributes, nested blocks, and ``dynamic`` ones expanded."""

from typing import TYPE_CHECKING

from leastwise.frontends.terraform.evaluation.instances import META_ARGUMENTS, expression_of
from leastwise.frontends.terraform.evaluation.items import (
    any_element,
    entries_of,
    known_entries,
    unknown_key,
)
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.scope.state import MAX_INSTANCES, MAX_STEPS, Binding, Scope
from leastwise.frontends.terraform.scope.unknown import identity_of
from leastwise.frontends.terraform.scope.uses import separately, together
from leastwise.frontends.terraform.syntax.tree import Block, Expression, Traversal, Variable
from leastwise.frontends.terraform.values.choices import worlds
from leastwise.frontends.terraform.values.conversions import is_null
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Value

if TYPE_CHECKING:
    from leastwise.iam.project import VariableUse

_META_BLOCKS = frozenset(("lifecycle", "provisioner", "connection"))


def evaluate_body(block: Block, scope: Scope) -> Body:
    """Evaluate a resource, data or provider block without its meta-arguments."""
    return _body(block, scope, block.span, top=True)


def _body(
    block: Block, scope: Scope, span: Span, *, top: bool = False, maybe: bool = False
) -> Body:
    attributes: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    scope.state.steps += 1
    uses: dict[str, frozenset[VariableUse]] = {}
    for name, attribute in block.attributes.items():
        if top and name in META_ARGUMENTS:
            continue
        outer = separately(scope.state)
        attributes[name] = scope.state.evaluate(attribute.expression, scope)
        spans[name] = attribute.span
        found = together(scope.state, outer)
        if found:
            uses[name] = found
    blocks: list[tuple[str, Body]] = []
    for inner in block.blocks:
        if top and inner.type in _META_BLOCKS:
            continue
        if inner.type == "dynamic" and inner.labels:
            absent = _dynamic(inner, scope, blocks)
            if absent:
                kind = inner.labels[0].text
                uses[kind] = uses.get(kind, frozenset()) | absent
        else:
            blocks.append((inner.type, _body(inner, scope, inner.span)))
    return Body(attributes, tuple(blocks), span, spans, maybe, uses)


def _dynamic(
    block: Block, scope: Scope, blocks: list[tuple[str, Body]]
) -> "frozenset[VariableUse]":
    """Add the blocks that a dynamic block makes; return what their absence rests on."""
    content = next((b for b in block.blocks if b.type == "content"), None)
    for_each = expression_of(block, "for_each")
    if content is None or for_each is None:
        return frozenset()
    kind = block.labels[0].text
    name = _iterator(block) or kind
    outer = separately(scope.state)
    value = scope.state.evaluate(for_each, scope)
    there = together(scope.state, outer)
    elements = _elements(value, scope)
    if len(elements) + scope.state.steps > MAX_STEPS:
        elements = elements[:1]
    if len(elements) > MAX_INSTANCES:
        scope.state.report(
            "too-many-instances",
            block.span,
            f"more than {MAX_INSTANCES} blocks",
            "split it",
            error=True,
        )
        elements = [(unknown_key(value), any_element(value), "*", True)]
    collection = identity_of(scope, for_each)
    for key, item, place, maybe in elements:
        entries = ((literal_text("key"), key), (literal_text("value"), item))
        bound = Binding(Mapping(entries), f"{collection}#{place}")
        inside = scope.bind({name: bound})
        body = _body(content, inside, block.span, maybe=maybe)
        body = body._replace(many=maybe and place.rpartition(".")[2] == "*")
        blocks.append((kind, body._replace(uses={**body.uses, "": there}) if there else body))
    return frozenset() if elements else there


def _iterator(block: Block) -> str | None:
    expression: Expression | None = expression_of(block, "iterator")
    if isinstance(expression, Variable):
        return expression.name
    return None if not isinstance(expression, Traversal) else ""


def _elements(value: Value, scope: Scope) -> list[tuple[Value, Value, str, bool]]:
    """Return ``(key, value, identity, maybe)`` of each block that a dynamic block makes."""
    cases = worlds(value)
    if cases is None:
        return [(unknown_key(value), any_element(value), "*", True)]
    if len(cases) > 1:
        # SOUND: blocks of every case are listed as "maybe", so that none is taken for certain.
        return [
            (key, item, f"{index}.{place}", True)
            for index, case in enumerate(cases)
            for key, item, place, _ in _elements(case, scope)
        ]
    only = cases[0]
    if is_null(only):
        return []
    entries = entries_of(only, scope)
    if entries is not None:
        return [(key, item, place, False) for key, item, place in entries]
    known = [(key, item, place, False) for key, item, place in known_entries(only)]
    return [*known, (unknown_key(only), any_element(only), "*", True)]
