"""Look up attributes of resources, data sources and module calls, when asked for."""

from leastwise.frontends.terraform.attributes.computed import computed_attribute, is_rewritten
from leastwise.frontends.terraform.documents.policy_document import document_text
from leastwise.frontends.terraform.evaluation.bodies import evaluate_body
from leastwise.frontends.terraform.evaluation.instances import (
    Declared,
    Member,
    handle_value,
    member_for,
)
from leastwise.frontends.terraform.evaluation.provider_values import known_environment
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.modules.providers import provider_key
from leastwise.frontends.terraform.scope.state import (
    BUSY,
    Handle,
    ModuleInstance,
    Scope,
    State,
)
from leastwise.frontends.terraform.scope.unknown import unknown
from leastwise.frontends.terraform.scope.uses import (
    again,
    everything,
    keep,
    of_attribute,
    separately,
    together,
)
from leastwise.frontends.terraform.syntax.tree import Expression
from leastwise.frontends.terraform.values.conversions import (
    as_integer,
    as_text,
    is_null,
    literal,
)
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Encoded,
    Layout,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_BODY_FRAMES = 12
_DOCUMENT = "aws_iam_policy_document"
_RENDERED: dict[str, Layout] = {"json": "indented", "minified_json": "compact"}


def declared_of(handle: Handle) -> Declared:
    """Return the declaration that a handle belongs to."""
    module = handle.module.module
    if handle.kind == "module":
        name = handle.name.removeprefix("module.")
        return Declared("module", handle.name, module.calls[name])
    return Declared("resource", handle.name, module.resources[handle.name].block)


def member_of(handle: Handle, key: Value | None, state: State) -> Value:
    """Return the member that a key names of a block whose instances are not known.

    Without a key it stands for any of them.
    """
    declared = declared_of(handle)
    text = None if key is None else as_text(key)
    found: str | int | Text | None = literal(text)
    if isinstance(key, Scalar):
        found = as_integer(key)
    elif (
        found is None and text is not None and not any(isinstance(p, Encoded) for p in text.pieces)
    ):
        found = text
    member = member_for(declared, handle.module, state, found)
    return handle_value(declared, handle.module, state, member)


def attribute_of(handle: Handle, name: str, expression: Expression, scope: Scope) -> Value:
    """Return an attribute of a resource, or an output of a module."""
    if not isinstance(handle.member, Member):
        return unknown(scope, expression, "the instance is not known")
    if handle.kind == "module":
        return output_of(handle.module, handle.name, handle.member, name, scope.state) or unknown(
            scope, expression, f"{handle.name} is not in view"
        )
    body = body_of(handle.module, handle.name, handle.member, scope.state)
    if body is None:
        return unknown(scope, expression, "it depends on itself")
    rendered = name in _RENDERED and f".{_DOCUMENT}." in f".{handle.name}"
    scope.state.used |= everything(body) if rendered else of_attribute(body, name)
    return _resource_attribute(handle, body, name, scope.state)


def _resource_attribute(handle: Handle, body: Body, name: str, state: State) -> Value:
    module = handle.module
    resource = module.module.resources[handle.name]
    suffix = handle.member.suffix if isinstance(handle.member, Member) else ""
    address = declared_of(handle).address(module) + suffix
    if resource.type == _DOCUMENT and name in _RENDERED:
        return _document(module, body, address, name)
    found = body.attributes.get(name)
    nested = [inner for kind, inner in body.blocks if kind == name]
    if isinstance(found, Mapping) and nested:
        # SOUND: JSON syntax does not say whether this is an argument or a list of one block.
        symbol = Symbol(f"{module.scope}|{address}.{name}", f"{address}.{name}")
        return Unknown(symbol, "it may be a block or an argument", body.span)
    if found is not None and not is_null(found) and not is_rewritten(resource.type, name, found):
        return found
    if nested:
        where = f"{address}.{name}"
        return _objects(nested, where, f"{module.scope}|{where}", body.span)
    provider = provider_key(resource.block, resource.type, module)
    return computed_attribute(
        resource.type,
        body,
        name,
        scope=module.scope,
        address=address,
        provider=provider,
        mode=resource.mode,
        known=known_environment(provider, module, state),
    )


def _document(module: ModuleInstance, body: Body, address: str, name: str) -> Value:
    key = (name, address)
    found = module.memo.get(key)
    if not isinstance(found, Text):
        found = document_text(body, module.scope, address, _RENDERED[name])
        module.memo[key] = found
    return found


def _objects(blocks: list[Body], reference: str, identity: str, span: Span) -> Sequence:
    """Return nested blocks of one type as references see them.

    What a block leaves out, or sets to null, AWS may fill in.
    """
    found: list[Value] = []
    for index, block in enumerate(blocks):
        where, name = f"{reference}[{index}]", f"{identity}[{index}]"
        entries: list[tuple[Text, Value]] = [
            (literal_text(attribute), value)
            for attribute, value in block.attributes.items()
            if not is_null(value)
        ]
        kinds = dict.fromkeys(kind for kind, _ in block.blocks if kind not in block.attributes)
        for kind in kinds:
            inner = [body for its, body in block.blocks if its == kind]
            inside = _objects(inner, f"{where}.{kind}", f"{name}.{kind}", block.span)
            entries.append((literal_text(kind), inside))
        found.append(Mapping(tuple(entries), block.span, Symbol(name, where)))
    return Sequence(tuple(found), span)


def body_of(module: ModuleInstance, name: str, member: Member, state: State) -> Body | None:
    """Return the evaluated body of an instance (worked out once); None in a cycle."""
    key = ("body", name + member.suffix)
    found = module.memo.get(key)
    if isinstance(found, Body):
        return found
    block = module.module.resources[name].block
    if found is BUSY:
        state.report("cycle", block.span, f"{name} depends on itself", "break the cycle")
        return None
    module.memo[key] = BUSY
    state.depth += _BODY_FRAMES
    outer = separately(state)
    with state.apart():
        body = evaluate_body(block, Scope(state, module, member.bindings))
    together(state, outer, leak=False)
    state.depth -= _BODY_FRAMES
    module.memo[key] = body
    return body


def output_of(
    module: ModuleInstance, name: str, member: Member, output: str, state: State
) -> Value | None:
    """Return an output of one instance of a module call; None when it is not in view."""
    from leastwise.frontends.terraform.evaluation.module_calls import child_of

    child = child_of(module, name, member, state)
    if child is None:
        return None
    block = child.module.outputs.get(output)
    attribute = None if block is None else block.attributes.get("value")
    if attribute is None:
        state.failures += 1
        return None
    return remembered(child, "output", output, attribute.expression, Scope(state, child))


def remembered(
    module: ModuleInstance, kind: str, name: str, expression: Expression, scope: Scope
) -> Value:
    """Evaluate a named expression once; meeting it again on the way is a cycle."""
    key = (kind, name)
    found = module.memo.get(key)
    if found is BUSY:
        where = f"{kind}.{name}"
        scope.state.report(
            "cycle", expression.span, f"{where} depends on itself", "break the cycle"
        )
        return unknown(scope, expression, "it depends on itself")
    if found is not None:
        again(module, key, scope.state)
        return found  # type: ignore[return-value]  # only values are stored under these kinds
    module.memo[key] = BUSY
    outer = separately(scope.state)
    with scope.state.apart():
        value = scope.state.evaluate(expression, scope)
    keep(module, key, together(scope.state, outer))
    module.memo[key] = value
    return value
