"""Load the files of a module directory and index what they declare."""

from collections.abc import Callable

from leastwise.frontends.terraform.scope.module import Module, ResourceBlock
from leastwise.frontends.terraform.scope.state import State
from leastwise.frontends.terraform.syntax.opentofu import is_override, read_by
from leastwise.frontends.terraform.syntax.overrides import merge_overrides
from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.provider_names import spelled_alias
from leastwise.frontends.terraform.syntax.tree import Block, File
from leastwise.source.diagnostic import Diagnostic

_LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1}
"""Blocks whose labels are a name of their own in the module, by the number of labels."""

_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")


def load_module(path: str, state: State) -> Module | None:
    """Read a module directory; None when it holds no Terraform file."""
    held = [e.name for e in state.tree.list(path) if not e.is_dir and _is_terraform(e.name)]
    names = read_by(state.root.tool, held)
    if not names:
        return None
    files: list[File] = []
    broken = False
    for name in names:
        parsed = _load_file(f"{path}/{name}" if path else name, state)
        broken = broken or parsed is None
        if parsed is not None:
            files.append(parsed)
    primary = [block for file in files if not is_override(file.path) for block in file.blocks]
    overriding = [block for file in files if is_override(file.path) for block in file.blocks]
    blocks, lost = merge_overrides(primary, overriding)
    for block in lost:
        state.report(
            "override-without-base",
            block.span,
            f"this {block.type} overrides nothing",
            "declare it in another file, or rename this one",
        )
    _report_twice(primary, state)
    return _index(path, blocks, broken=broken)


def _report_twice(blocks: list[Block], state: State) -> None:
    """Report declarations of one name: Terraform refuses them, and only the first is read."""
    seen: set[tuple[str, ...]] = set()
    for block in blocks:
        labels = tuple(label.text for label in block.labels)
        if _LABELS.get(block.type, -1) != len(labels):
            continue
        if (block.type, *labels) in seen:
            name = f"{block.type} {'.'.join(labels)}"
            message = f"{name!r} is declared twice in this module, only the first is read"
            state.report("duplicate-key", block.span, message, "rename one of them", error=True)
        seen.add((block.type, *labels))


def _is_terraform(name: str) -> bool:
    is_hidden = name.startswith(".") or name.endswith("~")
    return not is_hidden and name.endswith(_SUFFIXES)


def _load_file(path: str, state: State) -> File | None:
    state.files.setdefault(path)
    data = state.tree.read(path)
    if isinstance(data, Diagnostic):
        state.diagnostics.setdefault(data)
        return None
    state.sources[path] = data
    parsed = _parse(path, data)
    if isinstance(parsed, Diagnostic):
        state.diagnostics.setdefault(parsed)
        return None
    return parsed


def _parse(path: str, data: bytes) -> File | Diagnostic:
    if not path.endswith(".json"):
        return parse_file(path, data)
    from leastwise.frontends.terraform.syntax.json_syntax import parse_json_file

    return parse_json_file(path, data)


def _index(path: str, blocks: tuple[Block, ...], *, broken: bool) -> Module:
    module = Module(path, blocks, broken=broken)
    for block in blocks:
        handler = _INDEXERS.get(block.type)
        if handler is not None:
            handler(module, block)
    return module


def _index_locals(module: Module, block: Block) -> None:
    for name, attribute in block.attributes.items():
        module.locals.setdefault(name, attribute)


def _index_resource(module: Module, block: Block) -> None:
    if len(block.labels) == 2:
        kind, name = block.labels[0].text, block.labels[1].text
        module.resources.setdefault(f"{kind}.{name}", ResourceBlock("managed", kind, block))


def _index_data(module: Module, block: Block) -> None:
    if len(block.labels) == 2:
        kind, name = block.labels[0].text, block.labels[1].text
        module.resources.setdefault(f"data.{kind}.{name}", ResourceBlock("data", kind, block))


def _index_provider(module: Module, block: Block) -> None:
    if len(block.labels) != 1:
        return
    name = spelled_alias(block)
    key = block.labels[0].text
    module.providers.setdefault(f"{key}.{name}" if name else key, block)


def _index_variable(module: Module, block: Block) -> None:
    if block.labels:
        module.variables.setdefault(block.labels[0].text, block)


def _index_call(module: Module, block: Block) -> None:
    if block.labels:
        module.calls.setdefault(block.labels[0].text, block)


def _index_output(module: Module, block: Block) -> None:
    if block.labels:
        module.outputs.setdefault(block.labels[0].text, block)


_INDEXERS: dict[str, Callable[[Module, Block], None]] = {
    "locals": _index_locals,
    "resource": _index_resource,
    "data": _index_data,
    "provider": _index_provider,
    "variable": _index_variable,
    "module": _index_call,
    "output": _index_output,
}
