"""Find where in cfn-lint's view of a template a span of its file lies.

cfn-lint's matches name a way through the template; from it follow line and column, and which
``ignore_checks`` in the Metadata of a resource counts.
"""

from typing import Any, NamedTuple, TypeAlias

from leastwise.api.workspace import Workspace
from leastwise.source.span import SourceFile, Span, locate, source_file

_Point: TypeAlias = tuple[int, int]


class Place(NamedTuple):
    """Hold a way through a template and its location, 0-based; None: cfn-lint finds it."""

    path: list[str | int]
    location: tuple[int, int, int, int] | None


class Places(NamedTuple):
    """Hold one template: ``nodes`` as its text was decoded, before transforms."""

    path: str
    file: SourceFile
    nodes: Any
    cfn: Any

    def at(self, span: Span) -> Place:
        """Return the place of a span; one in another file is the template as a whole."""
        if span.path != self.path:
            return Place([], None)
        found = locate(self.file, span)
        way = _way(self.nodes, (found.start_line - 1, found.start_column - 1))
        if self.cfn.filename:
            return Place(way, self.cfn.get_location_yaml(self.nodes, way))
        return Place(way, None)


def places_in(cfn: Any, workspace: Workspace) -> Places:
    """Return the places of the one file that a workspace names."""
    from cfnlint.decode.decode import decode_str

    (path,) = workspace.files
    data = workspace.tree.read(path)
    file = source_file(path, data if isinstance(data, bytes) else b"")
    nodes = cfn.template
    # Without transforms, the template still is what was decoded.
    if not cfn.filename or any(cfn.transform_pre["Transform"]):
        nodes, _ = decode_str(file.data.decode("utf-8", "replace"))
    return Places(path, file, nodes, cfn)


def _way(node: Any, point: _Point) -> list[str | int]:
    """Return the way to the narrowest node around a point, as far as nodes know their marks."""
    way: list[str | int] = []
    while True:
        step = _step(node, point)
        if step is None:
            return way
        way.append(step)
        node = node[step]
        if not _encloses(node, point):
            return way


def _step(node: Any, point: _Point) -> str | int | None:
    """Return the key or index of the last member that begins at or before a point."""
    members: list[tuple[_Point, str | int]] = []
    if isinstance(node, dict):
        members = [(_start(key), key) for key in node if hasattr(key, "start_mark")]
    elif isinstance(node, list):
        members = [(_start(item), n) for n, item in enumerate(node) if _encloses(item, point)]
    before = [member for member in members if member[0] <= point]
    return max(before, key=lambda member: member[0])[1] if before else None


def _encloses(node: Any, point: _Point) -> bool:
    if not hasattr(node, "start_mark"):
        return False
    end = node.end_mark
    return _start(node) <= point <= (end.line, end.column)


def _start(node: Any) -> _Point:
    return node.start_mark.line, node.start_mark.column
