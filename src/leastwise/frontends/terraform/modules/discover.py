"""Find the Terraform root modules of a tree: directories that no other scanned module calls.

A module that nobody calls is a root of its own, and so is one of modules that only call each
other, so that every file is judged through at least one root. One that is called is a root too
when it has a backend or configures a provider, or when the configuration or a ``terragrunt.hcl``
names it. A root is there once for each of its environments.
"""

import posixpath

from leastwise.config.model import Config, RootSettings
from leastwise.frontends.terraform.modules.deployed import STATE_BLOCKS, configures_root
from leastwise.frontends.terraform.modules.terragrunt import terragrunt_roots
from leastwise.frontends.terraform.syntax.opentofu import split_by_tool
from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.tree import Block, LiteralPart, Template
from leastwise.iam.project import Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.tree import Tree, normalise
from leastwise.source.value import Mapping, Sequence, Text, Value

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")

_IAM_MARKS = (b"aws_", b"module", b"\\u", b"\\U", b"\0")
"""What a directory with something to judge holds.

``\\u`` may hide the others in JSON and in labels; a NUL stands between the letters of UTF-16.
"""

_ROOT_MARKS = (
    *(b'backend "', b"backend\t", b"backend  ", b'"backend"'),
    *(b"cloud {", b"cloud{", b"cloud\t", b"cloud  ", b'"cloud"'),
    *(b'provider "', b"provider\t", b"provider  ", b'"provider"'),
)
"""What a module that is called is parsed for, as people and formatters space it."""


def roots(tree: Tree, files: tuple[str, ...], config: Config | None = None) -> tuple[Root, ...]:
    """Return the roots among the directories of the Terraform files named, in path order."""
    folders: dict[str, list[str]] = {}
    for path in files:
        parts = path.split("/")
        if path.endswith(SUFFIXES) and ".terraform" not in parts:
            folders.setdefault(posixpath.dirname(path), []).append(path)
    calls = {folder: _called(tree, folder, names) for folder, names in folders.items()}
    entries = () if config is None else config.roots
    deployments = _deployments(terragrunt_roots(tree, files), entries, folders)
    called = frozenset().union(*calls.values())
    own = {f for f, names in folders.items() if f in called and _configures_root(tree, names)}
    paths = sorted({*_uncalled(calls), *own, *deployments})
    found = (r for p in paths for r in deployments.get(p) or (Root("terraform", p),))
    opentofu = config is not None and config.opentofu
    return split_by_tool(found, folders, calls, opentofu=opentofu)


def _deployments(
    units: tuple[Root, ...], entries: tuple[RootSettings, ...], folders: dict[str, list[str]]
) -> dict[str, list[Root]]:
    """Return the roots that are named, by their modules; entries may name Terragrunt's folders."""
    found: dict[str, list[Root]] = {}
    taken = {posixpath.dirname(unit.inputs) for unit in units}
    for unit in units:
        named = [e.environment for e in entries if e.path == posixpath.dirname(unit.inputs)]
        for environment in named or [""]:
            root = unit._replace(environment=environment or unit.environment)
            found.setdefault(unit.path, []).append(root)
    for entry in entries:
        if entry.path in folders and entry.path not in taken:
            root = Root("terraform", entry.path, entry.environment)
            found.setdefault(entry.path, []).append(root)
    return found


def may_hold_iam(tree: Tree, paths: tuple[str, ...]) -> bool:
    """Say whether the files of a module are worth evaluating; one that can't be read is."""
    for path in paths:
        data = tree.read(path)
        if isinstance(data, Diagnostic) or any(mark in data for mark in _IAM_MARKS):
            return True
    return False


def module_files(tree: Tree, folder: str) -> tuple[str, ...]:
    """Return the paths of a module's Terraform files."""
    prefix = f"{folder}/" if folder else ""
    names = (entry.name for entry in tree.list(folder) if not entry.is_dir)
    return tuple(prefix + name for name in names if name.endswith(SUFFIXES))


def _uncalled(calls: dict[str, frozenset[str]]) -> list[str]:
    """Return the folders nobody else calls, and one of each circle that is left over."""
    called = {target for folder, targets in calls.items() for target in targets - {folder}}
    found = sorted(folder for folder in calls if folder not in called)
    reached: set[str] = set()
    for folder in found:
        _reach(folder, calls, reached)
    for folder in sorted(calls):
        if folder not in reached:
            found.append(folder)
            _reach(folder, calls, reached)
    return found


def _reach(folder: str, calls: dict[str, frozenset[str]], reached: set[str]) -> None:
    pending = [folder]
    while pending:
        current = pending.pop()
        if current not in reached:
            reached.add(current)
            pending += calls.get(current, ())


def _called(tree: Tree, folder: str, paths: list[str]) -> frozenset[str]:
    """Return the folders that the module blocks of a folder name by a local path."""
    found: set[str] = set()
    for path in paths:
        data = tree.read(path)
        if isinstance(data, Diagnostic) or b"module" not in data:
            continue
        if path.endswith(".json"):
            sources = _sources_in_json(path, data)
        elif b'"./' in data or b'"../' in data:
            sources = _sources_in_hcl(path, data)
        else:
            continue
        for source in sources:
            if source.startswith(("./", "../")):
                target = normalise(posixpath.join(folder, source))
                found.update(() if target is None else (target,))
    return frozenset(found)


def _configures_root(tree: Tree, paths: list[str]) -> bool:
    """Say whether a module that is called holds what belongs in a root module."""
    for path in paths:
        data = tree.read(path)
        if isinstance(data, Diagnostic) or not any(mark in data for mark in _ROOT_MARKS):
            continue
        if path.endswith(".json"):
            if _configures_root_in_json(path, data):
                return True
            continue
        parsed = parse_file(path, data)
        if not isinstance(parsed, Diagnostic) and any(map(configures_root, parsed.blocks)):
            return True
    return False


def _configures_root_in_json(path: str, data: bytes) -> bool:
    parsed = read_json(path, data)
    if not isinstance(parsed, Mapping):
        return False
    of_state = (b.get(name) for b in _objects(parsed.get("terraform")) for name in STATE_BLOCKS)
    return parsed.get("provider") is not None or any(found is not None for found in of_state)


def _sources_in_hcl(path: str, data: bytes) -> list[str]:
    parsed = parse_file(path, data)
    if isinstance(parsed, Diagnostic):
        return []
    found = (_source_of(block) for block in parsed.blocks if block.type == "module")
    return [source for source in found if source is not None]


def _source_of(block: Block) -> str | None:
    attribute = block.attributes.get("source")
    template = None if attribute is None else attribute.expression
    if not isinstance(template, Template) or len(template.parts) != 1:
        return None
    part = template.parts[0]
    return part.chars.text if isinstance(part, LiteralPart) else None


def _sources_in_json(path: str, data: bytes) -> list[str]:
    parsed = read_json(path, data)
    if not isinstance(parsed, Mapping):
        return []
    calls = [call for modules in _objects(parsed.get("module")) for _, call in modules.entries]
    sources = (block.get("source") for call in calls for block in _objects(call))
    return [s.literal for s in sources if isinstance(s, Text) and s.literal is not None]


def _objects(value: Value | None) -> list[Mapping]:
    """Return the objects that a block is in JSON syntax: one, or a list of them."""
    items = value.items if isinstance(value, Sequence) else (value,)
    return [item for item in items if isinstance(item, Mapping)]
