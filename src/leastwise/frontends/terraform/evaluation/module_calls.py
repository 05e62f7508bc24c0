"""Follow module calls: local directories, installed modules, and those that are not in view."""

import posixpath

from leastwise.frontends.terraform.evaluation.instances import META_ARGUMENTS, Member
from leastwise.frontends.terraform.modules.loading import load_module
from leastwise.frontends.terraform.modules.manifest import Wanted, find_installed
from leastwise.frontends.terraform.modules.module_sources import is_local
from leastwise.frontends.terraform.modules.providers import passed_providers
from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import (
    MAX_MODULE_DEPTH,
    ModuleInstance,
    Scope,
    State,
)
from leastwise.frontends.terraform.scope.uses import existence_of
from leastwise.frontends.terraform.syntax.tree import Block, LiteralPart, Template
from leastwise.iam.project import ModuleCall, NotInView
from leastwise.source.span import Span
from leastwise.source.tree import normalise


def child_of(
    module: ModuleInstance, name: str, member: Member, state: State
) -> ModuleInstance | None:
    """Return the module instance of one member of a call; None when it is not in view."""
    key = ("child", name + member.suffix)
    if key not in module.memo:
        module.memo[key] = _make(module, name, member, state)
    found = module.memo[key]
    return found if isinstance(found, ModuleInstance) else None


def _make(module: ModuleInstance, name: str, member: Member, state: State) -> ModuleInstance | None:
    block = module.module.calls[name.removeprefix("module.")]
    loaded = _module_of(module, name, block, state)
    if loaded is None:
        return None
    address = f"{module.address}.{name}" if module.address else name
    address += member.suffix
    caller = Scope(state, module, member.bindings)
    arguments = {
        attribute.name: (attribute.expression, caller)
        for attribute in block.attributes.values()
        if attribute.name not in META_ARGUMENTS and attribute.name not in {"source", "version"}
    }
    root = module.scope.partition("|")[0]
    return ModuleInstance(
        loaded,
        address,
        f"{root}|{address}",
        arguments,
        passed_providers(block, module),
        module,
        address,
        maybe=module.maybe or member.maybe,
        calls=(*module.calls, ModuleCall(name + member.suffix, _head(block))),
        existence=existence_of(name, module),
    )


def _head(block: Block) -> Span:
    """Return the place of a block's type and labels."""
    end = block.labels[-1].span.end if block.labels else block.span.end
    return Span(block.span.path, block.span.start, end)


def _module_of(module: ModuleInstance, name: str, block: Block, state: State) -> Module | None:
    """Return the module that a call names (looked up once for all its instances)."""
    key = ("source", name)
    if key not in module.memo:
        path = _directory(module, name, block, state)
        module.memo[key] = None if path is None else _load(module, path, block, state)
    found = module.memo[key]
    return found if isinstance(found, Module) else None


def _load(module: ModuleInstance, path: str, block: Block, state: State) -> Module | None:
    callers: list[str] = []
    caller: ModuleInstance | None = module
    while caller is not None:
        callers.append(caller.module.path)
        caller = caller.parent
    if path in callers or len(callers) > MAX_MODULE_DEPTH:
        state.report(
            "module-cycle",
            block.span,
            "this module calls itself, directly or through others",
            "break the cycle",
            error=True,
        )
        return None
    if path not in state.modules:
        state.modules[path] = load_module(path, state)
    found = state.modules[path]
    if found is None:
        state.report(
            "module-not-found",
            block.span,
            f"there is no Terraform file in {path!r}",
            "correct the source of the module",
            error=True,
        )
    return found


def _directory(module: ModuleInstance, name: str, block: Block, state: State) -> str | None:
    """Return the directory of a call's source inside the tree, or say why there is none."""
    attribute = block.attributes.get("source")
    source = None if attribute is None else _literal(attribute.expression)
    if source is None:
        _not_in_view(block, state, f"{name} has no literal source", "spell its source")
        return None
    if not is_local(source):
        return _installed(module, name, source, block, state)
    path = normalise(posixpath.join(module.module.path, source))
    if path is None:
        _not_in_view(
            block, state, f"{name} lies outside the scanned tree", "scan a directory that holds it"
        )
    return path


def _literal(expression: object) -> str | None:
    match expression:
        case Template(parts=(LiteralPart(chars=chars),)):
            return chars.text
        case _:
            return None


def _not_in_view(block: Block, state: State, message: str, remedy: str) -> None:
    state.not_in_view.setdefault(NotInView("module", block.span, message, remedy))


def _installed(
    module: ModuleInstance, name: str, source: str, block: Block, state: State
) -> str | None:
    """Find an installed registry or git module; one that is not installed is noted."""
    root = module
    while root.parent is not None:
        root = root.parent
    calls = [name.removeprefix("module.")]
    caller: ModuleInstance | None = module
    while caller is not None and caller.parent is not None:
        calls.append(_call_name(caller))
        caller = caller.parent
    version = block.attributes.get("version")
    pinned = None if version is None else _literal(version.expression)
    wanted = Wanted(".".join(reversed(calls)), source, pinned)
    path = find_installed(root.module.path, wanted, state)
    if path is None:
        state.uninstalled.setdefault(source, {}).setdefault(block.span, name)
    return path


def _call_name(module: ModuleInstance) -> str:
    """Return the name under which a module instance was called, without its key."""
    parent = module.parent.address if module.parent is not None else ""
    own = module.address.removeprefix(f"{parent}." if parent else "")
    return own.removeprefix("module.").partition("[")[0]


def uninstalled_modules(root: str, state: State) -> tuple[NotInView, ...]:
    """List the modules that are not installed, one for each source, with how many calls it has."""
    where = f" in {root}" if root else ""
    remedy = f"run 'terraform get'{where}"
    found = []
    for source, calls in state.uninstalled.items():
        names = list(dict.fromkeys(calls.values()))
        more = f" and {len(calls) - 1} more calls" if len(calls) > 2 else ""
        more = " and 1 more call" if len(calls) == 2 else more
        message = f"{names[0]}{more} ({source}): the module is not installed"
        found.append(NotInView("module", next(iter(calls)), message, remedy, len(calls)))
    return tuple(found)
