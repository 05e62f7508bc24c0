"""Find a team's own rules in the folder that the configuration names."""

import posixpath
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from leastwise.api.options import Options
from leastwise.api.settings import Settings
from leastwise.api.workspace import Workspace
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import DiskTree, Tree

if TYPE_CHECKING:
    from leastwise.rules.format import Rule
    from leastwise.rules.reading import RuleFault
    from leastwise.rules.team import TeamRules

_SUFFIXES = (".yaml", ".yml")
_DEPTH = 3
REMEDY = "correct the rule, see 'leastwise rules test'"


def rules_of_team(
    workspace: Workspace, settings: Settings, options: Options, cwd: Path
) -> "tuple[tuple[Rule, ...], tuple[Diagnostic, ...]]":
    """Return the rules of the configuration's folder, and what is wrong with files in it."""
    folder = settings.config.rules
    if folder is None:
        return (), ()
    tree: Tree = workspace.tree
    if settings.folder is None and options.config_path is not None:
        tree = DiskTree((cwd / options.config_path).parent)
    else:
        folder = posixpath.join(settings.folder or "", folder)
    found, data, unread = read_folder(tree, folder)
    faults = [fault_at(fault, folder, data) for fault in found.faults]
    if not data and not unread:
        message = f"the folder {folder!r} holds no rule, a file GROUP/NAME.yaml"
        remedy = "write one with 'leastwise rules new', or take 'rules' out of the configuration"
        unread = (Diagnostic("error", "rule-invalid", Span(folder, 0, 0), message, remedy),)
    return found.rules, (*faults, *unread)


def read_folder(
    tree: Tree, folder: str
) -> "tuple[TeamRules, dict[str, bytes], tuple[Diagnostic, ...]]":
    """Read ``GROUP/NAME.yaml`` of a folder: rules, the bytes by that name, what can't be read."""
    from leastwise.rules.team import MAX_FILES, team_rules

    data: dict[str, bytes] = {}
    unread: list[Diagnostic] = []
    for name in islice(_names(tree, folder), MAX_FILES + 1):
        text = tree.read(posixpath.join(folder, name))
        if isinstance(text, Diagnostic):
            unread.append(text)
        else:
            data[name] = text
    return team_rules(data), data, tuple(unread)


def _names(tree: Tree, folder: str, depth: int = 0) -> Iterator[str]:
    """List YAML files below a folder; what stands elsewhere than in a group is refused later."""
    for entry in tree.list(folder):
        if entry.is_dir and depth < _DEPTH:
            inside = _names(tree, posixpath.join(folder, entry.name), depth + 1)
            yield from (f"{entry.name}/{name}" for name in inside)
        elif not entry.is_dir and entry.name.endswith(_SUFFIXES):
            yield entry.name


def fault_at(fault: "RuleFault", folder: str, data: dict[str, bytes]) -> Diagnostic:
    """Place a fault on its line."""
    path = posixpath.join(folder, fault.path)
    start = 0
    for _ in range((fault.line or 1) - 1):
        start = data[fault.path].find(b"\n", start) + 1
    end = data[fault.path].find(b"\n", start) if fault.line else start
    span = Span(path, start, end if end >= start else len(data[fault.path]))
    return Diagnostic("error", "rule-invalid", span, fault.message, REMEDY)
