"""Find installed registry and git modules in ``modules.json``, which ``terraform init`` writes.

The manifest comes with the tree: an entry counts only for the source that the call names, and
only when its directory is one into which ``terraform init`` puts modules. Otherwise a pull
request could answer for a module with a harmless directory.
"""

import posixpath
from typing import NamedTuple

from leastwise.frontends.terraform.modules.module_sources import canonical, is_local
from leastwise.frontends.terraform.scope.module import Installed
from leastwise.frontends.terraform.scope.state import State
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.tree import normalise
from leastwise.source.value import Mapping, Sequence, Text, Value

_DATA = ".terraform/modules"
_MANIFEST = f"{_DATA}/modules.json"


class Wanted(NamedTuple):
    """Hold what a call asks for; ``key`` is its path of call names (``app.iam``)."""

    key: str
    source: str
    version: str | None


def find_installed(root: str, wanted: Wanted, state: State) -> str | None:
    """Return the directory of an installed module inside the tree; None when there is none."""
    entry = _entries(root, state).get(wanted.key)
    if entry is None or not _answers(entry, wanted):
        return None
    path = normalise(posixpath.join(root, entry.directory))
    data = f"{root}/{_DATA}/" if root else f"{_DATA}/"
    return path if path is not None and f"{path}/".startswith(data) else None


def _answers(entry: Installed, wanted: Wanted) -> bool:
    """Say whether an entry is of the source and, where one is pinned, the version wanted."""
    if entry.source and canonical(entry.source) != canonical(wanted.source):
        return False
    pinned = (wanted.version or "").strip().removeprefix("=").strip()
    is_pin = pinned.replace(".", "").isdigit()
    return not is_pin or not entry.version or entry.version == pinned


def _entries(root: str, state: State) -> dict[str, Installed]:
    if state.manifest is None:
        state.manifest = _read(f"{root}/{_MANIFEST}" if root else _MANIFEST, state)
    return state.manifest


def _read(path: str, state: State) -> dict[str, Installed]:
    if not state.tree.exists(path):
        return {}
    data = state.tree.read(path)
    value = data if isinstance(data, Diagnostic) else read_json(path, data)
    if isinstance(value, Diagnostic):
        state.diagnostics.setdefault(value)
        return {}
    state.read.add(path)
    modules = value.get("Modules") if isinstance(value, Mapping) else None
    found: dict[str, Installed] = {}
    for entry in modules.items if isinstance(modules, Sequence) else ():
        if isinstance(entry, Mapping):
            key, directory = _string(entry.get("Key")), _string(entry.get("Dir"))
            source = _string(entry.get("Source"))
            if key and directory and not is_local(source):
                version = _string(entry.get("Version"))
                found.setdefault(key, Installed(source, version, directory))
    return found


def _string(value: Value | None) -> str:
    return (value.literal or "") if isinstance(value, Text) else ""
