"""How roots are deployed: entries of the configuration, and what the command line adds."""

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse
from leastwise.config.lines import line_of
from leastwise.config.model import Config, GivenVariables, RootSettings
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import DiskTree, Tree, normalise

_MODULE = (".tf", ".tofu", ".tf.json", ".tofu.json")
TERRAGRUNT = "terragrunt.hcl"


def deployments(
    entries: tuple[RootSettings, ...], folder: str, workspace: Workspace, file: tuple[str, str]
) -> tuple[RootSettings, ...] | WrongUse:
    """Return the root entries with paths of the tree, or what is wrong with the first bad one.

    ``folder`` is where their relative paths begin, ``file`` the configuration's text and name.
    Without a disk behind the tree (standard input) none of them concerns it.
    """
    if workspace.root is None:
        return ()
    found: list[RootSettings] = []
    for number, entry in enumerate(entries):
        settled = _settled(entry, folder, workspace.tree)
        if not isinstance(settled, RootSettings):
            key, words = settled
            return _problem(file, ("root", number, key), f"root[{number}].{key} {words}")
        found.append(settled)
    return tuple(found)


def files_of_all(
    key: str, names: tuple[str, ...], folder: str, workspace: Workspace, file: tuple[str, str]
) -> tuple[str, ...] | WrongUse:
    """Return the files of a setting for all roots as paths of the tree."""
    if workspace.root is None:
        return ()
    paths = _paths(names, folder, "", workspace.tree)
    return paths if isinstance(paths, tuple) else _problem(file, (key,), f"{key} {paths}")


def _problem(file: tuple[str, str], path: tuple[str | int, ...], words: str) -> WrongUse:
    text, source = file
    prefix = ("tool", "leastwise") if source.rpartition("/")[2] == "pyproject.toml" else ()
    line = line_of(text, (*prefix, *path))
    return WrongUse(f"{source if line is None else f'{source}:{line}'}: {words}")


def _settled(entry: RootSettings, folder: str, tree: Tree) -> RootSettings | tuple[str, str]:
    """Return an entry with paths of the tree, or the key that is wrong and what is."""
    path = normalise(posixpath.join(folder, entry.path))
    if path is None:
        return "path", f"{entry.path!r} lies outside the scanned tree"
    is_template = tree.exists(path)
    if not is_template and not _holds_module(path, tree):
        return "path", f"{entry.path!r} is no template, and no folder with a Terraform file"
    foreign = _foreign(entry, is_template=is_template)
    if foreign is not None:
        return foreign
    files: dict[str, tuple[str, ...]] = {}
    for key, names in (
        ("var-files", entry.var_files),
        ("parameter-files", entry.parameter_files),
        ("scps", entry.scps),
    ):
        paths = _paths(names, folder, entry.path, tree)
        if isinstance(paths, str):
            return key, paths
        files[key] = paths
    return entry._replace(
        path=path,
        var_files=files["var-files"],
        parameter_files=files["parameter-files"],
        scps=files["scps"],
    )


def _paths(names: tuple[str, ...], folder: str, beside: str, tree: Tree) -> tuple[str, ...] | str:
    """Return paths of the tree for names counted from ``folder``, or what is wrong with one."""
    paths = []
    for name in names:
        place = normalise(posixpath.join(folder, name))
        if place is None:
            return f"{name!r} lies outside the scanned tree"
        if not tree.exists(place):
            return _missing(name, posixpath.join(beside, name), folder, tree)
        paths.append(place)
    return tuple(paths)


def _foreign(entry: RootSettings, *, is_template: bool) -> tuple[str, str] | None:
    """Return a key that means nothing for what the entry names, and why."""
    terraform = (("var-files", entry.var_files), ("workspace", entry.workspace))
    stack = (
        ("parameters", entry.parameters),
        ("parameter-files", entry.parameter_files),
        ("region", entry.region),
    )
    other = "a template" if is_template else "a Terraform root module"
    return next(
        (
            (key, f"means nothing for {other}, {entry.path!r}")
            for key, value in (terraform if is_template else stack)
            if value
        ),
        None,
    )


def _holds_module(path: str, tree: Tree) -> bool:
    names = (e.name for e in tree.list(path) if not e.is_dir)
    return any(name.endswith(_MODULE) or name == TERRAGRUNT for name in names)


def _missing(name: str, other: str, folder: str, tree: Tree) -> str:
    """Say that there is no such file; people write paths as the root module sees them."""
    beside = normalise(posixpath.join(folder, other))
    near = beside is not None and tree.exists(beside)
    hint = f", did you mean {posixpath.normpath(other)!r}?" if near else ""
    return f"{name!r} is no file, counted from the folder of the configuration{hint}"


def with_command_line(
    config: Config, workspace: Workspace, options: Options, cwd: Path
) -> Config | WrongUse:
    """Return the configuration with the values and the environment that were asked for."""
    found: dict[str, tuple[GivenVariables, ...]] = {}
    for flag in ("--var", "--parameter"):
        mine = [(f, text) for f, text in options.variables if f in (flag, f"{flag}-file")]
        values = _variables(mine, workspace, cwd)
        if isinstance(values, WrongUse):
            return values
        found[flag] = values
    config = config._replace(variables=found["--var"], parameters=found["--parameter"])
    return config if options.environment is None else _only(config, options.environment)


def _only(config: Config, name: str) -> Config | WrongUse:
    """Leave out the other environments of the roots that have the one that is named."""
    having = {entry.path for entry in config.roots if entry.environment == name}
    if not having:
        known = sorted({entry.environment for entry in config.roots if entry.environment})
        hint = f"known are {', '.join(known)}" if known else "no [[root]] of the configuration has"
        return WrongUse(f"there is no environment {name!r}; {hint}" + ("" if known else " one"))
    kept = (e for e in config.roots if e.environment == name or e.path not in having)
    return config._replace(roots=tuple(kept))


def _variables(
    given: Iterable[tuple[str, str]], workspace: Workspace, cwd: Path
) -> tuple[GivenVariables, ...] | WrongUse:
    found: list[GivenVariables] = []
    for flag, text in given:
        is_file = flag.endswith("-file")
        one = _variable_file(flag, text, workspace, cwd) if is_file else _variable(flag, text)
        if isinstance(one, WrongUse):
            return one
        found.append(one)
    return tuple(found)


def _variable(flag: str, text: str) -> GivenVariables | WrongUse:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        return WrongUse(f"{flag} {text!r}: write NAME=VALUE")
    return GivenVariables(name=name.strip(), value=value)


def _variable_file(
    flag: str, path: str, workspace: Workspace, cwd: Path
) -> GivenVariables | WrongUse:
    """Name a file of the tree, or read one outside of it: the person who runs us may."""
    place = Path(os.path.abspath(cwd / path))  # noqa: PTH100 - links are kept as written
    root = workspace.root
    data = DiskTree(place.parent).read(place.name)
    if isinstance(data, Diagnostic):
        return WrongUse(f"{flag} {path}: {data.message}")
    if root is not None and place.is_relative_to(root):
        inside = place.relative_to(root).as_posix()
        if workspace.tree.exists(inside):
            return GivenVariables(file=inside)
    return GivenVariables(file=path, data=data)
