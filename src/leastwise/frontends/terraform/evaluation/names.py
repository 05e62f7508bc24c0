"""Resolve the names at which references start."""

import posixpath
from collections.abc import Callable
from typing import TypeAlias

from leastwise.frontends.terraform.evaluation.instances import Declared, expand, root_scope
from leastwise.frontends.terraform.evaluation.objects import remembered
from leastwise.frontends.terraform.evaluation.variables import variable
from leastwise.frontends.terraform.scope.state import ModuleInstance, Scope
from leastwise.frontends.terraform.scope.unknown import unknown
from leastwise.frontends.terraform.syntax.tree import AttributeStep, Traversal, Variable
from leastwise.source.text import literal_text
from leastwise.source.value import Symbol, Unknown, Value

Reference: TypeAlias = Traversal | Variable
Resolved: TypeAlias = tuple[Value, int]


def resolve_name(name: str, reference: Reference, scope: Scope) -> Resolved:
    """Return what a reference starts with, and how many of its steps that took."""
    bound = scope.bindings.get(name)
    if bound is not None:
        return bound.value, 0
    resolver = _RESOLVERS.get(name)
    if resolver is not None:
        return resolver(reference, scope)
    return _resource(name, reference, scope, 0)


def _attribute(reference: Reference, index: int) -> str | None:
    """Return the name of a step that is an attribute, or None."""
    if isinstance(reference, Traversal) and index < len(reference.steps):
        step = reference.steps[index]
        return step.name if isinstance(step, AttributeStep) else None
    return None


def _undeclared(reference: Reference, scope: Scope) -> Resolved:
    """Return Unknown: the reference has been reported where references are checked."""
    scope.state.failures += 1
    steps = len(reference.steps) if isinstance(reference, Traversal) else 0
    return unknown(scope, reference, "it is not declared"), steps


def _all_unknown(reference: Reference, scope: Scope) -> Resolved:
    steps = len(reference.steps) if isinstance(reference, Traversal) else 0
    return unknown(scope, reference, "known only to a run of Terraform"), steps


def _variable(reference: Reference, scope: Scope) -> Resolved:
    name = _attribute(reference, 0)
    found = None if name is None else variable(name, scope.module, scope.state)
    return _undeclared(reference, scope) if found is None else (found, 1)


def _local(reference: Reference, scope: Scope) -> Resolved:
    name = _attribute(reference, 0)
    attribute = None if name is None else scope.module.module.locals.get(name)
    if name is None or attribute is None:
        return _undeclared(reference, scope)
    inside = Scope(scope.state, scope.module)
    return remembered(scope.module, "local", name, attribute.expression, inside), 1


def _module(reference: Reference, scope: Scope) -> Resolved:
    name = _attribute(reference, 0)
    block = None if name is None else scope.module.module.calls.get(name)
    if block is None:
        return _undeclared(reference, scope)
    declared = Declared("module", f"module.{name}", block)
    return expand(declared, scope.module, scope.state).value, 1


def _data(reference: Reference, scope: Scope) -> Resolved:
    kind = _attribute(reference, 0)
    return _resource(f"data.{kind}", reference, scope, 1)


def _managed(reference: Reference, scope: Scope) -> Resolved:
    kind = _attribute(reference, 0)
    return _resource(str(kind), reference, scope, 1)


def _resource(kind: str, reference: Reference, scope: Scope, used: int) -> Resolved:
    name = f"{kind}.{_attribute(reference, used)}"
    resource = scope.module.module.resources.get(name)
    if resource is None:
        return _undeclared(reference, scope)
    declared = Declared("resource", name, resource.block)
    return expand(declared, scope.module, scope.state).value, used + 1


def _path(reference: Reference, scope: Scope) -> Resolved:
    """Resolve ``path.module`` and ``path.root``, relative to the root as Terraform has them."""
    name = _attribute(reference, 0)
    if name == "root":
        return literal_text("."), 1
    if name == "module":
        root = _root(scope.module).module.path
        relative = posixpath.relpath(scope.module.module.path or ".", root or ".")
        return literal_text(relative), 1
    return _all_unknown(reference, scope)


def _root(module: ModuleInstance) -> ModuleInstance:
    while module.parent is not None:
        module = module.parent
    return module


def _terraform(reference: Reference, scope: Scope) -> Resolved:
    """Return ``terraform.workspace``, or a symbol that is the same in all modules of the root."""
    name = f"terraform.{_attribute(reference, 0)}"
    settings = scope.state.settings
    if name == "terraform.workspace" and settings is not None and settings.workspace is not None:
        return literal_text(settings.workspace), 1
    reason = "it depends on the workspace"
    identity = f"{root_scope(scope.module)}|{name}"
    return Unknown(Symbol(identity, name, reason=reason), reason, reference.span), 1


_RESOLVERS: dict[str, Callable[[Reference, Scope], Resolved]] = {
    "var": _variable,
    "local": _local,
    "module": _module,
    "data": _data,
    "resource": _managed,
    "path": _path,
    "terraform": _terraform,
    "self": _all_unknown,
    "each": _all_unknown,
    "count": _all_unknown,
    "ephemeral": _all_unknown,
}
