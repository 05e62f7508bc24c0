"""From the paths a person names to a tree with a root, and the files to look at.

The root bounds everything that may be read: the git work tree that holds the paths, else the
working directory when it holds them, else the folder they have in common.
"""

import os
from pathlib import Path
from typing import NamedTuple

from leastwise.config.paths import path_matches
from leastwise.source.listing import list_files, list_ignored, list_small
from leastwise.source.tree import DiskTree, MemoryTree, OverlayTree, Tree, is_plan

MOST_FILES = 2000
"""How many files a working directory without git may hold to be listed as a whole."""


class Workspace(NamedTuple):
    """Hold the tree of one run and what of it was named.

    ``files`` are all files of the tree, ``named`` those below the named paths, ``explicit``
    those that were named as files: all POSIX and relative to the root. ``prefix`` leads from
    the working directory to the root (``""`` or ending in ``/``).
    """

    tree: Tree
    files: tuple[str, ...]
    named: frozenset[str]
    explicit: frozenset[str]
    prefix: str
    root: Path | None


class WrongUse(NamedTuple):
    """Say why the arguments can't be used; the command prints it and exits with 2."""

    message: str


def _git_top(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return None


def _common_root(places: list[Path], cwd: Path) -> Path | WrongUse:
    folders = [place if place.is_dir() else place.parent for place in places]
    top = _git_top(folders[0])
    if top is not None and all(place.is_relative_to(top) for place in places):
        return top
    if all(place.is_relative_to(cwd) for place in places):
        return cwd
    try:
        common = Path(os.path.commonpath(folders))
    except ValueError:
        return WrongUse("the paths lie on different drives: run leastwise once for each")
    if common == Path(common.anchor) and len(places) > 1:
        return WrongUse("the paths have no folder in common: run leastwise once for each")
    return common


def root_of(place: Path, cwd: Path) -> Path:
    """Return what bounds the reading of one named file (an absolute path)."""
    root = _common_root([place], cwd)
    return place.parent if isinstance(root, WrongUse) else root


def open_workspace(paths: tuple[str, ...], cwd: Path) -> Workspace | WrongUse:
    """Resolve the paths of a command line; one that does not exist is wrong use."""
    places: list[Path] = []
    for path in paths:
        place = Path(os.path.abspath(cwd / path))  # noqa: PTH100 - links are kept as written
        if not os.path.exists(place):  # noqa: PTH110 - Path.exists raises on odd names
            return WrongUse(f"{path!r} does not exist")
        places.append(place)
    root = _common_root(places, cwd)
    if isinstance(root, WrongUse):
        return root
    relative = {place: _relative(place, root) for place in places}
    folders = tuple(relative[place] for place in places if place.is_dir())
    explicit = frozenset(relative[place] for place in places if not place.is_dir())
    listed = frozenset(_listed(root, folders))
    everything = listed.union(explicit, list_ignored(root, folders, listed))
    below = {name for name in everything if any(_is_below(name, folder) for folder in folders)}
    return Workspace(
        tree=DiskTree(root),
        files=tuple(sorted(everything)),
        named=frozenset(below | explicit),
        explicit=explicit,
        prefix=_prefix(root, cwd),
        root=root,
    )


def _listed(root: Path, folders: tuple[str, ...]) -> tuple[str, ...]:
    """List the whole work tree: callers of a named module count.

    Without git, the root may be anyone's working directory: if it is a large one, what was named
    is listed only.
    """
    if (root / ".git").exists():
        return list_files(root, ("",))
    whole = None if "" in folders else list_small(root, MOST_FILES)
    return list_files(root, folders) if whole is None else whole


def _relative(place: Path, root: Path) -> str:
    text = place.relative_to(root).as_posix()
    return "" if text == "." else text


def _is_below(name: str, folder: str) -> bool:
    return not folder or name.startswith(folder + "/")


def _prefix(root: Path, cwd: Path) -> str:
    if root == cwd:
        return ""
    try:
        way = os.path.relpath(root, cwd)
    except ValueError:
        return root.as_posix() + "/"
    return way.replace(os.sep, "/") + "/"


def without(workspace: Workspace, globs: tuple[str, ...]) -> Workspace:
    """Leave out the files that match a path glob, also those that were named."""
    if not globs:
        return workspace

    def kept(path: str) -> bool:
        return not any(path_matches(path, glob) for glob in globs)

    return workspace._replace(
        files=tuple(filter(kept, workspace.files)),
        named=frozenset(filter(kept, workspace.named)),
        explicit=frozenset(filter(kept, workspace.explicit)),
    )


def stdin_workspace(data: bytes, filename: str | None, cwd: Path) -> Workspace | WrongUse:
    """Make a workspace of standard input; with a file name it stands in for that file."""
    if filename is None and is_plan(data):
        # The configuration that the plan was made from may lie in the working directory.
        filename = _guess_name(data)
    if filename is None:
        name = _guess_name(data)
        tree = MemoryTree({name: data})
        return Workspace(tree, (name,), frozenset({name}), frozenset({name}), "", None)
    place = Path(os.path.abspath(cwd / filename))  # noqa: PTH100 - links are kept as written
    if not place.parent.is_dir():
        return WrongUse(f"the folder of {filename!r} does not exist")
    root = _common_root([place], cwd)
    if isinstance(root, WrongUse):
        return root
    name = _relative(place, root)
    files = tuple(sorted({*_listed(root, ()), name}))
    tree_with = OverlayTree(DiskTree(root), {name: data})
    only = frozenset({name})
    return Workspace(tree_with, files, only, only, _prefix(root, cwd), root)


def _guess_name(data: bytes) -> str:
    """Name standard input after what it looks like; a wrong guess ends in a syntax error."""
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        return "stdin.json"
    if data.startswith(b"PK"):
        return "stdin.tfplan"
    if b"AWSTemplateFormatVersion" in data or b"\nResources:" in b"\n" + data:
        return "stdin.yaml"
    return "stdin.tf"
