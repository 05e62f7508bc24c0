"""Find the values of input variables: a call's arguments, what the root is given, defaults.

What is given to a sensitive variable of the root is not known here, so that no report can tell
it. Its default is: that stands in the code.
"""

from leastwise.frontends.terraform.evaluation.type_constraints import converted
from leastwise.frontends.terraform.scope.state import BUSY, ModuleInstance, Scope, State
from leastwise.frontends.terraform.scope.uses import (
    again,
    default_use,
    given_use,
    keep,
    separately,
    together,
)
from leastwise.frontends.terraform.syntax.tree import Block, Expression, LiteralValue
from leastwise.frontends.terraform.values.conversions import is_null
from leastwise.source.value import Symbol, Unknown, Value


def variable(name: str, module: ModuleInstance, state: State) -> Value | None:
    """Return the value of a variable of a module instance (found once); None: undeclared."""
    block = module.module.variables.get(name)
    if block is None:
        return None
    key = ("var", name)
    found = module.memo.get(key)
    if found is BUSY:
        state.report("cycle", block.span, f"var.{name} depends on itself", "break the cycle")
        return _unset(name, module, block, "it depends on itself")
    if found is None:
        module.memo[key] = BUSY
        outer = separately(state)
        with state.apart():
            found = _find(name, module, block, state)
        keep(module, key, together(state, outer))
        module.memo[key] = found
    else:
        again(module, key, state)
    return found  # type: ignore[return-value]  # only values are stored under this kind


def _find(name: str, module: ModuleInstance, block: Block, state: State) -> Value:
    given = _given(name, module, block, state)
    if given is not None and is_null(given) and _is(block, "nullable", False):
        given = None
    if given is None:
        default = block.attributes.get("default")
        if default is None:
            return _unset(name, module, block, "it has no value here")
        if module.parent is None:
            state.used.add(default_use(name, block, state))
        given = state.evaluate(default.expression, Scope(state, module))
    return converted(given, _type(block), Scope(state, module))


def _given(name: str, module: ModuleInstance, block: Block, state: State) -> Value | None:
    if module.parent is None:
        found = state.inputs.get(name)
        use = None if found is None else given_use(name, found, state)
        hidden = found is not None and (_is(block, "sensitive") or _is(block, "ephemeral"))
        if hidden:
            return _unset(name, module, block, "it is sensitive")
        state.used.update(() if use is None else (use,))
        return found
    argument = module.arguments.get(name)
    if argument is None:
        return None
    expression, scope = argument
    return state.evaluate(expression, scope)


def _is(block: Block, name: str, truth: bool = True) -> bool:
    """Say whether a flag of a variable is written as a truth value."""
    attribute = block.attributes.get(name)
    expression = None if attribute is None else attribute.expression
    return isinstance(expression, LiteralValue) and expression.value.value is truth


def _type(block: Block) -> Expression | None:
    attribute = block.attributes.get("type")
    return None if attribute is None else attribute.expression


def _unset(name: str, module: ModuleInstance, block: Block, reason: str) -> Unknown:
    identity = f"{module.scope}|var.{name}"
    symbol = Symbol(identity, f"var.{name}", reason=reason, span=block.span)
    return Unknown(symbol, reason, block.span)
