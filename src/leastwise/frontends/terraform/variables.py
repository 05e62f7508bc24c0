"""Find the values of input variables: a call's arguments, ``.tfvars`` files, defaults.

Source: https://developer.hashicorp.com/terraform/language/values/variables (precedence).
"""

from leastwise.frontends.terraform.conversions import is_null
from leastwise.frontends.terraform.parse import parse_file
from leastwise.frontends.terraform.state import BUSY, ModuleInstance, Scope, State
from leastwise.frontends.terraform.syntax import Block, Expression
from leastwise.frontends.terraform.type_constraints import converted
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.span import source_file
from leastwise.source.value import Mapping, Symbol, Unknown, Value


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
        found = _find(name, module, block, state)
        module.memo[key] = found
    return found  # type: ignore[return-value]  # only values are stored under this kind


def _find(name: str, module: ModuleInstance, block: Block, state: State) -> Value:
    given = _given(name, module, state)
    if given is not None and is_null(given) and not _is_nullable(block):
        given = None
    if given is None:
        default = block.attributes.get("default")
        if default is None:
            return _unset(name, module, block, "it has no value here")
        given = state.evaluate(default.expression, Scope(state, module))
    return converted(given, _type(block), Scope(state, module))


def _given(name: str, module: ModuleInstance, state: State) -> Value | None:
    if module.parent is None:
        return state.inputs.get(name)
    argument = module.arguments.get(name)
    if argument is None:
        return None
    expression, scope = argument
    return state.evaluate(expression, scope)


def _is_nullable(block: Block) -> bool:
    from leastwise.frontends.terraform.syntax import LiteralValue

    attribute = block.attributes.get("nullable")
    expression = None if attribute is None else attribute.expression
    return not (isinstance(expression, LiteralValue) and expression.value.value is False)


def _type(block: Block) -> Expression | None:
    attribute = block.attributes.get("type")
    return None if attribute is None else attribute.expression


def _unset(name: str, module: ModuleInstance, block: Block, reason: str) -> Unknown:
    identity = f"{module.scope}|var.{name}"
    symbol = Symbol(identity, f"var.{name}", reason=reason, span=block.span)
    return Unknown(symbol, reason, block.span)


def load_inputs(module: ModuleInstance, state: State) -> dict[str, Value]:
    """Read ``terraform.tfvars`` and ``*.auto.tfvars`` (and ``.json``) of the root."""
    path = module.module.path
    names = [e.name for e in state.tree.list(path) if not e.is_dir]
    ordered: list[str] = [n for n in ("terraform.tfvars", "terraform.tfvars.json") if n in names]
    ordered += [n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    inputs: dict[str, Value] = {}
    for name in ordered:
        inputs.update(_load_file(f"{path}/{name}" if path else name, module, state))
    return inputs


def _load_file(path: str, module: ModuleInstance, state: State) -> dict[str, Value]:
    state.files.setdefault(path)
    data = state.tree.read(path)
    found = data if isinstance(data, Diagnostic) else _parse(path, data, module, state)
    if isinstance(found, Diagnostic):
        state.diagnostics.setdefault(found)
        return {}
    return found


def _parse(
    path: str, data: bytes, module: ModuleInstance, state: State
) -> dict[str, Value] | Diagnostic:
    if path.endswith(".json"):
        text = text_of_file(source_file(path, data))
        value = text if isinstance(text, Diagnostic) else parse_json(text, path=path)
        if isinstance(value, Diagnostic):
            return value
        entries = value.entries if isinstance(value, Mapping) else ()
        return {key.literal: item for key, item in entries if key.literal is not None}
    state.sources[path] = data
    file = parse_file(path, data)
    if isinstance(file, Diagnostic):
        return file
    scope = Scope(state, module)
    return {n: state.evaluate(a.expression, scope) for n, a in file.attributes.items()}
