"""Choose between ``.tf`` files and their ``.tofu`` twins, which only OpenTofu reads.

OpenTofu reads ``x.tofu`` in the place of ``x.tf``; Terraform reads ``x.tf`` alone. Unless the
configuration says which of them runs, a root in which that makes a difference is two roots.

Source: https://opentofu.org/docs/language/files/#file-extension
"""

from collections.abc import Iterable, Mapping

from leastwise.iam.project import Root

_TWINS = {".tofu": ".tf", ".tofu.json": ".tf.json"}


def split_by_tool(
    roots: Iterable[Root],
    folders: Mapping[str, Iterable[str]],
    calls: Mapping[str, frozenset[str]],
    *,
    opentofu: bool,
) -> tuple[Root, ...]:
    """Return the roots, each once for Terraform and once for OpenTofu where these differ.

    ``folders`` are the paths of the Terraform files by folder, ``calls`` the folders that the
    modules of a folder call.
    """
    differing = {folder for folder, paths in folders.items() if _differs(frozenset(paths))}
    if not differing:
        return tuple(roots)
    tools = ("opentofu",) if opentofu else ("terraform", "opentofu")
    found: list[Root] = []
    for root in roots:
        if differing.isdisjoint(_reached(root.path, calls)):
            found.append(root)
        else:
            found += [root._replace(tool=tool) for tool in tools]
    return tuple(found)


def read_by(tool: str, names: Iterable[str]) -> list[str]:
    """Return the files of a folder that a tool reads; all where it makes no difference."""
    listed = list(names)
    if tool == "terraform":
        return [name for name in listed if _twin(name) is None]
    if tool == "opentofu":
        hidden = {_twin(name) for name in listed}
        return [name for name in listed if name not in hidden]
    return listed


def is_override(path: str) -> bool:
    """Say whether a file overrides what the others declare."""
    name = path.rpartition("/")[2]
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _differs(paths: frozenset[str]) -> bool:
    """Say whether a ``.tofu`` file takes something away from what Terraform reads."""
    twins = ((path, _twin(path)) for path in paths)
    return any(twin is not None and (twin in paths or is_override(path)) for path, twin in twins)


def _twin(name: str) -> str | None:
    """Return the file that a ``.tofu`` file would hide, or None for other files."""
    for suffix, other in _TWINS.items():
        if name.endswith(suffix):
            return name.removesuffix(suffix) + other
    return None


def _reached(folder: str, calls: Mapping[str, frozenset[str]]) -> set[str]:
    reached: set[str] = set()
    pending = [folder]
    while pending:
        current = pending.pop()
        if current not in reached:
            reached.add(current)
            pending += calls.get(current, ())
    return reached
