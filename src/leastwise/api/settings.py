"""Where the configuration comes from: a file that was named, else the nearest one in the tree."""

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse
from leastwise.config.model import Config
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import DiskTree

_NAMES = ("leastwise.toml", "pyproject.toml")


def read_typed_file(path: str, cwd: Path) -> str | WrongUse:
    """Read a file that the user named on the command line or in the configuration."""
    place = Path(os.path.abspath(cwd / path))  # noqa: PTH100 - links are kept as written
    data = DiskTree(place.parent).read(place.name)
    if isinstance(data, Diagnostic):
        return WrongUse(f"{path}: {data.message}")
    return _decoded(data, path)


class Settings(NamedTuple):
    """Hold the configuration and where its relative paths begin.

    ``folder`` is a folder of the tree for a file found there; None for a file that was named,
    whose paths begin beside it.
    """

    config: Config
    folder: str | None = None


def find_settings(workspace: Workspace, options: Options, cwd: Path) -> Settings | WrongUse:
    """Return the configuration of a run.

    Without ``--config`` the nearest ``leastwise.toml``, or ``pyproject.toml`` with a
    ``[tool.leastwise]`` table, counts: from the named paths' common folder up to the root.
    """
    if options.config_path is not None:
        text = read_typed_file(options.config_path, cwd)
        if isinstance(text, WrongUse):
            return text
        parsed = _parsed(text, options.config_path, None)
        beside = _folder_in_tree(options.config_path, workspace, cwd)
        return _settled(parsed, beside, workspace, (text, options.config_path))
    for folder in _folders_up(workspace):
        for name in _NAMES:
            path = f"{folder}/{name}" if folder else name
            if not workspace.tree.exists(path):
                continue
            text = _read_tree_file(workspace, path)
            if isinstance(text, WrongUse):
                return text
            if name == "pyproject.toml" and not _has_table(text):
                continue
            return _settled(_parsed(text, path, folder), folder, workspace, (text, path))
    return Settings(Config())


def _folder_in_tree(path: str, workspace: Workspace, cwd: Path) -> str:
    """Return the folder of a file that was named, or the root's when it lies elsewhere."""
    place = Path(os.path.abspath(cwd / path)).parent  # noqa: PTH100 - links are kept as written
    root = workspace.root
    if root is None or not place.is_relative_to(root):
        return ""
    return place.relative_to(root).as_posix().removeprefix(".")


def _settled(
    settings: Settings | WrongUse, folder: str, workspace: Workspace, file: tuple[str, str]
) -> Settings | WrongUse:
    """Find the paths of root entries in the tree; ``file`` is the text read and its name."""
    if isinstance(settings, WrongUse):
        return settings
    config = settings.config
    if not (config.roots or config.scps):
        return settings
    from leastwise.api.deployments import deployments, files_of_all

    found = deployments(config.roots, folder, workspace, file)
    scps = files_of_all("scps", config.scps, folder, workspace, file)
    if isinstance(found, WrongUse):
        return found
    if isinstance(scps, WrongUse):
        return scps
    return settings._replace(config=config._replace(roots=found, scps=scps))


def _read_tree_file(workspace: Workspace, path: str) -> str | WrongUse:
    data = workspace.tree.read(path)
    if isinstance(data, Diagnostic):
        return WrongUse(data.message)
    return _decoded(data, path)


def _decoded(data: bytes, path: str) -> str | WrongUse:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return WrongUse(f"{path}: it is not UTF-8")


def _has_table(text: str) -> bool:
    """Say whether a pyproject.toml is ours to read; one that is broken is, if it names us."""
    if "leastwise" not in text:
        return False
    import tomllib

    try:
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError):
        return "[tool.leastwise" in text
    return isinstance(tool, dict) and "leastwise" in tool


def _parsed(text: str, source: str, folder: str | None) -> Settings | WrongUse:
    from leastwise.config.read import ConfigProblem, read_config

    config = read_config(text, source)
    if isinstance(config, ConfigProblem):
        return WrongUse(config.message)
    return Settings(config, folder)


def find_baseline(
    workspace: Workspace, settings: Settings, options: Options, cwd: Path
) -> Mapping[str, str] | WrongUse:
    """Return the fingerprints of the baseline with their reasons; empty when there is none.

    ``--baseline`` wins over the configuration. What a configuration of the tree names is read
    from the tree, beside that configuration.
    """
    name = options.baseline
    if name is not None:
        text = read_typed_file(name, cwd)
    elif settings.config.baseline is None:
        return {}
    elif settings.folder is None:
        beside = Path(options.config_path or "").parent
        name = (beside / settings.config.baseline).as_posix()
        text = read_typed_file(name, cwd)
    else:
        name = posixpath.join(settings.folder, settings.config.baseline)
        text = _read_tree_file(workspace, name)
    if isinstance(text, WrongUse):
        return text
    from leastwise.api import baseline

    known = baseline.read(text)
    return WrongUse(f"{name}: {known}") if isinstance(known, str) else known


def _folders_up(workspace: Workspace) -> list[str]:
    folders = {name.rpartition("/")[0] for name in workspace.named}
    common = (
        os.path.commonpath(folders).replace(os.sep, "/") if folders and "" not in folders else ""
    )
    ways = [common]
    while common:
        common = common.rpartition("/")[0]
        ways.append(common)
    return ways
