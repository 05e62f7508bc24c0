"""Find references to what no file of the module declares.

All expressions are looked at, evaluated or not: a patch must leave no reference behind.
"""

from collections.abc import Iterator, Mapping

from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import State
from leastwise.frontends.terraform.syntax.references import references
from leastwise.frontends.terraform.syntax.tree import (
    Attribute,
    AttributeStep,
    Block,
    Step,
    Traversal,
    Variable,
)
from leastwise.source.span import Span

_ALWAYS = frozenset(("path", "terraform", "self", "each", "count", "ephemeral"))
_SKIPPED_BLOCKS = frozenset(("terraform", "removed", "check"))
_SKIPPED_ATTRIBUTES = {
    "variable": frozenset(("type",)),
    "moved": frozenset(("from", "to")),
    "provisioner": frozenset(("when", "on_failure")),
    "import": frozenset(("provider",)),
    "lifecycle": frozenset(("ignore_changes",)),
    "resource": frozenset(("provider",)),
    "data": frozenset(("provider",)),
    "module": frozenset(("providers",)),
    "dynamic": frozenset(("iterator",)),
}


def report_dangling(module: Module, state: State) -> None:
    """Report every reference that nothing declares, at the reference."""
    if module.broken:
        return
    for block in module.blocks:
        if block.type not in _SKIPPED_BLOCKS:
            for name, steps, span in _in_block(block, frozenset()):
                target = _undeclared(name, steps, module)
                if target is not None:
                    state.report(
                        "dangling-reference", span, f"{target} is not declared", "declare it"
                    )


def _in_block(block: Block, bound: frozenset[str]) -> Iterator[tuple[str, tuple[Step, ...], Span]]:
    skipped = _SKIPPED_ATTRIBUTES.get(block.type, frozenset())
    for attribute in block.attributes.values():
        # What may be a block is looked at as one, where iterators are known.
        if attribute.name not in skipped and not attribute.ambiguous:
            yield from references(attribute.expression, bound)
    for inner in block.blocks:
        inside = bound
        if block.type == "dynamic" and inner.type == "content":
            inside = bound | {_iterator(block)}
        yield from _in_block(inner, inside)


def _iterator(block: Block) -> str:
    attribute: Attribute | None = block.attributes.get("iterator")
    if attribute is not None and isinstance(attribute.expression, Variable):
        return attribute.expression.name
    if attribute is not None and isinstance(attribute.expression, Traversal):
        return ""
    return block.labels[0].text if block.labels else ""


def _undeclared(name: str, steps: tuple[Step, ...], module: Module) -> str | None:
    """Return the spelled target of a reference that nothing declares."""
    if name in _ALWAYS:
        return None
    names = [step.name for step in steps[:3] if isinstance(step, AttributeStep)]
    tables: dict[str, Mapping[str, object]] = {
        "var": module.variables,
        "local": module.locals,
        "module": module.calls,
    }
    if name in tables:
        found = bool(names) and names[0] in tables[name]
        return None if found else ".".join((name, *names[:1]))
    parts = [name, *names]
    if name == "resource":
        parts = names
    size = 3 if name == "data" else 2
    target = ".".join(parts[:size])
    return None if target in module.resources else target
