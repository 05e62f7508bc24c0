"""Where the configuration comes from: a file that was named, else the nearest one in the tree."""

import os
from pathlib import Path

from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse
from leastwise.config.model import Config
from leastwise.config.read import ConfigProblem, read_config
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import DiskTree

_NAMES = ("leastwise.toml", "pyproject.toml")


def read_typed_file(path: str, cwd: Path) -> str | WrongUse:
    """Read a file that the user named on the command line or in the configuration."""
    place = Path(os.path.abspath(cwd / path))  # noqa: PTH100 - links are kept as written
    data = DiskTree(place.parent).read(place.name)
    if isinstance(data, Diagnostic):
        return WrongUse(f"{path}: {data.message}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return WrongUse(f"{path}: it is not UTF-8")


def find_config(workspace: Workspace, options: Options, cwd: Path) -> Config | WrongUse:
    """Return the configuration of a run.

    Without ``--config`` the nearest ``leastwise.toml``, or ``pyproject.toml`` with a
    ``[tool.leastwise]`` table, counts: from the named paths' common folder up to the root.
    """
    if options.config_path is not None:
        text = read_typed_file(options.config_path, cwd)
        return text if isinstance(text, WrongUse) else _parsed(text, options.config_path)
    for folder in _folders_up(workspace):
        for name in _NAMES:
            path = f"{folder}/{name}" if folder else name
            if not workspace.tree.exists(path):
                continue
            data = workspace.tree.read(path)
            if isinstance(data, Diagnostic):
                return WrongUse(data.message)
            if name == "pyproject.toml" and b"leastwise" not in data:
                continue
            return _parsed(data.decode("utf-8", "replace"), path)
    return Config()


def _parsed(text: str, source: str) -> Config | WrongUse:
    config = read_config(text, source)
    return WrongUse(config.message) if isinstance(config, ConfigProblem) else config


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
