"""Which templates are roots, in which environments, and which are nested by others."""

import posixpath
from collections.abc import Iterator

from leastwise.config.model import Config
from leastwise.frontends.cloudformation.cdk.metadata import asset_path
from leastwise.frontends.cloudformation.stacks.locations import TYPES, plain_path
from leastwise.frontends.cloudformation.syntax.recognise import EXTENSIONS, read_template
from leastwise.frontends.cloudformation.syntax.template import Template, template_of
from leastwise.iam.project import Root
from leastwise.source.tree import Tree, normalise
from leastwise.source.words import spelled_out

_MARKS = tuple(kind.encode() for kind in sorted(TYPES))
_LOCATIONS = ("TemplateURL", "Location")
_LOCATED = (*(name.encode() for name in _LOCATIONS), b"aws:asset:path")


def in_environments(roots: tuple[Root, ...], config: Config) -> tuple[Root, ...]:
    """Return each root once for each of its environments; others stay as they are."""
    environments: dict[str, list[str]] = {}
    for entry in config.roots:
        environments.setdefault(entry.path, []).append(entry.environment)
    return tuple(
        root._replace(environment=environment)
        for root in roots
        for environment in environments.get(root.path, [root.environment])
    )


def nesting(tree: Tree, files: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return the templates that each of the files nests by a path, where it nests some.

    Only what is written as a path counts; a template that others find by a parameter or a
    transform is judged with them and by itself.
    """
    found: dict[str, frozenset[str]] = {}
    for path in files:
        data = tree.read(path) if path.endswith(EXTENSIONS) else b""
        if not isinstance(data, bytes) or not _may_nest(data):
            continue
        body = read_template(path, data).body
        below = frozenset() if body is None else frozenset(_below(template_of(path, body)))
        if below:
            found[path] = below - {path}
    return found


def _may_nest(data: bytes) -> bool:
    words = spelled_out(data)
    return any(mark in words for mark in _MARKS) and any(mark in words for mark in _LOCATED)


def _below(template: Template) -> Iterator[str]:
    for declared in template.resources.values():
        if declared.type not in TYPES:
            continue
        found = [plain_path(declared.properties.get(name), template.path) for name in _LOCATIONS]
        # A template of the CDK names in its Metadata what it uploads.
        asset = asset_path(declared)
        if asset:
            found.append(normalise(posixpath.join(posixpath.dirname(template.path), asset)))
        yield from (path for path in found if path is not None)


def uppermost(files: frozenset[str], nested: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return those of some files that no other one of them nests, and one of each circle left."""
    pending = set(files)
    found: set[str] = set()
    while pending:
        below = frozenset().union(*(nested.get(path, frozenset()) for path in pending))
        above = pending - below or {min(pending)}
        found |= above
        for path in above:
            pending -= _reach(path, nested)
    return frozenset(found)


def above(files: frozenset[str], nested: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return the files with all templates by which they are nested, directly or not."""
    found = set(files)
    while True:
        more = {path for path, below in nested.items() if path not in found and below & found}
        if not more:
            return frozenset(found)
        found |= more


def _reach(path: str, nested: dict[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    stack = [path]
    while stack:
        current = stack.pop()
        if current not in found:
            found.add(current)
            stack += nested.get(current, ())
    return found
