"""Find the root module that a plan was made from: a plan does not name its folder.

It is the one that declares exactly the resources and module calls of the plan's configuration.
The plan's own folder and those above it come first; of the others only a single one will do.
"""

import posixpath
from typing import Any

from leastwise.frontends.terraform.evaluation.expressions import evaluate
from leastwise.frontends.terraform.modules.discover import SUFFIXES, module_files
from leastwise.frontends.terraform.modules.loading import load_module
from leastwise.frontends.terraform.plan.walk import ShapeError, walk
from leastwise.frontends.terraform.scope.state import State
from leastwise.iam.project import Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import Tree


def module_of(tree: Tree, path: str, data: bytes, files: tuple[str, ...]) -> str | None:
    """Return the folder of a plan's root module, or None when none can be told."""
    declared = _declared_by(data)
    if not declared:
        return None
    folders: dict[str, list[str]] = {}
    for name in files:
        if name.endswith(SUFFIXES) and ".terraform" not in name.split("/"):
            folders.setdefault(posixpath.dirname(name), []).append(name)
    near = _upwards(posixpath.dirname(path))
    for folder in near:
        if _declares(tree, folder, list(module_files(tree, folder)), declared):
            return folder
    others = [f for f in sorted(folders) if f not in near]
    found = [f for f in others if _declares(tree, f, folders[f], declared)]
    return found[0] if len(found) == 1 else None


def _upwards(folder: str) -> list[str]:
    found = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found


def _declared_by(data: bytes) -> frozenset[str]:
    """Return what the configuration of a plan declares: resource addresses and module calls."""
    try:
        reader = walk(data)
        for key in reader.object():
            taken = reader.take()
            if key == "configuration":
                return _names(taken.data)
    except ShapeError:
        pass
    return frozenset()


def _names(configuration: Any) -> frozenset[str]:
    root = configuration.get("root_module") if isinstance(configuration, dict) else None
    if not isinstance(root, dict):
        return frozenset()
    resources, calls = root.get("resources"), root.get("module_calls")
    found = {
        one["address"]
        for one in (resources if isinstance(resources, list) else ())
        if isinstance(one, dict) and isinstance(one.get("address"), str)
    }
    called = {f"module.{name}" for name in (calls if isinstance(calls, dict) else ())}
    return frozenset(found | called)


def _declares(tree: Tree, folder: str, paths: list[str], wanted: frozenset[str]) -> bool:
    """Say whether the files of a folder declare just what is wanted.

    The words are looked for first: most folders of a tree are other modules.
    """
    contents = [data for p in paths if not isinstance(data := tree.read(p), Diagnostic)]
    words = {name.rpartition(".")[2].encode() for name in wanted}
    if not all(any(word in data for data in contents) for word in words):
        return False
    module = load_module(folder, State(tree, Root("terraform", folder), evaluate))
    if module is None:
        return False
    return wanted == {*module.resources, *(f"module.{name}" for name in module.calls)}
